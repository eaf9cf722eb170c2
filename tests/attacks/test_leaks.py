"""Every address of the site, asked for by everybody who has no business there; and what the talks must not tell."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from cases.roles import Role
from cases.services.exhibits import add_exhibit
from evidence.models import Entry
from mediation.agreements import services as agreements
from mediation.agreements.models import Term
from mediation.court import services as court
from mediation.hearings import services as hearings
from mediation.hearings import transcription
from mediation.notices.models import Notice
from mediation.performance import services as performance
from tests import factories
from tests.hearings.conftest import add_sound
from tests.test_whole_way import agree, confirm, make_effective

pytestmark = pytest.mark.django_db
SAID = "只对调解员说的话"
NO = {302, 403, 404, 405}
EVERYBODYS = {
    "home",
    "sign_in",
    "sign_in_by_phone",
    "set_language",
    "set_text_size",
    "csrf_token",
    "check_message",
}
EVERYBODYS |= {"demo_messages", "sign_out", "api:schema", "api:docs", "api:due", "api:loan_cost", "api:story"}
EVERYBODYS |= {"check_receipt", "log_checkpoint", "log_tile", "log_policy", "log_checker", "limits"}
EVERYBODYS |= {"feed_settings", "email_settings"}  # one's own, whoever one is
OF_A_ROLE = {
    "portal:my_cases",
    "portal:messages",
    "counter:inbox",
    "counter:messages",
    "desk:queue",
    "desk:calendar",
    "desk:rules",
    "desk:paper_kinds",
    "desk:undone",
    "desk:log",
    "desk:log_news",
    "desk:holidays",
    "desk:release",
    "desk:rule",
    "desk:machine",
}
OF_A_ROLE |= {"bench:inbox", "bench:verify", "api:cases", "api:applications", "api:precedents", "api:library"}


@pytest.fixture
def whole(case_in_mediation, citizen, lender, mediator, judge) -> SimpleNamespace:
    """A case with one of everything, from private papers to a payment."""
    case, today = case_in_mediation, timezone.localdate()
    private = add_exhibit(
        case_id=case.pk, file=io.BytesIO(SAID.encode()), name=f"{SAID}.txt", by=citizen, role=Role.CITIZEN,
        kind="contract", is_private=True,
    )  # fmt: skip
    meeting = hearings.call_hearing(case_id=case.pk, mediator=mediator, starts_at=timezone.now())
    for person in (mediator, citizen, lender):
        hearings.join_hearing(hearing_id=meeting.pk, person=person)
        hearings.answer_recording(hearing_id=meeting.pk, person=person, agrees=True)
    recording = add_sound(meeting, mediator)
    transcription.transcribe(recording.pk)
    hearings.write_line(hearing_id=meeting.pk, mediator=mediator, speaker=Role.CITIZEN, text=SAID)
    hearings.offer_facts(case_id=case.pk, mediator=mediator, facts="借款一万元。")
    quiet = agreements.TermDraft(Term.Kind.STOP_COLLECTION, "respondent", today, words="不打电话")
    first = agreements.offer_proposal(
        case_id=case.pk, person=mediator, terms=[quiet], wording=agreements.Wording(note=SAID)
    )
    agreements.respond(proposal_id=first.pk, person=lender, accepts=False, words=SAID)
    agreement = agree(case, mediator, citizen, lender)
    make_effective(agreement, citizen, lender, mediator)
    ruling = confirm(case, judge, citizen, lender)
    objection = court.object_to_ruling(ruling_id=ruling.pk, person=citizen, words="金额有误")
    owed = case.instalments.filter(amount_fen__isnull=False)[0]
    payment = performance.record_payment(instalment_id=owed.pk, person=lender, paid_on=today, amount_fen=100)
    case.refresh_from_db()
    return SimpleNamespace(
        case=case, private=private, hearing=meeting, recording=recording, objection=objection, payment=payment,
        application=ruling.application, paper=ruling.paper, citizen=citizen,
        notice=Notice.objects.filter(case=case, channel="inbox")[0],
    )  # fmt: skip


def named_routes(resolver: Any = None, space: tuple[str, ...] = ()) -> list[tuple[str, list[str]]]:
    found = []
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            found += named_routes(one, (*space, one.namespace) if one.namespace else space)
        elif one.name:
            found.append((":".join([*space, one.name]), list(one.pattern.converters)))
    return found


def ledger_end(whole: SimpleNamespace) -> int:
    return Entry.objects.filter(chain=whole.case.chain).latest("seq").seq


def value_of(key: str, name: str, whole: SimpleNamespace) -> Any:
    door, _colon, short = name.rpartition(":")
    if key == "pk":
        if door in {"bench", "api"}:
            return whole.application.pk
        by_name = {"open_case": whole.case.pk, "exhibit_file": whole.private.pk, "message": whole.notice.pk}
        by_name |= {"act_on": whole.payment.pk, "correct_line": whole.recording.segments.all()[0].pk}
        of_recording = {"recording_news", "recording_part", "try_recording_again", "name_speakers"}
        return by_name.get(short) or (whole.recording if short in of_recording else whole.hearing).pk
    if key == "name":
        return whole.case.docket if name == "bench:case" else "received" if short == "act_on" else "evidence"
    known = {"docket": whole.case.docket, "number": whole.paper.number, "page_number": 1, "leaf": 1}
    known |= {"seq": ledger_end(whole), "path": "0/000", "year": 2026}
    known |= {"person": whole.citizen.pk, "objection": whole.objection.pk, "upload_id": "0" * 32}
    return known.get(key, "x")


def addresses(whole: SimpleNamespace) -> dict[str, str]:
    """Every address about a case, filled in with the numbers of this one."""
    return {
        name: reverse(name, kwargs={key: value_of(key, name, whole) for key in keys})
        for name, keys in named_routes()
        if name not in EVERYBODYS | OF_A_ROLE and not reverse_is_of_a_draft(name)
    }


def reverse_is_of_a_draft(name: str) -> bool:
    """The pages of an application show the browser's own draft, whoever asks."""
    from mediation.portal import intake_urls

    return name.removeprefix("portal:") in {one.name for one in intake_urls.urlpatterns}


