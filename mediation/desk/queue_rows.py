"""One row of the queue."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.selectors import News
from cases.workflow import Stage
from mediation.desk.clocks import Shown
from mediation.desk.queue_slips import Slip
from mediation.desk.standing import Situation
from mediation.desk.words import event_in_words, people
from mediation.templatetags.house import mask_name

BAR = (
    Stage.ACCEPTANCE,
    Stage.FACT_FINDING,
    Stage.MEDIATION,
    Stage.SIGNING,
    Stage.CONFIRMATION,
    Stage.PERFORMANCE,
)
GROUPS: dict[str, Promise] = {
    "overdue": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "week": gettext_lazy("Within seven days"),
    "later": gettext_lazy("After seven days"),
    "paused": gettext_lazy("Clock paused"),
    "closed": gettext_lazy("Closed"),
}


@dataclass(slots=True)
class Row:
    """One case on the shown page of the queue."""

    slip: Slip
    clock: Shown | None
    case: Any
    situation: Situation
    turn: frozenset[str]
    mine: bool
    leads: bool
    news: News | None = None

    @property
    def pk(self) -> UUID:
        return self.slip.pk

    @property
    def group(self) -> str:
        return self.slip.group

    @property
    def hearing_at(self) -> Any:
        return self.case.hearing_at

    @property
    def who(self) -> str:
        """Whose turn it is, in a word; the name of the person, where a pause waits for one."""
        if self.slip.pause and self.slip.pause.person:
            return self.slip.pause.person
        return people(self.turn)

    @property
    def bar(self) -> list[dict[str, str]]:
        """Short strokes of the stage bar."""
        return [{"state": state} for _stage, state in stage_states(self.case.stage)]

    @property
    def sides(self) -> str:
        """Both sides, the citizen by family name alone."""
        claimant, respondent = self.case.claimant, self.case.respondent
        other = ""
        if respondent:
            house = respondent.institution
            other = (house.short_name or house.name) if house else respondent.name
        return f"{mask_name(claimant.name) if claimant else ''} — {other}"

    @property
    def news_words(self) -> str:
        """What happened last, in words."""
        return event_in_words(self.news.event, self.news.role) if self.news else ""

    @property
    def room(self) -> str:
        """The hearing room, for the mediator of a case that sits today."""
        pk, at = self.case.hearing_pk, self.case.hearing_at
        sits = pk and at and timezone.localdate(at) <= timezone.localdate()
        return hearing_url(pk) if sits and self.leads else ""

    @property
    def button(self) -> str:
        """What the button of this row says."""
        if self.room:
            return _("Enter the hearing")
        return str(self.situation.button) if self.mine else _("Look")

    @property
    def next_url(self) -> str:
        """Where the next step is taken."""
        return self.room or f"{reverse('desk:case', args=[self.case.docket])}#do"


def hearing_url(pk: int) -> str:
    """The room of a hearing; empty where that page is not built in."""
    try:
        return reverse("desk:hearing", args=[pk])
    except NoReverseMatch:
        return ""


def stage_states(stage: str) -> list[tuple[Stage, str]]:
    """Each stage of the bar with done, now or todo. A supplement belongs to acceptance."""
    now = Stage.ACCEPTANCE if stage == Stage.SUPPLEMENT else Stage(stage)
    at = BAR.index(now) if now in BAR else len(BAR)
    return [(one, "done" if i < at else "now" if i == at else "todo") for i, one in enumerate(BAR)]
