"""People on the ladder: calls, letters, a word of receipt; and consent, which is asked and never assumed."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from cases.errors import Refusal
from cases.models import Party
from evidence.models import Entry
from mediation.notices import climbing
from mediation.notices.consents import answer_consent, note_consent_by_call, standing_of
from mediation.notices.models import DeliveryConsent
from mediation.notices.reaching import confirm_received, record_call, record_posting, record_return_slip
from mediation.notices.services import check_code
from tests import factories
from tests.notices.ladders import steps

pytestmark = pytest.mark.django_db


# ---- people on the ladder


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
