"""送达 as people read it: each notice of legal effect with every step, what became of it, by which rule it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, Party
from cases.rules.delivery import Basis, LadderStep
from mediation.notices.assessing import basis_of, matter_of, rules_for
from mediation.notices.consents import Standing, standing_of
from mediation.notices.models import Ladder, Notice, Rung

TONES = {"delivered": "green", "opened": "teal", "waiting": "amber", "unreached": "red"}
STATES: dict[str, Promise] = {
    "delivered": gettext_lazy("Counts as delivered"),
    "opened": gettext_lazy("Opened, does not count yet"),
    "waiting": gettext_lazy("Not delivered yet"),
    "unreached": gettext_lazy("Nobody was reached"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened on a step, and when."""

    words: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step: what it is, when it was or is due, what became of it. `rung` is for its forms."""

    rung: Rung
    step: LadderStep | None
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """What the table calls it."""
        return str(self.step.words) if self.step else self.rung.step

    @property
    def is_to_do(self) -> bool:
        """Whether the office was asked to do it and has not."""
        return self.rung.asked_at is not None and self.rung.done_at is None

    @property
    def letter_is_under_way(self) -> bool:
        """Whether a return slip is still to come."""
        return self.rung.outcome == Rung.Outcome.HANDED_IN


@dataclass(frozen=True, slots=True)
class LadderShown:
    """One notice to one side."""

    ladder: Ladder
    title: str
    side: str
    state: str
    basis: Basis | None
    consent: str
    steps: tuple[StepShown, ...]

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def label(self) -> Promise:
        return STATES[self.state]

    @property
    def next_step(self) -> StepShown | None:
        """What comes next while it is not delivered."""
        if self.state == "delivered":
            return None
        return next((one for one in self.steps if one.rung.done_at is None), None)


def ladders_of(case: Case, party: Party | None = None) -> list[LadderShown]:
    """Every notice of legal effect in this case, or to this side alone, newest first. Four queries."""
    found = Ladder.objects.filter(case=case).select_related("case", "party")
    if party is not None:
        found = found.filter(party=party)
    found = found.prefetch_related("rungs__notices__to", "rungs__by", "party__delivery_consents")
    return [shown(ladder) for ladder in found]


def shown(ladder: Ladder) -> LadderShown:
    """One ladder as it is shown."""
    matter, steps = matter_of(ladder), rules_for(ladder).steps
    return LadderShown(
        ladder=ladder,
        title=str(matter.words) if matter else ladder.subject,
        side=ladder.party.get_side_display(),
        state=_state(ladder),
        basis=basis_of(ladder),
        consent=_consent(standing_of(ladder.party, matter.phase, ladder.written_at)) if matter else "",
        steps=tuple(
            StepShown(rung, steps.get(rung.step), tuple(_lines(rung))) for rung in ladder.rungs.all()
        ),
    )


def _state(ladder: Ladder) -> str:
    if ladder.delivered_at:
        return "delivered"
    if ladder.unreached_at:
        return "unreached"
    return "opened" if ladder.opened_at else "waiting"


def _consent(standing: Standing) -> str:
    if standing.agreed is None:
        return _("Electronic service: not answered, so there is no consent")
    return _("Electronic service: agreed to") if standing.agreed else _("Electronic service: refused")


def _lines(rung: Rung) -> Iterator[Line]:
    for notice in rung.notices.all():
        yield from _lines_of(notice)
    if rung.happened_at:
        yield Line(_("By %(who)s") % {"who": rung.by} if rung.by else "", rung.happened_at)
    if rung.number:
        yield Line(_("Number %(number)s") % {"number": rung.number})
    if rung.outcome and not (rung.outcome == Rung.Outcome.SENT and rung.notices.all()):
        yield Line(str(rung.get_outcome_display()), rung.ended_at)
    if rung.note:
        yield Line(str(rung.note))
    if rung.asked_at and not rung.done_at:
        yield Line(_("To be done by the office since"), rung.asked_at)
    if rung.problem:
        yield Line(rung.problem)


def _lines_of(notice: Notice) -> Iterator[Line]:
    """What became of one message: sent, answered, arrived, opened."""
    if notice.sent_at:
        answer = f"{notice.answer}" if notice.answer else ""
        yield Line(
            _("Handed over; the channel answered “%(answer)s”") % {"answer": answer} if answer else _("Sent"),
            notice.sent_at,
        )
    elif notice.state == Notice.State.PENDING:
        yield Line(_("Waiting to be sent"))
    if notice.arrived_at:
        yield Line(_("In the receiver's system"), notice.arrived_at)
    if notice.read_at:
        yield Line(_("Opened"), notice.read_at)
    if notice.state == Notice.State.FAILED:
        yield Line(_("Failed: %(problem)s") % {"problem": notice.problem})
