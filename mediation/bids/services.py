"""Blind bids 背靠背报价: both sides choose it, each seals a figure, only an overlap is told, both still decide.

What a side offered is a concession: it may not be used against it (在线调解规则 Art 18). So a figure is in no event, no
notice, no log and no packet; the mediator and the office see states alone.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Duty, User
from cases.roles import Role, Side
from cases.services.steps import lock_case, remember
from cases.workflow import Stage
from mediation.bids.ending import plan_end, round_of, strike_out_end
from mediation.bids.middle import middle_of
from mediation.bids.models import Round, Seat

State = Round.State
MOST_ROUNDS = 3  # opened rounds a case: each “no overlap” tells a little, so there are few
MOST_ASKED = 6  # rounds asked for, opened or not
TIME_TO_CHOOSE = timedelta(days=3)
TIME_TO_SEAL = timedelta(days=3)
TIME_TO_DECIDE = timedelta(days=3)
LARGEST_FEN = 10**12


def may_ask(case: Case) -> bool:
    """Whether a round can be asked for now."""
    return not _objection(case)


@transaction.atomic
def ask(*, case_id: UUID, person: User) -> Round:
    """Ask for a round; that is this side's own yes. If the other side asked first, this is the answer to it.

    Raises Refusal outside the talks, while a round is live, and after the third one.
    """
    case = lock_case(case_id)
    side = _side(case, person)
    live = live_round(case)
    if live and live.state == State.ASKED:
        return _take_seat(case, live, side, person)
    if objection := _objection(case):
        raise Refusal(objection)
    asked = case.bid_rounds.create(
        number=case.bid_rounds.count() + 1, closes_at=timezone.now() + TIME_TO_CHOOSE
    )
    asked.seats.create(side=side, chosen_by=person)
    plan_end(asked)
    remember(case, "bid.ask", by=person, round=asked.number)
    return asked


@transaction.atomic
def choose(*, case_id: UUID, person: User, number: int, agrees: bool) -> Round:
    """The other side's yes or no to a round that was asked for. A no ends it; no answer is not a yes."""
    case = lock_case(case_id)
    asked = _live(case, number, State.ASKED)
    side = _side(case, person)
    if agrees:
        return _take_seat(case, asked, side, person)
    _end(asked, State.LEFT)
    remember(case, "bid.leave", by=person, round=asked.number)
    return asked


@transaction.atomic
def seal_figure(*, case_id: UUID, person: User, number: int, fen: int) -> Round:
    """Seal this side's figure: what it takes at least (claimant) or gives at most (respondent).

    Until the other side has sealed, a side may change its mind and seal another. With the second figure the round is
    decided in the same moment, and both are destroyed. Raises Refusal for a sum that cannot be.
    """
    case = lock_case(case_id)
    there = _live(case, number, State.OPEN)
    seat = there.seats.get(side=_side(case, person))
    if not 0 < fen <= LARGEST_FEN:
        raise Refusal(_("Please write a sum above zero."))
    first_time = seat.sealed_at is None
    seat.figure = {"round": there.pk, "side": seat.side, "fen": fen}
    seat.sealed_at = timezone.now()
    seat.save()
    if first_time:  # a change of mind leaves no mark: not even that there was one
        remember(case, "bid.seal", by=person, round=there.number)
    if there.seats.filter(sealed_at=None).exists():
        return there
    return _reveal(case, there)


@transaction.atomic
def leave(*, case_id: UUID, person: User, number: int) -> Round:
    """Leave before anything is told: the round ends, and both figures are destroyed unread."""
    case = lock_case(case_id)
    _side(case, person)
    there = _live(case, number, State.ASKED, State.OPEN)
    _end(there, State.LEFT)
    remember(case, "bid.leave", by=person, round=there.number)
    return there


@transaction.atomic
def decide(*, case_id: UUID, person: User, number: int, accepts: bool) -> Round:
    """Say yes or no to the middle. Only two yeses count; then the mediator writes it up as terms for both to read."""
    case = lock_case(case_id)
    there = _live(case, number, State.OVERLAP)
    seat = there.seats.get(side=_side(case, person))
    if seat.accepts is not None:
        if seat.accepts == accepts:
            return there
        raise Refusal(_("You have already answered."))
    seat.accepts, seat.answered_at = accepts, timezone.now()
    seat.save()
    remember(case, "bid.decide", by=person, round=there.number, accepts=int(accepts))
    if not accepts:
        _end(there, State.DECLINED)
    elif not there.seats.exclude(accepts=True).exists():
        _end(there, State.AGREED)
        remember(case, "bid.agree", by=None, round=there.number, middle_fen=there.middle_fen)
    return there


