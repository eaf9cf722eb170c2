"""轮到谁: whose move it is, in words, with the day and the article; and what one can do oneself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.models import Clock
from cases.roles import Role, Side
from cases.workflow import Stage
from mediation.court.models import JointApplication
from mediation.dates.clocks import Explained, explained_of
from mediation.hearings.models import Hearing
from mediation.parties.doors import Door
from mediation.parties.forms.payments import still_open
from mediation.parties.situation import Situation
from mediation.performance.models import Instalment
from mediation.performance.services import GRACE_DAYS

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: something this side can do now, by the name of the act. `is_due` when the case waits for it."""

    name: str
    label: str | Promise
    url: str
    icon: str = "next"
    hint: str | Promise = ""
    is_due: bool = False
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    """What stands at the top of a case: whose move it is, what it is, by when, and why."""

    who: str
    text: str
    mine: bool = False
    clock: Clock | None = None
    due_on: date | None = None
    is_late: bool = False
    article: str = ""
    why: Explained | None = None
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """What somebody has to do, and the time limit behind it."""

    who: str
    text: str
    limit: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """What this side has to do, and the button for it."""

    offer: Offer
    ask: str
    limit: str = ""
    due_on: date | None = None


def what_now(s: Situation, door: Door) -> Now:
    """Whose move it is. This side's own duties come before what it waits for."""
    if duty := next(_duties(s, door), None):
        return _now(s, Wait(_("You"), duty.ask, duty.limit, duty.due_on), mine=True, offer=duty.offer)
    return _now(s, _wait(s), mine=False, offer=None)


def offers(s: Situation, door: Door) -> list[Offer]:
    """Everything this side can do now, what is waited for first, the grave things last."""
    due = [duty.offer for duty in _duties(s, door)]
    free = [
        Offer(act.name, act.offer, door.url(act.name, s.case), act.icon, grave=act.grave)
        for act in door.acts.values()
        if act.find is None and not act.aside and s.role in act.by and act.is_open(s) and not act.is_due(s)
    ]
    return due + sorted(free, key=lambda offer: offer.grave)


def offers_aside(s: Situation, door: Door, part: str) -> list[Offer]:
    """What this side may ask for in one part of the page, such as papers."""
    return [
        Offer(act.name, act.offer, door.url(act.name, s.case), act.icon)
        for act in door.acts.values()
        if act.aside and act.part == part and s.role in act.by and act.is_open(s)
    ]


def _duties(s: Situation, door: Door) -> Iterator[Duty]:
    for act in door.acts.values():
        if act.find is None and s.role in act.by and act.is_due(s):
            offer = Offer(act.name, act.offer, door.url(act.name, s.case), act.icon, is_due=True)
            yield Duty(offer, str(act.ask), act.limit)
    if s.stage in {Stage.FACT_FINDING, Stage.MEDIATION, Stage.SIGNING}:
        yield from _to_confirm(s, door)
    if s.stage in {Stage.MEDIATION, Stage.SIGNING, Stage.CONFIRMATION}:
        yield from _to_show(s, door)
    if s.stage == Stage.PERFORMANCE:
        yield from _to_answer(s, door)
        yield from _to_pay(s, door)


def _to_confirm(s: Situation, door: Door) -> Iterator[Duty]:
    """What was written down in the talks and waits for this side's word."""
    for hearing in s.unread_transcripts:
        offer = Offer(
            _("Read the minutes"), reverse(f"{door.name}:transcript", args=[hearing.pk]), "list", is_due=True
        )
        yield Duty(
            offer, _("The minutes of the meeting are ready. Please read them and say whether they are right.")
        )
    if s.unconfirmed_facts:
        offer = Offer(
            _("Read the facts"), reverse(f"{door.name}:facts", args=[s.case.docket]), "list", is_due=True
        )
        yield Duty(
            offer,
            _("The mediator wrote down what is not disputed. Please say whether it is right."),
        )


def _to_show(s: Situation, door: Door) -> Iterator[Duty]:
    """The other side lets the court read the minutes. The case waits for nobody here: no answer keeps them closed."""
    for hearing in s.transcripts_to_show:
        page = reverse(f"{door.name}:transcript", args=[hearing.pk]) + "#court"
        yield Duty(
            Offer("show-to-court", _("Answer about the minutes"), page, "lock", is_due=True),
            _("The other side lets the court read the minutes. Do you, too? Not answering is not agreeing."),
        )


def _to_answer(s: Situation, door: Door) -> Iterator[Duty]:
    for one in s.instalments:
        for told in one.payments.all():
            if one.payer != s.side and not told.confirmed_at and not told.disputed:
                act, ask = (
                    door.acts["received"],
                    _("The other side says it has paid or done this. Has it arrived?"),
                )
                yield Duty(
                    Offer(act.name, act.title, door.url(act.name, s.case, told.pk), act.icon, is_due=True),
                    ask,
                )


def _to_pay(s: Situation, door: Door) -> Iterator[Duty]:
    for one in s.instalments:
        if one.payer == s.side and is_to_be_told(one) and (one.due_on - s.today).days <= SOON_DAYS:
            act, ask = (
                door.acts["pay"],
                _("A payment or an act of yours is due. Please tell us when it is done."),
            )
            offer = Offer(act.name, act.offer, door.url(act.name, s.case, one.pk), act.icon, is_due=True)
            yield Duty(offer, ask, due_on=one.due_on)


