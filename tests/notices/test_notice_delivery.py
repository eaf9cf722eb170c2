"""Delivery: after the commit, asked again when a gateway is down, never lost and never twice."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cases.models import Case
from mediation.notices import delivery, notifier
from mediation.notices.codes import new_code
from mediation.notices.models import Notice
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> notifier.FailingNotifier:
    """The gateway is down, and counts how often it was asked."""
    failing = notifier.FailingNotifier()
    monkeypatch.setattr(delivery, "adapter", lambda name: failing)
    return failing


def a_message(case: Case | None = None, **changes: Any) -> Notice:
    fields = {"channel": "sms", "phone": "13800000001", "kind": "case.file", "subject": "s", "body": "b"}
    return Notice.objects.create(case=case, code=new_code(), **{**fields, **changes})


# ---- written with the fact


def test_messages_leave_after_the_commit(
    centre, institution, citizen, django_capture_on_commit_callbacks, monkeypatch, tmp_path
) -> None:
    file = notifier.FileNotifier(folder=str(tmp_path))
    monkeypatch.setattr(delivery, "adapter", lambda name: file)

    with django_capture_on_commit_callbacks(execute=True):
        case = factories.filed_case(centre=centre, institution=institution, citizen=citizen)
        assert not file.latest(10)

    assert {n.state for n in case.notices.all()} == {Notice.State.SENT}
    texts = [message["text"] for message in file.latest(10) if message["phone"] == citizen.phone]
    assert len(texts) == 1
    assert f"【{centre.name}】" in texts[0]
    assert case.notices.get(channel="sms").code in texts[0]


def test_a_gateway_that_is_down_is_asked_again_ever_more_slowly_then_given_up(sender) -> None:
    notice = a_message()
    waits = []
    now = timezone.now()
    for _attempt in range(delivery.MOST_TRIES):
        with time_machine.travel(now, tick=False):
            assert delivery.deliver_due() == 0
            assert delivery.deliver_due() == 0  # not yet due again
        notice.refresh_from_db()
        waits.append(notice.next_try_at - now)
        now = notice.next_try_at

    assert sender.asked == delivery.MOST_TRIES
    assert waits[0] == timedelta(seconds=30)
    assert all(later == 4 * earlier for earlier, later in pairwise(waits))
    assert notice.state == Notice.State.FAILED
    assert "down" in notice.problem
    assert delivery.undelivered() == 1


def test_a_message_that_can_never_arrive_is_not_tried_twice(monkeypatch) -> None:
    gone = notifier.FailingNotifier(for_good=True)
    monkeypatch.setattr(delivery, "adapter", lambda name: gone)
    notice = a_message()

    delivery.deliver_due()

    notice.refresh_from_db()
    assert (notice.state, gone.asked, notice.problem) == (Notice.State.FAILED, 1, "no such number")
    assert delivery.try_again(notice_id=notice.pk).state == Notice.State.PENDING


def test_a_bug_in_a_notifier_does_not_hold_up_the_others(monkeypatch) -> None:
    class Broken:
        def send(self, notice: Notice) -> None:
            if notice.phone.endswith("1"):
                raise ZeroDivisionError

    monkeypatch.setattr(delivery, "adapter", lambda name: Broken())
    bad, good = a_message(), a_message(phone="13800000002")

    assert delivery.deliver_due() == 1

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == (Notice.State.PENDING, Notice.State.SENT)


def test_a_worker_that_dies_on_the_way_leaves_the_debt(monkeypatch) -> None:
    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        raise Killed

    notice = a_message()
    monkeypatch.setattr(delivery, "adapter", die)
    with pytest.raises(Killed):
        delivery.deliver_due()

    notice.refresh_from_db()
    assert notice.state == Notice.State.PENDING
    monkeypatch.setattr(delivery, "adapter", lambda name: notifier.InboxNotifier())
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert delivery.deliver_due() == 1
