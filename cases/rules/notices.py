"""What staff copy from a holiday notice or a new act, made into rows of the tables; faults in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.rules.calendar import PACKAGE_TO, SATURDAY, Known
from cases.rules.counting import ONE_DAY, Unit
from cases.rules.explaining import Line
from cases.rules.limit_rows import AGREED, Limit, VersionBy
from cases.rules.limit_tables import TRACKS, all_versions, profile_title
from cases.rules.tables import Status, Words

MAKE_UP_WITHIN = timedelta(days=21)  # a make-up day stands near the holiday for which it is worked
LONGEST_HOLIDAY = timedelta(days=15)
EARLIEST_YEAR = 2024  # the first year that is written down
# The seven holidays of the 全国年节及纪念日放假办法, in the order of the year.
HOLIDAYS: Mapping[str, Words] = {
    "new_year": Words("元旦", "New Year’s Day"),
    "spring": Words("春节", "Spring Festival"),
    "tombs": Words("清明节", "Tomb-sweeping Day"),
    "labour": Words("劳动节", "Labour Day"),
    "dragon": Words("端午节", "Dragon Boat Festival"),
    "autumn": Words("中秋节", "Mid-Autumn Festival"),
    "national": Words("国庆节", "National Day"),
}


@dataclass(frozen=True, slots=True)
class DaysOff:
    """One holiday of a notice: its name and its first and last day off, weekends inside included."""

    name: Words
    first: date
    last: date


@cache
def statutory_days(year: int) -> Mapping[date, str]:
    """The days that are holidays by the regulation itself, whatever the notice of the year says."""
    import holidays

    found = holidays.country_holidays("CN", years=year, observed=False, language="zh_CN")
    return {day: name for day, name in found.items() if "休息日" not in name}


def faults_of_year(
    year: int, days_off: Sequence[DaysOff], make_up: Sequence[date]
) -> Iterator[str | Promise | Line]:
    """Everything that cannot be right about a year's holidays, in plain words."""
    if not EARLIEST_YEAR <= year <= PACKAGE_TO:
        text = _("The year must lie between %(first)s and %(last)s.")
        yield Line(text, {"first": EARLIEST_YEAR, "last": PACKAGE_TO})
        return
    for holiday in days_off:
        values = {"name": holiday.name, "first": holiday.first, "last": holiday.last}
        if holiday.last < holiday.first:
            yield Line(_("%(name)s ends before it begins. Please check both days."), values)
        elif holiday.last - holiday.first > LONGEST_HOLIDAY:
            yield Line(_("%(name)s from %(first)s to %(last)s is too long. Please check both days."), values)
        elif {holiday.first.year, holiday.last.year} != {year}:
            yield Line(
                _("%(name)s does not lie in this year. Days of another year belong to that year."), values
            )
    off = _off(days_off)
    yield from _faults_of_make_up(year, off, make_up)
    for day, name in statutory_days(year).items():
        if day not in off:
            yield Line(_("%(day)s, %(name)s, is missing among the days off."), {"day": day, "name": name})


def _off(days_off: Sequence[DaysOff]) -> set[date]:
    off: set[date] = set()
    for holiday in days_off:
        day = holiday.first
        while day <= min(holiday.last, holiday.first + LONGEST_HOLIDAY):
            off.add(day)
            day += ONE_DAY
    return off


def _faults_of_make_up(year: int, off: set[date], make_up: Sequence[date]) -> Iterator[Line]:
    for day in make_up:
        values = {"day": day}
        if day.year != year:
            yield Line(_("%(day)s, a make-up day, lies in another year."), values)
        elif day.weekday() < SATURDAY:
            yield Line(_("%(day)s is no Saturday or Sunday, so it cannot be a make-up day."), values)
        elif day in off:
            yield Line(_("%(day)s cannot be a day off and a make-up day."), values)
        elif not any(abs(day - other) <= MAKE_UP_WITHIN for other in off):
            yield Line(_("%(day)s, a make-up day, is far from every holiday. Please check it."), values)


