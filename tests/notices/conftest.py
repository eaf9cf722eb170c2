"""A case whose notices have ladders, and a house in which every message leaves."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from cases.models import Case
from cases.roles import Side
from mediation.notices import climbing, delivery
from mediation.notices.models import Ladder, Notice
from mediation.notices.notifier import InboxNotifier
from tests import factories
from tests.notices.ladders import ladder_of

MONDAY = "2026-09-07T10:00:00+08:00"


@pytest.fixture
def clock() -> Iterator[Any]:
    """A Monday morning; `clock.move_to` goes on from there."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(clock, filed_case, officer, lender) -> Case:
    """Accepted on a Monday; the claimant agreed to electronic service when filing, the lender was never asked."""
    return factories.accept(filed_case, officer)


@pytest.fixture
def sender(monkeypatch) -> InboxNotifier:
    """Takes every message; only what goes to the site arrives at once."""

    class Taking:
        def send(self, notice: Notice) -> None:
            return None

    inbox = InboxNotifier()
    ways = {"notifier.inbox": inbox, "notifier.sms": Taking(), "notifier.email": Taking()}
    monkeypatch.setattr(delivery, "adapter", ways.__getitem__)
    return inbox


@pytest.fixture
def invited(case, lender, sender, clock) -> Ladder:
    """Nobody answered; on Wednesday the office is asked to call."""
    delivery.deliver_due()
    clock.move_to("2026-09-09T09:30:00+08:00")
    climbing.climb_due()
    return ladder_of(case, "invitation", Side.RESPONDENT)
