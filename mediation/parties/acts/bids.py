"""Rounds of sealed figures, and a side's word on machine suggestions."""

from django.utils.translation import gettext_lazy as _

from mediation.bids import services as bids
from mediation.bids.models import Round
from mediation.parties.acts.shape import Act, Done
from mediation.parties.acts.talks import TALKS
from mediation.parties.forms.bids import ChooseRoundForm, FigureForm, MachineForm, MiddleForm, RoundForm
from mediation.parties.forms.common import YES, ActForm
from mediation.parties.situation import Situation
from mediation.suggestions import choices

State = Round.State
PART = "bids"


def _stands(s: Situation, *states: str) -> bool:
    return bool(s.bid_round and s.bid_round.state in states)


def _has_no_seat(s: Situation) -> bool:
    return _stands(s, State.ASKED) and s.bid_seat is None


def _lacks_figure(s: Situation) -> bool:
    seat = s.bid_seat
    return _stands(s, State.OPEN) and seat is not None and seat.sealed_at is None


def _lacks_answer(s: Situation) -> bool:
    seat = s.bid_seat
    return _stands(s, State.OVERLAP) and seat is not None and seat.accepts is None


def _is_past(s: Situation, done: Done, *states: str) -> bool:
    """Whether the round of this form went beyond these states, by this side's own hand: a form sent twice."""
    there = s.case.bid_rounds.filter(number=done.data["round"]).first()
    return bool(there and there.state not in states and there.seats.filter(side=s.side).exists())


ASK_ROUND = Act(
    name="bid-ask",
    title=_("Find out whether your figures meet"),
    offer=_("Each seal a figure: do they meet?"),
    button=_("Ask the other side"),
    told=_("The other side is asked. Only with its yes does the round begin."),
    hint=_("Each side seals a figure. Nobody sees it, not the mediator either."),
    form=ActForm,
    is_open=lambda s: bids.may_ask(s.case),
    run=lambda s, _done: bids.ask(case_id=s.case.pk, person=s.person),
    was_done=lambda s, _done: _stands(s, State.ASKED, State.OPEN) and s.bid_seat is not None,
    shows="parties/bid_rules.html",
    icon="lock",
    part=PART,
)

CHOOSE_ROUND = Act(
    name="bid-choose",
    title=_("Find out whether your figures meet"),
    offer=_("Answer: shall each side seal a figure?"),
    button=_("Send my reply"),
    told=_("Your reply is noted."),
    ask=_("The other side would like both to seal a figure. Please say yes or no."),
    hint=_("Each side seals a figure. Nobody sees it, not the mediator either."),
    form=ChooseRoundForm,
    is_open=_has_no_seat,
    is_due=_has_no_seat,
    run=lambda s, done: bids.choose(
        case_id=s.case.pk,
        person=s.person,
        number=done.data["round"],
        agrees=done.data["decision"] == YES,
    ),
    was_done=lambda s, done: done.data["decision"] == YES and _is_past(s, done, State.ASKED),
    shows="parties/bid_rules.html",
    icon="lock",
    part=PART,
)

SEAL_FIGURE = Act(
    name="bid-figure",
    title=_("Seal your figure"),
    offer=_("Seal your figure"),
    button=_("Seal it"),
    told=_("Your figure is sealed. Nobody can see it."),
    ask=_("Both sides chose to seal a figure. Please seal yours."),
    hint=_("Nobody sees it: not the other side, not the mediator, not the office."),
    form=FigureForm,
    is_open=lambda s: _stands(s, State.OPEN) and s.bid_seat is not None,
    is_due=_lacks_figure,
    run=lambda s, done: bids.seal_figure(
        case_id=s.case.pk, person=s.person, number=done.data["round"], fen=done.data["amount"]
    ),
    was_done=lambda s, done: _is_past(s, done, State.ASKED, State.OPEN, State.LEFT, State.LAPSED),
    shows="parties/bid_rules.html",
    icon="lock",
    part=PART,
)

LEAVE_ROUND = Act(
    name="bid-leave",
    title=_("Leave the round?"),
    offer=_("Leave the round of sealed figures"),
    button=_("Leave"),
    told=_("The round has ended. Both figures are destroyed, unread."),
    hint=_("Nothing is told to anybody. The talks go on as before."),
    form=RoundForm,
    is_open=lambda s: _stands(s, State.ASKED, State.OPEN) and s.bid_seat is not None,
    run=lambda s, done: bids.leave(case_id=s.case.pk, person=s.person, number=done.data["round"]),
    was_done=lambda s, done: _is_past(s, done, State.ASKED, State.OPEN),
    icon="close",
    part=PART,
    grave=True,
)

ANSWER_MIDDLE = Act(
    name="bid-middle",
    title=_("Your figures meet"),
    offer=_("Your figures meet: answer the middle"),
    button=_("Send my reply"),
    told=_("Your reply is noted."),
    ask=_("Your figures meet. Please say whether you accept the middle."),
    hint=_("Only if both accept does it count. No answer is not a yes."),
    form=MiddleForm,
    is_open=_lacks_answer,
    is_due=_lacks_answer,
    run=lambda s, done: bids.decide(
        case_id=s.case.pk,
        person=s.person,
        number=done.data["round"],
        accepts=done.data["decision"] == YES,
    ),
    was_done=lambda s, done: s.case.bid_rounds.filter(
        number=done.data["round"], seats__side=s.side, seats__accepts=done.data["decision"] == YES
    ).exists(),
    shows="parties/bid_middle.html",
    icon="scale",
    part=PART,
)

MACHINE = Act(
    name="machine",
    title=_("A machine's suggestion"),
    offer=_("Allow or refuse a machine's suggestion"),
    button=_("Save"),
    told=_("Your choice is noted. You can change it at any time."),
    hint=_("A machine can tell the mediator what like cases came to. It decides nothing."),
    form=MachineForm,
    is_open=lambda s: s.stage in TALKS,
    run=lambda s, done: choices.choose_for_case(
        case_id=s.case.pk, person=s.person, is_on=done.data["decision"] == YES
    ),
    icon="user",
    part=PART,
    aside=True,
)
