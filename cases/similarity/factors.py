"""What two cases have in common besides their words: each factor from 0 to 1, with its reason in plain words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.claims import Remedy
from cases.rules.caps import caps_for

NEUTRAL = 0.3  # what is not known speaks neither for nor against
CAUSES_AKIN = (
    frozenset(
        {"hidden_fee", "forced_insurance", "deduction", "high_rate", "card_instalment", "early_repayment"}
    ),
    frozenset({"training_loan", "rental_loan"}),
    frozenset({"hardship", "harassment"}),
    frozenset({"unauthorised_loan", "credit_record"}),
)
# Set by hand for what people compare, not fitted: `product` foretells nothing in the invented set (docs/similarity.md).
WEIGHTS = {
    "cause": 0.42, "amount": 0.17, "product": 0.12, "rate": 0.1, "evidence": 0.08, "licence": 0.07, "remedy": 0.04,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is the same or differs; put into words when it is shown, in the reader's language."""

    key: str
    same: bool
    words: Promise | str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.words) % {name: str(value) for name, value in self.values.items()}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case: fen, the rate as a yearly fraction, evidence from 0 nothing to 3 full papers."""

    cause: str | None = None
    product: str = ""
    licence: str = ""
    claim_fen: int | None = None
    principal_fen: int | None = None
    annual_rate: Decimal | None = None
    evidence_level: int | None = None
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doc(Facts):
    """A settled case of the library. `legal_base_fen`: what the law alone would have given, where it was computed."""

    key: str = ""
    text: str = ""
    city: str = ""
    settled_fen: int | None = None
    legal_base_fen: int | None = None
    instalments: int = 0
    terms: tuple[str, ...] = ()
    closed_on: date | None = None
    is_sample: bool = False
    parties: frozenset[str] = (
        frozenset()
    )  # marks that tell the same people again, and nothing else about them


Compared = tuple[float, Reason | None]


def compare(query: Facts, doc: Facts) -> tuple[float, dict[str, float], list[Reason]]:
    """The weighed likeness of the facts, each factor, and the reasons for and against."""
    parts: dict[str, float] = {}
    reasons: list[Reason] = []
    for name, value, reason in _factors(query, doc):
        parts[name] = value
        if reason:
            reasons.append(reason)
    if reason := _cap(query, doc):
        reasons.append(reason)
    total = sum(WEIGHTS[name] * value for name, value in parts.items())
    return total, parts, sorted(reasons, key=lambda reason: not reason.same)


def _factors(query: Facts, doc: Facts) -> Iterator[tuple[str, float, Reason | None]]:
    for name, factor in _FACTORS.items():
        yield name, *factor(query, doc)


def _cause(query: Facts, doc: Facts) -> Compared:
    if not query.cause or query.cause == "other":
        return NEUTRAL, None
    if query.cause == doc.cause:
        return 1.0, Reason("cause", True, _("Same kind of dispute"))
    akin = any({query.cause, doc.cause} <= family for family in CAUSES_AKIN)
    return 0.25 if akin else 0.0, Reason("cause", False, _("Differs: another kind of dispute"))


def _product(query: Facts, doc: Facts) -> Compared:
    if not query.product or not doc.product:
        return NEUTRAL, None
    if query.product == doc.product:
        return 1.0, Reason("product", True, _("Same product: %(product)s"), {"product": doc.product})
    shared = len(set(query.product) & set(doc.product)) / len(set(query.product) | set(doc.product))
    return 0.6 * shared, Reason(
        "product", False, _("Differs: there it was %(product)s"), {"product": doc.product}
    )


def _licence(query: Facts, doc: Facts) -> Compared:
    if not query.licence or not doc.licence or "unknown" in {query.licence, doc.licence}:
        return NEUTRAL, None
    if query.licence == doc.licence:
        return 1.0, Reason("licence", True, _("Same kind of lender"))
    return 0.0, Reason("licence", False, _("Differs: another kind of lender"))


def _amount(query: Facts, doc: Facts) -> Compared:
    if query.claim_fen and doc.claim_fen:
        ours, theirs = query.claim_fen, doc.claim_fen
    elif query.principal_fen and doc.principal_fen:
        ours, theirs = query.principal_fen, doc.principal_fen
    else:
        return NEUTRAL, None
    ratio = min(ours, theirs) / max(ours, theirs)
    gap = 1 - ratio
    for percent in (10, 20, 35):
        if gap <= percent / 100:
            return ratio, Reason("amount", True, _("Amount within %(percent)s %%"), {"percent": percent})
    if ratio >= 1 / 3:
        return ratio, None
    larger, smaller = (
        _("Differs: the amount there was much larger"),
        _("Differs: the amount there was much smaller"),
    )
    return ratio, Reason("amount", False, larger if theirs > ours else smaller)


def _rate(query: Facts, doc: Facts) -> Compared:
    if query.annual_rate is None or doc.annual_rate is None:
        return NEUTRAL, None
    gap = abs(float(query.annual_rate) - float(doc.annual_rate))
    percent = f"{float(doc.annual_rate) * 100:.1f}"
    value = max(0.0, 1 - gap / 0.2)
    if gap <= 0.03:
        return value, Reason("rate", True, _("Yearly rate close: %(percent)s %%"), {"percent": percent})
    if gap >= 0.1:
        return value, Reason(
            "rate", False, _("Differs: the yearly rate there was %(percent)s %%"), {"percent": percent}
        )
    return value, None


def _cap(query: Facts, doc: Doc | Facts) -> Reason | None:
    """Whether both rates lie above the lowest cap on their kind of lender; caps are those of the day a case closed."""
    day = getattr(doc, "closed_on", None)
    if day is None or query.annual_rate is None or doc.annual_rate is None:
        return None
    ours, theirs = (
        min((cap.rate for cap in caps_for(facts.licence, day)), default=None) for facts in (query, doc)
    )
    if ours is None or theirs is None:
        return None
    over, over_there = query.annual_rate > ours, doc.annual_rate > theirs
    if over and over_there:
        return Reason("cap", True, _("The yearly rate lies above the cap in both"))
    if over == over_there:
        return None
    words = (
        _("Differs: the yearly rate there lies above the cap")
        if over_there
        else _("Differs: the yearly rate there lies within the cap")
    )
    return Reason("cap", False, words)


def _remedy(query: Facts, doc: Facts) -> Compared:
    """How much of all that either asked for both asked for."""
    if not query.remedies or not doc.remedies:
        return NEUTRAL, None
    both = [one for one in query.remedies if one in doc.remedies]
    words = _("Asked for the same: %(remedies)s") if both else _("Differs: there they asked for %(remedies)s")
    value = len(both) / len({*query.remedies, *doc.remedies})
    return value, Reason("remedy", bool(both), words, {"remedies": _Named(both or doc.remedies)})


class _Named:
    """Remedies, named in the reader's language when they are shown."""

    def __init__(self, remedies: Iterable[str]) -> None:
        self._remedies = tuple(remedies)

    def __str__(self) -> str:
        return "、".join(str(Remedy(one).label) if one in Remedy.values else one for one in self._remedies)


EVIDENCE = {
    0: _("Differs: no papers there"),
    1: _("Differs: only some screenshots there"),
    2: _("Differs: payment records there, no full contract"),
    3: _("Differs: all papers there, contract and records"),
}


def _evidence(query: Facts, doc: Facts) -> Compared:
    if query.evidence_level is None or doc.evidence_level is None:
        return NEUTRAL, None
    gap = abs(query.evidence_level - doc.evidence_level)
    if gap == 0:
        return 1.0, Reason("evidence", True, _("Evidence about as good"))
    reason = Reason("evidence", False, EVIDENCE.get(doc.evidence_level, EVIDENCE[1])) if gap >= 2 else None
    return max(0.0, 1 - gap / 3), reason


_FACTORS: dict[str, Callable[[Facts, Facts], Compared]] = {
    "cause": _cause,
    "product": _product,
    "licence": _licence,
    "amount": _amount,
    "rate": _rate,
    "evidence": _evidence,
    "remedy": _remedy,
}
