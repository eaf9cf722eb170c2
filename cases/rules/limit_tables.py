"""The rows behind time limits: read from profiles/*.toml, refused when a row cannot say where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.rules.counting import Unit
from cases.rules.tables import (
    HERE,
    Row,
    RuleTableError,
    Status,
    Words,
    date_of,
    is_in_force,
    maybe_date_of,
    maybe_words_of,
    read_table,
    status_of,
    text_of,
    words_of,
)

PROFILES = HERE / "profiles"
TRACKS = ("self_accepted", "delegated", "entrusted")  # 自收, 委派, 委托
AGREED = "agreed"


class Who(TextChoices):
    """Whose move it is while a limit runs; `label` is what people see."""

    CENTRE = "centre", _("The mediation centre")  # 调解组织
    MEDIATOR = "mediator", _("The mediator")  # 调解员
    CITIZEN = "citizen", _("The citizen")  # 申请人
    INSTITUTION = "institution", _("The institution")  # 金融机构、征信机构
    PARTIES = "parties", _("Both sides")  # 双方当事人
    COURT = "court", _("The court")  # 法院
    CLAIMANT = "claimant", _("Whoever makes the claim")  # 权利人
    CREDITOR = "creditor", _("Whoever is owed")  # 债权人
    DEBTOR = "debtor", _("Whoever owes")  # 债务人
    INTERESTED_PERSON = "interested_person", _("Someone else whose rights are touched")  # 利害关系人
    REGULATOR = "regulator", _("The regulator")  # 监管部门


@dataclass(frozen=True, slots=True)
class Length:
    """A second, longer length that another rule gives to the same period."""

    n: int
    unit: Unit
    article: str
    status: Status


@dataclass(frozen=True, slots=True)
class Limit:
    """One time limit: how long, from what event, for whom, by which article, and what happens at its end.

    `max_extension` counts in the same unit; 0 means none, None means as long as all parties agree.
    `later` is set where two rules stand side by side: then this row is the shorter one.
    """

    key: str
    name: Words
    n: int
    unit: Unit
    start: str
    starts: Words
    who: Who
    article: str
    status: Status
    at_end: Words
    in_force_from: date
    in_force_to: date | None = None
    max_extension: int | None = 0
    extension_article: str = ""
    later: Length | None = None
    note: Words | None = None

    @property
    def is_law(self) -> bool:
        """False for a rule the centre has given itself."""
        return self.status is not Status.HOUSE


@dataclass(frozen=True, slots=True)
class Caution:
    """Something staff should know about a whole track from a certain day on."""

    text: Words
    article: str
    status: Status
    in_force_from: date


def load_profile(name: str, on: date) -> Mapping[str, Limit]:
    """Return the limits of one track (self_accepted, delegated, entrusted) as in force on a day, by key.

    A case keeps the rules of the day it was filed: pass that day, not today. A rule that did not exist on that
    day is absent. Raises RuleTableError for an unknown track.
    """
    rows = (limit for limit in _all_limits(name) if is_in_force(limit.in_force_from, limit.in_force_to, on))
    return MappingProxyType({limit.key: limit for limit in rows})


def load_cautions(name: str, on: date) -> list[Caution]:
    """Return what staff should be told about a track on a day."""
    _all_limits(name)
    cautions = [
        Caution(words_of(row, "text"), text_of(row, "article"), status_of(row), date_of(row, "in_force_from"))
        for row in read_table(PROFILES / f"{name}.toml").get("caution", [])
    ]
    return [caution for caution in cautions if caution.in_force_from <= on]


def profile_title(name: str) -> Words:
    """Return the name of a track as people see it."""
    _all_limits(name)
    return words_of(read_table(PROFILES / f"{name}.toml"), "title")


@cache
def _all_limits(name: str) -> tuple[Limit, ...]:
    if name not in TRACKS:
        msg = f"there is no profile “{name}”; the profiles are {', '.join(TRACKS)}"
        raise RuleTableError(msg)
    own = PROFILES / f"{name}.toml"
    others = [PROFILES / f"{other}.toml" for other in read_table(own).get("include", [])]
    limits = tuple(limit for path in (*others, own) for limit in read_limits(path))
    _refuse_overlaps(limits)
    return limits


def read_limits(path: Path) -> list[Limit]:
    """Read the rows of one table. Raises RuleTableError for a row without article, status or sense."""
    return [_limit_of(row) for row in read_table(path).get("limit", [])]


def _limit_of(row: Row) -> Limit:
    later = row.get("later")
    return Limit(
        key=text_of(row, "key"),
        name=words_of(row, "name"),
        n=_number_of(row),
        unit=_unit_of(row),
        start=text_of(row, "start"),
        starts=words_of(row, "starts"),
        who=_who_of(row),
        article=text_of(row, "article"),
        status=status_of(row),
        at_end=words_of(row, "at_end"),
        in_force_from=date_of(row, "in_force_from"),
        in_force_to=maybe_date_of(row, "in_force_to"),
        max_extension=_extension_of(row),
        extension_article=text_of(row, "extension_article") if "max_extension" in row else "",
        later=Length(_number_of(later), _unit_of(later), text_of(later, "article"), status_of(later))
        if later
        else None,
        note=maybe_words_of(row, "note"),
    )


def _number_of(row: Row) -> int:
    n = row.get("n")
    if type(n) is not int or n < 1:
        msg = f"{row.get('key', row)}: “n” must be a whole number from 1 up"
        raise RuleTableError(msg)
    return n


def _unit_of(row: Row) -> Unit:
    unit = text_of(row, "unit")
    if unit not in Unit.values:
        msg = f"{row.get('key', row)}: “unit” must be one of {', '.join(Unit.values)}"
        raise RuleTableError(msg)
    return Unit(unit)


def _who_of(row: Row) -> Who:
    who = text_of(row, "who")
    if who not in Who.values:
        msg = f"{row.get('key', row)}: “who” must be one of {', '.join(Who.values)}"
        raise RuleTableError(msg)
    return Who(who)


def _extension_of(row: Row) -> int | None:
    longest = row.get("max_extension", 0)
    if longest == AGREED:
        return None
    if type(longest) is not int or longest < 0:
        msg = f"{row.get('key', row)}: “max_extension” must be a whole number or “{AGREED}”"
        raise RuleTableError(msg)
    return longest


def _refuse_overlaps(limits: tuple[Limit, ...]) -> None:
    """Two rows of one key must never be in force on the same day."""
    for index, one in enumerate(limits):
        for other in limits[index + 1 :]:
            if one.key == other.key and (
                is_in_force(one.in_force_from, one.in_force_to, other.in_force_from)
                or is_in_force(other.in_force_from, other.in_force_to, one.in_force_from)
            ):
                msg = f"{one.key}: two rows are in force on the same day"
                raise RuleTableError(msg)
