"""The review while terms are written: live, without script, before the offer, at the signing, for both sides."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from mediation.agreements import services as agreements
from tests.desk.conftest import signed_in
from tests.desk.test_terms import pay, rows, url
from tests.test_whole_way import agree, offer

pytestmark = pytest.mark.django_db


def act(**changes: object) -> dict:
    return {**pay(), "kind": "other", "words": "尽快出具结清证明", "amount": "", "number": "", **changes}


def review_of(client: Client, case: Case, sent: dict) -> object:
    return client.post(url("review_terms", case), sent)


def test_the_review_answers_while_terms_are_written_and_keeps_nothing(as_mediator, case_in_mediation) -> None:
    answer = review_of(as_mediator, case_in_mediation, rows(pay(), act()))

    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "尽快" in shown
    assert 'href="#term-2"' in shown
    assert "461" in shown
    assert "<html" not in shown
    assert not case_in_mediation.proposals.exists()


def test_rows_that_are_not_whole_are_named_and_the_others_keep_their_numbers(
    as_mediator, case_in_mediation
) -> None:
    answer = review_of(as_mediator, case_in_mediation, rows(pay(due_on="明天"), act()))
    assert answer.context["unread"] == [1]
    assert {one.term for one in answer.context["report"].must} == {2}

    empty = review_of(as_mediator, case_in_mediation, {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"})
    assert empty.context["report"] is None
    assert review_of(as_mediator, case_in_mediation, {"junk": "1"}).status_code == 200


def test_without_script_a_button_reviews_and_keeps_what_was_typed(as_mediator, case_in_mediation) -> None:
    page = as_mediator.post(
        url("propose", case_in_mediation), rows(act(), check="1", waiver="双方放弃一切权利", note="别丢了")
    )
    assert page.status_code == 200
    assert {"no_time", "boundless_waiver"} <= {one.code for one in page.context["report"].must}
    assert "别丢了" in page.content.decode()
    assert "尽快出具结清证明" in page.content.decode()


def test_unclear_terms_are_not_offered(as_mediator, case_in_mediation) -> None:
    page = as_mediator.post(url("propose", case_in_mediation), rows(act()))
    assert page.status_code == 422
    assert "尽快" in " ".join(map(str, page.context["form"].non_field_errors()))
    assert not case_in_mediation.proposals.exists()


def test_only_the_mediator_of_the_case_is_answered(as_officer, as_lender, case_in_mediation) -> None:
    for client in (as_officer, as_lender):
        assert review_of(client, case_in_mediation, rows(pay())).status_code == 404


def test_both_sides_read_it_in_plain_words(case_in_mediation, mediator, citizen, lender) -> None:
    offer(case_in_mediation, mediator)
    for person, door in ((citizen, "portal"), (lender, "counter")):
        page = signed_in(person).get(reverse(f"{door}:act", args=[case_in_mediation.docket, "proposal"]))
        assert page.context["report"].is_clear
        assert 'id="enforceable"' in page.content.decode()


def test_it_stands_beside_the_agreement_before_anybody_signs(
    as_mediator, case_in_mediation, mediator, citizen, lender
) -> None:
    agree(case_in_mediation, mediator, citizen, lender)
    assert as_mediator.get(url("agreement", case_in_mediation)).context["report"].is_clear
    page = signed_in(citizen).get(reverse("portal:act", args=[case_in_mediation.docket, "agreement"]))
    assert 'id="enforceable"' in page.content.decode()


def test_a_counter_proposal_is_held_to_the_same(case_in_mediation, citizen) -> None:
    sent = {
        "payer": "nobody",
        "amount": "",
        "first_on": "2030-01-15",
        "other": "尽快给我出具结清证明",
        "note": "",
    }
    address = reverse("portal:act", args=[case_in_mediation.docket, "counter-proposal"])
    page = signed_in(citizen).post(address, sent)
    assert page.status_code == 422
    assert "尽快" in page.content.decode()
    assert agreements.standing(case_in_mediation) == []
