"""联系阶梯: every way in its order, what counts as delivered and what never does, and a scheduler that slept."""

import copy
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from cases.errors import Refusal
from cases.models import Case, Party, User
from cases.roles import Side
from cases.rules import delivery as rules
from cases.rules.tables import HERE, RuleTableError
from cases.services import closing
from cases.services.steps import remember
from evidence.models import Entry
from mediation.notices import climbing, delivery
from mediation.notices.assessing import look_again
from mediation.notices.consents import answer_consent, note_consent_by_call, standing_of
from mediation.notices.models import DeliveryConsent, Ladder, Notice, Rung
from mediation.notices.notifier import InboxNotifier
from mediation.notices.reaching import (
    confirm_received,
    record_call,
    record_posting,
    record_return_slip,
)
from mediation.notices.reports import Report, take_report
from mediation.notices.services import check_code, mark_read
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = "2026-09-07T10:00:00+08:00"
TABLE = tomllib.loads((HERE / "delivery.toml").read_text(encoding="utf-8"))


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

    ways = {"notifier.inbox": InboxNotifier(), "notifier.sms": Taking(), "notifier.email": Taking()}
    monkeypatch.setattr(delivery, "adapter", ways.__getitem__)
    return ways["notifier.inbox"]


def call_hearing(case: Case, mediator: User) -> None:
    """The fact that writes a summons to both sides."""
    with transaction.atomic():
        remember(case, "hearing.call", by=mediator, starts_at="2026-09-21T10:00:00+08:00")


def ladder_of(case: Case, matter: str, side: str) -> Ladder:
    return Ladder.objects.get(case=case, matter=matter, party__side=side)


def steps(ladder: Ladder) -> list[tuple[str, str]]:
    return [(rung.step, rung.outcome) for rung in ladder.rungs.order_by("due_at", "pk")]


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


# ---- people on the ladder


@pytest.fixture
def invited(case, lender, sender, clock) -> Ladder:
    """Nobody answered; on Wednesday the office is asked to call."""
    delivery.deliver_due()
    clock.move_to("2026-09-09T09:30:00+08:00")
    climbing.climb_due()
    return ladder_of(case, "invitation", Side.RESPONDENT)


def test_a_call_that_is_answered_and_confirmed_delivers_and_ends_the_ladder(invited, officer, clock) -> None:
    record_call(
        ladder_id=invited.pk, staff=officer, outcome="confirmed", note="本人接听，核对码已核对，称已收到。"
    )

    invited.refresh_from_db()
    assert (invited.basis, invited.delivered_at) == ("replied", timezone.now())
    clock.move_to("2026-09-30T09:30:00+08:00")
    climbing.climb_due()
    assert dict(steps(invited))["post"] == "void"
    entry = Entry.objects.get(chain=invited.case.chain, event="delivery.call")
    assert entry.role == "officer"


def test_an_unanswered_call_owes_the_next_on_the_next_working_day_three_times_at_most(
    invited, officer, clock
) -> None:
    for day in ("09", "10", "11"):
        clock.move_to(f"2026-09-{day}T10:00:00+08:00")
        climbing.climb_due()
        record_call(ladder_id=invited.pk, staff=officer, outcome="no_answer", note="无人接听")

    calls = invited.rungs.filter(step="call").order_by("round")
    assert [timezone.localdate(one.due_at).day for one in calls] == [9, 10, 11]
    assert invited.rungs.get(step="post").asked_at
    invited.refresh_from_db()
    assert invited.delivered_at is None


def test_reached_without_a_word_about_receipt_is_no_delivery(invited, officer) -> None:
    record_call(ladder_id=invited.pk, staff=officer, outcome="spoken", note="称在开会，挂断")
    invited.refresh_from_db()
    assert invited.delivered_at is None


@pytest.mark.parametrize(
    ("outcome", "note", "at"),
    [
        ("no_answer", "", "2026-09-09T09:00:00+08:00"),
        ("sent", "x", "2026-09-09T09:00:00+08:00"),
        ("no_answer", "x", "2026-09-10T09:00:00+08:00"),
        ("no_answer", "x", "2026-09-01T09:00:00+08:00"),
    ],
)
def test_a_call_needs_its_words_and_a_moment_that_can_be(invited, officer, outcome, note, at) -> None:
    with pytest.raises(Refusal):
        record_call(
            ladder_id=invited.pk,
            staff=officer,
            outcome=outcome,
            note=note,
            called_at=datetime.fromisoformat(at),
        )


def test_only_the_office_of_the_case_writes_calls_down(invited, lender, citizen) -> None:
    other = factories.UserFactory.create(officer=True)
    for person in (lender, citizen, other):
        with pytest.raises(Refusal):
            record_call(ladder_id=invited.pk, staff=person, outcome="confirmed", note="x")


def test_a_letter_delivers_on_the_day_of_its_return_slip_whatever_was_said_about_consent(
    invited, officer, lender, clock
) -> None:
    answer_consent(case_id=invited.case_id, person=lender, phase="mediation", agrees=False)
    clock.move_to("2026-09-14T10:00:00+08:00")
    rung = record_posting(ladder_id=invited.pk, staff=officer, number="1099 2345")
    clock.move_to("2026-09-17T10:00:00+08:00")
    signed = timezone.now() - timedelta(days=1)
    record_return_slip(rung_id=rung.pk, staff=officer, outcome="signed", ended_at=signed)

    invited.refresh_from_db()
    assert (invited.basis, invited.delivered_at) == ("post", signed)
    with pytest.raises(Refusal):
        record_return_slip(rung_id=rung.pk, staff=officer, outcome="signed")