def end_when_due(case: Case, duty: Duty) -> Duty.Outcome:
    """The duty of a round's limit: end it and destroy its figures, unless it ended before or runs longer now."""
    there = round_of(case, duty)
    if there is None or not _is_over(case, there):
        return Duty.Outcome.VOID
    _lapse(case, there)
    return Duty.Outcome.DONE


def _lapse(case: Case, there: Round) -> None:
    _end(there, State.LAPSED)
    remember(case, "bid.lapse", by=None, round=there.number)


def sweep() -> int:
    """End every round whose case left the talks, or that no duty ended; destroy its figures. Returns how many."""
    ended = 0
    late = Round.objects.filter(ended_at=None, closes_at__lte=timezone.now())
    gone = Round.objects.filter(ended_at=None).exclude(case__stage=Stage.MEDIATION)
    for pk, case_id in list((late | gone).values_list("pk", "case_id")):
        with transaction.atomic():
            case = lock_case(case_id)
            there = case.bid_rounds.filter(pk=pk, ended_at=None).first()
            if there is None or not _is_over(case, there):
                continue
            _lapse(case, there)
            ended += 1
    return ended


def live_round(case: Case) -> Round | None:
    """The round in which something can still be done."""
    return case.bid_rounds.filter(ended_at=None).first()


def agreed_fen(case: Case) -> int | None:
    """The middle that both sides accepted last, in fen."""
    agreed = case.bid_rounds.filter(state=State.AGREED).last()
    return agreed.middle_fen if agreed else None


def _objection(case: Case) -> str:
    if case.stage != Stage.MEDIATION:
        return _("Figures can be sealed only during the talks.")
    if live_round(case):
        return _("A round is going on already.")
    if case.bid_rounds.filter(opened_at__isnull=False).count() >= MOST_ROUNDS:
        return _("Three rounds are the most: more would let a side feel its way to the other's figure.")
    if case.bid_rounds.count() >= MOST_ASKED:
        return _("A round was asked for often enough in this case.")
    return ""


def _side(case: Case, person: User) -> Side:
    party = case.party_of(person)
    if party is None or person.role not in {Role.CITIZEN, Role.INSTITUTION}:
        raise Refusal(_("Only the two sides take part."))
    return Side(party.side)


def _live(case: Case, number: int, *states: str) -> Round:
    there = case.bid_rounds.filter(number=number, state__in=states).first()
    if there is None or _is_over(case, there):
        raise Refusal(_("This is not possible now. Here you see where the case stands."))
    return there


def _is_over(case: Case, there: Round) -> bool:
    return case.stage != Stage.MEDIATION or there.closes_at <= timezone.now()


def _take_seat(case: Case, asked: Round, side: Side, person: User) -> Round:
    if asked.seats.filter(side=side).exists():
        return asked
    if _is_over(case, asked):
        raise Refusal(_("This is not possible now. Here you see where the case stands."))
    asked.seats.create(side=side, chosen_by=person)
    asked.state, asked.opened_at = State.OPEN, timezone.now()
    asked.closes_at = asked.opened_at + TIME_TO_SEAL
    asked.save()
    plan_end(asked)
    remember(case, "bid.open", by=person, round=asked.number)
    return asked


def _reveal(case: Case, there: Round) -> Round:
    figures = {seat.side: _opened(there, seat) for seat in there.seats.all()}
    middle = middle_of(least_fen=figures[Side.CLAIMANT], most_fen=figures[Side.RESPONDENT])
    if middle is None:
        _end(there, State.APART)
        remember(case, "bid.apart", by=None, round=there.number)
        return there
    there.state, there.middle_fen = State.OVERLAP, middle
    there.closes_at = timezone.now() + TIME_TO_DECIDE
    there.save()
    plan_end(there)
    _destroy_figures(there)
    remember(case, "bid.overlap", by=None, round=there.number, middle_fen=middle)
    return there


def _opened(there: Round, seat: Seat) -> int:
    """The figure of a seat; one that was moved here from another round or side is refused."""
    figure = seat.figure or {}
    if (figure.get("round"), figure.get("side")) != (there.pk, seat.side):
        raise Refusal(_("A sealed figure does not belong to this round. Please seal it again."))
    return int(figure["fen"])


def _end(there: Round, state: Round.State) -> None:
    there.state, there.ended_at = state, timezone.now()
    there.save()
    strike_out_end(there)
    _destroy_figures(there)


def _destroy_figures(there: Round) -> None:
    there.seats.update(figure=None)
