"""The centre's own settled cases as a stock to suggest from, and the facts of a case in its scheme."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from cases.models import Case, Precedent
from cases.roles import Side
from cases.rules.caps import Strength
from cases.services.precedents import party_mark
from cases.services.shelf import Shelf
from cases.similarity.suggest import Stock
from cases.similarity.suggest_facts import HIGH_RATE, Pleaded, Settled
from mediation.suggestions.content import Audit, evidence_level, licence_of
from mediation.suggestions.reading import filled, read_pleaded
from mediation.suggestions.readings import readings

MOST_OF_A_CAUSE = 1000  # the newest settled cases of each cause; older ones speak of other times


class ToldStock:
    """A stock with its stories by key, for the report on groups, and the version that suggestions are kept with.

    Reading a story takes a tenth of a second: those that the stock `before`, or another process, has read already are
    not read again.
    """

    def __init__(self, rows: list[Precedent], before: "ToldStock | None" = None) -> None:
        self.stories = {row.key: row.story for row in rows}
        self.closed_on = {row.key: row.closed_on for row in rows}
        read = {row.key: before.reading_of(row) if before else None for row in rows}
        today = timezone.localdate()
        unread = {row.key: (row.story, row.closed_on or today) for row in rows if read[row.key] is None}
        self.read = {key: known for key, known in read.items() if known} | readings(unread)
        self.stock = Stock([_settled(row, self.read[row.key]) for row in rows])
        self.parties = {row.key: frozenset(row.parties) for row in rows if row.parties}
        told = [[case.key, case.settled_fen, str(asdict(case.pleaded))] for case in self.stock.cases]
        self.version = f"{len(rows)}/{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]}"

    def reading_of(self, row: Precedent) -> Pleaded | None:
        """What this stock read in the story of a case; None where it had another story, or none."""
        same = (self.stories.get(row.key), self.closed_on.get(row.key)) == (row.story, row.closed_on)
        return self.read[row.key] if same else None

    def not_to_speak(self, case: Case) -> frozenset[str]:
        """Cases that closed after today, and those of a citizen who is a party here: they must not speak.

        The institution's other cases do speak: how it settles is what is asked.
        """
        today = timezone.localdate()
        mine = {party_mark(party.name) for party in case.parties.all() if party.side == Side.CLAIMANT}
        later = {key for key, day in self.closed_on.items() if day and day > today}
        return frozenset(later | {key for key, marks in self.parties.items() if marks & mine})


_told: Shelf[ToldStock] = Shelf()


def shelf() -> ToldStock:
    """The stock of now; learnt anew, and its ranges calibrated anew, when a precedent came, went or changed."""
    return _told.get(lambda: ToldStock(_newest(), before=_told.last))


def _newest() -> list[Precedent]:
    rows: list[Precedent] = []
    counts: dict[str, int] = {}
    usable = Precedent.objects.filter(claim_fen__gt=0, settled_fen__isnull=False)
    for row in usable.defer("vector").order_by("-closed_on", "key").iterator():
        counts[row.kind] = counts.get(row.kind, 0) + 1
        if counts[row.kind] <= MOST_OF_A_CAUSE:
            rows.append(row)
    return rows


def _settled(row: Precedent, read: Pleaded) -> Settled:
    typed = Pleaded(
        cause=row.kind,
        claim_fen=row.claim_fen or 0,
        lender=row.licence,
        product=row.product,
        principal_fen=row.principal_fen,
        annual_rate=None if row.annual_rate is None else float(row.annual_rate),
        evidence_level=row.evidence_level,
    )
    return Settled(
        key=row.key,
        pleaded=filled(typed, read),
        settled_fen=row.settled_fen or 0,
        remedies=tuple(row.remedies),
        instalments=row.instalments,
        is_sample=row.is_sample,
    )


def pleaded_of(case: Case, audit: Audit) -> Pleaded:
    """The facts of a case: what was typed and audited first; gaps are filled from the story."""
    loan = getattr(case, "loan", None)
    rate = float(audit.cost.simple_annual) if audit.cost else None
    if rate is None and audit.nominal is not None:
        rate = float(audit.nominal)
    typed = Pleaded(
        cause=case.kind,
        claim_fen=case.amount_fen or 0,
        lender=licence_of(case),
        product=loan.product if loan else "",
        principal_fen=loan.principal_fen if loan else None,
        annual_rate=rate,
        paid_interest_fen=audit.cost.cost_fen if audit.cost else None,
        evidence_level=evidence_level(case),
        contract_on=loan.contract_on if loan else None,
    )
    return filled(typed, read_pleaded(case.story, today=timezone.localdate()))


def ceiling_of(case: Case, audit: Audit) -> int | None:
    """The most that the cost audit leaves to be given back, in fen; None where it has no say.

    The interest over the lowest cap that is more than reported guidance, in the reading kinder to the borrower.
    """
    if case.kind not in HIGH_RATE:
        return None
    over = [
        max(check.over_simple_fen, check.over_compound_fen)
        for check in audit.checks
        if check.cap.strength is not Strength.REPORTED
    ]
    return max(over) if over else None


def pleaded_as_record(facts: Pleaded) -> Mapping[str, Any]:
    """The facts as they are kept beside a suggestion: fen, rates in millionths, shares in per cent."""
    told = {name: value for name, value in asdict(facts).items() if value not in {None, ""}}
    if facts.annual_rate is not None:
        told["annual_rate"] = round(facts.annual_rate * 1_000_000)
    if facts.done is not None:
        told["done"] = round(facts.done * 100)
    if facts.contract_on is not None:
        told["contract_on"] = facts.contract_on.isoformat()
    return told