def test_a_letter_that_came_back_delivers_nothing(invited, officer) -> None:
    rung = record_posting(ladder_id=invited.pk, staff=officer, number="1")
    record_return_slip(rung_id=rung.pk, staff=officer, outcome="returned", note="查无此人")
    invited.refresh_from_db()
    assert invited.delivered_at is None


def test_the_receiver_may_say_that_it_was_received_and_agrees_to_nothing_by_it(
    invited, lender, citizen
) -> None:
    with pytest.raises(Refusal):
        confirm_received(ladder_id=invited.pk, person=citizen)
    confirm_received(ladder_id=invited.pk, person=lender)
    confirm_received(ladder_id=invited.pk, person=lender)

    invited.refresh_from_db()
    assert invited.basis == "replied"
    assert Entry.objects.filter(chain=invited.case.chain, event="delivery.confirm").count() == 1
    assert standing_of(invited.party, "mediation").agreed is None
    assert not invited.case.claims.filter(answer__isnull=False).exists()


def test_whoever_is_called_can_check_the_code_of_the_caller(invited) -> None:
    found = check_code(invited.code.lower())
    assert found == invited
    assert found.subject
    assert found.case.centre


# ---- consent


def test_consent_is_written_down_taken_back_and_never_there_without_an_answer(
    case, citizen, lender, clock
) -> None:
    claimant, respondent = case.parties.all()
    assert standing_of(respondent, "mediation").agreed is None
    assert standing_of(claimant, "mediation").agreed is True
    filed = claimant.e_delivery_at

    clock.move_to("2026-09-08T10:00:00+08:00")
    answer_consent(case_id=case.pk, person=citizen, phase="mediation", agrees=False)
    claimant = Party.objects.get(pk=claimant.pk)
    assert claimant.e_delivery_at is None
    assert standing_of(claimant, "mediation", filed + timedelta(hours=1)).agreed is True, "the past stays"
    assert [row.how for row in DeliveryConsent.objects.filter(party=claimant)] == ["filing", "site"]

    answer_consent(case_id=case.pk, person=citizen, phase="mediation", agrees=True)
    answer_consent(case_id=case.pk, person=citizen, phase="mediation", agrees=True)
    events = Entry.objects.filter(chain=case.chain, event__startswith="delivery.").values_list(
        "event", flat=True
    )
    assert list(events) == ["delivery.decline", "delivery.consent"]


def test_consent_by_telephone_is_the_offices_to_write_down(case, officer, lender) -> None:
    respondent = case.respondent
    told = {"case_id": case.pk, "party_id": respondent.pk, "phase": "mediation", "agrees": True}
    with pytest.raises(Refusal):
        note_consent_by_call(staff=lender, **told)
    note_consent_by_call(staff=officer, **told)
    assert standing_of(Party.objects.get(pk=respondent.pk), "mediation").agreed is True


def test_a_stranger_answers_for_nobody(case) -> None:
    stranger = factories.UserFactory.create(citizen=True)
    with pytest.raises(Refusal):
        answer_consent(case_id=case.pk, person=stranger, phase="mediation", agrees=True)


# ---- the table


@pytest.mark.parametrize("part", ["matter", "step", "basis"])
@pytest.mark.parametrize("key", ["article", "status", "in_force_from", "words", "key"])
def test_a_row_without_article_status_or_day_is_refused(part, key) -> None:
    table = copy.deepcopy(TABLE)
    del table[part][0][key]
    with pytest.raises(RuleTableError):
        rules.rows_of(table)


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("matter", {"to": "everybody"}),
        ("matter", {"events": []}),
        ("matter", {"stage": "war"}),
        ("step", {"channel": "pigeon"}),
        ("step", {"n": -1}),
        ("step", {"times": 0}),
        ("step", {"does": "hope"}),
        ("basis", {"needs": "silence"}),
        ("basis", {"status": "X"}),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(part, changes) -> None:
    table = copy.deepcopy(TABLE)
    table[part][0] |= changes
    with pytest.raises(RuleTableError):
        rules.rows_of(table)


def test_two_versions_may_not_hold_on_one_day_and_a_ladder_keeps_the_rules_of_its_own(monkeypatch) -> None:
    table = copy.deepcopy(TABLE)
    table["step"].append(dict(table["step"][4]))
    with pytest.raises(RuleTableError, match="call"):
        rules.rows_of(table)

    old = table["step"][4]
    new = table["step"][-1] | {"n": 5, "in_force_from": datetime(2027, 1, 1).date()}
    table["step"][-1] = new
    old["in_force_to"] = datetime(2026, 12, 31).date()
    read = rules.rows_of(table)
    monkeypatch.setattr(rules, "every_row", lambda: read)
    rules.delivery_rules.cache_clear()
    try:
        assert rules.delivery_rules(datetime(2026, 9, 7).date()).steps["call"].n == 2
        assert rules.delivery_rules(datetime(2027, 9, 7).date()).steps["call"].n == 5
    finally:
        rules.delivery_rules.cache_clear()


def test_every_event_of_the_table_is_one_that_people_are_told_of() -> None:
    from mediation.notices.tellings import TELLINGS

    named = {event for matter in rules.every_row()[0] for event in matter.events}
    assert named <= set(TELLINGS)
