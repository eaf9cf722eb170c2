"""The court's own clocks, laid open as everywhere: taking up (3 days) and ruling (15 days, at most 30)."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Case, Clock
from cases.services.reckoning import rule_behind
from mediation.court.models import JointApplication
from mediation.dates.clocks import Explained, explained_of
from mediation.templatetags.house import when

KEYS = ("court_acceptance", "court_decision")
SOON_DAYS = 3


@dataclass(frozen=True, slots=True)
class CourtClock:
    """One clock as the pages show it. `state` is ok, soon, late or done; `fraction` is the share that is used."""

    clock: Clock
    case: Case
    name: str
    state: str
    label: str
    note: str
    fraction: float

    @property
    def key(self) -> str:
        """The limit behind it."""
        return self.clock.limit

    @property
    def due_on(self) -> date:
        """By the earlier rule."""
        return self.clock.due_on

    @property
    def overdue_on(self) -> date:
        """By the later rule."""
        return self.clock.overdue_on

    @property
    def runs(self) -> bool:
        """Whether the court still has to act."""
        return self.state != "done"

    @property
    def explained(self) -> Explained | None:
        """The whole count behind it, for the page of one application; None where the rule is gone."""
        return explained_of(self.clock, self.case)


def clocks_of(application: JointApplication) -> list[CourtClock]:
    """The clocks of this application, the next duty first: that of the ruling once the court has taken it up.

    Reads `case.clocks`, best fetched beforehand.
    """
    if application.sent_at is None:
        return []
    since = timezone.localdate(application.sent_at)
    latest: dict[str, Clock] = {}
    for clock in sorted(application.case.clocks.all(), key=lambda one: one.pk):
        waits = clock.limit == "court_decision" and application.accepted_at is None
        if (
            clock.limit in KEYS
            and clock.started_on >= since
            and clock.state != Clock.State.STOPPED
            and not waits
        ):
            latest[clock.limit] = clock
    return [_shown(application.case, latest[key]) for key in KEYS if key in latest]


def next_clock(application: JointApplication) -> CourtClock | None:
    """The clock of the court's next duty; None when nothing is left to do."""
    return next((clock for clock in clocks_of(application) if clock.runs), None)


def _shown(case: Case, clock: Clock) -> CourtClock:
    limit = rule_behind(clock, case)
    name = str(limit.name) if limit else clock.limit
    today = timezone.localdate()
    note = _("%(name)s · due %(day)s") % {"name": name, "day": when(clock.due_on)}
    if clock.overdue_on != clock.due_on:
        note = _("%(note)s, at the latest %(day)s") % {"note": note, "day": when(clock.overdue_on)}
    span = max(1, (clock.due_on - clock.started_on).days)
    state, label = _standing(clock, today)
    fraction = min(1.0, (today - clock.started_on).days / span)
    return CourtClock(clock, case, name, state, label, note, fraction)


def _standing(clock: Clock, today: date) -> tuple[str, str]:
    if clock.state != Clock.State.RUNNING:
        return "done", _("Done")
    if today > clock.overdue_on:
        late = (today - clock.overdue_on).days
        return "late", ngettext("%(n)s day overdue", "%(n)s days overdue", late) % {"n": late}
    if today > clock.due_on:
        left = (clock.overdue_on - today).days
        return "soon", ngettext(
            "Past its day; %(n)s day to the last", "Past its day; %(n)s days to the last", left
        ) % {"n": left}
    left = (clock.due_on - today).days
    if left == 0:
        return "soon", _("Due today")
    words = ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}
    return ("soon" if left <= SOON_DAYS else "ok"), words
