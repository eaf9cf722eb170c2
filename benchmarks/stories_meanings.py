"""Makes cases/analysis/meanings.npz: what the commonest words mean, in 32 numbers of eight bits each.

    nice python benchmarks/stories_meanings.py

Each word is read once by multilingual-e5-small (a minute of two cores); the directions in which words differ most are
kept, each as large as the other. Words: those of the stories that may be learnt from, the words of our trade, and the
commonest of jieba's dictionary that name nobody. To be run before `train_story.py`, whose models rest on it.
"""

import math
import os
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-train-"))

import numpy as np

from benchmarks.train_story import lessons
from cases.analysis.meanings import VECTORS
from cases.segmentation import dictionary, finance_words, how_common
from cases.similarity.e5 import E5Embedder

NUMBERS, LARGEST = 32, 4.0
COMMON, COMMON_CHARACTERS, BASIS = 5_000, 600, 12_000
PLAIN = re.compile("[一-龥]{1,5}")
PROPER = frozenset({"nr", "nrt", "ns", "nz", "nt"})  # names of people, places and houses


def common_words(most: int) -> list[str]:
    """The commonest words of one to four characters that name no person, place or house; the commonest first."""
    plain = [one for one in dictionary() if len(one.word) <= 4 and one.kind not in PROPER]
    return [one.word for one in sorted(plain, key=lambda one: (-one.times, one.word))[:most]]


def main() -> None:
    frequent = common_words(BASIS)
    mine = {word.word for lesson in lessons(1) for word in lesson.words if how_common(word.word)} | set(
        finance_words()
    )
    every = sorted(word for word in {*frequent, *mine} if PLAIN.fullmatch(word))
    vectors = E5Embedder(learnt=None, threads=2).encode(every, kind="query")
    vectors -= vectors.mean(axis=0)
    directions = np.linalg.svd(vectors, full_matrices=False)[2][:NUMBERS]
    rows = vectors @ directions.T
    rows /= rows.std(axis=0) + 1e-6
    long = [word for word in frequent if len(word) > 1][:COMMON]
    short = [word for word in frequent if len(word) == 1][:COMMON_CHARACTERS]
    wanted = {*long, *short, *mine}
    kept = [at for at, word in enumerate(every) if word in wanted]
    tells = [max(0.0, min(12.0, -math.log(how_common(every[at]) + 1e-6) - 5)) for at in kept]
    scale = np.float32(LARGEST / 127)
    np.savez_compressed(
        VECTORS,
        words=np.frombuffer("\n".join(every[at] for at in kept).encode(), np.uint8),
        vectors=np.round(np.clip(rows[kept], -LARGEST, LARGEST) / scale).astype(np.int8),
        scale=scale,
        weights=np.round(np.array(tells) * 16).astype(np.uint8),
    )
    print(VECTORS.name, len(kept), "words", VECTORS.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
