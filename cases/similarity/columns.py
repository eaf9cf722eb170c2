"""The facts of all cases as columns, so that a hundred thousand are compared or filtered at once."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cases.similarity.factors import CAUSES_AKIN, NEUTRAL, WEIGHTS, Doc, Facts

if TYPE_CHECKING:
    from cases.similarity.search import Only, Query

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
NO_DAY = -1
AKIN = 0.25  # of causes of one family
HALF_KNOWN = 0.6  # of products that share characters
WIDEST_GAP = 0.2  # yearly rates further apart have nothing in common


class _Names:
    """A column of few different words, kept as numbers."""

    def __init__(self, values: Sequence[str]) -> None:
        self.words, self.rows = np.unique(np.array(values, dtype=object).astype(str), return_inverse=True)
        self.rows = self.rows.astype(np.int32)

    def worth(self, values: dict[str, float], otherwise: float) -> Floats:
        """A number for each word, spread over the rows."""
        table = np.array([values.get(str(word), otherwise) for word in self.words], dtype=np.float32)
        return table[self.rows] if len(table) else np.zeros(0, dtype=np.float32)

    def among(self, wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
        return np.isin(self.words, list(wanted))[self.rows]


class Columns:
    """`likeness` is the total of `factors.compare` for every case; `allowed` the rows that a query may see."""

    def __init__(self, docs: Sequence[Doc]) -> None:
        self._rows = {doc.key: at for at, doc in enumerate(docs)}
        self._causes = _Names([doc.cause or "" for doc in docs])
        self._products = _Names([doc.product for doc in docs])
        self._licences = _Names([doc.licence for doc in docs])
        self._remedies = _Names([" ".join(sorted(doc.remedies)) for doc in docs])
        self._claims = np.array([doc.claim_fen or 0 for doc in docs], dtype=np.float32)
        self._principals = np.array([doc.principal_fen or 0 for doc in docs], dtype=np.float32)
        rates = [np.nan if doc.annual_rate is None else float(doc.annual_rate) for doc in docs]
        self._rates = np.array(rates, dtype=np.float32)
        self._evidence = np.array(
            [-1 if doc.evidence_level is None else doc.evidence_level for doc in docs], dtype=np.int8
        )
        days = [doc.closed_on.toordinal() if doc.closed_on else NO_DAY for doc in docs]
        self._days = np.array(days, dtype=np.int32)
        self._parties: dict[str, list[int]] = {}
        for at, doc in enumerate(docs):
            for mark in doc.parties:
                self._parties.setdefault(mark, []).append(at)

    @property
    def bytes(self) -> int:
        """Memory that the columns take."""
        names = (self._causes, self._products, self._licences, self._remedies)
        plain = (self._claims, self._principals, self._rates, self._evidence, self._days)
        return sum(name.rows.nbytes for name in names) + sum(part.nbytes for part in plain)

    def allowed(self, query: "Query") -> Rows:
        """Rows that the query may see: not its own case, not of its parties, not later, and within its filters."""
        seen = np.ones(len(self._days), dtype=bool)
        if query.until:
            seen &= self._days <= query.until.toordinal()
        hidden = [self._rows[key] for key in query.without if key in self._rows]
        hidden += [row for mark in query.parties for row in self._parties.get(mark, ())]
        seen[hidden] = False
        if query.only:
            seen &= self._asked_for(query.only)
        return np.flatnonzero(seen)

    def _asked_for(self, only: "Only") -> npt.NDArray[np.bool_]:
        seen = np.ones(len(self._days), dtype=bool)
        if only.causes:
            seen &= self._causes.among(only.causes)
        if only.products:
            named = [str(word) for word in self._products.words]
            wanted = [name for name in named if any(part in name for part in only.products)]
            seen &= self._products.among(frozenset(wanted))
        if only.licences:
            seen &= self._licences.among(only.licences)
        if only.remedies:
            wanted = [word for word in self._remedies.words if set(str(word).split()) & only.remedies]
            seen &= self._remedies.among(frozenset(map(str, wanted)))
        if only.least_fen is not None:
            seen &= self._claims >= only.least_fen
        if only.most_fen is not None:
            seen &= (self._claims <= only.most_fen) & (self._claims > 0)
        return seen & self._within(only.closed_from, only.closed_until)

    def _within(self, begin: date | None, end: date | None) -> npt.NDArray[np.bool_]:
        seen = np.ones(len(self._days), dtype=bool)
        if begin:
            seen &= self._days >= begin.toordinal()
        if end:
            seen &= (self._days <= end.toordinal()) & (self._days != NO_DAY)
        return seen

    def likeness(self, query: Facts, rows: Rows) -> Floats:
        """The weighed likeness of the facts, one a row."""
        parts = {
            "cause": self._cause(query),
            "product": self._product(query),
            "licence": self._licence(query),
            "amount": self._amount(query),
            "rate": self._rate(query),
            "evidence": self._level(query),
        }
        total = np.zeros(len(self._days), dtype=np.float32)
        for name, part in parts.items():
            total += np.float32(WEIGHTS[name]) * part
        return total[rows] if len(rows) < len(total) else total

    def _flat(self) -> Floats:
        return np.full(len(self._days), NEUTRAL, dtype=np.float32)

    def _cause(self, query: Facts) -> Floats:
        if not query.cause or query.cause == "other":
            return self._flat()
        akin = {name: AKIN for family in CAUSES_AKIN if query.cause in family for name in family}
        return self._causes.worth({**akin, query.cause: 1.0}, 0.0)

    def _product(self, query: Facts) -> Floats:
        if not query.product:
            return self._flat()
        mine = set(query.product)
        worth = {
            str(word): HALF_KNOWN * len(mine & set(str(word))) / len(mine | set(str(word)))
            for word in self._products.words
        }
        return self._products.worth({**worth, query.product: 1.0, "": NEUTRAL}, NEUTRAL)

    def _licence(self, query: Facts) -> Floats:
        if not query.licence or query.licence == "unknown":
            return self._flat()
        return self._licences.worth({query.licence: 1.0, "": NEUTRAL, "unknown": NEUTRAL}, 0.0)

    def _amount(self, query: Facts) -> Floats:
        found = self._flat()
        for ours, theirs in ((query.principal_fen, self._principals), (query.claim_fen, self._claims)):
            if ours:  # the claim comes last, so that it goes before the principal
                ratio = np.minimum(theirs, np.float32(ours)) / np.maximum(theirs, np.float32(ours))
                found = np.where(theirs > 0, ratio, found)
        return found

    def _rate(self, query: Facts) -> Floats:
        if query.annual_rate is None:
            return self._flat()
        gap = np.abs(self._rates - np.float32(query.annual_rate))
        return np.where(np.isnan(gap), np.float32(NEUTRAL), np.maximum(0, 1 - gap / WIDEST_GAP)).astype(
            np.float32
        )

    def _level(self, query: Facts) -> Floats:
        if query.evidence_level is None:
            return self._flat()
        near = 1 - np.abs(self._evidence - np.int8(query.evidence_level)) / 3
        return np.where(self._evidence < 0, NEUTRAL, np.maximum(0, near)).astype(np.float32)
