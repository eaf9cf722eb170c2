"""Sets of invented settled cases for benchmarks: read, grouped into near-duplicates, dealt out in parts."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.similarity_sets import find_set, read_lines
from cases.similarity.suggest_facts import Pleaded, Settled
from mediation.suggestions.reading import filled, read_pleaded

PARTS = 10
ALIKE = 0.7
TODAY = date(2026, 1, 1)
LENDERS = {
    "银行": "bank", "消费金融公司": "consumer_finance", "汽车金融公司": "auto_finance", "小贷公司": "microlender",
    "助贷平台": "platform", "个人出借人": "private", "保险公司": "insurer", "支付机构": "payment",
}  # fmt: skip
PAPERS = {0: 0, 1: 1, 2: 3}
GIG = re.compile("快递|外卖|骑手|网约车|直播")


@dataclass(frozen=True)
class Told:
    """One settled case of the set, with what the report groups by."""

    settled: Settled
    narrative: str
    is_vulnerable: bool

    @property
    def groups(self) -> list[str]:
        work = "gig work" if GIG.search(self.narrative) else "other work"
        return [
            "vulnerable" if self.is_vulnerable else "not vulnerable",
            work,
            f"lender {self.settled.pleaded.lender}",
        ]


def load(folder: Path) -> list[Told]:
    """The settled cases of a folder, or of one below, in the order of the file, grouped. Raises FileNotFoundError."""
    rows = read_lines(find_set("settled", folder).files["settled"])
    rows = [row for row in rows if row["outcome"].get("settled") and row["facts"].get("claim_amount")]
    groups = group(rows)
    return [
        Told(
            Settled(
                str(row.get("id", at)),
                _pleaded(row),
                _fen(row["outcome"].get("amount")) or 0,
                group=groups[at],
            ),
            row["narrative"],
            bool(row.get("vulnerable")),
        )
        for at, row in enumerate(rows)
    ]


def _pleaded(row: dict[str, Any]) -> Pleaded:
    """The typed facts; a gap in them is filled from the narrative, as the product does."""
    facts = row["facts"]
    rate, done = facts.get("annual_rate"), facts.get("progress")
    lender = facts.get("institution") or ""
    typed = Pleaded(
        cause=facts["cause"],
        claim_fen=_fen(facts.get("claim_amount")) or 0,
        lender=LENDERS.get(lender, lender),
        product=facts.get("product") or "",
        principal_fen=_fen(facts.get("principal")),
        annual_rate=None if rate is None else rate / 100,
        fee_fen=_fen(facts.get("fee")),
        paid_interest_fen=_fen(facts.get("paid_interest")),
        overdue_days=facts.get("overdue_days"),
        done=None if done is None else done / 100,
        evidence_level=PAPERS.get(row.get("evidence_level", -1)),
    )
    return filled(typed, read_pleaded(row["narrative"], today=TODAY))


def _fen(yuan: float | None) -> int | None:
    return None if yuan is None else round(yuan * 100)


def group(rows: Sequence[dict[str, Any]]) -> list[str]:
    """A name for each row's group of near-duplicates."""
    leader = list(range(len(rows)))

    def first_of(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    shelves: dict[tuple[str, str], list[tuple[int, frozenset[str]]]] = defaultdict(list)
    for at, row in enumerate(rows):
        blank = re.sub(r"\d+(?:\.\d+)?", "#", row["narrative"])
        mine = frozenset(blank[i : i + 3] for i in range(len(blank) - 2))
        shelf = shelves[row["facts"]["cause"], row["facts"].get("institution")]
        for other, theirs in shelf:
            if (common := len(mine & theirs)) >= ALIKE * (len(mine) + len(theirs) - common):
                one, two = sorted((first_of(at), first_of(other)))
                leader[two] = one
        shelf.append((at, mine))
    return [str(rows[first_of(at)].get("id", first_of(at))) for at in range(len(rows))]


def split(told: Sequence[Told]) -> list[tuple[list[Told], list[Told]]]:
    """Stock and test, ten times; whole groups are dealt out in the order in which they first appear."""
    order = list(dict.fromkeys(case.settled.group for case in told))
    part = {name: at % PARTS for at, name in enumerate(order)}
    return [
        (
            [case for case in told if part[case.settled.group] != at],
            [case for case in told if part[case.settled.group] == at],
        )
        for at in range(PARTS)
    ]
