"""Messages: written with the fact, delivered after it, checked by whoever receives one."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone, translation

from cases.errors import Refusal
from cases.models import Case, User
from cases.roles import Role
from cases.services import acceptance, answering, assignment, closing
from cases.services.steps import remember
from cases.services.working_off import work_off
from mediation.notices import at_once, notifier, services
from mediation.notices.codes import ALPHABET, new_code, tidy_code
from mediation.notices.models import Notice
from mediation.notices.outbox import NAMED, sentences
from mediation.notices.tellings import TELLINGS, Only, Telling
from tests import factories

pytestmark = pytest.mark.django_db
EVERY_TELLING = [(event, telling) for event, tellings in TELLINGS.items() for telling in tellings]
ALWAYS = {"docket", "centre", "claimant", "mediator", "chosen", "limit", "limit_on", "due", "days"}
KNOWN = ALWAYS | {
    "starts",
    "place",
    "amount",
    "is_act",
    "ending",
    "relation",
    "no_relation",
    "shown_by_one",
    "shown_by_both",
    "by_party",
    "by_staff",
}
CLOCKS = {
    "acceptance",
    "supplement",
    "mediation",
    "answer",
    "choice",
    "assignment",
    "confirmation_window",
} | {
    "court_acceptance",
    "court_decision",
    "objection",
}


def told(case: Case, event: str, **filters: Any) -> list[Notice]:
    return list(case.notices.filter(kind=event, **filters).order_by("pk"))


# ---- written with the fact


def test_filing_tells_the_citizen_twice_and_the_office_once_but_not_yet_the_lender(
    centre, institution, citizen, officer, lender
) -> None:
    case = factories.filed_case(centre=centre, institution=institution, citizen=citizen)

    assert [(n.to, n.channel) for n in told(case, "case.file")] == [
        (citizen, "inbox"),
        (citizen, "sms"),
        (officer, "inbox"),
    ]
    text = told(case, "case.file", channel="sms")[0]
    assert text.phone == citizen.phone
    assert case.docket in text.body
    assert text.state == Notice.State.PENDING


def test_a_step_that_is_rolled_back_tells_nobody(filed_case: Case, officer: User) -> None:
    with transaction.atomic():
        acceptance.accept_case(case_id=filed_case.pk, officer=officer)
        assert told(filed_case, "case.accept")
        transaction.set_rollback(True)

    assert not told(filed_case, "case.accept")


@time_machine.travel("2026-09-01T10:00:00+08:00", tick=False)
def test_acceptance_invites_the_lender_with_a_day_to_answer(filed_case, officer, lender, citizen) -> None:
    case = factories.accept(filed_case, officer)

    (invitation,) = told(case, "case.accept", to=lender)
    assert "2026年9月11日" in invitation.body
    assert citizen.name in invitation.body
    assert invitation.link.endswith("#answer")
    assert {n.channel for n in told(case, "case.accept", to=citizen)} == {"inbox", "sms"}


def test_a_lender_without_an_account_is_invited_by_text_message(filed_case, officer, institution) -> None:
    case = factories.accept(filed_case, officer)

    (invitation,) = told(case, "case.accept", to=None)
    assert (invitation.channel, invitation.phone) == ("sms", institution.phone)


def test_the_other_side_hears_nothing_of_an_application_withdrawn_before_acceptance(
    filed_case, citizen, officer, lender
) -> None:
    closing.withdraw_case(case_id=filed_case.pk, person=citizen)

    assert {n.to for n in told(filed_case, "case.withdraw")} == {citizen, officer}


def test_staff_are_not_told_what_they_did_themselves(
    accepted_case, officer, mediator, citizen, lender
) -> None:
    assignment.assign_mediator(case_id=accepted_case.pk, officer=officer, mediator_id=mediator.pk)
    assignment.take_on(case_id=accepted_case.pk, mediator=mediator, has_relation=True, words="曾是同事")

    assert {n.to for n in told(accepted_case, "case.assign")} == {mediator, citizen, lender}
    disclosed = told(accepted_case, "case.take_on")
    assert {n.to for n in disclosed} == {citizen, lender}
    assert all(str(mediator) in n.body and "曾是同事" not in n.body for n in disclosed)


def test_a_disclosure_says_one_thing_and_not_its_opposite() -> None:
    (telling,) = TELLINGS["case.take_on"]
    with translation.override("en"):
        without = list(sentences(telling, {"docket": "1", "mediator": "林", "no_relation": "yes"}))
        with_one = list(sentences(telling, {"docket": "1", "mediator": "林", "relation": "yes"}))

    assert "no relation" in " ".join(without)
    assert "no relation" not in " ".join(with_one)


def test_the_answer_is_announced_without_its_words(accepted_case, lender, citizen) -> None:
    factories.answer(accepted_case, lender)

    bodies = [n.body for n in told(accepted_case, "case.answer")]
    assert bodies
    assert not any("服务费有合同依据" in body or "1,000" in body for body in bodies)
    assert not told(accepted_case, "case.answer", to=lender)


@pytest.mark.parametrize(
    "event", [e for e in TELLINGS if e.startswith(("proposal.", "facts.", "transcript."))]
)
def test_no_message_repeats_what_a_side_offered_or_said(event: str, case_in_mediation, lender) -> None:
    secret = {
        "note": "最多让到五千元",
        "words": "底线五千",
        "amount_fen": 500_000,
        "terms": ["五千元"],
        "version": 1,
    }
    with transaction.atomic():
        remember(case_in_mediation, event, by=lender, **secret)

    notices = told(case_in_mediation, event)
    assert notices
    assert not any("五千" in n.body or "5,000" in n.body for n in notices)


def test_a_limit_that_is_near_is_told_to_whoever_must_act(accepted_case, lender, citizen, officer) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        work_off()

    answer_near = [n for n in told(accepted_case, "limit.near") if "机构答复" in n.body]
    assert {n.to for n in answer_near} == {lender}


@pytest.mark.parametrize(("event", "telling"), EVERY_TELLING)
def test_every_telling_makes_sense_with_all_facts_and_with_few(event: str, telling: Telling) -> None:
    with translation.override("en"):
        texts = [str(part.sentence if isinstance(part, Only) else part) for part in telling.body]
        named = {name for text in texts for name in NAMED.findall(text)}
        few = set(sentences(telling, dict.fromkeys(ALWAYS, "x"))) - {"Case x:"}

    assert named <= KNOWN | {f"{clock}_by" for clock in CLOCKS}, "a fact that nobody ever states"
    assert not NAMED.search(str(telling.subject)), "a stranger may read the subject"
    assert few or any(isinstance(part, Only) for part in telling.body), "a message that may say nothing"


# ---- delivered after it


def test_a_code_is_found_however_it_is_typed_and_nothing_else_is(filed_case: Case) -> None:
    notice = filed_case.notices.first()
    typed = f" {notice.code[:4].lower()}-{notice.code[4:]} "

    assert services.check_code(typed) == notice
    assert services.check_code("") is None
    assert services.check_code("' OR 1=1") is None
    assert services.check_code("2" * 8) is None


def test_codes_have_no_letter_that_is_read_in_two_ways() -> None:
    codes = {new_code() for _ in range(200)}

    assert len(codes) == 200
    assert all(tidy_code(code) == code for code in codes)
    assert not set("0O1ILUV") & set(ALPHABET) - {"V"}


def test_reading_a_message_is_remembered_and_only_ones_own(filed_case, citizen, officer) -> None:
    mine = filed_case.notices.get(to=citizen, channel="inbox")

    assert services.mark_read(person=officer, notice_id=mine.pk) == 0
    assert services.mark_read(person=citizen) == 1
    assert services.mark_read(person=citizen) == 0
    assert not Notice.objects.unread_by(citizen).exists()


def test_a_sign_in_code_leaves_no_row_behind(monkeypatch) -> None:
    kept: list[Notice] = []

    class Keeper:
        def send(self, notice: Notice) -> None:
            kept.append(notice)

    monkeypatch.setattr(at_once, "adapter", lambda name: Keeper())
    services.send_code(phone="13800000001", code="123456")

    assert "123456" in kept[0].body
    assert not Notice.objects.exists()


@pytest.mark.parametrize("for_good", [True, False])
def test_a_code_that_cannot_be_sent_is_a_refusal_in_words(monkeypatch, for_good: bool) -> None:
    monkeypatch.setattr(at_once, "adapter", lambda name: notifier.FailingNotifier(for_good=for_good))

    with pytest.raises(Refusal) as refusal:
        services.send_code(phone="13800000001", code="123456")
    assert re.search(r"\w", str(refusal.value))


def test_replies_of_roles_reach_only_living_accounts(accepted_case, lender, institution) -> None:
    left = factories.UserFactory.create(lender=True, institution=institution, is_active=False)
    with transaction.atomic():
        remember(accepted_case, "case.pause", by=None, role=Role.SYSTEM, reason="等待鉴定")

    notices = told(accepted_case, "case.pause")
    assert lender in {n.to for n in notices}
    assert left not in {n.to for n in notices}
    assert not any(n.channel == "sms" for n in notices)


def test_nothing_is_told_of_steps_that_concern_nobody(accepted_case, lender) -> None:
    before = accepted_case.notices.count()
    answering.state_loan(
        case_id=accepted_case.pk,
        person=lender,
        principal_fen=1_000_000,
        received_fen=900_000,
        payments=[(1, 100_000)],
    )

    assert accepted_case.notices.count() == before


def test_only_the_side_that_owes_is_reminded_and_of_how_much(accepted_case, citizen, lender) -> None:
    with transaction.atomic():
        remember(
            accepted_case,
            "performance.due_soon",
            by=None,
            role=Role.SYSTEM,
            payer="respondent",
            due_on="2026-12-01",
            amount_fen=80_000,
        )
        remember(accepted_case, "performance.default", by=citizen, owed_fen=80_000)

    (reminder,) = told(accepted_case, "performance.due_soon")
    assert reminder.to == lender
    assert "2026年12月1日" in reminder.body
    assert "800" in reminder.body
    (warned,) = told(accepted_case, "performance.default", to=lender)
    (informed,) = told(accepted_case, "performance.default", to=citizen, channel="inbox")
    assert warned.body != informed.body


def test_a_promised_act_is_named_as_one(accepted_case, citizen) -> None:
    with transaction.atomic():
        remember(accepted_case, "performance.late", by=None, payer="claimant", due_on="2026-12-01")

    late = told(accepted_case, "performance.late", to=citizen, channel="inbox")
    assert len(late) == 1
    assert "2026年12月1日" in late[0].body
