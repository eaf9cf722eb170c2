"""Profiles: which limits hold on a track on a day. Old versions stay; a new one is added and names what it replaces."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from types import MappingProxyType

from cases.rules.limit_rows import (
    Caution,
    Conflict,
    Effect,
    Limit,
    VersionBy,
    caution_of,
    conflict_of,
    effect_of,
    limit_of,
    read_limits,
)
from cases.rules.tables import (
    HERE,
    Row,
    RuleTableError,
    Words,
    added,
    is_in_force,
    read_table,
    words_of,
)

PROFILES = HERE / "profiles"
TRACKS = (
    "self_accepted",  # 自收
    "delegated",  # 委派
    "entrusted",  # 委托
    "entrusted_simplified",  # 委托，简易程序
    "people_mediation",  # 人民调解组织
    "commercial_mediation",  # 商事调解组织
)


@lru_cache(maxsize=512)
def load_profile(name: str, on: date) -> Mapping[str, Limit]:
    """Return the limits of one track as in force on a day, by key.

    A rule that did not exist on that day is absent. For a clock of a case use rule_for: it knows whose day decides.
    Raises RuleTableError for an unknown track.
    """
    rows = (limit for limit in all_versions(name) if is_in_force(limit.in_force_from, limit.in_force_to, on))
    return MappingProxyType({limit.key: limit for limit in rows})


def rule_for(name: str, key: str, *, start_on: date, filed_on: date | None = None) -> Limit | None:
    """Return the version of a limit that holds for a period starting on a day, None if there was none.

    A case keeps the rules of the day it was filed for everything that happens within the mediation; a proceeding of
    its own (before a court, a lender, a bureau, and limitation) follows the law of the day it starts. The tables
    say which (`version_by`). Without `filed_on` the start decides. Raises RuleTableError for an unknown track.
    """
    by_filing = load_profile(name, filed_on or start_on).get(key)
    if by_filing is not None and by_filing.version_by is VersionBy.FILING:
        return by_filing
    by_start = load_profile(name, start_on).get(key)
    return by_start if by_start is not None and by_start.version_by is VersionBy.START else None


def keys_of(name: str) -> list[str]:
    """Every key that a track has ever had, sorted."""
    return sorted({limit.key for limit in all_versions(name)})


def load_cautions(name: str, on: date) -> list[Caution]:
    """Return what staff should be told about a track on a day."""
    all_versions(name)
    cautions = [caution_of(row) for row in read_table(PROFILES / f"{name}.toml").get("caution", [])]
    return [caution for caution in cautions if caution.in_force_from <= on]


def load_effect(name: str, on: date) -> Effect | None:
    """Return when an agreement takes effect on a track on a day, None where no rule is known."""
    all_versions(name)
    effects = [effect_of(row) for row in read_table(PROFILES / f"{name}.toml").get("effective", [])]
    return next((one for one in effects if is_in_force(one.in_force_from, one.in_force_to, on)), None)


def effective_on(effect: Effect, signed: Mapping[str, date | None]) -> date | None:
    """The day an agreement takes effect: the last of the signatures it needs, None while one is missing."""
    days = [signed.get(signer) for signer in effect.needs]
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def load_conflicts() -> list[Conflict]:
    """Return every place where two rules meet, with the way this site goes."""
    return [conflict_of(row) for row in read_table(HERE / "conflicts.toml").get("conflict", [])]


def profile_title(name: str) -> Words:
    """Return the name of a track as people see it."""
    all_versions(name)
    return words_of(read_table(PROFILES / f"{name}.toml"), "title")


@cache
def all_versions(name: str) -> tuple[Limit, ...]:
    """Every version of every limit of a track, past, present and future. Raises RuleTableError."""
    return versions_with(name, added.limits.get(name, ()))


def versions_with(name: str, more: Sequence[Row]) -> tuple[Limit, ...]:
    """The shipped versions of a track together with more rows, checked as one table. Raises RuleTableError."""
    if name not in TRACKS:
        msg = f"there is no profile “{name}”; the profiles are {', '.join(TRACKS)}"
        raise RuleTableError(msg)
    own = PROFILES / f"{name}.toml"
    table = read_table(own)
    others = [PROFILES / f"{other}.toml" for other in table.get("include", [])]
    replaced = set(table.get("without", ()))
    rows = [limit for path in others for limit in read_limits(path) if limit.key not in replaced]
    rows += read_limits(own)
    rows += [limit_of(row) for row in more]
    limits = close_replaced(rows)
    refuse_overlaps(limits)
    return limits


def close_replaced(rows: Sequence[Limit]) -> tuple[Limit, ...]:
    """End each version that another one names as replaced, the day before that one begins.

    The row itself is left as it was written. Raises RuleTableError when the named version is not there, or began
    no earlier.
    """
    ends: dict[str, date] = {}
    known = {limit.version: limit for limit in rows}
    for limit in rows:
        if not limit.replaces:
            continue
        old = known.get(limit.replaces)
        if old is None or old.key != limit.key or old.in_force_from >= limit.in_force_from:
            msg = f"{limit.version}: there is no earlier version “{limit.replaces}” to replace"
            raise RuleTableError(msg)
        ends[limit.replaces] = limit.in_force_from - timedelta(days=1)
    return tuple(
        replace(limit, in_force_to=min(ends[limit.version], limit.in_force_to or date.max))
        if limit.version in ends
        else limit
        for limit in rows
    )


def refuse_overlaps(limits: Sequence[Limit]) -> None:
    """Two versions of one key must never be in force on the same day."""
    by_key: dict[str, list[Limit]] = {}
    for limit in limits:
        by_key.setdefault(limit.key, []).append(limit)
    for versions in by_key.values():
        ordered = sorted(versions, key=lambda one: one.in_force_from)
        for one, other in pairwise(ordered):
            if is_in_force(one.in_force_from, one.in_force_to, other.in_force_from):
                msg = f"{one.version} and {other.version} are in force on the same day"
                raise RuleTableError(msg)
