"""联系阶梯: every way in its order, what counts as delivered and what never does, and a scheduler that slept."""

from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from cases.models import Case, Party
from cases.roles import Side
from cases.rules import delivery as rules
from cases.services import closing
from cases.services.steps import remember
from evidence.models import Entry
from mediation.notices import climbing, delivery
from mediation.notices.assessing import look_again
from mediation.notices.consents import answer_consent
from mediation.notices.models import Ladder, Notice, Rung
from mediation.notices.reports import Report, take_report
from mediation.notices.services import mark_read
from tests import factories
from tests.notices.ladders import call_hearing, ladder_of, steps

pytestmark = pytest.mark.django_db


# ---- written with the fact


def test_an_invitation_gets_every_step_with_its_day_in_the_transaction_of_the_fact(
    case, lender, institution
) -> None:
    ladder = ladder_of(case, "invitation", Side.RESPONDENT)
    due = {rung.step: timezone.localtime(rung.due_at) for rung in ladder.rungs.all()}

    assert list(due) == ["inbox", "sms", "email", "remind", "call", "post", "unreached"]
    assert f"{due['remind']:%m-%d %H:%M}" == "09-08 09:00"
    assert f"{due['call']:%m-%d}" == "09-09"
    assert f"{due['post']:%m-%d}" == "09-11"
    assert f"{due['unreached']:%m-%d}" == "09-20"  # a Sunday that is worked
    assert not Ladder.objects.filter(case=case, matter="invitation", party__side=Side.CLAIMANT).exists()


def test_working_days_leave_out_the_holiday(filed_case, officer) -> None:
    with time_machine.travel("2026-09-30T10:00:00+08:00", tick=False):
        case = factories.accept(filed_case, officer)

    call = ladder_of(case, "invitation", Side.RESPONDENT).rungs.get(step="call")
    assert timezone.localdate(call.due_at).isoformat() == "2026-10-09"


def test_a_fact_that_is_rolled_back_leaves_no_ladder(case, mediator) -> None:
    with transaction.atomic():
        call_hearing(case, mediator)
        assert Ladder.objects.filter(matter="summons").count() == 2
        transaction.set_rollback(True)

    assert not Ladder.objects.filter(matter="summons").exists()


def test_a_side_without_any_address_still_has_a_ladder_for_people_to_climb(case, institution) -> None:
    Party.objects.filter(case=case, side=Side.RESPONDENT).update(phone="")
    institution.people.update(is_active=False)
    call_hearing(Case.objects.get(pk=case.pk), case.centre.people.first())

    ladder = ladder_of(case, "summons", Side.RESPONDENT)
    assert dict(steps(ladder)) == {
        "inbox": "no_address", "sms": "no_address", "email": "no_address",
        "remind": "", "call": "", "post": "", "unreached": "",
    }  # fmt: skip


# ---- what counts


def test_with_consent_it_counts_when_it_arrives_in_the_account(case, citizen, mediator, sender) -> None:
    call_hearing(case, mediator)
    delivery.deliver_due()

    ladder = ladder_of(case, "summons", Side.CLAIMANT)
    assert (ladder.delivered_at, ladder.basis) == (timezone.now(), "arrived")
    assert ladder.opened_at is None


def test_without_an_answer_about_consent_reading_alone_never_counts(case, lender, sender) -> None:
    delivery.deliver_due()
    mark_read(person=lender)

    ladder = ladder_of(case, "invitation", Side.RESPONDENT)
    assert ladder.opened_at is not None
    assert ladder.delivered_at is None


def test_who_does_what_it_asks_for_has_received_it(case, lender, sender, clock) -> None:
    delivery.deliver_due()
    clock.move_to("2026-09-09T15:00:00+08:00")
    factories.answer(case, lender)

    ladder = ladder_of(case, "invitation", Side.RESPONDENT)
    assert ladder.basis == "acted"
    assert f"{timezone.localtime(ladder.delivered_at):%m-%d %H}" == "09-09 15"


def test_what_the_other_side_does_proves_nothing_about_this_one(case, citizen, mediator, sender) -> None:
    call_hearing(case, mediator)
    delivery.deliver_due()
    with transaction.atomic():
        remember(case, "hearing.join", by=citizen)

    assert ladder_of(case, "summons", Side.RESPONDENT).delivered_at is None


def test_after_a_no_nothing_counts_electronically(case, citizen, mediator, sender) -> None:
    answer_consent(case_id=case.pk, person=citizen, phase="mediation", agrees=False)
    call_hearing(case, mediator)
    delivery.deliver_due()
    mark_read(person=citizen)
    with transaction.atomic():
        remember(case, "hearing.join", by=citizen)

    ladder = ladder_of(case, "summons", Side.CLAIMANT)
    assert ladder.opened_at
    assert ladder.delivered_at is None


def test_a_no_does_not_undo_what_was_delivered_before(case, citizen, mediator, sender, clock) -> None:
    call_hearing(case, mediator)
    delivery.deliver_due()
    clock.move_to("2026-09-08T10:00:00+08:00")
    answer_consent(case_id=case.pk, person=citizen, phase="mediation", agrees=False)

    assert look_again(ladder_of(case, "summons", Side.CLAIMANT).pk).basis == "arrived"


def test_consent_for_the_mediation_is_none_for_the_court(case, citizen, sender) -> None:
    with transaction.atomic():
        remember(case, "case.confirm", by=None)
    delivery.deliver_due()
    mark_read(person=citizen)
    assert ladder_of(case, "ruling", Side.CLAIMANT).delivered_at is None

    answer_consent(case_id=case.pk, person=citizen, phase="confirmation", agrees=True)
    with transaction.atomic():
        remember(case, "case.dismiss", by=None)
    delivery.deliver_due()
    later = Ladder.objects.get(case=case, event="case.dismiss", party__side=Side.CLAIMANT)
    assert later.basis == "arrived"


