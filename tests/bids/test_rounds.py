"""背靠背报价: both choose it, each seals a figure, only an overlap comes out, and both still decide."""

import time
from datetime import timedelta
from threading import Thread

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import Refusal
from cases.models import Case, Duty
from cases.services import closing
from cases.services.working_off import work_off
from evidence import ledger
from evidence.models import Entry
from mediation.bids import services as bids
from mediation.bids.ending import ENDS
from mediation.bids.middle import middle_of
from mediation.bids.models import Round, Seat
from mediation.desk.drafting import first_terms

pytestmark = pytest.mark.django_db
State = Round.State


@pytest.fixture
def opened(case_in_mediation, citizen, lender) -> Case:
    """Both sides have chosen a round."""
    bids.ask(case_id=case_in_mediation.pk, person=citizen)
    bids.choose(case_id=case_in_mediation.pk, person=lender, number=1, agrees=True)
    return case_in_mediation


def seal(case: Case, person, yuan: int, number: int = 1) -> Round:
    return bids.seal_figure(case_id=case.pk, person=person, number=number, fen=yuan * 100)


def times(case: Case, event: str) -> int:
    return Entry.objects.filter(chain=case.chain, event=event).count()


def test_figures_that_meet_give_a_middle_that_both_must_accept(opened, citizen, lender) -> None:
    assert seal(opened, citizen, 1_200).state == State.OPEN
    met = seal(opened, lender, 1_600)

    assert (met.state, met.middle_fen) == (State.OVERLAP, 1_400_00)
    assert bids.decide(case_id=opened.pk, person=citizen, number=1, accepts=True).state == State.OVERLAP
    assert bids.agreed_fen(opened) is None
    assert bids.decide(case_id=opened.pk, person=lender, number=1, accepts=True).state == State.AGREED
    assert first_terms(opened)[0]["amount"] == 1_400_00
    assert ledger.first_break(opened.chain) is None


def test_figures_apart_tell_only_that(opened, citizen, lender) -> None:
    seal(opened, citizen, 1_600)
    apart = seal(opened, lender, 1_200)

    assert (apart.state, apart.middle_fen) == (State.APART, None)
    assert first_terms(opened)[0]["amount"] is None


def test_a_no_to_the_middle_ends_it(opened, citizen, lender) -> None:
    seal(opened, citizen, 1_200)
    seal(opened, lender, 1_600)
    bids.decide(case_id=opened.pk, person=lender, number=1, accepts=False)

    with pytest.raises(Refusal):
        bids.decide(case_id=opened.pk, person=citizen, number=1, accepts=True)
    assert bids.agreed_fen(opened) is None


def test_nothing_begins_without_the_other_sides_yes(case_in_mediation, citizen, lender) -> None:
    case = case_in_mediation
    bids.ask(case_id=case.pk, person=citizen)
    with pytest.raises(Refusal):
        seal(case, citizen, 1_000)
    bids.choose(case_id=case.pk, person=lender, number=1, agrees=False)
    with pytest.raises(Refusal):
        seal(case, citizen, 1_000)
    assert case.bid_rounds.get().state == State.LEFT


def test_both_asking_at_once_is_both_choosing(case_in_mediation, citizen, lender) -> None:
    bids.ask(case_id=case_in_mediation.pk, person=citizen)
    both = bids.ask(case_id=case_in_mediation.pk, person=lender)

    assert (both.number, both.state, both.seats.count()) == (1, State.OPEN, 2)


def test_silence_is_no_yes_and_ends_everything(opened, citizen, lender, time_machine) -> None:
    seal(opened, citizen, 1_200)
    time_machine.move_to(timezone.now() + bids.TIME_TO_SEAL + timedelta(seconds=1))

    with pytest.raises(Refusal):
        seal(opened, lender, 1_600)
    assert bids.sweep() == 1
    assert bids.sweep() == 0
    assert opened.bid_rounds.get().state == State.LAPSED
    assert not Seat.objects.filter(figure__isnull=False).exists()


def test_an_unanswered_middle_lapses(opened, citizen, lender, time_machine) -> None:
    seal(opened, citizen, 1_200)
    seal(opened, lender, 1_600)
    bids.decide(case_id=opened.pk, person=citizen, number=1, accepts=True)
    time_machine.move_to(timezone.now() + bids.TIME_TO_DECIDE + timedelta(seconds=1))
    bids.sweep()

    assert opened.bid_rounds.get().state == State.LAPSED
    assert bids.agreed_fen(opened) is None


def test_a_round_does_not_outlive_the_talks(opened, citizen, lender) -> None:
    seal(opened, citizen, 1_200)
    closing.refuse_mediation(case_id=opened.pk, person=lender, reason="不调了")

    with pytest.raises(Refusal):
        seal(opened, lender, 1_600)
    bids.sweep()
    assert not Seat.objects.filter(figure__isnull=False).exists()


def test_a_changed_mind_counts_and_leaves_no_mark(opened, citizen, lender) -> None:
    seal(opened, citizen, 9_000)
    seal(opened, citizen, 1_200)
    seal(opened, citizen, 1_200)

    assert seal(opened, lender, 1_200).middle_fen == 1_200_00
    assert times(opened, "bid.seal") == 2


def test_either_may_leave_before_the_end_and_not_after(opened, citizen, lender) -> None:
    seal(opened, citizen, 1_200)
    bids.leave(case_id=opened.pk, person=citizen, number=1)

    assert not Seat.objects.filter(figure__isnull=False).exists()
    with pytest.raises(Refusal):
        seal(opened, lender, 1_600)
    with pytest.raises(Refusal):
        bids.leave(case_id=opened.pk, person=lender, number=1)


