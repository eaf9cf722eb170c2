"""The page about the log: what waits, who vouches, and what a person must see to."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from evidence.log.coverage import wait_until_covered
from evidence.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(client, officer):
    client.force_login(officer)
    return client


def test_all_is_well_when_everything_is_covered(client, filed_case) -> None:
    assert wait_until_covered(Entry.objects.filter(chain=filed_case.chain).last(), 20)
    seen = client.get(reverse("desk:log")).content.decode()
    assert "日志正常" in seen
    assert "没有外部担保" in seen
    news = client.get(reverse("desk:log_news"))
    assert (news.status_code, json.loads(news.content)["uncovered"]) == (200, 0)


def test_an_entry_that_waits_over_a_minute_raises_an_alarm(client, filed_case) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        seen = client.get(reverse("desk:log")).content.decode()
        news = client.get(reverse("desk:log_news"))
    assert "有事要人处理" in seen
    assert news.status_code == 503
    assert "delay" in json.loads(news.content)["alarms"]


def test_parties_and_courts_do_not_see_it(client, lender, judge, citizen) -> None:
    for person in (lender, judge, citizen):
        client.force_login(person)
        assert client.get(reverse("desk:log")).status_code == 404
