"""Makes cases/analysis/tuned.npz: what the sentence model adds to the linear models of the story analysis.

    python benchmarks/tune_story.py [--epochs 8] [--without-aside] [--out FILE]

Needs torch (requirements-nlp.txt), 5 GB of memory and some twenty-five minutes of CPU. The upper six layers of
multilingual-e5-small learn a product of two narrow matrices for each of theirs, and one linear layer a task learns
roles of sums, names, causes and remedies, all at once. Learns from what `train_story.py` learns from (each story as it
was written and told again twice) and from tests/stories/aside, but for `--without-aside`: so the figures for
`aside` were made. Never from the held-out third, nor from tests/stories/unseen or fresh.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.stories import WHOLE as TOLD_AS
from benchmarks.story_net import GAIN, LOWER, SPANS, WHOLE, Example, Layer, Net
from benchmarks.train_story import (
    Lesson,
    aside_lessons,
    label_at,
    lessons,
    period_at,
    phrases,
    role_at,
    tags_of,
)
from cases.analysis.cues import NOT_SO
from cases.analysis.money import find_sums
from cases.analysis.name_tags import TAGS
from cases.analysis.rate_figures import rate_figures
from cases.analysis.terms import terms_in
from cases.analysis.tuned import TUNED
from cases.pieces import pieces_of
from cases.similarity.e5_model import weights_path
from cases.similarity.e5_told import prompted
from cases.similarity.e5_weights import E5File

TURNS, PHRASES = 3, 100  # tellings of a story; phrases an epoch
MOST_PIECES, BATCH = 500, 12
PACE = 2e-3
FEW = {"role": 1, "rate": 4, "months": 4, "denial": 4}  # fewer in a batch count as so many


def examples(weights: E5File, *, with_aside: bool) -> Iterator[Example]:
    """Everything that may be learnt from."""
    for lesson in lessons(TURNS):
        yield example(weights, lesson, is_story=True)
    for lesson in list(phrases())[:200]:
        yield example(weights, lesson, is_story=False)
    for lesson in aside_lessons(TURNS) if with_aside else ():
        yield example(weights, lesson, is_story=True)


def example(weights: E5File, lesson: Lesson, *, is_story: bool) -> Example:
    text = lesson.reading.text
    places = prompted(weights, text)[:MOST_PIECES]
    ends = [(0, 0), *((start, end) for start, end, _piece in places), (0, 0)]
    piece, slot = pieces_of(ends, len(text))
    spans = {
        task: [
            (int(piece[start]), int(piece[end - 1]), SPANS[task].index(label))
            for start, end, label in asked
            if label is not None
        ]
        for task, asked in asked_of(lesson, is_story=is_story).items()
    }
    tags, counts = tags_of(lesson)
    return Example(
        np.array([weights.first, *(piece for _start, _end, piece in places), weights.last]),
        piece,
        slot,
        spans,
        np.array(tags),
        np.array(counts) > 0,
        {
            task: [float(label in lesson.told[TOLD_AS[task]]) for label in labels]
            for task, labels in WHOLE.items()
            if is_story and (task != "product" or lesson.complete)
        },
        lesson.group,
        is_story,
    )


def asked_of(lesson: Lesson, *, is_story: bool) -> dict[str, list[tuple[int, int, str | None]]]:
    """By task: the words asked about and what is right of them, "" for none of the labels; None where both are."""
    text = lesson.reading.text
    sums = [(one.start, one.end, role_at(lesson, one.start, one.end)) for one in find_sums(text)]
    if not is_story:
        return {"role": sums, "rate": [], "months": [], "denial": []}
    return {
        "role": sums,
        "rate": [(one.start, one.end, period_at(lesson, one.start, one.end)) for one in rate_figures(text)],
        "months": [
            (start, end, label_at(lesson, "months", start, end, lambda _label: "term"))
            for start, end, *_rest in terms_in(text)
        ],
        "denial": [
            (*found.span(), label_at(lesson, "denial", *found.span(), lambda _label: "denied"))
            for found in NOT_SO.finditer(text)
            if lesson.complete
        ],
    }


def loss_of(told: dict[str, Tensor], batch: Sequence[Example]) -> Tensor:
    """How far off all tasks are together; of phrases, only roles and names."""
    tags = torch.from_numpy(np.concatenate([one.tags for one in batch]))
    counts = torch.from_numpy(np.concatenate([one.counts for one in batch])).float()
    loss = 4 * (functional.cross_entropy(told["tag"], tags, reduction="none") * counts).mean()
    for task in SPANS:
        right = torch.tensor([label for one in batch for _first, _last, label in one.spans[task]])
        if len(right):
            part = functional.cross_entropy(told[task], right, label_smoothing=0.05, reduction="sum")
            loss = loss + part / max(len(right), FEW[task])
    for task in WHOLE:
        known = [at for at, one in enumerate(batch) if task in one.whole]
        if known:
            right = torch.tensor([batch[at].whole[task] for at in known])
            loss = loss + 2 * functional.binary_cross_entropy_with_logits(told[task][known], right)
    return loss


@torch.no_grad()
def lower_states(weights: E5File, all_examples: Sequence[Example]) -> list[Tensor]:
    """What the layers that stay make of each telling."""
    width, places = weights.sizes.width, weights.places()
    norm = [torch.from_numpy(np.array(weights.floats(f"emb.ln.{part}"))) for part in "wb"]
    layers = [Layer(weights, at).eval() for at in range(LOWER)]
    made: dict[int, Tensor] = {}
    order = sorted(range(len(all_examples)), key=lambda at: len(all_examples[at].ids))
    for begin in range(0, len(order), BATCH):
        batch = order[begin : begin + BATCH]
        longest = len(all_examples[batch[-1]].ids)
        x, mask = torch.zeros(len(batch), longest, width), torch.full((len(batch), 1, 1, longest), -1e4)
        for row, at in enumerate(batch):
            ids = all_examples[at].ids
            x[row, : len(ids)] = torch.from_numpy(weights.words(ids) + places[: len(ids)])
            mask[row, :, :, : len(ids)] = 0
        x = functional.layer_norm(x, (width,), norm[0], norm[1], weights.sizes.epsilon)
        for layer in layers:
            x = layer(x, mask)
        made |= {at: x[row, : len(all_examples[at].ids)].half() for row, at in enumerate(batch)}
    return [made[at] for at in range(len(all_examples))]


def batches(all_examples: Sequence[Example], chance: random.Random) -> Iterator[list[int]]:
    """One telling of each story, the first one most often, and some phrases; those of like length together."""
    groups: dict[str, list[int]] = {}
    for at, one in enumerate(all_examples):
        groups.setdefault(one.group, []).append(at)
    stories = [of for of in groups.values() if all_examples[of[0]].is_story]
    others = [of[0] for of in groups.values() if not all_examples[of[0]].is_story]
    taken = [chance.choice([of[0], of[0], *of]) for of in stories]
    taken += chance.sample(others, min(PHRASES, len(others)))
    chance.shuffle(taken)
    made = []
    for begin in range(0, len(taken), 8 * BATCH):
        part = sorted(taken[begin : begin + 8 * BATCH], key=lambda at: len(all_examples[at].ids))
        made += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
    chance.shuffle(made)
    yield from made


def learn(net: Net, all_examples: Sequence[Example], states: Sequence[Tensor], epochs: int) -> None:
    chance = random.Random(0)
    learnt = [values for values in net.parameters() if values.requires_grad]
    plan = [batch for _epoch in range(epochs) for batch in batches(all_examples, chance)]
    optimiser = torch.optim.AdamW(learnt, lr=PACE, weight_decay=0.02)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, PACE, total_steps=len(plan) + 1, pct_start=0.1)
    begun, spent = time.monotonic(), 0.0
    for step, batch in enumerate(plan, start=1):
        chosen = [all_examples[at] for at in batch]
        loss = loss_of(net([(all_examples[at], states[at]) for at in batch]), chosen)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        pace.step()
        spent += loss.item()
        if step % 20 == 0:
            print(f"{step}/{len(plan)} {time.monotonic() - begun:.0f} s, loss {spent / 20:.3f}", flush=True)
            spent = 0.0


def as_arrays(net: Net) -> dict[str, Any]:
    """What `cases.analysis.tuned` and `cases.similarity.e5_model` read."""
    arrays: dict[str, Any] = {}
    for at, layer in enumerate(net.layers, start=LOWER):
        for name, dense in layer.dense.items():
            for side, factor in (("a", dense.a * 2), ("b", dense.b)):
                values = factor.detach().numpy()
                scale = np.float32(np.abs(values).max() / 127)
                arrays[f"l{at}.{name}.{side}"] = np.round(values / scale).astype(np.int8)
                arrays[f"l{at}.{name}.{side}.scale"] = scale
    labels = {"tag": tuple(TAGS), **SPANS, **WHOLE}
    for task, head in net.heads.items():
        arrays[f"{task}_weights"] = (head.weight.detach().numpy().T * GAIN).astype(np.float16)
        arrays[f"{task}_bias"] = head.bias.detach().numpy()
        if task not in labels:
            continue
        arrays[f"{task}_labels"] = np.frombuffer("\n".join(labels[task]).encode(), np.uint8)
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--without-aside", action="store_true")
    parser.add_argument("--out", type=Path, default=TUNED)
    chosen = parser.parse_args()
    torch.manual_seed(0)
    weights = E5File(weights_path())
    all_examples = list(examples(weights, with_aside=not chosen.without_aside))
    states = lower_states(weights, all_examples)
    print(len(all_examples), "tellings", flush=True)
    net = Net(weights)
    learn(net, all_examples, states, chosen.epochs)
    np.savez_compressed(chosen.out, **as_arrays(net))
    print(chosen.out.name, chosen.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
