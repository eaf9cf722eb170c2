"""A form sent twice has one effect, and what is over cannot be done through an old page."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.errors import Refusal
from cases.models import Case, Exhibit, Party
from cases.roles import Role
from cases.services import assignment, closing, pauses
from evidence.models import Entry
from mediation.agreements import services as agreements
from mediation.court import services as court
from mediation.files import taking
from mediation.hearings import services as hearings
from mediation.suggestions import services as suggestions
from tests.hearings.conftest import add_sound
from tests.test_whole_way import agree, confirm

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


def signed_in(person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def times(case: Case, event: str) -> int:
    return Entry.objects.filter(chain=case.chain, event=event).count()


def test_a_mediator_is_assigned_once(accepted_case, officer, mediator) -> None:
    for _time in range(2):
        assignment.assign_mediator(case_id=accepted_case.pk, officer=officer, mediator_id=mediator.pk)
    assert times(accepted_case, "case.assign") == 1


def test_both_sides_are_asked_for_more_time_once(case_in_mediation, mediator) -> None:
    for _time in range(2):
        pauses.ask_extension(case_id=case_in_mediation.pk, mediator=mediator, days=5, reason="等鉴定")
    assert case_in_mediation.extensions.count() == 1


def test_a_meeting_is_called_once_and_its_small_acts_count_once(
    case_in_mediation, mediator, citizen, lender
) -> None:
    case, at = case_in_mediation, timezone.now() + timedelta(days=2)
    for _time in range(2):
        meeting = hearings.call_hearing(case_id=case.pk, mediator=mediator, starts_at=at)
    for person in (mediator, citizen, lender):
        hearings.join_hearing(hearing_id=meeting.pk, person=person)
    for _time in range(2):
        hearings.answer_recording(hearing_id=meeting.pk, person=citizen, agrees=False)
        hearings.check_identity(hearing_id=meeting.pk, mediator=mediator, person_id=citizen.pk)
        hearings.write_line(hearing_id=meeting.pk, mediator=mediator, speaker=Role.CITIZEN, text="对。")
    hearings.end_hearing(hearing_id=meeting.pk, mediator=mediator, result="再议。")
    for _time in range(2):
        hearings.read_back(hearing_id=meeting.pk, person=citizen, confirmed=True)

    events = ["hearing.call", "hearing.refuse_recording", "hearing.check_identity", "transcript.write"]
    assert {event: times(case, event) for event in [*events, "transcript.confirm"]} == dict.fromkeys(
        [*events, "transcript.confirm"], 1
    )


def test_the_same_words_a_moment_later_are_a_line_of_their_own(
    case_in_mediation, mediator, time_machine
) -> None:
    at = timezone.now()
    time_machine.move_to(at)
    meeting = hearings.call_hearing(case_id=case_in_mediation.pk, mediator=mediator, starts_at=at)
    hearings.join_hearing(hearing_id=meeting.pk, person=mediator)
    for seconds in (0, 30):
        time_machine.move_to(at + timedelta(seconds=seconds))
        hearings.write_line(hearing_id=meeting.pk, mediator=mediator, speaker=Role.CITIZEN, text="对。")
    assert times(case_in_mediation, "transcript.write") == 2


def test_the_same_facts_are_one_version(case_in_mediation, mediator) -> None:
    for facts in ("借款一万元。", "借款一万元。 \n", "借款九千元。"):
        hearings.offer_facts(case_id=case_in_mediation.pk, mediator=mediator, facts=facts)
    assert case_in_mediation.fact_sheets.count() == 2


def test_two_looks_for_like_cases_at_the_same_moment_give_one(
    case_in_mediation, mediator, monkeypatch
) -> None:
    audit = suggestions.audit_of

    def meanwhile(case: Case) -> object:
        monkeypatch.setattr(suggestions, "audit_of", audit)
        suggestions.propose(case_id=case.pk, mediator=mediator)
        return audit(case)

    monkeypatch.setattr(suggestions, "audit_of", meanwhile)
    suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    assert case_in_mediation.suggestions.count() == 1


def test_an_agreement_is_drawn_up_once_and_the_last_signature_may_come_twice(
    case_in_mediation, mediator, citizen, lender
) -> None:
    first = agree(case_in_mediation, mediator, citizen, lender)
    again = agreements.draft_agreement(
        case_id=case_in_mediation.pk, mediator=mediator, facts=first.facts, issues=first.issues,
        responsibility=first.responsibility,
    )  # fmt: skip
    for person in (citizen, lender, mediator, mediator):
        agreements.sign(agreement_id=first.pk, person=person, read_to_end=True)

    assert again == first
    assert times(case_in_mediation, "agreement.draft") == 1
    assert times(case_in_mediation, "agreement.sign") == 3


def test_an_objection_is_answered_once(signed_case, judge, citizen, lender) -> None:
    ruling = confirm(signed_case, judge, citizen, lender)
    objection = court.object_to_ruling(ruling_id=ruling.pk, person=citizen, words="金额有误")
    for _time in range(2):
        court.answer_objection(objection_id=objection.pk, judge=judge, answer="核对无误。")
    with pytest.raises(Refusal):
        court.answer_objection(objection_id=objection.pk, judge=judge, answer="另一个答复。")
    assert times(signed_case, "court.answer_objection") == 1


def test_after_the_minutes_are_issued_nothing_is_added_to_the_meeting(
    case_in_mediation, mediator, citizen, lender, monkeypatch
) -> None:
    meeting = hearings.call_hearing(case_id=case_in_mediation.pk, mediator=mediator, starts_at=timezone.now())
    for person in (mediator, citizen, lender):
        hearings.join_hearing(hearing_id=meeting.pk, person=person)
        hearings.answer_recording(hearing_id=meeting.pk, person=person, agrees=True)
        if person != mediator:
            hearings.check_identity(hearing_id=meeting.pk, mediator=mediator, person_id=person.pk)
    hearings.write_line(hearing_id=meeting.pk, mediator=mediator, speaker=Role.CITIZEN, text="我同意。")
    hearings.end_hearing(hearing_id=meeting.pk, mediator=mediator, result="同意。")
    for person in (citizen, lender):
        hearings.read_back(hearing_id=meeting.pk, person=person, confirmed=True)
    hearings.issue_transcript(hearing_id=meeting.pk, mediator=mediator)

    with pytest.raises(Refusal):
        add_sound(meeting, citizen)


def test_an_old_page_changes_nothing_in_a_closed_case(case_in_mediation, citizen, mediator) -> None:
    case, client = case_in_mediation, signed_in(citizen)
    evidence = reverse("portal:act", args=[case.docket, "evidence"])
    client.post(evidence, {"kind": "contract", "file": SimpleUploadedFile("a.txt", b"paper")})
    exhibit = Exhibit.objects.get(case=case, by=citizen)
    closing.end_mediation(
        case_id=case.pk,
        staff=mediator,
        ending="other",
        reason="谈不拢",
        cost_conduct="没有",
        court_notes="没有",
    )

    back = client.post(reverse("portal:act_on", args=[case.docket, "withdraw-evidence", exhibit.pk]))
    identity = client.post(
        reverse("portal:act", args=[case.docket, "identity"]), {"id_number": NUMBER, "address": "别处"}
    )

    assert (back.status_code, identity.status_code) == (422, 422)
    exhibit.refresh_from_db()
    assert exhibit.withdrawn_at is None
    assert Party.objects.get(case=case, person=citizen).address == "样例市平安里2号"


def test_a_side_hands_in_so_many_files_and_no_more(case_in_mediation, citizen, monkeypatch) -> None:
    monkeypatch.setattr(taking, "FILES_A_CASE", 2)
    client, url = signed_in(citizen), reverse("portal:act", args=[case_in_mediation.docket, "evidence"])
    answers = [
        client.post(
            url, {"kind": "contract", "file": SimpleUploadedFile("a.txt", f"paper {n}".encode())}
        ).status_code
        for n in (1, 2, 2, 3)
    ]
    assert answers == [302, 302, 302, 422]
