"""What a review says: one finding for each place that a court could not read or enforce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mediation.agreements.drafts import TermDraft

Words = str | Promise
CLEAR = "民诉法解释第358条第5项"
DEFINITE = "民诉法解释第461条"
LAWFUL = "民诉法解释第358条第1项"
LONGEST_QUOTE = 40


class Level(TextChoices):
    """How grave: a court would dismiss or could not enforce it; or it would be better otherwise."""

    MUST = "must", _("Must be mended")
    ADVICE = "advice", _("Better")


@dataclass(frozen=True, slots=True)
class Finding:
    """One place to look at.

    `term` is the number of the term, 0 for what stands beside the terms; `field` the input it is about. `says` is for
    staff and judges, `plain` for the parties. `quote` is the very text. `status`: how far the rule behind it was
    checked (T, P, M).
    """

    code: str
    level: Level
    says: Words
    plain: Words
    article: str
    term: int = 0
    field: str = "words"
    quote: str = ""
    status: str = "T"

    @property
    def is_must(self) -> bool:
        """Whether nobody should sign before it is mended."""
        return self.level == Level.MUST

    @property
    def where(self) -> str:
        """Which term, in words."""
        return (
            gettext("Term %(number)s") % {"number": self.term} if self.term else gettext("Beside the terms")
        )

    @property
    def shown_quote(self) -> str:
        """The text it is about, cut short."""
        words = " ".join(self.quote.split())
        return words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE]}…"

    def __str__(self) -> str:
        """As a refusal says it: the place, then the problem."""
        told = {"number": self.term, "problem": self.says, "quote": self.shown_quote}
        if self.term and self.quote:
            return gettext("Term %(number)s, “%(quote)s”: %(problem)s") % told
        if self.term:
            return gettext("Term %(number)s: %(problem)s") % told
        return gettext("“%(quote)s”: %(problem)s") % told if self.quote else str(self.says)


@dataclass(frozen=True, slots=True)
class Beside:
    """What an agreement says beside its terms; empty where the house's usual words will stand."""

    overdue: str = ""
    credit: str = ""
    waiver: str = ""
    costs: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a review looks at. `names` and `identified` are by side; both may be unknown while a draft grows."""

    terms: Sequence[TermDraft]
    beside: Beside
    today: date
    names: Mapping[str, str] = field(default_factory=dict)
    identified: Mapping[str, bool] = field(default_factory=dict)
    is_for_signing: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found, the terms in order, what must be mended first within each."""

    findings: tuple[Finding, ...]
    checked: int = 0

    @property
    def must(self) -> list[Finding]:
        """What must be mended before anybody signs."""
        return [one for one in self.findings if one.is_must]

    @property
    def advice(self) -> list[Finding]:
        """What would be better otherwise."""
        return [one for one in self.findings if not one.is_must]

    @property
    def is_clear(self) -> bool:
        """Whether nothing must be mended."""
        return not self.must
