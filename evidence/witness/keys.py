"""The private key of a witness: one file, for its owner alone."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence.tlog import cosignatures
from evidence.tlog.notes import COSIGNATURE, Line, NoteRefused, VerifierKey, from_base64, to_base64

FILE = "witness.key"
MARK = "PRIVATE+KEY"


class KeyRefused(ValueError):
    """A key file that is missing, broken, or open to others; the message says what to do."""


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """What a witness signs with, under its name."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def make(cls, folder: Path, name: str) -> Self:
        """A new key in the folder, or the one that is there. Raises KeyRefused when that has another name."""
        path = folder / FILE
        if not path.exists():
            private = Ed25519PrivateKey.generate()
            vkey = _vkey(name, private)
            text = (
                f"{MARK}+{name}+{vkey.key_id.hex()}+{to_base64(COSIGNATURE + private.private_bytes_raw())}\n"
            )
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        return cls.read(folder, name)

    @classmethod
    def read(cls, folder: Path, name: str = "") -> Self:
        """The key in the folder. Raises KeyRefused, also when others may read the file."""
        path = folder / FILE
        try:
            mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise KeyRefused(f"No key can be read at {path}; make one with --init.") from error
        if mode & 0o077:
            raise KeyRefused(f"Others may read the private key {path}: chmod 600 {path}")
        key = cls._parse(text, path)
        if name not in {"", key.name}:
            raise KeyRefused(f"The key in {path} is that of {key.name}, not of {name}.")
        return key

    @classmethod
    def _parse(cls, text: str, path: Path) -> Self:
        own, _, rest = text.removesuffix("\n").partition(f"{MARK}+")
        parts = rest.split("+", 2)
        try:
            data = from_base64(parts[2])
            key = cls(parts[0], Ed25519PrivateKey.from_private_bytes(data[1:]))
            if own or data[:1] != COSIGNATURE or key.vkey.key_id.hex() != parts[1]:
                raise KeyRefused(f"{path} is no key of a witness.")
        except (NoteRefused, ValueError, IndexError) as error:
            raise KeyRefused(f"{path} is no key of a witness.") from error
        return key

    @property
    def vkey(self) -> VerifierKey:
        """The public half, for policies."""
        return _vkey(self.name, self.private)

    def cosign(self, text: str, at_s: int) -> Line:
        """The line by which it states that it saw this checkpoint at that POSIX second."""
        return cosignatures.make(self.private, self.name, text, at_s)


def _vkey(name: str, private: Ed25519PrivateKey) -> VerifierKey:
    try:
        return VerifierKey.of(name, COSIGNATURE, private.public_key().public_bytes_raw())
    except NoteRefused as error:
        raise KeyRefused(f"A witness cannot have the name {name!r}: {error}.") from error
