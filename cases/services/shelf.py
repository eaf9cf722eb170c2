"""The library as it is searched: released cases with their vectors, built anew in each process after a change."""

import threading
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import connection
from django.db.models import Aggregate, Count, Max, Q, Sum

from cases.models import Precedent
from cases.services.indexing import embedder
from cases.similarity.factors import Doc
from cases.similarity.pgvector import PgVectors
from cases.similarity.records import kept
from cases.similarity.search import Library

ROWS_AT_ONCE = 2_000
Built = TypeVar("Built")


class Shelf(Generic[Built]):
    """What is built from the released cases: kept in this process until a case came, went or changed."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[Any, ...], Built] | None = None
        self._building = threading.Lock()

    def get(self, build: Callable[[], Built], *mark: object, **counted: Aggregate) -> Built:
        """The same as last time, or what `build` gives where the stock, `mark` or what is `counted` has changed."""
        stock = Precedent.objects.aggregate(
            n=Count("pk"),
            last=Max("pk"),
            decided=Max("decided_at"),
            claimed=Sum("claim_fen"),
            settled=Sum("settled_fen"),
            **counted,
        )
        key = (*mark, *stock.values())
        with self._building:
            if self._kept is None or self._kept[0] != key:
                self._kept = (key, build())
            return self._kept[1]

    @property
    def last(self) -> Built | None:
        """What was built last, however old; a new one may take from it what did not change."""
        return self._kept[1] if self._kept else None


_library: Shelf[Library] = Shelf()


def library() -> Library:
    """Every released case with its vector of the present model; the first call after a change builds it."""
    model = embedder().name
    indexed = Count("pk", filter=Q(vector_model=model))
    return _library.get(lambda: _build(model), model, settings.VECTOR_STORE, indexed=indexed)


def _build(model: str) -> Library:
    width = embedder().dimensions
    vectors = np.zeros((Precedent.objects.count(), width), dtype=np.float32)
    docs = kept(_read_into(vectors, model), Path(settings.VAR_DIR))
    vectors = vectors[: len(docs)]
    if settings.VECTOR_STORE == "pgvector" and connection.vendor == "postgresql":
        nearby = PgVectors(model=model, width=width)
        nearby.keep(vectors)
        return Library(docs, nearby=nearby)
    return Library(docs, vectors, folder=Path(settings.VAR_DIR))


def _read_into(vectors: npt.NDArray[np.float32], model: str) -> Iterator[Doc]:
    """As many cases as there are rows; a case that came meanwhile is on the next shelf."""
    rows = Precedent.objects.order_by("pk").iterator(chunk_size=ROWS_AT_ONCE)
    for at, row in enumerate(islice(rows, len(vectors))):
        vector = np.frombuffer(bytes(row.vector), dtype="<f4")
        if row.vector_model == model and vector.size == vectors.shape[1]:
            vectors[at] = vector
        yield doc_of(row)


def doc_of(row: Precedent) -> Doc:
    """A released case as the search knows it."""
    return Doc(
        cause=row.kind,
        product=row.product,
        licence=row.licence,
        claim_fen=row.claim_fen,
        principal_fen=row.principal_fen,
        annual_rate=row.annual_rate,
        evidence_level=row.evidence_level,
        key=row.key,
        text=row.story,
        city=row.city,
        remedies=tuple(row.remedies),
        settled_fen=row.settled_fen,
        instalments=row.instalments,
        terms=tuple(row.terms),
        closed_on=row.closed_on,
        is_sample=row.is_sample,
        parties=frozenset(row.parties),
    )
