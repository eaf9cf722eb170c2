"""What a page of a case shows: the stage bar, the clocks, the evidence, the papers, the mediator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Clock, Exhibit
from cases.services.exhibits import exhibits_for
from cases.workflow import Stage
from mediation.dates.clocks import Explained
from mediation.files.held import waiting_for
from mediation.parties.doors import Door
from mediation.parties.situation import Situation
from mediation.parties.turn import explained

STRETCH = (
    Stage.ACCEPTANCE,
    Stage.FACT_FINDING,
    Stage.MEDIATION,
    Stage.SIGNING,
    Stage.CONFIRMATION,
    Stage.PERFORMANCE,
)
SOON_DAYS = 3
ICONS = (("image/", "image"), ("audio/", "sound"), ("video/", "video"))


@dataclass(frozen=True, slots=True)
class StageMark:
    """One stroke of the stage bar."""

    label: str
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A running clock for components/clock.html, with its reckoning."""

    name: str
    state: str
    label: str
    note: str
    fraction: float
    why: Explained | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file for components/file_row.html."""

    title: str
    number: str
    message: str
    icon: str
    url: str
    thumb: str = ""
    remove_url: str = ""
    at: datetime | None = None
    exhibit: Exhibit | None = None


def stages(stage: str, *, source: str = "") -> list[StageMark]:
    """Where a case stands; for a closed one pass the stage it was closed from as `source`."""
    at = source if stage == Stage.CLOSED else stage
    at = Stage.ACCEPTANCE if at == Stage.SUPPLEMENT else at
    place = STRETCH.index(Stage(at)) if at in STRETCH else 0
    ended = stage == Stage.CLOSED and at == Stage.PERFORMANCE
    return [
        StageMark(str(key.label), "done" if index < place or ended else "now" if index == place else "todo")
        for index, key in enumerate(STRETCH)
    ]


def stages_of(s: Situation) -> list[StageMark]:
    """The stage bar of this case."""
    last = s.case.steps.filter(target=Stage.CLOSED).last() if s.case.is_closed else None
    return stages(s.case.stage, source=last.source if last else "")


def clocks_of(s: Situation) -> list[ClockShown]:
    """Every running clock, the nearest day first."""
    return [shown(s, clock) for clock in s.clocks.values()]


def shown(s: Situation, clock: Clock) -> ClockShown:
    """One clock in words."""
    limit = s.profile.get(clock.limit)
    paused = s.is_paused(clock)
    days = (clock.due_on - s.today).days
    state = (
        "paused"
        if paused
        else "late"
        if s.today > clock.overdue_on
        else "soon"
        if days <= SOON_DAYS
        else "ok"
    )
    whole = max(1, (clock.due_on - clock.started_on).days)
    return ClockShown(
        name=str(limit.name) if limit else "",
        state=state,
        label=_("Clock paused") if paused else days_in_words(clock.due_on, s.today),
        note=" · ".join(filter(None, [str(limit.name) if limit else "", _when(clock, paused)])),
        fraction=min(1.0, max(0.0, 1 - days / whole)),
        why=explained(s, clock),
    )


def _when(clock: Clock, paused: bool) -> str:
    if paused:
        return _("the days do not count now")
    if clock.provisional:
        return _("%(day)s for now") % {"day": _day(clock.due_on)}
    return _day(clock.due_on)


def days_in_words(day: date, today: date) -> str:
    """How far a day is: today, tomorrow, in so many days, so many days ago."""
    days = (day - today).days
    if days == 0:
        return _("Today")
    if days > 0:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def files_of(s: Situation) -> list[Exhibit]:
    """Every file that this person may see."""
    return exhibits_for(s.case, s.person, s.role)


def evidence_rows(s: Situation, door: Door, files: Sequence[Exhibit], *, mine: bool) -> list[FileRow]:
    """The evidence of this side, or of everybody else; papers of the house are apart."""
    return [
        _row(s, door, exhibit)
        for exhibit in files
        if exhibit.kind != Exhibit.Kind.DOCUMENT and (exhibit.by_role == s.role) == mine
    ]


def held_at(s: Situation, door: Door) -> list[tuple[int, str]]:
    """Files that arrived and were never handed in: how many, and the page of the form where they wait."""
    waiting = waiting_for(s.case.pk, s.person)
    alone = {
        name: count for name, count in waiting.items() if name in door.acts and door.acts[name].find is None
    }
    return [(count, door.url(name, s.case)) for name, count in alone.items() if door.acts[name].is_open(s)]


def paper_rows(s: Situation, door: Door, files: Sequence[Exhibit]) -> list[FileRow]:
    """Papers of the centre and the court, newest first."""
    return [
        FileRow(
            title=exhibit.title,
            number=f"{exhibit.number:02d}",
            message=" · ".join(filter(None, [date_format(exhibit.at, "DATE_FORMAT"), _private(exhibit)])),
            icon="file",
            url=reverse(f"{door.name}:paper", args=[s.case.docket, exhibit.number]),
            at=exhibit.at,
        )
        for exhibit in reversed(files)
        if exhibit.kind == Exhibit.Kind.DOCUMENT
    ]


def _private(exhibit: Exhibit) -> str:
    return _("only you and the mediator see it") if exhibit.is_private else ""


def _row(s: Situation, door: Door, exhibit: Exhibit) -> FileRow:
    url = reverse("exhibit_file", args=[exhibit.pk])
    media_type = exhibit.deposit.media_type
    told = [f"{exhibit.number:02d}", str(exhibit.get_kind_display())]
    told += filter(None, [_private(exhibit)])
    own = exhibit.by_role == s.role and not s.case.is_closed
    return FileRow(
        title=exhibit.title,
        number=f"{exhibit.number:02d}",
        message=" · ".join(told),
        icon=next((icon for start, icon in ICONS if media_type.startswith(start)), "file"),
        url=url,
        thumb=url if media_type.startswith("image/") and exhibit.deposit.size < 400_000 else "",
        remove_url=door.url("withdraw-evidence", s.case, exhibit.pk) if own else "",
        at=exhibit.at,
        exhibit=exhibit,
    )
