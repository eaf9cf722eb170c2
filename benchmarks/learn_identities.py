"""Makes cases/similarity/learnt/identities.npz: what tells the identities in a story from the rest of it.

    python benchmarks/learn_identities.py [--out FILE]
    python benchmarks/learn_identities.py --held-out

Takes about two minutes of CPU. One linear layer over the states that the site's own sentence model gives learns a kind
for each character. It learns from deidentify_lessons.txt, from the other files of lines that were looked at (each line
as it was written and told again with other names in it), and from stories for the analysis, in which nobody is named;
never from the unseen ones. One line in six, by hash, is left out: the threshold in `sensed.py` was chosen by those,
and `--held-out` measures on them what is kept already.
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-learn-"))

import numpy as np
import numpy.typing as npt
from django.conf import settings

from benchmarks.deidentify import measure, story_of
from benchmarks.identity_lessons import UNKNOWN, Teller, Telling, all_lines, as_marked, told_stories
from cases.pieces import SLOTS, pieces_of
from cases.similarity.e5_told import E5Told
from cases.similarity.embedder import Vectors
from cases.similarity.sensed import KINDS, LEARNT, PORT, with_neighbours

HELD_OUT = 0  # which sixth of the lines
TURNS = 3  # tellings of a line
TOGETHER = 0.3  # of the tellings are several lines as one story
STORIES = 60  # of those for the analysis, a turn
EPOCHS, BATCH = 5, 512
PACE, DECAY = 3e-3, 0.05
SIZE = 0.4  # of the inputs, in standard deviations
UNSEEN = 0.2  # of the inputs, left out by chance
MISSED = 1.6  # what a missed character costs beside one seen too many
Integers = npt.NDArray[np.int64]


class Rows(NamedTuple):
    """States of pieces, and for each character its piece, where it stands in it, and its kind."""

    states: npt.NDArray[np.float16]
    piece: Integers
    slot: Integers
    tags: Integers


def tellings(turn: int) -> list[Telling]:
    """Each line once, the first time as it was written, then told again; and some stories in which nobody is named."""
    lines = all_lines(held_out=HELD_OUT)
    teller, chance = Teller(lines, turn), random.Random(turn)
    left = [teller.again(line) if turn else line for line in lines]
    chance.shuffle(left)
    told: list[Telling] = []
    while left:
        count = chance.randint(2, 6) if chance.random() < TOGETHER else 1
        told.append(teller.joined(left[:count]))
        del left[:count]
    return told + chance.sample(list(told_stories()), STORIES)


def rows_of(encoder: E5Told, told: Sequence[Telling]) -> Iterator[Rows]:
    for text, tags in told:
        states, spans = encoder.states(text)
        yield Rows(with_neighbours(states).astype(np.float16), *pieces_of(spans, len(text)), np.array(tags))


def together(parts: Sequence[Rows]) -> Rows:
    """The characters of all tellings in one row; those of which nothing is known are left out."""
    begins = np.cumsum([0, *(len(part.states) for part in parts)])
    piece = np.concatenate([part.piece + begin for part, begin in zip(parts, begins, strict=False)])
    slot, tags = np.concatenate([part.slot for part in parts]), np.concatenate([part.tags for part in parts])
    known = tags != UNKNOWN
    return Rows(np.concatenate([part.states for part in parts]), piece[known], slot[known], tags[known])


def learn(rows: Rows) -> tuple[Vectors, Vectors]:
    """One linear layer, by Adam with a falling pace: a column for each kind in each slot."""
    chance = np.random.default_rng(0)
    scale = (SIZE / np.maximum(rows.states.astype(np.float32).std(axis=0), 1e-3)).astype(np.float32)
    values = [
        np.zeros((len(scale), SLOTS * len(KINDS)), np.float32),
        np.zeros(SLOTS * len(KINDS), np.float32),
    ]
    means = [np.zeros_like(one) for one in values]
    squares = [np.zeros_like(one) for one in values]
    batches = [part for _epoch in range(EPOCHS) for part in _batches(len(rows.tags), chance)]
    for step, at in enumerate(batches, start=1):
        x = rows.states[rows.piece[at]].astype(np.float32) * scale
        x *= (chance.random(x.shape, dtype=np.float32) >= UNSEEN) / np.float32(1 - UNSEEN)
        off = _how_far_off(x @ values[0] + values[1], rows.slot[at], rows.tags[at])
        pace = PACE * min(1.0, step / 50) * (1 - step / (len(batches) + 1))
        for one, slope, mean, square in zip(
            values, (x.T @ off, off.sum(axis=0)), means, squares, strict=True
        ):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            strength = (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
            one -= pace * (strength + DECAY * one)
        if step % 200 == 0:
            print(f"{step}/{len(batches)}", flush=True)
    return values[0] * scale[:, None], values[1]


def _batches(count: int, chance: np.random.Generator) -> list[Integers]:
    order = chance.permutation(count)
    return [order[begin : begin + BATCH] for begin in range(0, count, BATCH)]


def _how_far_off(scores: Vectors, slot: Integers, tags: Integers) -> Vectors:
    """The slope of the cross entropy in each score; those of other slots have none."""
    here = np.arange(len(tags))
    mine = scores.reshape(len(tags), SLOTS, len(KINDS))[here, slot]
    parts = np.exp(mine - mine.max(axis=1, keepdims=True))
    parts /= parts.sum(axis=1, keepdims=True)
    parts[here, tags] -= 1
    parts *= np.where(tags > 0, MISSED, 1.0).astype(np.float32)[:, None] / len(tags)
    off = np.zeros((len(tags), SLOTS, len(KINDS)), np.float32)
    off[here, slot] = parts
    return off.reshape(len(tags), -1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=LEARNT)
    parser.add_argument("--held-out", action="store_true", help="measure only, on the lines left out")
    chosen = parser.parse_args()
    if chosen.held_out:
        settings.ADAPTERS = {**settings.ADAPTERS, PORT: settings.IDENTITIES}
        left_out = all_lines(held_out=HELD_OUT, only_held=True)
        print(measure([story_of(as_marked(line)) for line in left_out]))
        return
    built: dict[str, Any] = settings.IDENTITIES[1]
    encoder = E5Told(**built)
    parts = [part for turn in range(TURNS) for part in rows_of(encoder, tellings(turn))]
    weights, bias = learn(together(parts))
    np.savez_compressed(chosen.out, weights=weights.astype(np.float16), bias=bias)
    print(chosen.out.name, chosen.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
