"""The rule book on shelves, for the page of the office and the page for everybody.

Each track has a shelf of its own limits; what is the same on every track stands on shelves of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.rules import limits
from cases.rules.limit_tables import PROFILES, all_versions
from cases.rules.tables import Words, is_in_force
from mediation.dates.clocks import conflicts_of

COMMON: dict[str, Promise] = {
    "house": _("Our own periods, the same on every track"),
    "court": _("Before the court, the same on every track"),
    "outside": _("Elsewhere: lenders and credit bureaus"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One limit with all its versions, the newest first. `now` is the one in force on the day of the page."""

    key: str
    track: str
    versions: Sequence[limits.Limit]
    now: limits.Limit | None
    conflicts: Sequence[limits.Conflict]

    @property
    def name(self) -> Words:
        return (self.now or self.versions[0]).name

    @property
    def newest(self) -> limits.Limit:
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The limits of one track, or of all of them."""

    key: str
    title: Words | Promise
    entries: Sequence[Entry]
    cautions: Sequence[limits.Caution] = ()


@cache
def _common_keys(name: str) -> frozenset[str]:
    return frozenset(limit.key for limit in limits.read_limits(PROFILES / f"{name}.toml"))


def entries_of(track: str, on: date) -> dict[str, Entry]:
    """Every limit a track ever had, by key."""
    by_key: dict[str, list[limits.Limit]] = {}
    for limit in all_versions(track):
        by_key.setdefault(limit.key, []).append(limit)
    found = {}
    for key, versions in by_key.items():
        ordered = sorted(versions, key=lambda one: one.in_force_from, reverse=True)
        now = next((one for one in ordered if is_in_force(one.in_force_from, one.in_force_to, on)), None)
        found[key] = Entry(key, track, ordered, now, conflicts_of(key, track))
    return found


def shelves_of(on: date, tracks: Sequence[str] = limits.TRACKS) -> list[Shelf]:
    """Every shelf: those of the tracks, then what is the same on all of them."""
    shared = frozenset().union(*(_common_keys(name) for name in COMMON))
    shelves = [
        Shelf(
            track,
            limits.profile_title(track),
            [entry for key, entry in entries_of(track, on).items() if key not in shared],
            limits.load_cautions(track, on),
        )
        for track in tracks
    ]
    return [*shelves, *common_shelves(on)]


def common_shelves(on: date) -> list[Shelf]:
    """What is the same on every track."""
    everything = entries_of(limits.TRACKS[0], on)
    return [
        Shelf(name, title, [entry for key, entry in everything.items() if key in _common_keys(name)])
        for name, title in COMMON.items()
    ]