def is_to_be_told(one: Instalment) -> bool:
    """Whether something of this instalment is open that nobody has yet said was paid or done."""
    if one.state == Instalment.State.PAID:
        return False
    if one.amount_fen is None:
        return all(told.disputed for told in one.payments.all())
    return still_open(one) > 0


def _now(s: Situation, wait: Wait, **more: Any) -> Now:
    clock = s.clocks.get(wait.limit)
    if clock is None:
        late = bool(wait.due_on and wait.due_on < s.today)
        return Now(wait.who, wait.text, due_on=wait.due_on, is_late=late, **more)
    return Now(
        wait.who,
        wait.text,
        clock=clock,
        due_on=clock.due_on,
        is_late=s.today > clock.overdue_on and not s.is_paused(clock),
        article=s.profile[clock.limit].article if clock.limit in s.profile else "",
        why=explained(s, clock),
        **more,
    )


def explained(s: Situation, clock: Clock) -> Explained | None:
    """怎么算的: how the day of a clock was counted, laid open; None when the rule is unknown."""
    return explained_of(clock, s.case, s.pauses, today=s.today)


def _wait(s: Situation) -> Wait:
    match s.stage:
        case Stage.ACCEPTANCE | Stage.SUPPLEMENT:
            return Wait(
                _centre(s),
                _("We look at your application and tell you whether we can take it on."),
                "acceptance",
            )
        case Stage.FACT_FINDING:
            return _wait_before_talks(s)
        case Stage.MEDIATION:
            return _wait_in_talks(s)
        case Stage.SIGNING:
            return _wait_for_signatures(s)
        case Stage.CONFIRMATION:
            return _wait_for_court(s)
        case Stage.PERFORMANCE:
            return _wait_for_payment(s)
        case _:
            return Wait("", _("The case is closed."))


def _wait_before_talks(s: Situation) -> Wait:
    if not s.is_answered:
        return Wait(_other(s), _("The other side is to answer each claim."), "answer")
    if not s.case.mediator_id:
        return Wait(_centre(s), _("The mediator is chosen together, or appointed by the centre."), "choice")
    if not s.case.mediator_confirmed_at:
        return Wait(
            _mediator(s),
            _("The mediator makes a disclosure and says whether to take the case on."),
            "assignment",
        )
    if (
        s.disclosure
        and s.disclosure.has_relation
        and s.disclosure.replies.filter(accepts=True).count() < len(Side)
    ):
        return Wait(_other(s), _("The other side is to reply to the mediator's disclosure."))
    return Wait(_mediator(s), _("The mediator reads the papers and then opens the talks."), "mediation")


def _wait_in_talks(s: Situation) -> Wait:
    if s.is_proposal_open:
        return Wait(
            _other(s), _("You have replied. The other side is to reply to the proposal."), "mediation"
        )
    called = s.case.hearings.filter(state__in=[Hearing.State.CALLED, Hearing.State.OPEN]).first()
    if called:
        return Wait(_mediator(s), _("A meeting is called. You find its day and time below."), "mediation")
    return Wait(_mediator(s), _("The mediator talks with both sides and prepares a proposal."), "mediation")


def _wait_for_signatures(s: Situation) -> Wait:
    if s.agreement is None:
        return Wait(
            _mediator(s), _("Both sides have agreed. The mediator draws up the agreement."), "mediation"
        )
    missing = [_mediator(s) if role == Role.MEDIATOR else _other(s) for role in s.unsigned]
    return Wait(
        "、".join(missing), _("You have signed. The other signatures are still missing."), "mediation"
    )


def _wait_for_court(s: Situation) -> Wait:
    application = s.application
    if application is None or application.state == JointApplication.State.GATHERING:
        if not s.has_consented:
            return Wait(
                _mediator(s),
                _("The days to ask the court are over. The agreement binds both sides all the same."),
            )
        return Wait(
            _other(s),
            _("You have signed. It goes to the court when the other side signs, too."),
            "confirmation_window",
        )
    if application.is_being_sealed:
        return Wait(
            _("This site"),
            _(
                "Both sides have signed. It is being sealed and goes to the court by itself. Nothing has to be done."
            ),
            "court_acceptance",
        )
    if application.state == JointApplication.State.SENT:
        return Wait(
            application.court.name,
            _("The court looks whether it takes the application up."),
            "court_acceptance",
        )
    return Wait(application.court.name, _("The court examines the agreement and rules."), "court_decision")


def _wait_for_payment(s: Situation) -> Wait:
    open_still = [one for one in s.instalments if one.state != Instalment.State.PAID]
    for one in open_still:
        if one.payer == s.side and is_to_be_told(one):
            return Wait(
                _("You"), _("Nothing to do today. The next day of yours is below."), due_on=one.due_on
            )
        return Wait(_other(s), _said_of(s, one), due_on=one.due_on)
    return Wait(_other(s), _("The other side is to pay, do or confirm what was agreed."))


def _said_of(s: Situation, one: Instalment) -> str:
    if one.payer != s.side and one.due_on < s.today and is_to_be_told(one):
        text = _("The other side is late. After %(days)d days you can turn to enforcement.")
        return text % {"days": GRACE_DAYS}
    return _("The other side is to pay, do or confirm what was agreed.")


def _other(s: Situation) -> str:
    return s.other.name if s.other else ""


def _mediator(s: Situation) -> str:
    return _("Mediator %(name)s") % {"name": s.case.mediator} if s.case.mediator else _("The mediator")


def _centre(s: Situation) -> str:
    return s.case.centre.name if s.case.centre else _("The mediation centre")