def test_a_stranger_of_any_role_finds_nothing_at_any_address(whole) -> None:
    other = factories.CentreFactory.create()
    make = factories.UserFactory.create
    strangers = [
        None,
        make(citizen=True),
        make(lender=True),
        make(officer=True, centre=other),
        make(mediator=True, centre=other),
        make(mediator=True, centre=whole.case.centre),
        make(judge=True, court=other.court),
    ]
    for person in strangers:
        client = Client(raise_request_exception=False)
        if person:
            client.force_login(person)
        for name, url in addresses(whole).items():
            for answer in (client.get(url), client.post(url)):
                assert answer.status_code in NO or "read_all" in name, (person, name, answer.status_code)
                assert SAID.encode() not in answer.content


def test_what_was_said_to_the_mediator_reaches_neither_the_other_side_nor_the_court(
    whole, lender, judge
) -> None:
    for person in (lender, judge):
        client = Client(raise_request_exception=False)
        client.force_login(person)
        for name, url in addresses(whole).items():
            answer = client.get(url)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            is_meeting = name in {"counter:hearing", "counter:transcript", "counter:recording_part"}
            assert is_meeting or SAID.encode() not in body, (person, name)


def test_no_message_tells_what_was_said(whole) -> None:
    for notice in Notice.objects.filter(case=whole.case):
        words = " ".join(str(getattr(notice, field.name)) for field in notice._meta.fields)
        assert SAID not in words


def test_no_form_is_taken_from_another_site(whole, citizen) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(citizen)
    for name, keys in named_routes():
        url = reverse(name, kwargs={key: value_of(key, name, whole) for key in keys})
        headers = {"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}
        answer = client.post(url, headers=headers)
        assert answer.status_code in {403, 404, 405}, (name, answer.status_code)
