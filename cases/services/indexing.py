"""Sentence vectors of the library: computed in the background, swapped in one stroke, never missing meanwhile.

A new model's vectors are gathered beside those that answer. Only when every released case has one do they change
places, in one transaction; until then searches go on with the old ones, if EMBEDDER_BEFORE names the old model, else by
words and facts alone.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.module_loading import import_string

from cases.models import Precedent
from cases.similarity.embedder import Embedder, Vectors

BEFORE = "embedder.before"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the vectors of the chosen model are: of `total` released cases `done` have one; `serving` answers now."""

    model: str
    serving: str
    done: int
    total: int

    @property
    def whole(self) -> bool:
        return self.done == self.total


@lru_cache(maxsize=4)
def _built(port: str, path: str) -> Embedder:
    built: Embedder = import_string(path)(**settings.ADAPTERS[port][1])
    return built


def chosen_embedder() -> Embedder:
    """The engine that settings.ADAPTERS["embedder"] names, built once a process."""
    return _built("embedder", settings.ADAPTERS["embedder"][0])


def embedder() -> Embedder:
    """The engine whose vectors answer searches now: the chosen one, or the one before until the new are whole."""
    chosen = chosen_embedder()
    if BEFORE in settings.ADAPTERS:
        before = _built(BEFORE, settings.ADAPTERS[BEFORE][0])
        if before.name != chosen.name and Precedent.objects.filter(vector_model=before.name).exists():
            return before
    return chosen


def story_vector(text: str) -> Vectors | None:
    """The vector of a story by the engine that answers now; None without one: words and facts alone count then."""
    try:
        found: Vectors = embedder().encode([text], kind="story")[0]
    except (RuntimeError, OSError, ImportError):
        log.exception("no sentence vector: looking by words and facts alone")
        return None
    return found


def progress() -> Progress:
    """Where the library stands; three counts."""
    model = chosen_embedder().name
    total = Precedent.objects.count()
    done = total - _lacking(model).count()
    others = Precedent.objects.exclude(vector_model__in=["", model])
    serving = others.values_list("vector_model", flat=True).first() or model
    return Progress(model=model, serving=serving, done=done, total=total)


def index_missing(*, batch: int = 16, told: Callable[[Progress], None] | None = None) -> int:
    """Compute the vectors that are missing or of another model; `told` hears after each batch. Returns how many.

    May be stopped and started again at any time: what is computed stays.
    """
    engine = chosen_embedder()
    swap = Precedent.objects.exclude(vector_model__in=["", engine.name]).exists()
    names = ("next_vector", "next_model") if swap else ("vector", "vector_model")
    done = 0
    while rows := list(_lacking(engine.name)[:batch]):
        vectors = engine.encode([row.story for row in rows], kind="story")
        for row, vector in zip(rows, vectors, strict=True):
            setattr(row, names[0], np.asarray(vector, dtype="<f4").tobytes())
            setattr(row, names[1], engine.name)
        Precedent.every.bulk_update(rows, names)
        done += len(rows)
        if told:
            told(progress())
    if swap:
        _change_places(engine.name)
    return done


def _lacking(model: str) -> QuerySet[Precedent]:
    return Precedent.objects.exclude(vector_model=model).exclude(next_model=model)


@transaction.atomic
def _change_places(model: str) -> None:
    """Let the gathered vectors answer, all at once; not while a case is still without one."""
    list(Precedent.objects.select_for_update().values_list("pk", flat=True))
    if not _lacking(model).exists():
        Precedent.every.filter(next_model=model).update(
            vector=F("next_vector"), vector_model=model, next_vector=b"", next_model=""
        )
