"""Sentence vectors kept by the hash of their text, so that a benchmark run again costs seconds."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from cases.similarity.e5 import LEARNT, E5Embedder, layers_of, moved
from cases.similarity.embedder import Embedder, Use, Vectors

AT_ONCE = 256


class KeptVectors:
    """An Embedder that asks another one only for texts it has not met before. The file is `folder/vectors.sqlite3`.

    Where that cannot be written, vectors are kept for this run only.
    """

    def __init__(
        self, embedder: Embedder, folder: Path, *, told: Callable[[str], object] = lambda _words: None
    ) -> None:
        self._embedder, self._told = embedder, told
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._rows = _opened(str(folder / "vectors.sqlite3"))
        except (OSError, sqlite3.Error) as error:
            told(f"{folder}: {error}; vectors are not kept")
            self._rows = _opened(":memory:")
        self.name, self.dimensions = embedder.name, embedder.dimensions

    def problems(self) -> list[str]:
        return self._embedder.problems()

    def encode(self, texts: Sequence[str], *, kind: Use) -> Vectors:
        marks = [self._mark(text, kind) for text in texts]
        missing = {mark: text for mark, text in zip(marks, texts, strict=True) if self._get(mark) is None}
        todo = sorted(missing.items(), key=lambda found: len(found[1]))
        for at in range(0, len(todo), AT_ONCE):
            self._told(f"  reading {at} of {len(todo)} texts")
            part = todo[at : at + AT_ONCE]
            vectors = self._embedder.encode([text for _mark, text in part], kind=kind)
            with self._rows:
                self._rows.executemany(
                    "INSERT OR REPLACE INTO kept VALUES (?, ?)",
                    [
                        (mark, vector.astype("<f4").tobytes())
                        for (mark, _), vector in zip(part, vectors, strict=True)
                    ],
                )
        rows = [np.frombuffer(self._get(mark) or b"", dtype="<f4") for mark in marks]
        return np.vstack(rows) if rows else np.zeros((0, self.dimensions), dtype=np.float32)

    def _mark(self, text: str, kind: Use) -> bytes:
        asked = "query" if kind == "story" else kind  # the same without the learnt layer
        whole = f"{self.name}\n{asked}\n{text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(whole, digest_size=16).digest()

    def _get(self, mark: bytes) -> bytes | None:
        row = self._rows.execute("SELECT vector FROM kept WHERE mark = ?", (mark,)).fetchone()
        return row[0] if row else None


def _opened(path: str) -> sqlite3.Connection:
    rows = sqlite3.connect(path, timeout=60)
    with rows:
        rows.execute("CREATE TABLE IF NOT EXISTS kept (mark BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
        rows.execute("DELETE FROM kept WHERE mark = x''")  # fails where the file is only to be read
    return rows


class LearntVectors:
    """E5Embedder as the site uses it: the learnt layer over vectors that are kept without it."""

    def __init__(self, plain: KeptVectors, learnt: Path = LEARNT) -> None:
        engine = E5Embedder()
        self.name, self.dimensions = engine.name, engine.dimensions
        self._plain, self._layers = plain, layers_of(learnt)

    def problems(self) -> list[str]:
        return self._plain.problems()

    def encode(self, texts: Sequence[str], *, kind: Use) -> Vectors:
        return moved(self._plain.encode(texts, kind=kind), self._layers[kind])
