"""The inbox of an institution: its cases by what they wait for, the nearest day first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, User
from cases.workflow import Stage
from mediation.parties.doors import Door
from mediation.parties.reading import SOON_DAYS, ClockShown, StageMark, days_in_words, shown, stages_of
from mediation.parties.situation import Situation
from mediation.parties.turn import Now, what_now

LATE, WITH_OTHERS = "late", "others"
GROUPS: dict[str, str | Promise] = {
    LATE: _("Overdue"),
    "answer": _("To answer"),
    "decide": _("To decide"),
    "sign": _("To sign"),
    "court": _("At the court"),
    "pay": _("To pay or confirm"),
    WITH_OTHERS: _("With others"),
}
GROUP_OF = {
    "answer": "answer",
    "agreement": "sign",
    "court": "court",
    "court-papers": "court",
    "pay": "pay",
    "received": "pay",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the inbox."""

    case: Case
    now: Now
    group: str
    stages: list[StageMark]
    clock: ClockShown | None
    days: str
    is_late: bool
    is_soon: bool

    @property
    def due_on(self) -> date:
        """For sorting: the day by which something is due, the far future if none."""
        return self.now.due_on or date.max


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that wait for the same kind of act."""

    key: str
    label: str
    rows: list[Row]


def open_cases(person: User, *, query: str = "") -> list[Case]:
    """The open cases of this person's institution, the nearest day first; those that match `query` if there is one."""
    cases = (
        Case.objects.visible_to(person).open().for_desk().select_related("loan").prefetch_related("pauses")
    )
    return matching(cases.order_by(F("due_on").asc(nulls_last=True), "filed_at"), query)


def closed_cases(person: User, *, query: str = "") -> list[Case]:
    """The closed cases, the latest first."""
    cases = Case.objects.visible_to(person).filter(stage=Stage.CLOSED).for_desk().select_related("loan")
    return matching(cases.order_by("-closed_at"), query)


def matching(cases: Iterable[Case], query: str) -> list[Case]:
    """Those whose docket, claimant or contract number contains the words. Names are sealed, so each is opened."""
    wanted = query.strip().casefold()
    return [case for case in cases if not wanted or any(wanted in text.casefold() for text in _texts(case))]


def _texts(case: Case) -> list[str]:
    claimant = case.claimant
    loan = getattr(case, "loan", None)
    return [str(case.docket), claimant.name if claimant else "", loan.contract_no if loan else ""]


def row_of(case: Case, person: User, door: Door) -> Row:
    """One case as a row."""
    s = Situation(case, person)
    now = what_now(s, door)
    today = timezone.localdate()
    name = now.offer.name if now.offer else ""
    late = now.mine and now.is_late
    return Row(
        case=case,
        now=now,
        group=LATE if late else GROUP_OF.get(name, "decide") if now.mine and name else WITH_OTHERS,
        stages=stages_of(s),
        clock=shown(s, now.clock) if now.clock else None,
        days=days_in_words(now.due_on, today) if now.due_on else "",
        is_late=late,
        is_soon=bool(now.mine and now.due_on and not late and (now.due_on - today).days <= SOON_DAYS),
    )


def grouped(rows: Sequence[Row]) -> list[Group]:
    """The groups that are not empty, in their order; within each the nearest day first."""
    groups = []
    for key, label in GROUPS.items():
        if mine := sorted((row for row in rows if row.group == key), key=lambda row: row.due_on):
            groups.append(Group(key, str(label), mine))
    return groups
