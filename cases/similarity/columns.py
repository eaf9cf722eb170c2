"""The facts of all cases as columns, so that a hundred thousand are compared or filtered at once."""

from array import array
from collections.abc import Iterable
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
    """A column of few different words, kept as numbers; `read` is its next word."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._read: array[int] = array("i")

    def read(self, word: str) -> None:
        self._read.append(self._places.setdefault(word, len(self._places)))

    @property
    def words(self) -> list[str]:
        return list(self._places)

    @property
    def rows(self) -> npt.NDArray[np.int32]:
        return np.frombuffer(self._read, dtype=np.int32) if self._read else np.zeros(0, dtype=np.int32)

    def worth(self, values: dict[str, float], otherwise: float) -> Floats:
        """A number for each word, spread over the rows."""
        table = np.array([values.get(word, otherwise) for word in self._places], dtype=np.float32)
        return table[self.rows] if len(table) else np.zeros(0, dtype=np.float32)

    def among(self, wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
        table = np.array([word in wanted for word in self._places], dtype=bool)
        return table[self.rows] if len(table) else np.zeros(0, dtype=bool)


class _Marks:
    """In which rows a mark stands. A mark is kept as 64 bits; that two of 100,000 share them has odds of 10⁻⁹."""

    def __init__(self, marks: "array[int]", rows: "array[int]") -> None:
        numbers = np.array(marks, dtype=np.int64)
        order = np.argsort(numbers, kind="stable")
        self._marks, self._rows = numbers[order], np.array(rows, dtype=np.int32)[order]

    @property
    def bytes(self) -> int:
        return self._marks.nbytes + self._rows.nbytes

    def rows_of(self, wanted: Iterable[str]) -> npt.NDArray[np.int32]:
        numbers = np.array([hash(mark) for mark in wanted], dtype=np.int64)
        begins, ends = (np.searchsorted(self._marks, numbers, side=side) for side in ("left", "right"))
        found = [self._rows[begin:end] for begin, end in zip(begins, ends, strict=True)]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int32)


class Columns:
    """`likeness` is the total of `factors.compare` for every case; `allowed` the rows that a query may see.

    Cases are read once, one after another.
    """

    def __init__(self, docs: Iterable[Doc]) -> None:
        self._causes, self._products, self._licences, self._remedies = (_Names() for _ in range(4))
        claims, principals, rates = array("f"), array("f"), array("f")
        evidence, days = array("b"), array("i")
        keys: list[str] = []
        marks, held_by = array("q"), array("i")
        for at, doc in enumerate(docs):
            keys.append(doc.key)
            self._causes.read(doc.cause or "")
            self._products.read(doc.product)
            self._licences.read(doc.licence)
            self._remedies.read(" ".join(sorted(doc.remedies)))
            claims.append(doc.claim_fen or 0)
            principals.append(doc.principal_fen or 0)
            rates.append(np.nan if doc.annual_rate is None else float(doc.annual_rate))
            evidence.append(-1 if doc.evidence_level is None else doc.evidence_level)
            days.append(doc.closed_on.toordinal() if doc.closed_on else NO_DAY)
            for mark in doc.parties:
                marks.append(hash(mark))
                held_by.append(at)
        self._claims = np.array(claims, dtype=np.float32)
        self._principals = np.array(principals, dtype=np.float32)
        self._rates = np.array(rates, dtype=np.float32)
        self._evidence = np.array(evidence, dtype=np.int8)
        self._days = np.array(days, dtype=np.int32)
        self._parties = _Marks(marks, held_by)
        self._keys = _Marks(array("q", map(hash, keys)), array("i", range(len(keys))))
        in_order = sorted(range(len(keys)), key=keys.__getitem__)
        self.places = np.empty(len(keys), dtype=np.int32)  # of each row among the keys in their order
        self.places[in_order] = np.arange(len(keys))

    @property
    def bytes(self) -> int:
        """Memory that the columns take."""
        names = (self._causes, self._products, self._licences, self._remedies)
        plain = (self._claims, self._principals, self._rates, self._evidence, self._days, self.places)
        marks = (self._parties, self._keys)
        return (
            sum(name.rows.nbytes for name in names)
            + sum(part.nbytes for part in plain)
            + sum(mark.bytes for mark in marks)
        )

    def rows_of(self, keys: Iterable[str]) -> npt.NDArray[np.int32]:
        """Where the cases of these keys stand, as far as there are any."""
        return self._keys.rows_of(keys)

    def allowed(self, query: "Query") -> Rows:
        """Rows that the query may see: not its own case, not of its parties, not later, and within its filters."""
        seen = np.ones(len(self._days), dtype=bool)
        if query.until:
            seen &= self._days <= query.until.toordinal()
        seen[self._keys.rows_of(query.without)] = False
        seen[self._parties.rows_of(query.parties)] = False
        if query.only:
            seen &= self._asked_for(query.only)
        return np.flatnonzero(seen)

    def _asked_for(self, only: "Only") -> npt.NDArray[np.bool_]:
        seen = np.ones(len(self._days), dtype=bool)
        if only.causes:
            seen &= self._causes.among(only.causes)
        if only.products:
            wanted = [name for name in self._products.words if any(part in name for part in only.products)]
            seen &= self._products.among(frozenset(wanted))
        if only.licences:
            seen &= self._licences.among(only.licences)
        if only.remedies:
            wanted = [words for words in self._remedies.words if set(words.split()) & only.remedies]
            seen &= self._remedies.among(frozenset(wanted))
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
            "remedy": self._remedy(query),
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
            word: HALF_KNOWN * len(mine & set(word)) / len(mine | set(word)) for word in self._products.words
        }
        return self._products.worth({**worth, query.product: 1.0, "": NEUTRAL}, NEUTRAL)

    def _licence(self, query: Facts) -> Floats:
        if not query.licence or query.licence == "unknown":
            return self._flat()
        return self._licences.worth({query.licence: 1.0, "": NEUTRAL, "unknown": NEUTRAL}, 0.0)

    def _remedy(self, query: Facts) -> Floats:
        if not query.remedies:
            return self._flat()
        mine, worth = set(query.remedies), {"": NEUTRAL}
        for words in filter(None, self._remedies.words):
            theirs = set(words.split())
            worth[words] = len(mine & theirs) / len(mine | theirs)
        return self._remedies.worth(worth, NEUTRAL)

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
