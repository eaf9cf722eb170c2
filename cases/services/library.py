"""The library of settled cases 先例库: indexing and searching what the docket keeps."""

from functools import lru_cache

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string

from cases.models import Precedent
from cases.similarity.embedder import Embedder


@lru_cache(maxsize=1)
def embedder() -> Embedder:
    """The sentence-vector engine that settings.ADAPTERS["embedder"] names, built once a process."""
    path, options = settings.ADAPTERS["embedder"]
    built: Embedder = import_string(path)(**options)
    return built


def index_missing(*, batch: int = 16) -> int:
    """Compute the vectors that are missing or of another model. Returns how many were computed."""
    engine = embedder()
    done = 0
    while rows := list(Precedent.objects.exclude(vector_model=engine.name)[:batch]):
        vectors = engine.encode([row.story for row in rows], kind="passage")
        for row, vector in zip(rows, vectors, strict=True):
            row.vector = np.asarray(vector, dtype="<f4").tobytes()
            row.vector_model = engine.name
        Precedent.objects.bulk_update(rows, ["vector", "vector_model"])
        done += len(rows)
    return done
