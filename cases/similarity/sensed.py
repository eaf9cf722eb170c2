"""What a learnt tagger takes for somebody's identity, where no rule says so: for each character, how likely it is.

The port "identities" is the lower three quarters of multilingual-e5-small as they come; one linear layer over them
(`learnt/identities.npz`, made by benchmarks/learn_identities.py) gives each character a kind. Without the port, or
where the model or that layer cannot be loaded, nothing is sensed and the rules stand alone.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cases.pieces import SLOTS, UNREADABLE, complain, parts_of, pieces_of, states_of
from cases.similarity.embedder import Vectors
from cases.similarity.surroundings import SURNAMES

LEARNT = Path(__file__).parent / "learnt" / "identities.npz"
PORT = "identities"
KINDS = ("", "姓名", "地址", "单位", "机构", "账号", "号码", "生日")  # the first: nobody's
SURE = 0.45  # from this share on it goes
MAYBE = 0.12  # from this share on it is shown to the person who looks
NEARLY = 0.8  # a character of a stretch is at least so likely, beside the stretch
WITHOUT = "identities are found by the rules alone"


class Sensed(NamedTuple):
    """A stretch that may point at a person: where, of what kind, and how likely."""

    start: int
    end: int
    kind: str
    share: float


def sense(text: str, *, least: float = SURE) -> list[Sensed]:
    """The stretches that are likelier than `least`, and none of whose characters is much less likely.

    Takes less than 100 ms of CPU for 300 characters and grows in line with the length. Empty without the model.
    """
    shares = _shares(text)
    return [] if shares is None else list(_stretches(text, shares, least))


def with_neighbours(rows: Vectors) -> Vectors:
    """Each row between the one before it and the one behind it; nothing stands outside the text."""
    around = np.pad(rows, ((1, 1), (0, 0)))
    return np.concatenate([around[:-2], rows, around[2:]], axis=1)


def _stretches(text: str, shares: Vectors, least: float) -> Iterator[Sensed]:
    whole = 1 - shares[:, 0]
    start = 0
    for at in range(len(text) + 1):
        if at < len(text) and whole[at] >= NEARLY * least and (text[at].isalnum() or start < at):
            continue
        end = start + len(text[start:at].rstrip())
        share = float(whole[start:end].mean()) if start < end else 0.0
        if share >= least and (end - start > 1 or _may_stand_alone(text[start])):
            yield Sensed(start, end, KINDS[1 + int(shares[start:end, 1:].sum(axis=0).argmax())], share)
        start = at + 1


def _may_stand_alone(sign: str) -> bool:
    return sign.isascii() or sign in SURNAMES


def _shares(text: str) -> Vectors | None:
    """For each character the share of each kind; None without the model or its layer."""
    if (states := states_of(PORT, text, otherwise=WITHOUT)) is None or (layer := _layer_or_none()) is None:
        return None
    (rows, spans), (weights, bias) = states, layer
    piece, slot = pieces_of(spans, len(text))
    scores = (with_neighbours(rows) @ weights + bias).reshape(len(rows), SLOTS, len(KINDS))
    return parts_of(scores[piece, slot])


def _layer_or_none() -> tuple[Vectors, Vectors] | None:
    try:
        return _layer()
    except UNREADABLE as error:
        complain(WITHOUT, f"{type(error).__name__}: {error}")
        return None


@cache
def _layer() -> tuple[Vectors, Vectors]:
    with np.load(LEARNT) as kept:
        return kept["weights"].astype(np.float32), kept["bias"].astype(np.float32)
