"""The weights of the voice encoder inside the package Resemblyzer, read without torch and without running anything.

The file is a pickle of torch's first format. Only the one file whose digest is known is read, and only numbers are
taken from it: every name that a pickle may call, but those of plain tensors, is refused.
"""

import hashlib
import io
import pickle  # of one known file, and nothing in it may be called: see _Plain
import struct
from collections import OrderedDict
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE, FILE = "Resemblyzer", "resemblyzer/pretrained.pt"
SHA256 = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
SIZES = {"FloatStorage": "<f4", "LongStorage": "<i8"}

Weights = dict[str, NDArray[np.float32]]


class Damaged(Exception):
    """The file is not the published one."""


def found() -> Path | None:
    """The file of the weights where the package is installed."""
    try:
        path = Path(str(distribution(PACKAGE).locate_file(FILE)))
    except PackageNotFoundError:
        return None
    return path if path.is_file() else None


def read(path: Path) -> Weights:
    """Every tensor of the encoder by its name. Raises Damaged for any other file than the published one."""
    whole = path.read_bytes()
    if hashlib.sha256(whole).hexdigest() != SHA256:
        raise Damaged(str(path))
    return unpacked(whole)


def unpacked(whole: bytes) -> Weights:
    """As `read`, of bytes. Raises pickle.UnpicklingError where something but numbers is to be made."""
    file = io.BytesIO(whole)
    for _head in ("magic number", "protocol", "system"):
        _Plain(file).load()
    state = _Plain(file).load()["model_state"]
    stored = {}
    for key in _Plain(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        stored[key] = file.read(_width(state, key) * count)
    return {
        name: np.frombuffer(stored[one.key], one.kind)[one.offset :][: int(np.prod(one.shape))]
        .reshape(one.shape)
        .astype(np.float32)
        for name, one in state.items()
        if isinstance(one, _Tensor) and one.key in stored
    }


class _Tensor:
    """Where the numbers of a tensor lie."""

    def __init__(self, storage: tuple[Any, ...], offset: int, shape: tuple[int, ...], *_more: Any) -> None:
        self.kind, self.key = SIZES[storage[1]], storage[2]
        self.offset, self.shape = offset, shape


class _Plain(pickle.Unpickler):
    """Makes tensors and dictionaries, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if module == "torch" and name in SIZES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> Any:
        return pid


def _width(state: dict[str, Any], key: str) -> int:
    kinds = [one.kind for one in state.values() if isinstance(one, _Tensor) and one.key == key]
    return np.dtype(kinds[0] if kinds else "<f4").itemsize
