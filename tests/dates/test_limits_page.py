"""The page of time limits for everybody: each one in plain words, with its article, status and first day in force."""

import pytest
import time_machine
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("track", ["self_accepted", "entrusted", "people_mediation", "nowhere"])
def test_everybody_reads_which_limits_there_are(client: Client, track: str) -> None:
    shown = client.get("/limits/", {"track": track}).content.decode()
    for words in ("调解期限", "第205条", "征信", "起施行", "不算同意"):
        assert words in shown


@time_machine.travel("2023-06-01T10:00:00+08:00")
def test_only_what_is_in_force_today_is_shown(client: Client) -> None:
    shown = client.get("/limits/").content.decode()
    assert "第201条" in shown  # the article of that time
    assert "第205条" not in shown


def test_the_footer_leads_there(client: Client) -> None:
    assert 'href="/limits/"' in client.get("/").content.decode()
