"""A text in the pieces of a sentence model: a vector for each, and the piece that each character stands in.

Behind the ports "stories" and "identities" (settings.ADAPTERS). Where there is no such model, or it cannot be loaded,
its readers do without.
"""

import logging
from collections.abc import Sequence
from functools import cache
from typing import Protocol
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.module_loading import import_string

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
FIRST, INNER, LAST, ALONE = range(4)  # where in its piece a character stands
SLOTS = 4
# What a model, or a file of weights, that is missing or broken raises.
UNREADABLE = (RuntimeError, OSError, ImportError, ValueError, KeyError, EOFError, BadZipFile)
log = logging.getLogger(__name__)


class Encoder(Protocol):
    """The ports "stories" and "identities"."""

    def states(self, text: str) -> tuple[Floats, list[tuple[int, int]]]:
        """A row for each piece of the text, and where the piece stands; empty spans for marks. May raise."""


@cache
def built(port: str, path: str) -> Encoder:
    made: Encoder = import_string(path)(**settings.ADAPTERS[port][1])
    return made


def states_of(port: str, text: str, *, otherwise: str) -> tuple[Floats, list[tuple[int, int]]] | None:
    """The text through the model of a port; None without one. `otherwise`: how it is read then, for the log."""
    if port not in settings.ADAPTERS or not text.strip():
        return None
    try:
        return built(port, settings.ADAPTERS[port][0]).states(text)
    except UNREADABLE as error:
        complain(otherwise, f"{type(error).__name__}: {error}")
        return None


@cache
def complain(otherwise: str, reason: str) -> None:
    """Once a process for each reason."""
    log.warning("no sentence model, %s: %s", otherwise, reason)


def pieces_of(spans: Sequence[tuple[int, int]], length: int) -> tuple[Places, Places]:
    """For each character its piece, and where in the piece it stands."""
    piece, slot = np.zeros(length, dtype=np.int64), np.zeros(length, dtype=np.int64)
    for at, (start, end) in enumerate(spans):
        piece[start:end] = at
        slot[start:end] = INNER if end - start > 1 else ALONE
        if end - start > 1:
            slot[start], slot[end - 1] = FIRST, LAST
    return piece, slot


def parts_of(scores: Floats) -> Floats:
    """Scores as parts of a whole, along the last axis."""
    parts = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(parts / parts.sum(axis=-1, keepdims=True), dtype=np.float32)
