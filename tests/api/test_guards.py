"""What the pages guard, the interface guards the same: private papers, unclear terms, recused mediators, rulings."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Exhibit
from cases.roles import Role
from cases.services import assignment
from evidence.models import Entry
from mediation.agreements.enforceability import review_of
from mediation.agreements.models import Proposal
from mediation.api.requests import ProposalSerializer
from mediation.court.services import CHECKS, DISMISSAL_GROUNDS
from mediation.desk.proposal_forms import WordingForm
from tests import factories
from tests.evidence import samples
from tests.papers.test_documents import words_of

pytestmark = pytest.mark.django_db
ACCOUNT = {"holder": "杨小满", "bank": "样例银行滨江支行", "number": "6200 0000 0000 0000"}


def at(name: str, case: Case) -> str:
    return reverse(f"api:{name}", args=[case.docket])


def a_term(**changes: Any) -> dict[str, Any]:
    day = (timezone.localdate() + timedelta(days=20)).isoformat()
    term = {"kind": "pay", "payer": "respondent", "due_on": day, "amount_fen": 100_000, "account": ACCOUNT}
    return {**term, **changes}


def hand_in(client: Any, case: Case, **changes: Any) -> Any:
    file = SimpleUploadedFile("合同.pdf", samples.PDF, "application/pdf")
    told = {"file": file, "kind": "contract", "origin_words": "11月20日申请人当面交来原件", **changes}
    return client.post(at("exhibits", case), told, format="multipart")


# ---- papers


def test_an_officer_cannot_keep_a_paper_from_both_sides_and_a_mediator_can(
    speak, case_in_mediation, officer, mediator
) -> None:
    refused = hand_in(speak(officer), case_in_mediation, is_private="true")
    assert (refused.status_code, "is_private" in refused.json()["errors"]) == (400, True)
    assert hand_in(speak(mediator), case_in_mediation, is_private="true").status_code == 201


@pytest.mark.parametrize("role", ["officer", "mediator"])
def test_what_the_office_hands_in_says_who_gave_it(speak, case_in_mediation, role, request) -> None:
    client = speak(request.getfixturevalue(role))
    before = Entry.objects.count()
    refused = hand_in(client, case_in_mediation, origin_words=" ")
    assert (refused.status_code, "origin_words" in refused.json()["errors"]) == (400, True)
    assert Entry.objects.count() == before


def test_a_party_need_not_say_it_there_either(speak, case_in_mediation, lender) -> None:
    assert hand_in(speak(lender), case_in_mediation, origin_words="").status_code == 201


@pytest.mark.parametrize("owner", ["citizen", "lender"])
def test_a_private_paper_is_listed_for_its_own_side_and_the_mediator_alone(
    speak, case_in_mediation, citizen, lender, officer, mediator, owner, request
) -> None:
    people = {"citizen": citizen, "lender": lender, "officer": officer, "mediator": mediator}
    number = hand_in(speak(people[owner]), case_in_mediation, is_private="true").json()["number"]
    pk = Exhibit.objects.get(case=case_in_mediation, number=number).pk

    for name, person in people.items():
        listed = {row["number"] for row in speak(person).get(at("exhibits", case_in_mediation)).json()}
        page = Client()
        page.force_login(person)
        opened = page.get(reverse("exhibit_file", args=[pk])).status_code == 200
        assert (number in listed) == opened == (name in {owner, "mediator"}), name


# ---- terms


@pytest.mark.parametrize(
    "unclear",
    [
        a_term(amount_fen=None),
        a_term(account={**ACCOUNT, "number": "1"}),
        a_term(due_on="2020-01-01"),
        a_term(kind="other", amount_fen=None, words="尽快妥善处理"),
        a_term(kind="other", amount_fen=None, words=""),
    ],
)
def test_terms_that_the_desk_refuses_are_refused_here_with_the_same_words(
    speak, case_in_mediation, mediator, unclear
) -> None:
    refused = speak(mediator).post(at("proposal", case_in_mediation), {"terms": [unclear]}, format="json")
    assert refused.status_code == 409

    page = Client()
    page.force_login(mediator)
    account = unclear["account"]
    row = {"kind": unclear["kind"], "payer": unclear["payer"], "due_on": unclear["due_on"], "parts": 1}
    row |= {"amount": (unclear["amount_fen"] or 0) / 100 or "", "words": unclear.get("words", "")}
    row |= {"holder": account["holder"], "bank": account["bank"], "number": account["number"]}
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0} | {f"form-0-{k}": v for k, v in row.items()}
    answer = page.post(reverse("desk:propose", args=[case_in_mediation.docket]), form)
    assert answer.status_code == 422
    seen = answer.content.decode()
    assert all(message in seen for message in refused.json()["messages"])
    assert not Proposal.objects.exists()


def test_what_is_offered_is_the_same_as_from_the_desk(speak, case_in_mediation, mediator) -> None:
    terms = [
        a_term(),
        a_term(kind="stop_collection", amount_fen=None, words="不再就本案借款致电申请人的亲友和工作单位"),
    ]
    answer = speak(mediator).post(at("proposal", case_in_mediation), {"terms": terms}, format="json")

    assert answer.status_code == 201
    proposal = Proposal.objects.get()
    paid, act = proposal.terms.all()
    assert paid.account["number"] == "6200000000000000"
    assert act.account == {}, "an account belongs to a payment"
    assert answer.json()["advice"] == [str(one) for one in review_of(proposal).advice]


def test_the_words_beside_the_terms_may_be_as_long_as_at_the_desk_and_no_longer() -> None:
    fields = ProposalSerializer().fields
    for name, field in WordingForm().fields.items():
        assert fields[name].max_length == field.max_length, name


# ---- mediators


@pytest.fixture
def terms() -> dict[str, Any]:
    return {"terms": [a_term()]}


def test_a_mediator_whom_a_side_refused_finds_nothing_any_more(
    speak, case_in_mediation, mediator, lender, terms
) -> None:
    assignment.reply_to_disclosure(
        case_id=case_in_mediation.pk, person=lender, accepts=False, words="曾任职于本公司"
    )
    client = speak(mediator)
    for name in ("case", "clocks", "chain", "exhibits"):
        assert client.get(at(name, case_in_mediation)).status_code == 404, name
    assert client.post(at("proposal", case_in_mediation), terms, format="json").status_code == 404
    assert hand_in(client, case_in_mediation).status_code == 404


def test_a_new_mediator_offers_nothing_before_disclosing(
    speak, case_in_mediation, officer, centre, terms
) -> None:
    other = factories.UserFactory.create(mediator=True, centre=centre)
    assignment.assign_mediator(case_id=case_in_mediation.pk, officer=officer, mediator_id=other.pk)

    refused = speak(other).post(at("proposal", case_in_mediation), terms, format="json")
    assert refused.status_code == 409
    assert not Proposal.objects.exists()


# ---- the note about time


def test_no_borrower_can_promise_anything_where_the_note_about_time_is_not_shown(
    speak, case_in_mediation, citizen, terms
) -> None:
    from mediation.api.urls import urlpatterns

    client = speak(citizen)
    before = Entry.objects.count()
    for one in urlpatterns:
        keys = {"docket": case_in_mediation.docket, "pk": 1}
        kwargs = {key: keys[key] for key in one.pattern.converters}
        if not kwargs or one.name == "exhibits":
            continue  # what is about no case, and papers, promise nothing
        answer = client.post(reverse(f"api:{one.name}", kwargs=kwargs), terms, format="json")
        assert answer.status_code in {403, 404, 405}, one.name
    assert Entry.objects.count() == before


# ---- the court


@pytest.fixture
def accepted(speak, application, judge) -> Any:
    """An application that the court has taken up."""
    client = speak(judge)
    assert client.post(reverse("api:accept_application", args=[application.pk])).status_code == 200
    return application


def a_ruling(**changes: Any) -> dict[str, Any]:
    words = {"findings": "协议属实。", "reasons": "符合法律规定。", "clerk": "吴书记"}
    return {"kind": "confirm", "checks": list(CHECKS), **words, **changes}


def test_a_confirmation_carries_no_ground_for_dismissing(speak, accepted, judge) -> None:
    ground = next(iter(DISMISSAL_GROUNDS))
    answer = speak(judge).post(
        reverse("api:ruling", args=[accepted.pk]), a_ruling(ground=ground), format="json"
    )
    assert answer.status_code == 200

    paper = accepted.case.exhibits.filter(by_role=Role.COURT).last()
    from evidence.deposits import open_deposit

    with open_deposit(paper.deposit) as stream:
        printed = "".join(words_of(stream.read()))
    assert str(DISMISSAL_GROUNDS[ground]) not in printed


@pytest.mark.parametrize(
    "changes",
    [
        {"checks": []},
        {"checks": list(CHECKS)[:-1]},
        {"kind": "dismiss", "ground": ""},
        {"findings": " "},
        {"reasons": ""},
        {"clerk": ""},
    ],
)
def test_a_ruling_that_lacks_something_is_none(speak, accepted, judge, changes) -> None:
    answer = speak(judge).post(reverse("api:ruling", args=[accepted.pk]), a_ruling(**changes), format="json")
    assert answer.status_code in {400, 409}
    accepted.refresh_from_db()
    assert accepted.state == "accepted"


def test_who_saves_the_packet_is_noted_through_either_door(speak, accepted, judge, caplog) -> None:
    page = Client()
    page.force_login(judge)
    with caplog.at_level(logging.INFO, logger="mediation.viewings"):
        speak(judge).get(reverse("api:packet", args=[accepted.pk]))
        page.get(reverse("bench:packet", args=[accepted.pk]))

    told = [record.getMessage() for record in caplog.records if record.name == "mediation.viewings"]
    assert told == [f"packet of case {accepted.case_id} saved by {judge.pk}"] * 2
