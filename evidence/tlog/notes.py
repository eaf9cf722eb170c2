"""Signed notes (signed-note): a few lines of text, and who signed them."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from evidence.tlog import ed25519, sm2

ED25519, COSIGNATURE, SM2 = b"\x01", b"\x04", b"\xffSM2-SM3"
PUBLIC_LENGTH = {ED25519: 32, COSIGNATURE: 32, SM2: 65}  # bytes
MOST_LINES = 16
LATEST = 2**63 - 1  # POSIX seconds that a cosignature may state
_DASH = "\u2014 "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_NO_NAME = re.compile("[+\x00-\x1f\ud800-\udfff]|\\s")


class NoteRefused(ValueError):
    """A note, a key or a signature that is not what it must be; the message says why."""


def to_base64(data: bytes) -> str:
    """Base64 in its one spelling."""
    return base64.b64encode(data).decode()


def from_base64(text: str) -> bytes:
    """The bytes behind base64 in its one spelling. Raises NoteRefused for every other."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteRefused("this is not base64") from error
    if to_base64(data) != text:
        raise NoteRefused("the base64 is written in another way than the one")
    return data


def check_name(name: str) -> None:
    """Raise NoteRefused unless a key can have this name."""
    if not name or _NO_NAME.search(name):
        raise NoteRefused("the name of a key is UTF-8 without spaces, plus and control characters")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name, as text a vkey. `VerifierKey.of` works the key id out."""

    name: str
    key_id: bytes
    kind: bytes
    public: bytes

    @classmethod
    def of(cls, name: str, kind: bytes, public: bytes) -> Self:
        """The key with this name, kind (ED25519, COSIGNATURE or SM2) and public half."""
        check_name(name)
        if PUBLIC_LENGTH.get(kind) != len(public):
            raise NoteRefused("no key of this kind has this length")
        if not (sm2 if kind == SM2 else ed25519).is_good_key(public):
            raise NoteRefused("the key is weak, or no point of its curve")
        key_id = sha256(name.encode() + b"\n" + kind + public).digest()[:4]
        return cls(name, key_id, kind, public)

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """The key that a vkey writes. Raises NoteRefused, also for kinds that we do not use."""
        parts = vkey.split("+", 2)
        if len(parts) != 3:
            raise NoteRefused("a verifier key has three parts")
        data = from_base64(parts[2])
        kind = SM2 if data.startswith(SM2) else data[:1]
        key = cls.of(parts[0], kind, data[len(kind) :])
        if key.key_id.hex() != parts[1]:
            raise NoteRefused("the key id does not belong to this key")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(self.kind + self.public)}"


@dataclass(frozen=True, slots=True)
class Line:
    """One signature below a note; as text with its newline. `signature` is without the key id."""

    name: str
    key_id: bytes
    signature: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """The signature that a line, without its newline, writes. Raises NoteRefused."""
        name, space, data = text.removeprefix(_DASH).partition(" ")
        if not text.startswith(_DASH) or not space:
            raise NoteRefused("a signature line is a dash, a name and base64")
        check_name(name)
        signature = from_base64(data)
        if len(signature) < 5:
            raise NoteRefused("a signature line without a signature")
        return cls(name, signature[:4], signature[4:])

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.signature)}\n"


def line(name: str, key_id: bytes, signature: bytes) -> Line:
    """The line that says that this key made this signature. Raises NoteRefused."""
    check_name(name)
    if len(key_id) != 4 or not signature:
        raise NoteRefused("a key id has four bytes, and a signature some")
    return Line(name, key_id, signature)


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text, which ends with a newline and has no empty line, and 1 to 16 signature lines."""

    text: str
    lines: tuple[Line, ...]

    @classmethod
    def parse(cls, note: str | bytes) -> Self:
        """The note in its one spelling. Raises NoteRefused. Says nothing about the signatures yet."""
        whole = _as_text(note)
        text, gap, rest = whole.partition("\n\n")
        if not gap or not rest.endswith("\n"):
            raise NoteRefused("a note is a text, an empty line and signature lines")
        check_text(text + "\n")
        rows = rest[:-1].split("\n")
        if len(rows) > MOST_LINES:
            raise NoteRefused(f"a note has at most {MOST_LINES} signatures")
        return cls(text + "\n", tuple(Line.parse(row) for row in rows))

    def serialise(self) -> str:
        """The whole note as text."""
        return f"{self.text}\n{''.join(str(one) for one in self.lines)}"

    def with_lines(self, lines: Iterable[Line]) -> "SignedNote":
        """The same note with more signatures; of lines by one key the first stays."""
        kept = {(one.name, one.key_id): one for one in (*reversed(tuple(lines)), *reversed(self.lines))}
        old = tuple(kept.pop(key) for key in dict.fromkeys((one.name, one.key_id) for one in self.lines))
        return SignedNote(self.text, old + tuple(reversed(kept.values())))

    def lines_by(self, key: VerifierKey) -> list[Line]:
        """The lines that claim to be by this key."""
        return [one for one in self.lines if (one.name, one.key_id) == (key.name, key.key_id)]


def check_text(text: str) -> None:
    """Raise NoteRefused unless this can be the text of a note."""
    if not text.endswith("\n") or text.startswith("\n") or "\n\n" in text or _CONTROL.search(text):
        raise NoteRefused("the text of a note is lines, none empty, without control characters")


def verify(note: SignedNote, key: VerifierKey) -> bool:
    """Whether this key has signed the note; False when no line claims so.

    Raises NoteRefused when a line claims so and is wrong: such a note is worth nothing.
    """
    claims = note.lines_by(key)
    if not all(_holds(note.text, key, claim.signature) for claim in claims):
        raise NoteRefused(f"the signature of {key.name} is wrong")
    return bool(claims)


def sign(key: ed25519.SigningKey, name: str, text: str) -> Line:
    """The line by which a log signs the text."""
    check_text(text)
    own = VerifierKey.of(name, ED25519, ed25519.public_bytes(key))
    return line(name, own.key_id, key.sign(text.encode()))


def sign_sm2(private: bytes, name: str, text: str) -> Line:
    """The line by which the SM2 key (32 bytes) signs the text."""
    check_text(text)
    own = VerifierKey.of(name, SM2, sm2.public_of(private))
    return line(name, own.key_id, sm2.sign(private, text.encode()))


def cosigned_message(text: str, at_s: int) -> bytes:
    """What a witness signs when it saw this text at that POSIX second."""
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()


def _holds(text: str, key: VerifierKey, signature: bytes) -> bool:
    if key.kind == SM2:
        return sm2.verify(key.public, text.encode(), signature)
    if key.kind == ED25519:
        return ed25519.verify(key.public, text.encode(), signature)
    at_s = int.from_bytes(signature[:8], "big")
    return at_s <= LATEST and ed25519.verify(key.public, cosigned_message(text, at_s), signature[8:])


def _as_text(note: str | bytes) -> str:
    try:
        return note.decode() if isinstance(note, bytes) else note.encode().decode()
    except UnicodeError as error:
        raise NoteRefused("a note is written in UTF-8") from error
