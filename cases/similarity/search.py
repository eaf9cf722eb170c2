"""相似案例: the nearest settled cases, each with its reasons, or “too few to say”.

Words (BM25), meaning (vectors) and facts are weighed together. Exact search: a hundred thousand cases take
some tens of milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.similarity.factors import Doc, Facts, Reason, compare
from cases.similarity.lexical import LexicalIndex
from cases.similarity.words import shared_words, words_of

FEWEST = 8  # fewer comparable cases than this say nothing
FLOOR = 0.5  # a case below it is not comparable
WIDEST = 30  # how many comparable cases a suggestion may rest on
LOOKED_AT = (
    400  # facts and reasons are worked out for this many of the best by words and meaning, and same causes
)
WEIGHT_FACTS, WEIGHT_VECTOR, WEIGHT_WORDS = 0.6, 0.22, 0.18

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Query(Facts):
    """The case that others are sought for. `vector`: its story as the library's embedder reads it, if there is one.

    Cases in `without` and cases closed after `until` are left out.
    """

    text: str = ""
    vector: npt.NDArray[np.float32] | None = None
    without: frozenset[str] = frozenset()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found: how near (0 to 1), by what, why in words, and the words both stories share."""

    doc: Doc
    score: float
    parts: dict[str, float]
    reasons: tuple[Reason, ...]
    shared: tuple[str, ...]

    @property
    def same(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.same]

    @property
    def different(self) -> list[Reason]:
        return [reason for reason in self.reasons if not reason.same]


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
    """Settled cases ready to be searched. `vectors`: one unit row a case, zeros where there is none yet."""

    def __init__(self, docs: Sequence[Doc], vectors: npt.NDArray[np.float32] | None = None) -> None:
        if vectors is not None and len(vectors) != len(docs):
            raise ValueError(f"{len(docs)} cases need as many vectors, not {len(vectors)}")
        self.docs = tuple(docs)
        self._vectors = vectors
        self._words = LexicalIndex([doc.text for doc in self.docs])
        self._keys = np.array([doc.key for doc in self.docs], dtype=object)
        self._causes = np.array([doc.cause or "" for doc in self.docs], dtype=object)

    def __len__(self) -> int:
        return len(self.docs)

    def by_words(self, query: Query) -> Scores:
        """BM25 scores alone, one a case."""
        return self._words.scores(query.text)

    def by_meaning(self, query: Query) -> Scores:
        """Cosines alone, one a case; zeros without a vector of the right size."""
        vectors, vector = self._vectors, query.vector
        if vectors is None or vector is None or not len(vectors) or vectors.shape[1] != vector.size:
            return np.zeros(len(self), dtype=np.float32)
        return np.asarray(vectors @ vector.reshape(-1), dtype=np.float32)

    def nearest(self, query: Query, k: int = 10) -> Answer:
        """The `k` nearest cases, and all that are comparable. An empty library gives an empty answer."""
        allowed = np.flatnonzero([self._allowed(doc, query) for doc in self.docs])
        if not len(allowed):
            return Answer((), ())
        words, meaning = standing(self.by_words(query)[allowed]), standing(self.by_meaning(query)[allowed])
        scored = []
        for at in self._worth_a_look(query, allowed, words + meaning):
            doc = self.docs[allowed[at]]
            facts, parts, reasons = compare(query, doc)
            score = (
                WEIGHT_FACTS * facts + WEIGHT_VECTOR * float(meaning[at]) + WEIGHT_WORDS * float(words[at])
            )
            parts |= {"facts": facts, "meaning": float(meaning[at]), "words": float(words[at])}
            scored.append((score, doc, parts, reasons))
        scored.sort(key=lambda found: (-found[0], found[1].key))
        mine = words_of(query.text)
        known = query.cause not in {None, "", "other"}
        hits = [
            Hit(doc, score, parts, tuple(reasons), tuple(shared_words(doc.text, mine)))
            for score, doc, parts, reasons in scored[: max(k, WIDEST)]
        ]
        comparable = [hit for hit in hits if known and hit.score >= FLOOR and hit.parts["cause"] == 1.0]
        return Answer(tuple(hits[:k]), tuple(comparable[:WIDEST]))

    def _allowed(self, doc: Doc, query: Query) -> bool:
        late = query.until and doc.closed_on and doc.closed_on > query.until
        return not late and doc.key not in query.without

    def _worth_a_look(self, query: Query, allowed: npt.NDArray[np.intp], text: Scores) -> list[int]:
        """The best by words and meaning; cases of the same cause come first."""
        order = text + 0.8 * (self._causes[allowed] == (query.cause or "?"))
        return [int(at) for at in np.argsort(-order, kind="stable")[:LOOKED_AT]]


def standing(scores: Scores) -> Scores:
    """How far each score stands above or below the others, from 0 to 1; 0.5 for all when nothing tells them apart."""
    spread = float(scores.std()) if len(scores) else 0.0
    if spread < 1e-9:
        return np.full(len(scores), 0.5 if np.any(scores) else 0.0, dtype=np.float32)
    return np.asarray(1 / (1 + np.exp(-(scores - scores.mean()) / spread)), dtype=np.float32)
