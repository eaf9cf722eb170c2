"""What a row of a profile says: a limit, who may extend it, what else the table tells; no answer, no row."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.rules.counting import Unit
from cases.rules.pausing import PauseKind
from cases.rules.tables import (
    Row,
    RuleTableError,
    Status,
    Words,
    date_of,
    maybe_date_of,
    maybe_words_of,
    read_table,
    status_of,
    text_of,
    words_of,
)

AGREED = "agreed"
T = TypeVar("T", bound=TextChoices)


class Who(TextChoices):
    """Whose move it is while a limit runs, or who may extend it; `label` is what people see."""

    CENTRE = "centre", _("The mediation centre")  # 调解组织
    MEDIATOR = "mediator", _("The mediator")  # 调解员
    CITIZEN = "citizen", _("The citizen")  # 申请人
    INSTITUTION = "institution", _("The institution")  # 金融机构、征信机构
    PARTIES = "parties", _("Both sides")  # 双方当事人
    COURT = "court", _("The court")  # 法院
    PRESIDENT = "president", _("The president of the court")  # 院长
    CLAIMANT = "claimant", _("Whoever makes the claim")  # 权利人
    CREDITOR = "creditor", _("Whoever is owed")  # 债权人
    DEBTOR = "debtor", _("Whoever owes")  # 债务人
    INTERESTED_PERSON = "interested_person", _("Someone else whose rights are touched")  # 利害关系人
    REGULATOR = "regulator", _("The regulator")  # 监管部门


class VersionBy(TextChoices):
    """Whose day decides which version of a rule holds: the filing of the case, or the start of this period."""

    FILING = "filing", _("the day the case was filed")
    START = "start", _("the day this period starts")


@dataclass(frozen=True, slots=True)
class Length:
    """A second, longer length that another rule gives to the same period."""

    n: int
    unit: Unit
    article: str
    status: Status


@dataclass(frozen=True, slots=True)
class Extension:
    """Who may make a limit longer, by how many of its own units in all (None: no ceiling), how often (None: any)."""

    by: Who
    up_to: int | None
    article: str
    status: Status
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One version of a time limit: how long, from which event, by which article, and how far that was checked.

    `starts` names the event in words, `who` has the next move, `at_end` says what follows when it runs out.
    `later` is set where two rules stand side by side: then this row is the shorter one. `window` marks a right
    that may go unused: its end is nobody's delay. `paused_by` names what stops it. Without `rolls` the end stays on a
    day off: nothing has to be done that day, or it must not wait.
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
    extension: Extension | None = None
    later: Length | None = None
    note: Words | None = None
    window: bool = False
    rolls: bool = True
    paused_by: tuple[PauseKind, ...] = ()
    version_by: VersionBy = VersionBy.FILING
    replaces: str = ""

    @property
    def is_law(self) -> bool:
        """False for a rule the centre has given itself."""
        return self.status is not Status.HOUSE

    @property
    def version(self) -> str:
        """A name that never changes: the key and the first day in force, such as mediation@2022-01-01."""
        return f"{self.key}@{self.in_force_from.isoformat()}"

    @property
    def max_extension(self) -> int | None:
        """How many of its own units may be added in all; 0 for none, None where no rule names a ceiling."""
        return self.extension.up_to if self.extension else 0

    @property
    def extension_article(self) -> str:
        return self.extension.article if self.extension else ""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something staff should know about a whole track from a certain day on."""

    text: Words
    article: str
    status: Status
    in_force_from: date


