"""Port Embedder: texts to vectors that are close when their meaning is. `settings.ADAPTERS["embedder"]` names one."""

import hashlib
import importlib.util
import re
import threading
from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from cases.similarity.words import grams

Vectors = npt.NDArray[np.float32]
Use = Literal["query", "passage", "story"]  # a story is found by another story, a passage by a question


class Embedder(Protocol):
    """Turns texts into unit vectors. `name` is kept beside stored vectors: two names never mix."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str], *, kind: Use) -> Vectors:
        """One float32 unit row for each text, in order; a text without words gives zeros. Safe from several threads."""

    def problems(self) -> list[str]:
        """What an operator must mend before this embedder can serve; empty when ready. Changes nothing."""


def unit(rows: npt.NDArray[Any]) -> Vectors:
    """Rows of length one; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def readable(text: str) -> str:
    """Without what no model can read: NUL bytes, half characters, long runs of blanks. Empty when no word is left."""
    whole = text.replace("\x00", " ").encode("utf-8", "ignore").decode("utf-8")
    return re.sub(r"\s+", " ", whole).strip() if re.search(r"\w", whole) else ""


class SentenceTransformerEmbedder:
    """Any model folder or name that sentence-transformers reads; its stored prompts “query” and “passage” are used."""

    def __init__(self, path_or_name: str, *, dimensions: int = 384) -> None:
        self.name = path_or_name.rstrip("/").rsplit("/", 1)[-1]
        self.dimensions = dimensions
        self._source = path_or_name
        self._model: Any = None
        self._lock = threading.Lock()

    def _loaded(self) -> Any:
        if self._model is None:
            from sentence_transformers import SentenceTransformer  # needs torch: never at import

            self._model = SentenceTransformer(self._source)
        return self._model

    def encode(self, texts: Sequence[str], *, kind: Use) -> Vectors:
        clean = [readable(text) for text in texts]
        if not clean:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        with self._lock:
            model = self._loaded()
            asked = "query" if kind == "story" else kind
            prompt = asked if asked in (model.prompts or {}) else None
            rows = np.asarray(
                model.encode(clean, prompt_name=prompt, show_progress_bar=False), dtype=np.float32
            )
        rows[[not text for text in clean]] = 0
        return unit(rows)

    def problems(self) -> list[str]:
        if importlib.util.find_spec("sentence_transformers") is None:
            return [_("sentence-transformers is missing. Install it: pip install -r requirements-nlp.txt")]
        try:
            with self._lock:
                found = int(self._loaded().get_sentence_embedding_dimension() or 0)
        except Exception as error:
            return [_("The sentence model cannot be loaded: %(reason)s") % {"reason": error}]
        if found != self.dimensions:
            return [
                _("The model has %(found)s dimensions, the settings say %(said)s.")
                % {"found": found, "said": self.dimensions}
            ]
        return []


class HashingEmbedder:
    """A fast twin for tests and demos: character singles and pairs, hashed. Knows likeness of words, not of meaning."""

    def __init__(self, *, dimensions: int = 256) -> None:
        self.name = f"hashing-{dimensions}/1"
        self.dimensions = dimensions

    def encode(self, texts: Sequence[str], *, kind: Use) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for gram in grams(text):
                digest = int.from_bytes(
                    hashlib.blake2b(gram.encode("utf-8", "ignore"), digest_size=8).digest()
                )
                row[digest % self.dimensions] += len(gram) * (1 if digest >> 63 else -1)
        return unit(np.sign(rows) * np.sqrt(np.abs(rows)))

    def problems(self) -> list[str]:
        return []


class FailingEmbedder:
    """The twin that never works, to see that nothing else falls with it."""

    name = "failing"
    dimensions = 256

    def encode(self, texts: Sequence[str], *, kind: Use) -> Vectors:
        raise RuntimeError(f"no vectors today: {len(texts)} texts as {kind}")

    def problems(self) -> list[str]:
        return [_("This sentence model is made to fail. Choose another in the settings.")]
