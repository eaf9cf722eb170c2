"""Policies (tlog-policy): which logs and witnesses count, and how many witnesses are needed.

Two uses are our own (section 5.3 of the format): `log` lines for who signs the SM3 tree, and `sizes:FROM-TO`
in the place of a log's URL.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Self

from evidence.tlog import cosignatures, notes
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.notes import COSIGNATURE, ED25519, SM2, NoteRefused, SignedNote, VerifierKey

SM3_SUFFIX = "/sm3"
NONE = "none"
_ALLOWED = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")
_NUMBER = "0|[1-9][0-9]{0,17}"
_SIZES = re.compile(f"sizes:({_NUMBER})?-({_NUMBER})?", re.ASCII)
_THRESHOLD = re.compile("[1-9][0-9]{0,17}", re.ASCII)


class PolicyRefused(ValueError):
    """A policy that is not well formed, or a note that it does not accept; the message says why."""


@dataclass(frozen=True, slots=True)
class Log:
    """A key whose checkpoints (or, for SM2, whose SM3 trees) count, for sizes from `start` to below `end`."""

    key: VerifierKey
    url: str = ""
    start: int = 0
    end: int | None = None

    def is_good_for(self, size: int) -> bool:
        """Whether the key counts for a tree of this size."""
        return self.start <= size and (self.end is None or size < self.end)


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness by the name that the policy gives it."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and groups of which `threshold` must have seen a checkpoint."""

    name: str
    threshold: int
    members: tuple[str, ...]


class Accepted(NamedTuple):
    """A checkpoint that a policy accepts: whose key signed, and which witnesses saw it when (POSIX seconds)."""

    checkpoint: Checkpoint
    log_key: VerifierKey
    witnesses: dict[str, int]


