"""相似案例: the nearest settled cases, each with its reasons, or “too few to say”.

Words (BM25), meaning (vectors) and facts are weighed together; between judgments on private loans also what they say of
the loan. Exact search: of a hundred thousand cases every one is looked at, in some twenty milliseconds; reasons are put
into words only for those that are shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.similarity.columns import Columns
from cases.similarity.compact import Compact, give_back_memory
from cases.similarity.factors import Doc, Facts, Reason, compare
from cases.similarity.fusion import FLAT, STEEPEST, Texts, by_words, share_of_words, squashed, standing
from cases.similarity.lending import LendingColumns, reasons_of_lending
from cases.similarity.lexical import LexicalIndex
from cases.similarity.passages import Passage, passages_of
from cases.similarity.records import LARGE, Records, kept
from cases.similarity.words import shared_words, words_of

FEWEST = 8  # fewer comparable cases than this say nothing
FLOOR = 0.5  # a case below it is not comparable
WIDEST = 30  # how many comparable cases a suggestion may rest on
WEIGHT_FACTS, WEIGHT_TEXT = 0.6, 0.4

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Query(Facts):
    """The case that others are sought for. `vector`: its story as the library's embedder reads it, if there is one.

    Cases in `without`, cases of the people in `parties` (marks, as Doc.parties has them) and cases closed after `until`
    are left out; so is what `only` does not let through.
    """

    text: str = ""
    vector: npt.NDArray[np.float32] | None = None
    without: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    until: date | None = None
    only: "Only | None" = None


@dataclass(frozen=True, slots=True)
class Only:
    """Filters: what a case must have. Amounts in fen and days with both ends included; empty sets let all through."""

    causes: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()  # words that the product's name has one of
    licences: frozenset[str] = frozenset()
    remedies: frozenset[str] = frozenset()
    least_fen: int | None = None
    most_fen: int | None = None
    closed_from: date | None = None
    closed_until: date | None = None

    @classmethod
    def asked(
        cls, *, product: str = "", since: int | None = None, until: int | None = None, **others: Any
    ) -> "Only":
        """As people ask: for one product, in the years from `since` to `until`; `others` as the fields are."""
        return cls(
            products=frozenset({product.strip()} - {""}),
            closed_from=date(since, 1, 1) if since else None,
            closed_until=date(until, 12, 31) if until else None,
            **others,
        )


class Nearby(Protocol):
    """Where vectors are kept: cosines of all cases to one vector, in the order of the library."""

    width: int

    def cosines(self, vector: npt.NDArray[np.float32]) -> Scores: ...


class InMemory:
    """Vectors as one array, in memory or mapped from a file: each is compared, so nothing is missed."""

    def __init__(self, vectors: npt.NDArray[np.float32]) -> None:
        self._vectors = vectors
        self.width = vectors.shape[1] if len(vectors) else 0

    def cosines(self, vector: npt.NDArray[np.float32]) -> Scores:
        return np.asarray(self._vectors @ vector, dtype=np.float32)


@dataclass(frozen=True)
class Hit:
    """A case that was found: how near (0 to 1), by what, and why in words."""

    doc: Doc
    score: float
    parts: dict[str, float]
    reasons: tuple[Reason, ...]
    asked: str = field(default="", repr=False)

    @property
    def same(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.same]

    @property
    def different(self) -> list[Reason]:
        return [reason for reason in self.reasons if not reason.same]

    @cached_property
    def shared(self) -> tuple[str, ...]:
        """Words that both stories have, worked out when somebody looks."""
        return tuple(shared_words(self.doc.text, words_of(self.asked)))

    @cached_property
    def passages(self) -> list[Passage]:
        """The stretches of the case's story that are nearest to the one that was asked with, shared words marked."""
        return passages_of(self.doc.text, self.shared)


@dataclass(frozen=True, slots=True)
class Answer:
    """The nearest cases. Only when `enough` do they say anything together; each alone may still be read."""

    hits: tuple[Hit, ...]
    comparable: tuple[Hit, ...]

    @property
    def enough(self) -> bool:
        return len(self.comparable) >= FEWEST

    @property
    def words(self) -> Promise | None:
        """What to tell people when there is not enough to go by."""
        return None if self.enough else _("Too few similar cases to say")