def test_a_text_message_counts_when_the_carrier_reports_it_and_the_earliest_way_wins(
    case, citizen, mediator, sender, clock
) -> None:
    call_hearing(case, mediator)
    ladder = ladder_of(case, "summons", Side.CLAIMANT)
    Notice.objects.filter(rung__ladder=ladder, channel="inbox").delete()
    delivery.deliver_due()
    assert look_again(ladder.pk).delivered_at is None, "handed to the gateway is not arrived"

    text = Notice.objects.get(rung__ladder=ladder)
    clock.move_to("2026-09-07T10:05:00+08:00")
    assert take_report(Report((text.code,), True, "DELIVRD", timezone.now()))
    ladder.refresh_from_db()
    assert (ladder.basis, ladder.delivered_at) == ("arrived", timezone.now())


def test_the_rule_that_counts_is_shown_with_its_article_and_status() -> None:
    for basis in rules.delivery_rules(timezone.localdate()).bases.values():
        assert basis.article
        assert basis.status
        assert str(basis.words)


# ---- the steps, in time


def test_opened_in_time_nobody_is_reminded_or_called(case, citizen, mediator, sender, clock) -> None:
    call_hearing(case, mediator)
    delivery.deliver_due()
    mark_read(person=citizen)
    clock.move_to("2026-09-30T10:00:00+08:00")
    climbing.climb_due()

    outcomes = dict(steps(ladder_of(case, "summons", Side.CLAIMANT)))
    assert {outcomes[step] for step in ("remind", "call", "post", "unreached")} == {"void"}


def test_delivered_but_unopened_there_is_a_reminder_and_no_call(
    case, citizen, mediator, sender, clock
) -> None:
    call_hearing(case, mediator)
    delivery.deliver_due()
    clock.move_to("2026-09-30T10:00:00+08:00")
    climbing.climb_due()

    ladder = ladder_of(case, "summons", Side.CLAIMANT)
    assert dict(steps(ladder))["remind"] == "sent"
    assert dict(steps(ladder))["call"] == "void"
    (text,) = Notice.objects.filter(rung__ladder=ladder, rung__step="remind")
    assert case.docket in text.body


def test_a_scheduler_that_slept_over_a_weekend_catches_up_once_and_in_order(
    case, lender, officer, sender, clock
) -> None:
    clock.move_to("2026-09-10T18:00:00+08:00")
    delivery.deliver_due()
    clock.move_to("2026-09-14T08:00:00+08:00")  # it slept from Thursday evening, over the post of Friday
    before = Entry.objects.filter(chain=case.chain).count()

    assert climbing.climb_due() > 0
    assert climbing.climb_due() == 0

    told = Entry.objects.filter(chain=case.chain, seq__gt=before).order_by("seq")
    assert [entry.event for entry in told] == ["delivery.ask", "delivery.ask"]
    asked = (
        Rung.objects.to_do()
        .filter(ladder__case=case, ladder__matter="invitation")
        .order_by("asked_at", "due_at")
    )
    assert [rung.step for rung in asked] == ["call", "post"]
    assert Notice.objects.filter(kind="delivery.ask", to=officer).count() == 2


def test_two_schedulers_at_once_do_it_once(case, lender, sender, clock, monkeypatch) -> None:
    clock.move_to("2026-09-09T09:00:00+08:00")
    real = climbing.lock_case
    asked: list[int] = []

    def other_was_faster(case_id: Any) -> Case:
        locked = real(case_id)
        if not asked:
            asked.append(1)
            climbing.climb_due()
        return locked

    monkeypatch.setattr(climbing, "lock_case", other_was_faster)
    climbing.climb_due()

    calls = Entry.objects.filter(chain=case.chain, event="delivery.ask")
    assert calls.count() == Rung.objects.to_do().filter(ladder__case=case).count()


def test_a_broken_step_holds_up_nobody_else(case, lender, sender, clock, monkeypatch) -> None:
    clock.move_to("2026-09-09T09:00:00+08:00")

    def break_down(case: Case, ladder: Ladder, rung: Rung) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(climbing.ACTS, rules.Action.SEND, break_down)
    climbing.climb_due()

    ladder = ladder_of(case, "invitation", Side.RESPONDENT)
    assert "ZeroDivision" in ladder.rungs.get(step="remind").problem
    assert ladder.rungs.get(step="call").asked_at


def test_when_nobody_was_reached_people_hear_of_it_and_nothing_ends_by_itself(
    case, lender, officer, sender, clock
) -> None:
    clock.move_to("2026-09-21T09:00:00+08:00")
    climbing.climb_due()

    ladder = ladder_of(case, "invitation", Side.RESPONDENT)
    assert ladder.unreached_at
    assert ladder.delivered_at is None
    assert Notice.objects.filter(kind="delivery.unreached", to=officer).exists()
    case.refresh_from_db()
    assert not case.is_closed


def test_a_case_that_ended_owes_no_calls_about_its_hearing_but_the_notice_of_its_end_goes_on(
    case, citizen, lender, mediator, sender, clock
) -> None:
    call_hearing(case, mediator)
    closing.withdraw_case(case_id=case.pk, person=citizen)
    clock.move_to("2026-09-30T10:00:00+08:00")
    climbing.climb_due()

    assert dict(steps(ladder_of(case, "summons", Side.RESPONDENT)))["call"] == "void"