@dataclass(frozen=True, slots=True)
class Effect:
    """When an agreement takes effect on a track: whose signatures it `needs` (parties, mediator, seal)."""

    needs: tuple[str, ...]
    words: Words
    article: str
    status: Status
    in_force_from: date
    in_force_to: date | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that do not say the same, and which way this site goes.

    `limits` are the keys it touches, `tracks` where it does (empty: on all).
    """

    key: str
    limits: tuple[str, ...]
    one: Words
    one_article: str
    other: Words
    other_article: str
    choice: Words
    status: Status
    tracks: tuple[str, ...] = ()


SIGNERS = ("parties", "mediator", "seal")
FIELDS = {field.name for field in fields(Limit)}


def read_limits(path: Path) -> list[Limit]:
    """Read the rows of one table. Raises RuleTableError for a row without article, status or sense."""
    table = read_table(path)
    return [limit_of(row, table.get("version_by", VersionBy.FILING)) for row in table.get("limit", [])]


def limit_of(row: Row, version_by: str = VersionBy.FILING) -> Limit:
    """Read one row. Raises RuleTableError when it cannot say where it comes from or makes no sense."""
    later = row.get("later")
    if unknown := row.keys() - FIELDS:
        msg = f"{row.get('key', row)}: nobody reads {', '.join(sorted(unknown))}"
        raise RuleTableError(msg)
    return Limit(
        key=text_of(row, "key"),
        name=words_of(row, "name"),
        n=_number_of(row),
        unit=_choice(row, "unit", Unit),
        start=text_of(row, "start"),
        starts=words_of(row, "starts"),
        who=_choice(row, "who", Who),
        article=text_of(row, "article"),
        status=status_of(row),
        at_end=words_of(row, "at_end"),
        in_force_from=date_of(row, "in_force_from"),
        in_force_to=_last_day_of(row),
        extension=_extension_of(row),
        later=Length(
            _number_of(later), _choice(later, "unit", Unit), text_of(later, "article"), status_of(later)
        )
        if later
        else None,
        note=maybe_words_of(row, "note"),
        window=_flag_of(row, "window"),
        rolls=_flag_of(row, "rolls", default=True),
        paused_by=tuple(_choice({"kind": kind}, "kind", PauseKind) for kind in row.get("paused_by", [])),
        version_by=_choice({"version_by": row.get("version_by", version_by)}, "version_by", VersionBy),
        replaces=text_of(row, "replaces") if "replaces" in row else "",
    )


def caution_of(row: Row) -> Caution:
    return Caution(
        words_of(row, "text"), text_of(row, "article"), status_of(row), date_of(row, "in_force_from")
    )


def effect_of(row: Row) -> Effect:
    """Read when an agreement takes effect. Raises RuleTableError for an unknown signer."""
    needs = tuple(row.get("needs", ()))
    if not needs or set(needs) - set(SIGNERS):
        msg = f"effective: “needs” must name some of {', '.join(SIGNERS)}"
        raise RuleTableError(msg)
    return Effect(
        needs,
        words_of(row, "words"),
        text_of(row, "article"),
        status_of(row),
        date_of(row, "in_force_from"),
        maybe_date_of(row, "in_force_to"),
    )


def conflict_of(row: Row) -> Conflict:
    return Conflict(
        key=text_of(row, "key"),
        limits=tuple(row.get("limits", ())),
        one=words_of(row, "one"),
        one_article=text_of(row, "one_article"),
        other=words_of(row, "other"),
        other_article=text_of(row, "other_article"),
        choice=words_of(row, "choice"),
        status=status_of(row),
        tracks=tuple(row.get("tracks", ())),
    )


def _number_of(row: Row) -> int:
    n = row.get("n")
    if type(n) is not int or n < 1:
        msg = f"{row.get('key', row)}: “n” must be a whole number from 1 up"
        raise RuleTableError(msg)
    return n


def _choice(row: Row, key: str, kind: type[T]) -> T:
    value = text_of(row, key)
    if value not in kind.values:
        msg = f"{row.get('key', row)}: “{key}” must be one of {', '.join(kind.values)}"
        raise RuleTableError(msg)
    return kind(value)


def _flag_of(row: Row, key: str, *, default: bool = False) -> bool:
    value = row.get(key, default)
    if type(value) is not bool:
        msg = f"{row.get('key', row)}: “{key}” must be true or false"
        raise RuleTableError(msg)
    return value


def _last_day_of(row: Row) -> date | None:
    last = maybe_date_of(row, "in_force_to")
    if last is not None and last < date_of(row, "in_force_from"):
        msg = f"{row.get('key', row)}: “in_force_to” lies before “in_force_from”"
        raise RuleTableError(msg)
    return last


def _extension_of(row: Row) -> Extension | None:
    told: Mapping[str, Any] | None = row.get("extension")
    if told is None:
        return None
    up_to, times = told.get("up_to"), told.get("times")
    if up_to != AGREED and (type(up_to) is not int or up_to < 1):
        msg = f"{row.get('key', row)}: an extension needs “up_to”, a whole number from 1 up or “{AGREED}”"
        raise RuleTableError(msg)
    if times is not None and (type(times) is not int or times < 1):
        msg = f"{row.get('key', row)}: “times” must be a whole number from 1 up"
        raise RuleTableError(msg)
    ceiling = None if up_to == AGREED else int(up_to)
    return Extension(_choice(told, "by", Who), ceiling, text_of(told, "article"), status_of(told), times)
