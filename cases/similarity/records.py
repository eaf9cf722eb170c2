"""The cases of a large library, kept in a file: a search reads the few that it shows, and no other.

A hundred thousand cases of 300 characters would take some 95 MB of memory; their places in the file take less than one.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any, overload

import numpy as np

from cases.similarity.factors import Doc

LARGE = 20_000  # more cases than this lie in a file, and their vectors and words are packed


def kept(docs: Iterable[Doc], folder: Path | None = None, *, large: int = LARGE) -> Sequence[Doc]:
    """The cases in their order, read once: a few in memory, many in a nameless file in `folder`."""
    docs = iter(docs)
    first = tuple(islice(docs, large + 1))
    return first if len(first) <= large else Records(chain(first, docs), folder)


class Records(Sequence[Doc]):
    """Cases in a file that has no name and goes when they go. Safe from several threads: each read says from where."""

    def __init__(self, docs: Iterable[Doc], folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it lives as long as the cases
        sizes = [self._file.write(_written(doc)) for doc in docs]
        self._file.flush()
        self._ends = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> Doc: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Doc]: ...
    def __getitem__(self, at: int | slice) -> Doc | Sequence[Doc]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        place = range(len(self))[at]  # raises IndexError as a list does
        begin, end = int(self._ends[place]), int(self._ends[place + 1])
        return _read(os.pread(self._file.fileno(), end - begin, begin))

    def __iter__(self) -> Iterator[Doc]:
        return (self[at] for at in range(len(self)))


def _written(doc: Doc) -> bytes:
    told = {name: value for name, value in asdict(doc).items() if value is not None}
    told["parties"] = sorted(doc.parties)
    return json.dumps(told, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


def _read(told: bytes) -> Doc:
    fields: dict[str, Any] = json.loads(told.decode("utf-8", "surrogatepass"))
    fields["parties"] = frozenset(fields["parties"])
    for name in ("remedies", "terms"):
        fields[name] = tuple(fields[name])
    if "annual_rate" in fields:
        fields["annual_rate"] = Decimal(fields["annual_rate"])
    if "closed_on" in fields:
        fields["closed_on"] = date.fromisoformat(fields["closed_on"])
    return Doc(**fields)
