"""Ports "stories" and "identities": each piece of a story as a vector that knows what stands around it.

The same model as `e5.py`, in a graph of its own: a task may have learnt small changes of the upper layers' matrices,
or do better with the lower layers alone.
"""

import threading
from pathlib import Path

import numpy as np

from cases.similarity.e5_model import WINDOW, E5Model, problems_of
from cases.similarity.e5_weights import SPACE, E5File
from cases.similarity.embedder import Vectors

PROMPT = f"{SPACE}query:{SPACE}"
Span = tuple[int, int]


class E5Told:
    """multilingual-e5-small with what the file `changes` adds to its matrices, or its lowest `layers` as they are.

    Loaded at the first use; raises there what `E5Model` raises.
    """

    def __init__(self, *, changes: str = "", layers: int = 0, threads: int = 1) -> None:
        self._changes, self._layers, self._threads = changes, layers, threads
        self._model: E5Model | None = None
        self._lock = threading.Lock()

    def states(self, text: str) -> tuple[Vectors, list[Span]]:
        """A row for each piece of the text, and where in it the piece stands (an empty span for marks and prompts).

        Safe from several threads. Takes 100 ms of CPU for 300 characters and grows in line with the length.
        """
        with self._lock:
            model = self._loaded()
            places = prompted(model.weights, text)
            rows: list[Vectors] = []
            spans: list[Span] = []
            for part in np.array_split(np.arange(len(places)), -(-len(places) // WINDOW)):
                window = [*(self._prompt if rows else []), *(places[at] for at in part.tolist())]
                pieces = np.array([piece for _start, _end, piece in window], dtype=np.int64)
                rows += model.states([model.with_ends(pieces)])
                spans += [(0, 0), *((start, end) for start, end, _piece in window), (0, 0)]
        return np.concatenate(rows), spans

    def _loaded(self) -> E5Model:
        if self._model is None:
            changes = Path(self._changes) if self._changes else None
            model = E5Model(threads=self._threads, changes=changes, layers=self._layers)
            self._prompt = prompted(model.weights, "")
            self._model = model
        return self._model

    def problems(self) -> list[str]:
        """What an operator must mend before stories are read so; empty when ready. Loads the model."""
        with self._lock:
            return problems_of(self._loaded)


def prompted(weights: E5File, text: str) -> list[tuple[int, int, int]]:
    """The prompt and the text in pieces: start and end in the text (0, 0 in the prompt), and the piece's number."""
    shift = len(PROMPT)
    return [
        (max(0, start - shift), max(0, end - shift), piece)
        for start, end, piece in weights.places_of(PROMPT + text)
    ]
