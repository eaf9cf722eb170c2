"""Cosignatures (tlog-cosignature): a witness says when it saw a checkpoint, and that it follows from the last."""

from evidence.tlog import ed25519, notes
from evidence.tlog.notes import (
    COSIGNATURE,
    LATEST,
    Line,
    NoteRefused,
    SignedNote,
    VerifierKey,
    cosigned_message,
)

__all__ = ["cosigned_message", "make", "verify"]


def make(key: ed25519.SigningKey, name: str, text: str, at_s: int) -> Line:
    """The line by which the witness `name` cosigns the text of a checkpoint at a POSIX second."""
    notes.check_text(text)
    if not 0 <= at_s <= LATEST:
        raise NoteRefused("no witness was there at that time")
    own = VerifierKey.of(name, COSIGNATURE, ed25519.public_bytes(key))
    return notes.line(name, own.key_id, at_s.to_bytes(8, "big") + key.sign(cosigned_message(text, at_s)))


def verify(note: SignedNote, key: VerifierKey) -> int | None:
    """When this witness cosigned by its first line, in POSIX seconds; None when no line claims so.

    Raises NoteRefused when a line claims so and is wrong, and for keys that are no witness's.
    """
    if key.kind != COSIGNATURE:
        raise NoteRefused(f"the key of {key.name} is no witness's")
    if not notes.verify(note, key):
        return None
    return int.from_bytes(note.lines_by(key)[0].signature[:8], "big")