@dataclass(frozen=True, slots=True)
class Policy:
    """Which logs and witnesses count. Names with bytes that are no UTF-8 hold them as lone surrogates."""

    logs: tuple[Log, ...]
    witnesses: Mapping[str, Witness]
    groups: Mapping[str, Group]
    quorum: str
    fingerprint: str

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The policy that these bytes write. Raises PolicyRefused, naming the line."""
        reader = _Reader()
        for number, words in _lines(data):
            try:
                reader.take(words)
            except (PolicyRefused, NoteRefused) as error:
                raise PolicyRefused(f"line {number} of the policy: {error}") from error
        if reader.quorum is None:
            raise PolicyRefused("the policy has no quorum")
        fingerprint = sha256(data).hexdigest()
        return cls(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum, fingerprint)

    def keys_of(self, origin: str, size: int | None = None) -> list[VerifierKey]:
        """The keys (Ed25519) that count for the log, for a tree of this size where one is given."""
        return self._keys(ED25519, origin, size)

    def sm3_keys_of(self, origin: str, size: int | None = None) -> list[VerifierKey]:
        """The keys (SM2) that count for the SM3 tree of the log, for an SM3 tree of this size where one is given."""
        return self._keys(SM2, origin + SM3_SUFFIX, size)

    def sm3_key(self, origin: str, size: int | None = None) -> VerifierKey:
        """The last named key that counts for the SM3 tree of the log. Raises PolicyRefused where there is none."""
        if not (keys := self.sm3_keys_of(origin, size)):
            raise PolicyRefused(f"the policy does not say who signs the SM3 tree of {origin}")
        return keys[-1]

    def accept(self, note: SignedNote, origin: str) -> Accepted:
        """The checkpoint of this log that the note states. Raises PolicyRefused unless it is signed and seen
        as this policy asks.
        """
        checkpoint, signers = self._read(note, origin)
        log_key = _first(self.keys_of(origin, checkpoint.size), signers)
        times = {one.name: signers.get(one.key) for one in self.witnesses.values()}
        witnesses = {name: at_s for name, at_s in times.items() if at_s is not None}
        if not self.is_quorum(witnesses):
            raise PolicyRefused("too few witnesses have seen the checkpoint")
        return Accepted(checkpoint, log_key, witnesses)

    def accept_sm3(self, note: SignedNote, origin: str) -> Accepted:
        """The state of the SM3 tree of this log that the note states. Raises PolicyRefused unless it is signed."""
        tree, signers = self._read(note, origin + SM3_SUFFIX)
        return Accepted(tree, _first(self.sm3_keys_of(origin, tree.size), signers), {})

    def is_quorum(self, witnesses: Iterable[str]) -> bool:
        """Whether these witnesses together are enough."""
        seen = set(witnesses) & self.witnesses.keys()
        for group in self.groups.values():  # a group names only what stands before it
            if sum(member in seen for member in group.members) >= group.threshold:
                seen.add(group.name)
        return self.quorum == NONE or self.quorum in seen

    def _read(self, note: SignedNote, origin: str) -> tuple[Checkpoint, dict[VerifierKey, int | None]]:
        """What a note says, and which keys of this policy have signed it; witnesses with the time they state."""
        signers: dict[VerifierKey, int | None] = {}
        try:
            checkpoint = Checkpoint.parse(note.text)
            signers |= {log.key: None for log in self.logs if notes.verify(note, log.key)}
            for witness in self.witnesses.values():
                if (at_s := cosignatures.verify(note, witness.key)) is not None:
                    signers[witness.key] = at_s
        except NoteRefused as error:
            raise PolicyRefused(str(error)) from error
        if checkpoint.origin != origin:
            raise PolicyRefused(f"this is a checkpoint of {checkpoint.origin}, not of {origin}")
        return checkpoint, signers

    def _keys(self, kind: bytes, name: str, size: int | None) -> list[VerifierKey]:
        return [
            log.key
            for log in self.logs
            if log.key.kind == kind and log.key.name == name and (size is None or log.is_good_for(size))
        ]


def _first(keys: Iterable[VerifierKey], signers: Mapping[VerifierKey, int | None]) -> VerifierKey:
    for key in keys:
        if key in signers:
            return key
    raise PolicyRefused("no key that counts has signed this")


class _Reader:
    """What the lines of a policy have said so far."""

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self._take_log(VerifierKey.parse(vkey), *url)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._take_witness(name, VerifierKey.parse(vkey), *url)
            case ["group", name, threshold, *members] if members:
                self._take_group(name, threshold, tuple(members))
            case ["quorum", name] if self.quorum is None:
                self._need_defined(name, NONE)
                self.quorum = name
            case _:
                raise PolicyRefused("it says nothing that a policy can say here")

    def _take_log(self, key: VerifierKey, url: str = "") -> None:
        if key.kind == COSIGNATURE or (key.kind == SM2 and not key.name.endswith(SM3_SUFFIX)):
            raise PolicyRefused("the key is of no kind that signs a log")
        if any(log.key.public == key.public for log in self.logs):
            raise PolicyRefused("the key of this log stands in the policy already")
        self.logs.append(Log(key, url, *_sizes(url)))

    def _take_witness(self, name: str, key: VerifierKey, url: str = "") -> None:
        self._need_new(name)
        if key.kind != COSIGNATURE:
            raise PolicyRefused("the key is of no kind that a witness has")
        if any(witness.key.public == key.public for witness in self.witnesses.values()):
            raise PolicyRefused("the key of this witness stands in the policy already")
        self.witnesses[name] = Witness(name, key, url)

    def _take_group(self, name: str, threshold: str, members: tuple[str, ...]) -> None:
        self._need_new(name)
        for member in members:
            self._need_defined(member)
            if member in self._members:
                raise PolicyRefused(f"{member} is a member already")
            self._members.add(member)
        count = {"any": 1, "all": len(members)}.get(threshold)
        if count is None and _THRESHOLD.fullmatch(threshold):
            count = int(threshold)
        if count is None or count > len(members):
            raise PolicyRefused("a group needs any, all, or a number of its members")
        self.groups[name] = Group(name, count, members)

    def _need_new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise PolicyRefused(f"the name {name} is taken")

    def _need_defined(self, name: str, *also: str) -> None:
        if name not in self.witnesses and name not in self.groups and name not in also:
            raise PolicyRefused(f"nothing before it has the name {name}")


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, in words, with their numbers."""
    if not _ALLOWED.fullmatch(data):
        raise PolicyRefused("the policy holds characters that none may hold")
    if not data.endswith(b"\n"):
        raise PolicyRefused("the last line of the policy does not end")
    for number, row in enumerate(data[:-1].split(b"\n"), start=1):
        words = [
            word.decode("utf-8", "surrogateescape") for word in row.replace(b"\t", b" ").split(b" ") if word
        ]
        if words and not words[0].startswith("#"):
            yield number, words


def _sizes(url: str) -> tuple[int, int | None]:
    """From which and below which size a key counts."""
    if not url.startswith("sizes:"):
        return 0, None
    match = _SIZES.fullmatch(url)
    if match is None:
        raise PolicyRefused("sizes are written sizes:FROM-TO")
    start, end = int(match[1] or 0), int(match[2]) if match[2] else None
    if end is not None and start >= end:
        raise PolicyRefused("the sizes end before they begin")
    return start, end
