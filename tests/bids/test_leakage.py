"""Nobody learns a sealed figure: not from a page, a notice, the chain, the packet, the database or a log."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from evidence import ledger
from evidence.models import Entry
from mediation.bids import services as bids
from mediation.bids.models import Seat
from mediation.court.packet import OPEN_EVENTS
from mediation.notices.models import Notice
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MINE, THEIRS = 7_777, 8_889  # yuan; told by no other number of the case
SHAPES = [shape for yuan in (MINE, THEIRS) for shape in (f"{yuan}", f"{yuan:,}", f"{yuan * 100}")]


@pytest.fixture
def opened(case_in_mediation, citizen, lender):
    bids.ask(case_id=case_in_mediation.pk, person=citizen)
    bids.choose(case_id=case_in_mediation.pk, person=lender, number=1, agrees=True)
    return case_in_mediation


def page(person, name: str, *args) -> str:
    client = Client()
    client.force_login(person)
    return client.get(reverse(name, args=args)).content.decode()


def post(person, name: str, *args, **data):
    client = Client()
    client.force_login(person)
    return client.post(reverse(name, args=args), data)


def everything_that_is_shown(case, people) -> str:
    seen = []
    for person in people:
        door = {"citizen": "portal", "institution": "counter"}.get(person.role, "desk")
        seen.append(page(person, f"{door}:case", case.docket))
        if door != "desk":
            seen.extend(
                page(person, f"{door}:act", case.docket, name)
                for name in ("bid-figure", "bid-leave", "bid-middle")
            )
    seen.extend(f"{notice.subject} {notice.body}" for notice in Notice.objects.all())
    for entry in Entry.objects.filter(chain=case.chain):
        record = ledger.read(entry)
        seen.append(f"{entry.event} {record}" if entry.event.startswith("bid.") else "")
    return "\n".join(seen)


def test_a_sealed_figure_is_nowhere(opened, citizen, lender, mediator, officer, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    answer = post(citizen, "portal:act", opened.docket, "bid-figure", round=1, amount=str(MINE))

    assert answer.status_code == 302
    assert not any(
        shape in everything_that_is_shown(opened, [citizen, lender, mediator, officer]) for shape in SHAPES
    )
    assert not any(shape in caplog.text for shape in SHAPES)
    with connection.cursor() as cursor:
        cursor.execute("SELECT figure FROM bids_seat WHERE figure IS NOT NULL")
        [(stored,)] = cursor.fetchall()
    assert str(MINE).encode() not in bytes(stored)


@pytest.mark.parametrize(("mine", "theirs"), [(THEIRS, MINE), (MINE, THEIRS)])
def test_after_the_round_both_figures_are_gone(
    mine, theirs, opened, citizen, lender, mediator, officer
) -> None:
    post(citizen, "portal:act", opened.docket, "bid-figure", round=1, amount=str(mine))
    post(lender, "counter:act", opened.docket, "bid-figure", round=1, amount=str(theirs))

    assert opened.bid_rounds.get().state in {"overlap", "apart"}
    assert not Seat.objects.filter(figure__isnull=False).exists()
    assert not any(
        shape in everything_that_is_shown(opened, [citizen, lender, mediator, officer]) for shape in SHAPES
    )


def test_no_overlap_looks_the_same_however_far_apart(case_in_mediation, citizen, lender) -> None:
    """What either side is shown does not depend on the distance."""
    shown = []
    for number, theirs in enumerate((1, 7_776), start=1):
        bids.ask(case_id=case_in_mediation.pk, person=citizen)
        bids.choose(case_id=case_in_mediation.pk, person=lender, number=number, agrees=True)
        bids.seal_figure(case_id=case_in_mediation.pk, person=citizen, number=number, fen=MINE * 100)
        bids.seal_figure(case_id=case_in_mediation.pk, person=lender, number=number, fen=theirs * 100)
        last = case_in_mediation.bid_rounds.last()
        shown.append((last.state, last.middle_fen, last.get_state_display()))
    assert shown[0] == shown[1]


def test_before_the_other_side_seals_the_page_does_not_depend_on_its_figure(opened, citizen, lender) -> None:
    before = page(lender, "counter:case", opened.docket)
    bids.seal_figure(case_id=opened.pk, person=citizen, number=1, fen=MINE * 100)
    small = page(lender, "counter:case", opened.docket)
    bids.seal_figure(case_id=opened.pk, person=citizen, number=1, fen=3_00)
    large = page(lender, "counter:case", opened.docket)

    assert without_token(small) == without_token(large)
    assert "bid-figure" in before


def without_token(html: str) -> str:
    return "\n".join(line for line in html.splitlines() if "csrf" not in line.lower() and "nonce" not in line)


def test_the_court_gets_none_of_it() -> None:
    assert not [event for event in OPEN_EVENTS if event.startswith(("bid.", "suggestion."))]


def test_a_stranger_finds_nothing(opened) -> None:
    stranger = UserFactory.create(citizen=True)
    sent = post(stranger, "portal:act", opened.docket, "bid-figure", round=1, amount="5")
    assert sent.status_code == 404


def test_a_form_sent_twice_and_an_old_page_do_no_harm(opened, citizen, lender) -> None:
    for _time in range(2):
        assert (
            post(citizen, "portal:act", opened.docket, "bid-figure", round=1, amount="3000").status_code
            == 302
        )
    for _time in range(2):
        sent = post(lender, "counter:act", opened.docket, "bid-figure", round=1, amount="2000")
        assert sent.status_code == 302
    assert post(citizen, "portal:act", opened.docket, "bid-leave", round=1).status_code in {302, 422}
    assert opened.bid_rounds.get().state == "apart"


def test_nonsense_is_answered_in_words(opened, citizen) -> None:
    for amount in ("", "abc", "-5", "0", "9" * 40, "三千五"):
        sent = post(citizen, "portal:act", opened.docket, "bid-figure", round=1, amount=amount)
        assert sent.status_code == (302 if amount == "三千五" else 422)
    assert post(citizen, "portal:act", opened.docket, "bid-figure", round="x", amount="5").status_code == 422
