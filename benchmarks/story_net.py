"""The upper layers of multilingual-e5-small with what `tune_story.py` learns beside them. Needs torch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.train_story import CAUSES, ROLES
from cases.analysis.cues import products
from cases.analysis.name_tags import TAGS
from cases.analysis.rate_figures import PERIODS
from cases.claims import Remedy
from cases.similarity.e5_weights import E5File

LOWER, RANK, GAIN = 6, 8, 4.0  # layers that stay; width of the factors; the heads see states so much larger
WHOLE = {  # what is asked of a whole story
    "cause": CAUSES, "remedy": tuple(Remedy.values), "product": products()
}  # fmt: skip
SPANS = {  # and of some of its words: one label each, "" for none
    "role": ROLES, "rate": ("", *PERIODS), "months": ("", "term"), "denial": ("", "denied")
}  # fmt: skip
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """A telling: its pieces, where each character stands, and what is right."""

    ids: npt.NDArray[np.int64]
    piece: npt.NDArray[np.int64]
    slot: npt.NDArray[np.int64]
    spans: dict[str, list[tuple[int, int, int]]]  # by task: first and last piece, label
    tags: npt.NDArray[np.int64]
    counts: npt.NDArray[np.bool_]
    whole: dict[str, list[float]]  # by task: 1 for each label that holds; no task of which nothing is known
    group: str
    is_story: bool


def frozen(values: Floats) -> nn.Parameter:
    return nn.Parameter(torch.from_numpy(np.array(values)), requires_grad=False)


class Dense(nn.Module):
    """A layer's matrix that stays, and the narrow product that is learnt."""

    def __init__(self, weights: E5File, name: str, inputs: int) -> None:
        super().__init__()
        self.matrix = frozen(weights.matrix(f"{name}.w", inputs=inputs))
        self.bias = frozen(weights.floats(f"{name}.b"))
        self.a = nn.Parameter(torch.randn(RANK, inputs) / inputs**0.5)
        self.b = nn.Parameter(torch.zeros(self.matrix.shape[0], RANK))

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.matrix, self.bias) + 2 * functional.linear(
            functional.linear(x, self.a), self.b
        )


class Layer(nn.Module):
    def __init__(self, weights: E5File, at: int) -> None:
        super().__init__()
        sizes = weights.sizes
        self.heads, self.epsilon = sizes.heads, sizes.epsilon
        self.dense = nn.ModuleDict(
            {
                name: Dense(weights, f"l{at}.{name}", sizes.inner if name == "fo" else sizes.width)
                for name in MATRICES
            }
        )
        self.norms = nn.ParameterList(
            [frozen(weights.floats(f"l{at}.{norm}.{part}")) for norm in ("aln", "oln") for part in "wb"]
        )

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        texts, pieces, width = x.shape
        q, k, v = (
            self.dense[side](x).view(texts, pieces, self.heads, -1).transpose(1, 2)
            for side in ("q", "k", "v")
        )
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        seen = self.dense["ao"](seen.transpose(1, 2).reshape(texts, pieces, width))
        x = self._norm(x + functional.dropout(seen, 0.1, self.training), 0)
        inner = self.dense["fo"](functional.gelu(self.dense["fi"](x)))
        return self._norm(x + functional.dropout(inner, 0.1, self.training), 2)

    def _norm(self, x: Tensor, at: int) -> Tensor:
        return functional.layer_norm(x, x.shape[-1:], self.norms[at], self.norms[at + 1], self.epsilon)


class Net(nn.Module):
    """The upper layers and the heads, over the states of the lower ones."""

    def __init__(self, weights: E5File) -> None:
        super().__init__()
        width = weights.sizes.width
        self.layers = nn.ModuleList(Layer(weights, at) for at in range(LOWER, weights.sizes.layers))
        self.heads = nn.ModuleDict(
            {
                "tag": nn.Linear(width, 4 * len(TAGS)),
                **{task: nn.Linear(2 * width, len(labels)) for task, labels in SPANS.items()},
                **{task: nn.Linear(2 * width, len(labels)) for task, labels in WHOLE.items()},
                **{f"{task}_look": nn.Linear(width, 1) for task in WHOLE},
            }
        )
        for head in self.heads.values():
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def forward(self, batch: Sequence[tuple[Example, Tensor]]) -> dict[str, Tensor]:
        longest = max(len(states) for _one, states in batch)
        x = torch.zeros(len(batch), longest, batch[0][1].shape[1])
        inside = torch.zeros(len(batch), longest, 1)
        for at, (_one, states) in enumerate(batch):
            x[at, : len(states)], inside[at, : len(states)] = states.float(), 1
        x = x * (
            torch.rand(len(batch), longest, 1) > 0.04
        )  # a few pieces unseen, so that none is relied upon
        mask = (inside.transpose(1, 2)[:, None] - 1) * 1e4
        for layer in self.layers:
            x = layer(x, mask)
        x = x * GAIN
        whole = functional.dropout((x * inside).sum(1) / inside.sum(1), 0.1)
        looks = {task: self._looked_at(task, x, inside) for task in WHOLE}
        x = functional.dropout(x, 0.15)
        tags = self.heads["tag"](x).view(len(batch), longest, 4, len(TAGS))
        characters = [
            tags[at, torch.from_numpy(one.piece), torch.from_numpy(one.slot)]
            for at, (one, _states) in enumerate(batch)
        ]
        return {
            "tag": torch.cat(characters),
            **{task: self._of_spans(task, x, batch) for task in SPANS},
            **{task: self.heads[task](torch.cat([whole, looks[task]], dim=1)) for task in WHOLE},
        }

    def _looked_at(self, task: str, x: Tensor, inside: Tensor) -> Tensor:
        """The pieces of each story, those counting more that say more for the task."""
        weights = torch.softmax(self.heads[f"{task}_look"](x) + (inside - 1) * 1e4, dim=1)
        return functional.dropout((weights * x).sum(1), 0.1)

    def _of_spans(self, task: str, x: Tensor, batch: Sequence[tuple[Example, Tensor]]) -> Tensor:
        rows = [
            torch.cat([x[at, first : last + 1].mean(0), x[at, first - 1]])
            for at, (one, _states) in enumerate(batch)
            for first, last, _label in one.spans[task]
        ]
        return self.heads[task](torch.stack(rows)) if rows else torch.zeros(0, len(SPANS[task]))
