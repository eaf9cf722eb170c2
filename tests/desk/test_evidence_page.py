"""The record of a case, entry by entry: what holds, what is sealed, who vouches."""

import pytest
from django.db import connection
from django.urls import reverse

from evidence.log import stamping
from evidence.log.coverage import wait_until_covered
from evidence.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client, officer):
    client.force_login(officer)
    return client


def page_of(client, case) -> str:
    return client.get(reverse("desk:evidence", args=[case.docket])).content.decode()


def test_before_the_first_checkpoint_every_entry_waits(client, accepted_case) -> None:
    seen = page_of(client, accepted_case)

    count = Entry.objects.filter(chain=accepted_case.chain).count()
    assert f"0 / {count}" in seen
    assert "还有条目待固化" in seen
    assert seen.count('<span class="tag">待固化') == count


def test_afterwards_it_says_by_which_checkpoint_and_which_clock(client, accepted_case) -> None:
    wait_until_covered(Entry.objects.filter(chain=accepted_case.chain).last(), 20)
    stamping.stamp_newest()

    seen = page_of(client, accepted_case)

    count = Entry.objects.filter(chain=accepted_case.chain).count()
    assert f"{count} / {count}" in seen
    assert "每一条都已固化" in seen
    assert '<span class="tag">待固化' not in seen
    assert "还没有外部见证方" in seen
    assert "local " in seen
    assert "全部已固化" in client.get(reverse("desk:case", args=[accepted_case.docket])).content.decode()


def test_a_touched_entry_is_shown(client, accepted_case) -> None:
    with connection.cursor() as cursor:
        on = " ON evidence_entry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER evidence_entry_no_change{on}")
        cursor.execute("UPDATE evidence_entry SET role = 'x' WHERE seq = 2")

    seen = page_of(client, accepted_case)
    assert "对不上" in seen
    assert f"1 / {Entry.objects.filter(chain=accepted_case.chain).count()}" in seen
