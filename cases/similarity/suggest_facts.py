"""What a suggestion may look at, and what the law alone would give (法定基数): never a name, a sex or a home town."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.rules.caps import Cap, Licence, Strength, caps_for

HIGH_RATE = frozenset({"high_rate", "rate_too_high"})
FEE_BACK = frozenset(
    {"hidden_fee", "forced_insurance", "card_instalment", "early_repayment", "deduction",
     "tied_sale", "prepay_penalty", "head_deduction"}
)  # fmt: skip
CHARGES = frozenset({"hardship", "hardship_plan"})
UNFINISHED = frozenset({"training_loan", "rental_loan", "rent_loan"})


class Base(StrEnum):
    """What a settled sum is a share of."""

    EXCESS = "excess"
    FEE = "fee"
    CHARGES = "charges"
    UNUSED = "unused"
    CLAIM = "claim"

    @property
    def label(self) -> Promise:
        return {
            "excess": _("interest over the cap"),
            "fee": _("the fee that was charged"),
            "charges": _("penalties and late charges"),
            "unused": _("the part of the loan for what was not delivered"),
            "claim": _("the sum that was asked for"),
        }[self.value]


@dataclass(frozen=True, slots=True)
class Pleaded:
    """The facts of a dispute that an outcome may rest on. Money in fen; `annual_rate` and `done` are fractions.

    `paid_interest_fen`: interest and fees paid so far. `done`: how much of the course or tenancy was had.
    `evidence_level`: 0 nothing … 3 contract and records. There is no place here for who somebody is.
    """

    cause: str
    claim_fen: int
    lender: str = ""
    product: str = ""
    principal_fen: int | None = None
    annual_rate: float | None = None
    fee_fen: int | None = None
    paid_interest_fen: int | None = None
    overdue_days: int | None = None
    done: float | None = None
    evidence_level: int | None = None
    contract_on: date | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A dispute that was settled, and for how much. `group`: near-duplicates share one."""

    key: str
    pleaded: Pleaded
    settled_fen: int
    remedies: tuple[str, ...] = ()
    instalments: int = 0
    group: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class LegalBase:
    """What the law or the contract makes of the claim, in fen, before anybody gives way; `cap` where one was used.

    `most_fen`: no suggestion goes beyond it.
    """

    fen: int
    kind: Base
    most_fen: int
    cap: Cap | None = None


def legal_base(facts: Pleaded) -> LegalBase:
    """The sum to start from: the interest over the cap, the fee, the charges, the unused part; else the claim.

    The interest over the cap is the paid interest less what the same loan would have cost at the cap, in proportion:
    paid × (1 − cap ÷ rate). An estimate for comparing cases; the cost audit stands beside it.
    """
    claim = max(0, facts.claim_fen)
    cap = line_for(facts.lender, facts.contract_on)
    if facts.cause in HIGH_RATE and cap and facts.annual_rate and facts.paid_interest_fen is not None:
        over = max(0.0, 1 - float(cap.rate) / facts.annual_rate)
        return LegalBase(min(claim, round(facts.paid_interest_fen * over)), Base.EXCESS, claim, cap)
    if facts.cause in FEE_BACK and facts.fee_fen:
        return LegalBase(facts.fee_fen, Base.FEE, claim)
    if facts.cause in CHARGES and facts.fee_fen:
        return LegalBase(facts.fee_fen, Base.CHARGES, max(claim, facts.fee_fen))
    if facts.cause in UNFINISHED and facts.principal_fen and facts.done is not None:
        return LegalBase(round(facts.principal_fen * max(0.0, 1 - facts.done)), Base.UNUSED, claim)
    return LegalBase(claim, Base.CLAIM, claim)


def line_for(lender: str, contract_on: date | None) -> Cap | None:
    """The cap a refund of interest is counted from; None where none is known.

    Reported guidance is no ground for a refund. A platform lends a licensed lender's money, whose line is used
    (法发〔2017〕22号 point 2; for private lenders 法释〔2020〕17号 Art 25). Without a day, today's rules are read.
    """
    licence = Licence.BANK if lender in {Licence.PLATFORM, "", "unknown"} else lender
    return _line(str(licence), contract_on or date.today())  # noqa: DTZ011 - a rule's day, not an instant


@lru_cache(maxsize=2000)
def _line(licence: str, on: date) -> Cap | None:
    lines = [cap for cap in caps_for(licence, on) if cap.strength is not Strength.REPORTED and cap.rate > 0]
    return min(lines, key=lambda cap: cap.rate) if lines else None
