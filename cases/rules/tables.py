"""The law as data: how a rule table is read, in which words, and how far each source was checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

HERE = Path(__file__).parent

Row = Mapping[str, Any]


class RuleTableError(ValueError):
    """A rule table that must not be used: incomplete or contradicting itself. Written for the operator."""


class Status(TextChoices):
    """How far the source of a number was checked; shown to staff beside the number."""

    TEXT = "T", _("Checked against the full text")
    PAGE = "P", _("Seen on a published page, not in the full text")
    MEMORY = "M", _("Not yet checked: ask a lawyer before relying on it")
    HOUSE = "H", _("Our own rule, not law")

    @property
    def needs_check(self) -> bool:
        return self is Status.MEMORY


@dataclass(frozen=True, slots=True)
class Words:
    """One phrase of a rule table in both languages; str() gives the one the reader uses."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


@dataclass(slots=True)
class Added:
    """Rows that staff have added to the shipped tables; filled by cases.rules.additions and by nobody else."""

    years: tuple[Row, ...] = ()
    limits: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)


added = Added()


def read_table(path: Path) -> dict[str, Any]:
    """Read one TOML table. Raises RuleTableError when it is absent or broken."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path.name}: {error}"
        raise RuleTableError(msg) from error


def text_of(row: Row, key: str) -> str:
    """Return a non-empty string; without an article or a status a row is refused here."""
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        msg = f"{row.get('key', row)}: “{key}” is missing"
        raise RuleTableError(msg)
    return value


def words_of(row: Row, key: str) -> Words:
    """Return a phrase that is present in both languages."""
    value = row.get(key)
    if not isinstance(value, dict) or not value.get("zh") or not value.get("en"):
        msg = f"{row.get('key', row)}: “{key}” must have zh and en"
        raise RuleTableError(msg)
    return Words(zh=value["zh"], en=value["en"])


def maybe_words_of(row: Row, key: str) -> Words | None:
    return words_of(row, key) if key in row else None


def status_of(row: Row, key: str = "status") -> Status:
    """Return the status mark of a row: T, P, M or H and nothing else."""
    value = text_of(row, key)
    if value not in Status.values:
        msg = f"{row.get('key', row)}: “{key}” must be one of {', '.join(Status.values)}"
        raise RuleTableError(msg)
    return Status(value)


def date_of(row: Row, key: str) -> date:
    value = row.get(key)
    if type(value) is not date:
        msg = f"{row.get('key', row)}: “{key}” must be a date"
        raise RuleTableError(msg)
    return value


def maybe_date_of(row: Row, key: str) -> date | None:
    return date_of(row, key) if key in row else None


def is_in_force(since: date, until: date | None, on: date) -> bool:
    """Both days belong to the period."""
    return since <= on and (until is None or on <= until)
