"""A log in a few lines, for witnesses to look at."""

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence.tlog import merkle, notes
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.merkle import SHA256
from evidence.tlog.notes import ED25519, SignedNote, VerifierKey, to_base64

ORIGIN = "log.example/1"


def a_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@dataclass
class Log:
    """A log that tells one story; two of them with one key tell two."""

    key: Ed25519PrivateKey = field(default_factory=a_key)
    origin: str = ORIGIN
    story: str = "one"
    leaves: list[bytes] = field(default_factory=list)

    @property
    def vkey(self) -> VerifierKey:
        return VerifierKey.of(self.origin, ED25519, self.key.public_key().public_bytes_raw())

    def grow(self, size: int) -> "Log":
        while len(self.leaves) < size:
            self.leaves.append(SHA256.leaf(f"{self.story} {len(self.leaves)}".encode()))
        return self

    def _subtree(self, level: int, index: int) -> bytes:
        start = index << level
        return merkle.root_of(SHA256, self.leaves[start : start + (1 << level)])

    def root(self, size: int) -> bytes:
        self.grow(size)
        return merkle.root_of(SHA256, self.leaves[:size]) if size else hashlib.sha256().digest()

    def note(
        self, size: int, *, root: bytes | None = None, key: Ed25519PrivateKey | None = None
    ) -> SignedNote:
        text = Checkpoint(self.origin, size, root or self.root(size)).text()
        return SignedNote(text, (notes.sign(key or self.key, self.origin, text),))

    def proof(self, old: int, new: int) -> list[str]:
        if not 0 < old < new:
            return []
        self.grow(new)
        return [to_base64(one) for one in merkle.consistency_path(SHA256, self._subtree, old, new)]

    def ask(
        self, old: int, new: int, *, proof: list[str] | None = None, note: SignedNote | None = None
    ) -> bytes:
        """The body of add-checkpoint."""
        proof = self.proof(old, new) if proof is None else proof
        lines = "".join(f"{line}\n" for line in (f"old {old}", *proof))
        return f"{lines}\n{(note or self.note(new)).serialise()}".encode()
