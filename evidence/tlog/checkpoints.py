"""Checkpoints (tlog-checkpoint): the three lines by which a log stands for all its leaves."""

import re
from dataclasses import dataclass
from typing import Self

from evidence.tlog.merkle import LENGTH
from evidence.tlog.notes import NoteRefused, check_text, from_base64, to_base64

__all__ = ["LARGEST", "Checkpoint", "parse"]

LARGEST = 2**53 - 1  # leaves of a log: what every reader can count, a browser too
_SIZE = re.compile("0|[1-9][0-9]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log, how many leaves it had, and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed. Raises NoteRefused where this cannot be a checkpoint."""
        text = f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"
        Checkpoint.parse(text)
        return text

    @classmethod
    def parse(cls, text: str) -> Self:
        """The checkpoint that a text of exactly three lines states. Raises NoteRefused."""
        check_text(text)
        lines = text[:-1].split("\n")
        if len(lines) != 3:
            raise NoteRefused("a checkpoint has three lines")
        origin, size, root = lines
        if not _SIZE.fullmatch(size) or len(size) > len(str(LARGEST)) or int(size) > LARGEST:
            raise NoteRefused("the size of a checkpoint is a whole number in its one spelling")
        if len(hashed := from_base64(root)) != LENGTH:
            raise NoteRefused(f"the root of a checkpoint has {LENGTH} bytes")
        return cls(origin, int(size), hashed)


def parse(text: str) -> Checkpoint:
    """The checkpoint that a text states. Raises NoteRefused."""
    return Checkpoint.parse(text)
