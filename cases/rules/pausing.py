"""Pauses (中止): why days may stop counting, which document says so, and by whom we wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.rules.counting import Span
from cases.rules.tables import HERE, RuleTableError, Status, Words, read_table, status_of, text_of, words_of


class PauseKind(TextChoices):
    """Why a period stands still."""

    APPRAISAL = "appraisal", _("Appraisal")  # 鉴定评估
    SUPPLEMENT = "supplement", _("Waiting for missing papers")  # 补正
    WAITING = "waiting", _("Waiting for someone")  # 等待某人
    FORCE_MAJEURE = (
        "force_majeure",
        _("Force majeure, more time granted by the court"),
    )  # 不可抗力，经准许顺延


@dataclass(frozen=True, slots=True)
class Stretch:
    """Paused days with their reason: from `first` to `last`, both not counted; `last` None while it lasts.

    `reason` and `waiting_for` are the words people wrote. Without a kind nothing is said about the law behind it.
    """

    first: date
    last: date | None
    kind: PauseKind | None = None
    reason: str = ""
    waiting_for: str = ""

    @property
    def span(self) -> Span:
        return self.first, self.last

    @property
    def rule(self) -> "PauseRule | None":
        return pause_rules()[self.kind] if self.kind else None

    @property
    def is_house(self) -> bool:
        """Whether only our own rule, not law, stops the count."""
        return self.rule is not None and self.rule.status is Status.HOUSE


@dataclass(frozen=True, slots=True)
class PauseRule:
    """What stands behind one kind of pause."""

    kind: PauseKind
    words: Words
    article: str
    status: Status


Pause = Span | Stretch
"""A pause with its reason, or just its first and last day."""


@cache
def pause_rules() -> dict[PauseKind, PauseRule]:
    """Every kind of pause with its article. Raises RuleTableError when a kind has no row."""
    rows = read_table(HERE / "pauses.toml").get("pause", [])
    rules = {
        PauseKind(text_of(row, "kind")): PauseRule(
            PauseKind(text_of(row, "kind")), words_of(row, "words"), text_of(row, "article"), status_of(row)
        )
        for row in rows
    }
    if missing := set(PauseKind) - rules.keys():
        msg = f"pauses.toml: no row for {', '.join(sorted(missing))}"
        raise RuleTableError(msg)
    return rules


def stretches_of(pauses: Sequence[Pause]) -> tuple[Stretch, ...]:
    """Take plain pairs of days as pauses of no named kind."""
    return tuple(pause if isinstance(pause, Stretch) else Stretch(*pause) for pause in pauses)