def test_three_rounds_are_the_most(case_in_mediation, citizen, lender) -> None:
    case = case_in_mediation
    for number in range(1, bids.MOST_ROUNDS + 1):
        bids.ask(case_id=case.pk, person=citizen)
        bids.choose(case_id=case.pk, person=lender, number=number, agrees=True)
        seal(case, citizen, 2_000, number)
        seal(case, lender, 1_000, number)

    with pytest.raises(Refusal, match=r"[Tt]hree|三"):
        bids.ask(case_id=case.pk, person=citizen)


def test_asking_again_and_again_has_an_end(case_in_mediation, citizen, lender) -> None:
    for number in range(1, bids.MOST_ASKED + 1):
        bids.ask(case_id=case_in_mediation.pk, person=citizen)
        bids.choose(case_id=case_in_mediation.pk, person=lender, number=number, agrees=False)
    with pytest.raises(Refusal):
        bids.ask(case_id=case_in_mediation.pk, person=citizen)


@pytest.mark.parametrize("fen", [0, -1, bids.LARGEST_FEN + 1])
def test_a_sum_that_cannot_be_is_refused(opened, citizen, fen: int) -> None:
    with pytest.raises(Refusal):
        bids.seal_figure(case_id=opened.pk, person=citizen, number=1, fen=fen)
    assert not Seat.objects.filter(sealed_at__isnull=False).exists()


def test_nobody_but_the_two_sides_takes_part(opened, mediator, officer) -> None:
    for person in (mediator, officer):
        with pytest.raises(Refusal):
            seal(opened, person, 1_000)


def test_a_figure_moved_from_another_seat_is_refused(opened, citizen, lender) -> None:
    seal(opened, citizen, 1_200)
    mine, other = opened.bid_rounds.get().seats.order_by("side")
    with connection.cursor() as cursor:  # somebody with the database copies the sealed bytes
        cursor.execute("UPDATE bids_seat SET figure = (SELECT figure FROM bids_seat WHERE id = %s) WHERE id = %s",
                       [mine.pk, other.pk])  # fmt: skip
    Seat.objects.filter(pk=mine.pk).update(sealed_at=timezone.now())
    there = opened.bid_rounds.get()
    with pytest.raises(Refusal):
        [bids._opened(there, seat) for seat in there.seats.all()]


@pytest.mark.django_db(transaction=True)
def test_two_figures_at_the_same_moment_are_decided_once(  # noqa: C901 - two nested tries
    opened, citizen, lender
) -> None:
    failed: list[Exception] = []

    def sealed(person, yuan: int) -> bool:
        try:
            seal(opened, person, yuan)
        except OperationalError:  # a test database in memory does not wait for a lock
            return False
        else:
            return True

    def send(person, yuan: int) -> None:
        try:
            while not sealed(person, yuan):
                time.sleep(0.01)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    both = [Thread(target=send, args=pair) for pair in ((citizen, 1_200), (lender, 1_600))]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert failed == []
    assert opened.bid_rounds.get().state == State.OVERLAP
    assert times(opened, "bid.overlap") == 1
    assert not Seat.objects.filter(figure__isnull=False).exists()


@given(least=st.integers(1, 10**10), most=st.integers(1, 10**10))
def test_the_middle_lies_where_both_can_live_with_it(least: int, most: int) -> None:
    middle = middle_of(least_fen=least, most_fen=most)

    assert (middle is None) == (least > most)
    if middle is not None:
        assert least <= middle <= most


def test_a_middle_fits_many_figures() -> None:
    """One's own figure and the middle do not give the other's to the yuan."""
    others = {most for most in range(1_590_00, 1_720_00, 10_00)
              if middle_of(least_fen=1_200_00, most_fen=most) == 1_400_00}  # fmt: skip
    assert len(others) >= 5


def open_duties(case: Case) -> list[Duty]:
    return list(Duty.objects.open().filter(case=case, step=ENDS))


def test_the_limit_of_a_round_is_a_duty_like_every_other_due_day(
    opened, citizen, lender, time_machine
) -> None:
    there = opened.bid_rounds.get()
    assert [duty.due_at for duty in open_duties(opened)] == [there.closes_at]
    seal(opened, citizen, 1_600)
    time_machine.move_to(there.closes_at - timedelta(seconds=1))
    work_off()
    assert bids.live_round(opened), "not before its moment"
    time_machine.move_to(there.closes_at)
    work_off()
    work_off()
    there.refresh_from_db()
    assert (there.state, times(opened, "bid.lapse")) == (State.LAPSED, 1)
    assert not Seat.objects.filter(figure__isnull=False).exists()
    assert not open_duties(opened)
    assert bids.sweep() == 0, "nothing is ended twice"


def test_the_duty_moves_with_the_limit_and_goes_with_the_round(opened, citizen, lender, time_machine) -> None:
    first = open_duties(opened)[0].due_at
    time_machine.move_to(timezone.now() + timedelta(days=1))
    seal(opened, citizen, 1_200)
    seal(opened, lender, 1_600)
    moved = open_duties(opened)
    assert len(moved) == 1
    assert moved[0].due_at > first
    time_machine.move_to(first + timedelta(seconds=1))
    work_off()
    assert bids.live_round(opened), "the middle may still be decided on"
    bids.decide(case_id=opened.pk, person=citizen, number=1, accepts=False)
    assert not open_duties(opened)
    assert Duty.objects.filter(case=opened, step=ENDS, outcome=Duty.Outcome.VOID).count() == 3
