"""Receipts 回执 (tlog-proof): one entry, its place in the log, and a checkpoint that others have seen.

A receipt carries the envelope of its entry, so it can be checked by itself, and fits one QR code.
"""

import re
from dataclasses import dataclass
from typing import Self

from evidence.canonical import NotCanonical
from evidence.envelopes import read_envelope
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.merkle import LARGEST, SHA256, ProofRefused, check_inclusion
from evidence.tlog.notes import NoteRefused, SignedNote, from_base64, to_base64
from evidence.tlog.policies import Accepted, Policy, PolicyRefused

HEADER = "c2sp.org/tlog-proof@v1"
LARGEST_RECEIPT = 2953  # bytes: the most that one QR code holds
LARGEST_ENVELOPE = 1024  # bytes
LONGEST_PATH = 63
_INDEX = re.compile("index (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a receipt proves: that this envelope stands at this index of the accepted log."""

    envelope: bytes
    index: int
    accepted: Accepted


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof that an entry is in the log. `extra` is its envelope."""

    index: int
    path: tuple[bytes, ...]
    note: SignedNote
    extra: bytes

    @classmethod
    def parse(cls, receipt: str | bytes) -> Self:
        """The receipt in its one spelling. Raises ProofRefused. Proves nothing before it is checked."""
        try:
            text = receipt.decode() if isinstance(receipt, bytes) else receipt.encode().decode()
            head, gap, note = text.partition("\n\n")
            header, extra, index, *path = head.split("\n")
            place = _INDEX.fullmatch(index)
            if header != HEADER or not extra.startswith("extra ") or place is None or not gap:
                raise ProofRefused("a receipt has a header, its entry, an index, a path and a checkpoint")
            hashes = tuple(from_base64(line) for line in path)
            found = cls(int(place[1]), hashes, SignedNote.parse(note), from_base64(extra[6:]))
        except (NoteRefused, ValueError) as error:
            raise ProofRefused(f"this is no receipt: {error}") from error
        found.serialise()
        return found

    def serialise(self) -> str:
        """The receipt as text. Raises ProofRefused where it does not fit the format or one QR code."""
        if not 0 <= self.index <= LARGEST or len(self.path) > LONGEST_PATH or not self.extra:
            raise ProofRefused("this cannot be a receipt")
        lines = [HEADER, f"extra {to_base64(self.extra)}", f"index {self.index}"]
        lines += [to_base64(one) for one in self.path]
        text = "\n".join(lines) + "\n\n" + self.note.serialise()
        if len(text.encode()) > LARGEST_RECEIPT or len(self.extra) > LARGEST_ENVELOPE:
            raise ProofRefused(f"a receipt has at most {LARGEST_RECEIPT} bytes")
        return text

    def check(self, policy: Policy | bytes) -> Checked:
        """What the receipt proves to whoever trusts this policy.

        Raises ProofRefused where it proves nothing, PolicyRefused where the policy itself is not well formed.
        """
        trusted = policy if isinstance(policy, Policy) else Policy.parse(policy)
        try:
            entry = read_envelope(self.extra)
            origin = Checkpoint.parse(self.note.text).origin
            if entry.log != origin:
                raise ProofRefused("the entry names another log than the checkpoint")
            accepted = trusted.accept(self.note, origin)
        except (NoteRefused, PolicyRefused, NotCanonical) as error:
            raise ProofRefused(str(error)) from error
        checkpoint = accepted.checkpoint
        leaf_hash = SHA256.leaf(self.extra)
        check_inclusion(SHA256, leaf_hash, self.index, checkpoint.size, self.path, checkpoint.root)
        return Checked(self.extra, self.index, accepted)
