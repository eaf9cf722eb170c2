"""A settled case of the centre goes into the library: without names, once, and not before a person has read it."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.errors import Refusal
from cases.models import Case, Precedent, User
from cases.services import releasing
from evidence.models import Entry
from mediation.agreements import precedents
from mediation.agreements.models import Term
from mediation.suggestions.choices import choose_for_case
from tests.test_whole_way import agree, make_effective

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(case_in_mediation: Case, mediator: User, citizen: User, lender: User) -> Case:
    make_effective(agree(case_in_mediation, mediator, citizen, lender), citizen, lender, mediator)
    case_in_mediation.refresh_from_db()
    return case_in_mediation


def offered(person: User, case: Case) -> bool:
    client = Client()
    client.force_login(person)
    shown = client.get(reverse("desk:case", args=[case.docket])).content.decode()
    return reverse("desk:act", args=[case.docket, "put_forward"]) in shown


def test_a_settled_case_waits_for_a_person_with_its_facts_and_without_its_names(
    client: Client, settled: Case, officer: User
) -> None:
    client.force_login(officer)
    assert offered(officer, settled)
    client.post(reverse("desk:act", args=[settled.docket, "put_forward"]))

    [row] = releasing.waiting()
    terms = list(settled.agreements.get().proposal.terms.all())
    assert not Precedent.objects.exists(), "nobody finds it yet"
    assert (row.kind, row.claim_fen, row.is_sample) == (settled.kind, settled.amount_fen, False)
    assert row.settled_fen == 1_200_00
    assert row.instalments == max(term.parts for term in terms if term.kind == Term.Kind.PAY)
    assert row.licence == "consumer_finance"
    assert row.remedies == sorted({claim.remedy for claim in settled.claims.all()})
    assert len(row.terms) == len(terms)
    assert settled.docket not in row.key
    told = "\n".join([row.key, row.story, *row.terms])
    for party in settled.parties.all():
        assert party.name not in told
    assert not any(str(term.account.get("number", "?")) in told for term in terms)
    assert not offered(officer, settled)

    released = releasing.release_precedent(precedent_id=row.pk, officer=officer, story=row.story)
    assert Precedent.objects.get() == released
    events = list(Entry.objects.filter(chain=releasing.CHAIN).order_by("seq").values_list("event", flat=True))
    assert events == ["precedent.put_forward", "precedent.released"]


def test_whom_people_name_elsewhere_goes_too(settled: Case, officer: User) -> None:
    settled.loan.product = "老王13812345678介绍的借呗"
    settled.loan.save()
    settled.story += "都是彩云追月陪我去的。"
    settled.answers = {**settled.answers, "agent_name": "彩云追月"}
    settled.save()
    row = precedents.put_forward(case_id=settled.pk, officer=officer)
    assert "彩云追月" not in row.story
    assert "13812345678" not in row.product
    assert row.product.endswith("介绍的借呗"), "what it is called is compared"


def test_it_is_put_forward_once_and_only_by_the_office(settled: Case, officer: User, mediator: User) -> None:
    assert not offered(mediator, settled)
    with pytest.raises(Refusal):
        precedents.put_forward(case_id=settled.pk, officer=mediator)
    row = precedents.put_forward(case_id=settled.pk, officer=officer)
    releasing.refuse_precedent(precedent_id=row.pk, officer=officer, reason="村子太小，一看就知道是谁")

    with pytest.raises(Refusal):
        precedents.put_forward(case_id=settled.pk, officer=officer)
    row.refresh_from_db()
    assert (row.state, row.story) == (Precedent.State.REFUSED, ""), "a no stays a no"


@pytest.mark.parametrize(
    ("terms", "fen"),
    [
        ([("pay", "respondent", 500_00), ("waive", "respondent", 200_00)], 700_00),
        ([("pay", "claimant", 900_00)], None),
        ([("pay", "claimant", 900_00), ("waive", "respondent", 100_00)], 100_00),
        ([("correct_credit", "respondent", None)], 0),
    ],
)
def test_what_was_given_is_read_from_the_terms_and_never_guessed(terms, fen) -> None:
    drawn = [Term(kind=kind, payer=payer, amount_fen=amount) for kind, payer, amount in terms]
    assert precedents.settled_fen(drawn) == fen


def test_a_party_who_wants_no_machine_is_not_compared_with(
    settled: Case, officer: User, citizen: User
) -> None:
    choose_for_case(case_id=settled.pk, person=citizen, is_on=False)
    assert not offered(officer, settled)
    with pytest.raises(Refusal):
        precedents.put_forward(case_id=settled.pk, officer=officer)
    assert not Precedent.every.exists()
    choose_for_case(case_id=settled.pk, person=citizen, is_on=True)
    assert offered(officer, settled)


def test_without_an_agreement_in_force_there_is_nothing_to_learn(
    case_in_mediation: Case, officer: User
) -> None:
    assert not offered(officer, case_in_mediation)
    with pytest.raises(Refusal):
        precedents.put_forward(case_id=case_in_mediation.pk, officer=officer)
    assert not Precedent.every.exists()
