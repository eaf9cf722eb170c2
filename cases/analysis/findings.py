"""What was found in a story, and where: the citizen sees each finding beside their own words and corrects it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a finding speaks of."""

    CAUSE = "cause"  # value: a ClaimKind
    AMOUNT = "amount"  # value: fen; role: a Role
    DATE = "date"  # value: 2024, 2024-05 or 2024-05-17, as exact as it was said
    RATE = "rate"  # value: the yearly fraction as a decimal string, 0.36 = 36 %; role: yearly, monthly, daily
    LENDER = "lender"  # value: the name
    PRODUCT = "product"  # value: the word
    REMEDY = "remedy"  # value: a Remedy
    MONTHS = "months"  # value: how many instalments
    DENIAL = "denial"  # value: what the person says did not happen


class Role(StrEnum):
    """What a sum of money probably is."""

    PRINCIPAL = "principal"  # 本金
    RECEIVED = "received"  # 到手
    FEE = "fee"  # 费用
    MONTHLY = "monthly"  # 月供
    CLAIMED = "claimed"  # 请求
    TOTAL_REPAID = "total_repaid"  # 已还
    OUTSTANDING = "outstanding"  # 还欠
    LOSS = "loss"  # 被盗、受伤、亏损
    UNKNOWN = ""


class Provenance(StrEnum):
    """How the words of a story came to us."""

    TYPED = "typed"
    TRANSCRIBED = "transcribed"  # spoken, and written down by a machine
    OCR = "ocr"  # read off a picture by a machine


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing read out of the story. `story[start:end] == words`; a guess, never a fact, until a person says so.

    `about`: said roughly (两万出头). `loan`: which of several loans it belongs to, counted from 1; 0 where there is
    one or nobody knows. `provenance`: how the words came to us.
    """

    kind: Kind
    value: int | str
    start: int
    end: int
    words: str
    confidence: float
    role: str = ""
    about: bool = False
    loan: int = 0
    provenance: str = Provenance.TYPED


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of one story, causes by likelihood first, the rest in the order of the text."""

    items: tuple[Finding, ...] = ()

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def of(self, kind: Kind | str) -> list[Finding]:
        return [finding for finding in self.items if finding.kind == kind]

    @property
    def cause(self) -> str | None:
        """The likeliest ClaimKind; None when the story does not sound like any."""
        return next((str(finding.value) for finding in self.of(Kind.CAUSE)), None)

    def amount(self, role: Role | str) -> int | None:
        """The likeliest sum in this role, in fen; the surest wins, then the first said."""
        sums = [finding for finding in self.of(Kind.AMOUNT) if finding.role == role]
        return int(max(sums, key=lambda finding: finding.confidence).value) if sums else None

    @property
    def loans(self) -> int:
        """How many loans the story tells apart; 0 when it speaks of one, or of none."""
        return max((finding.loan for finding in self.items), default=0)

    def first(self, kind: Kind | str) -> Finding | None:
        return next(iter(self.of(kind)), None)