class Library:
    """Settled cases ready to be searched. `vectors`: one unit row a case, zeros where there is none yet.

    Of many, the vectors are packed, and the cases and the full vectors put into nameless files in `folder`.
    """

    def __init__(
        self,
        docs: Iterable[Doc],
        vectors: npt.NDArray[np.float32] | None = None,
        *,
        nearby: Nearby | None = None,
        folder: Path | None = None,
    ) -> None:
        self.docs = docs if isinstance(docs, Records) else kept(docs, folder, large=LARGE)
        if vectors is not None and len(vectors) != len(self):
            raise ValueError(f"{len(self)} cases need as many vectors, not {len(vectors)}")
        if nearby is None and vectors is not None:
            nearby = Compact(vectors, folder) if len(vectors) > LARGE else InMemory(vectors)
        self._nearby = nearby
        self._words = LexicalIndex(doc.text for doc in self.docs)
        self._lending = LendingColumns(doc.text for doc in self.docs)
        self._columns = Columns(self.docs)
        if len(self.docs) > LARGE:
            give_back_memory()

    def __len__(self) -> int:
        return len(self.docs)

    @property
    def bytes(self) -> int:
        """Memory of the words and columns; vectors and stories are not counted."""
        return self._words.bytes + self._columns.bytes + self._lending.bytes

    def of_keys(self, keys: Iterable[str]) -> dict[str, Doc]:
        """The cases of these keys, as far as the library has them."""
        found = [self.docs[at] for at in self._columns.rows_of(keys)]
        return {doc.key: doc for doc in found}

    def by_words(self, query: Query) -> Scores:
        """Standings by words alone, one a case."""
        return by_words(query.text, *self._words.both(query.text))

    def by_meaning(self, query: Query) -> Scores:
        """Cosines alone, one a case; zeros without a vector of the right size."""
        if self._nearby is None or query.vector is None or self._nearby.width != query.vector.size:
            return np.zeros(len(self), dtype=np.float32)
        return self._nearby.cosines(query.vector.reshape(-1))

    def by_text(self, query: Query, allowed: npt.NDArray[np.intp] | None = None) -> Scores:
        """Words and meaning together, from 0 to 1, one a case (of the `allowed` ones)."""
        return self._texts(query, np.arange(len(self)) if allowed is None else allowed).total()

    def _texts(self, query: Query, allowed: npt.NDArray[np.intp]) -> Texts:
        looked_up, alike = self._words.both(query.text)
        cosines = self.by_meaning(query)
        if len(allowed) < len(self):
            looked_up, alike, cosines = looked_up[allowed], alike[allowed], cosines[allowed]
        centre, spread = (float(cosines.mean()), float(cosines.std())) if len(cosines) else (0.0, 0.0)
        best = self._best(query, allowed, cosines)
        return Texts(
            words=by_words(query.text, looked_up, alike),
            meaning=standing(cosines),
            lending=self._by_lending(query, allowed),
            share=share_of_words(query.text) if np.any(cosines) else 1.0,
            centre=centre,
            spread=spread,
            best_meaning=(best - centre) / spread if spread > FLAT else 0.0,
        )

    def _best(self, query: Query, allowed: npt.NDArray[np.intp], cosines: Scores) -> float:
        """The true cosine of the nearest case."""
        best = float(cosines.max(initial=0.0))
        if not isinstance(self._nearby, Compact) or query.vector is None or not len(cosines):
            return best
        rows = np.flatnonzero(cosines >= best - 2 * self._nearby.off_by(query.vector))
        return float(self._nearby.exactly(query.vector, allowed[rows]).max())

    def _by_lending(self, query: Query, allowed: npt.NDArray[np.intp]) -> Scores | None:
        """Standings among the judgments on loans; 0 for other cases. None when the query is no such judgment."""
        likeness = self._lending.likeness(query.text)
        if likeness is None:
            return None
        whole = np.full(len(self), np.nan, dtype=np.float32)
        whole[self._lending.rows] = likeness
        whole = whole[allowed]
        known = ~np.isnan(whole)
        whole[known] = standing(whole[known])
        whole[~known] = 0
        return whole

    def nearest(self, query: Query, k: int = 10) -> Answer:
        """The `k` nearest cases, and all that are comparable. An empty library gives an empty answer."""
        allowed = self._columns.allowed(query)
        if not len(allowed):
            return Answer((), ())
        texts = self._texts(query, allowed)
        facts = self._columns.likeness(query, allowed)
        scores = WEIGHT_FACTS * facts + WEIGHT_TEXT * texts.total()
        if isinstance(self._nearby, Compact):
            scores = self._sharpened(self._nearby, query, allowed, texts, facts, scores, max(k, WIDEST))
        hits = []
        for at in self._first(scores, allowed, max(k, WIDEST)):
            doc = self.docs[allowed[at]]
            _total, parts, reasons = compare(query, doc)
            parts["facts"] = float(facts[at])
            parts["words"], parts["meaning"] = _part(texts.words, at), _part(texts.meaning, at)
            reasons += reasons_of_lending(query.text, doc.text)
            hits.append(Hit(doc, float(scores[at]), parts, tuple(reasons), query.text))
        known = query.cause not in {None, "", "other"}
        comparable = [hit for hit in hits if known and hit.score >= FLOOR and hit.parts["cause"] == 1.0]
        return Answer(tuple(hits[:k]), tuple(comparable[:WIDEST]))

    def _sharpened(
        self,
        near: Compact,
        query: Query,
        allowed: npt.NDArray[np.intp],
        texts: Texts,
        facts: Scores,
        scores: Scores,
        k: int,
    ) -> Scores:
        """The scores with true cosines wherever they decide who is among the first `k`."""
        if texts.spread < FLAT or query.vector is None:
            return scores
        slack = near.off_by(query.vector) / texts.spread
        margin = WEIGHT_TEXT * STEEPEST * texts.weights[1] * slack
        least = np.partition(scores, len(scores) - k)[len(scores) - k] if len(scores) > k else -np.inf
        rows = np.flatnonzero(scores >= least - 2 * margin)
        texts.meaning[rows] = (near.exactly(query.vector, allowed[rows]) - texts.centre) / texts.spread
        return np.asarray(WEIGHT_FACTS * facts + WEIGHT_TEXT * texts.total(), dtype=np.float32)

    def _first(self, scores: npt.NDArray[np.float32], allowed: npt.NDArray[np.intp], k: int) -> list[int]:
        """The rows of the `k` best, equal ones by their key."""
        if len(scores) > k:
            least = np.partition(scores, len(scores) - k)[len(scores) - k]
            rows = np.flatnonzero(scores >= least)
        else:
            rows = np.arange(len(scores))
        order = np.lexsort((self._columns.places[allowed[rows]], -scores[rows]))
        return list(map(int, rows[order[:k]]))


def _part(standings: Scores, at: int) -> float:
    return float(squashed(standings[at : at + 1])[0]) if np.any(standings) else 0.0