def year_row(year: int, source: str, days_off: Sequence[DaysOff], make_up: Sequence[date]) -> dict[str, Any]:
    """A year's holidays in the shape of the tables; days in ISO form, so that it can be kept as JSON."""
    return {
        "year": year,
        "source": source,
        "status": Known.NOTICE.value,
        "make_up": sorted({day.isoformat() for day in make_up}),
        "holiday": [
            {
                "name": {"zh": one.name.zh, "en": one.name.en},
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
            }
            for one in sorted(days_off, key=lambda one: one.first)
        ],
    }


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A new version of a limit, as staff enter it. `up_to` is the ceiling of extensions: None leaves it as it is."""

    n: int
    unit: Unit
    article: str
    status: Status
    in_force_from: date
    note: str = ""
    up_to: int | None = None
    keeps_later: bool = True


def tracks_with(rule: Limit) -> list[str]:
    """On which tracks this very rule stands: two tracks may use one name for rules that differ."""
    return [name for name in TRACKS if any(_is_same(rule, limit) for limit in all_versions(name))]


def _is_same(one: Limit, other: Limit) -> bool:
    return replace(one, in_force_to=None) == replace(other, in_force_to=None)


def limit_named(track: str, version: str) -> Limit | None:
    """The limit of a track with this version name."""
    if track not in TRACKS:
        return None
    return next((one for one in all_versions(track) if one.version == version), None)


def faults_of_version(old: Limit, new: NewVersion, tracks: Sequence[str]) -> Iterator[str | Promise | Line]:
    """Everything that stands against a new version of a limit, in plain words."""
    if not new.article.strip():
        yield _("Please write the article that the new version comes from.")
    if new.in_force_from <= old.in_force_from:
        yield Line(
            _("The new version must begin after the one it replaces, that is after %(day)s."),
            {"day": old.in_force_from},
        )
    if not tracks:
        yield _("Please choose on which tracks the new version holds.")
    for name in tracks:
        versions = [limit for limit in all_versions(name) if limit.key == old.key]
        mine = next((limit for limit in versions if _is_same(old, limit)), None)
        values = {"track": profile_title(name), "version": old.version}
        if mine is None:
            yield Line(_("“%(track)s” has no version %(version)s."), values)
        elif mine.in_force_to is not None and mine.in_force_to < new.in_force_from:
            yield Line(
                _("On “%(track)s” the version %(version)s ended on %(day)s. Replace the version after it."),
                values | {"day": mine.in_force_to},
            )
        elif any(limit.in_force_from >= new.in_force_from for limit in versions):
            yield Line(_("On “%(track)s” a later version of this limit is there already."), values)


def version_row(old: Limit, new: NewVersion) -> dict[str, Any]:
    """The new version in the shape of the tables: what is not named again stays as in the version it replaces."""
    row = limit_row(old)
    row |= {
        "n": new.n,
        "unit": new.unit.value,
        "article": new.article.strip(),
        "status": new.status.value,
        "in_force_from": new.in_force_from.isoformat(),
        "replaces": old.version,
    }
    row.pop("in_force_to", None)
    row.pop("note", None)
    if new.note.strip():
        row["note"] = {"zh": new.note.strip(), "en": new.note.strip()}
    if not new.keeps_later:
        row.pop("later", None)
    if new.up_to is not None:
        row.pop("extension", None)
        if new.up_to:
            by = old.extension.by.value if old.extension else "parties"
            row["extension"] = {
                "by": by,
                "up_to": new.up_to,
                "article": row["article"],
                "status": row["status"],
            }
    return row


def limit_row(limit: Limit) -> dict[str, Any]:
    """A limit as a row of the tables, as JSON can keep it."""

    def both(words: Words) -> dict[str, str]:
        return {"zh": words.zh, "en": words.en}

    row: dict[str, Any] = {
        "key": limit.key,
        "name": both(limit.name),
        "n": limit.n,
        "unit": limit.unit.value,
        "start": limit.start,
        "starts": both(limit.starts),
        "who": limit.who.value,
        "article": limit.article,
        "status": limit.status.value,
        "at_end": both(limit.at_end),
        "in_force_from": limit.in_force_from.isoformat(),
        "window": limit.window,
        "rolls": limit.rolls,
        "paused_by": [kind.value for kind in limit.paused_by],
        "version_by": VersionBy(limit.version_by).value,
    }
    if limit.in_force_to:
        row["in_force_to"] = limit.in_force_to.isoformat()
    if limit.note:
        row["note"] = both(limit.note)
    if limit.replaces:
        row["replaces"] = limit.replaces
    if limit.later:
        row["later"] = {
            "n": limit.later.n,
            "unit": limit.later.unit.value,
            "article": limit.later.article,
            "status": limit.later.status.value,
        }
    if limit.extension:
        row["extension"] = {
            "by": limit.extension.by.value,
            "up_to": AGREED if limit.extension.up_to is None else limit.extension.up_to,
            "article": limit.extension.article,
            "status": limit.extension.status.value,
        }
        if limit.extension.times is not None:
            row["extension"]["times"] = limit.extension.times
    return row


def with_days(value: Any) -> Any:
    """A row that came from JSON with its days as days again, as the tables want them."""
    if isinstance(value, Mapping):
        return {
            name: date.fromisoformat(one) if name in DAYS and isinstance(one, str) else with_days(one)
            for name, one in value.items()
            if name != "make_up"
        } | ({"make_up": [date.fromisoformat(day) for day in value["make_up"]]} if "make_up" in value else {})
    return [with_days(one) for one in value] if isinstance(value, list) else value


DAYS = {"first", "last", "in_force_from", "in_force_to"}
