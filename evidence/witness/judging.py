"""add-checkpoint, as tlog-witness says: whether a witness may cosign, and the answer."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from evidence.tlog import notes
from evidence.tlog.checkpoints import LARGEST, Checkpoint
from evidence.tlog.merkle import SHA256, ProofRefused, check_consistency
from evidence.tlog.notes import NoteRefused, SignedNote, from_base64
from evidence.witness.keys import WitnessKey
from evidence.witness.logs import KnownLogs
from evidence.witness.store import CONTRADICTION, UNPROVEN, Seen, Store, Writing

MOST_PROOF_LINES = 63
HASH_BYTES = 32
CLOCK_MAY_LAG_S = 60  # behind our own last cosignature
NOT_BEFORE_S = 1_735_689_600  # 2025-01-01: a clock that says less was never set
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
PLAIN, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: str
    content_type: str = PLAIN


NOT_FOUND = Answer(404, "not found\n")


class Refused(Exception):
    """A request that is answered with a status that is not 200."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.answer = Answer(status, f"{why}\n")


class Conflict(Refused):
    """The log is at another size here, or was of another root: 409 with the size that we know."""

    def __init__(self, size: int) -> None:
        super().__init__(409, "conflict")
        self.answer = Answer(409, f"{size}\n", SIZE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was written."""

    old_size: int
    proof: list[bytes]
    note: SignedNote
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, body: bytes) -> "Asked":
        """The request that the body writes. Raises Refused (400)."""
        head, gap, note = body.partition(b"\n\n")
        try:
            first, *proof = head.decode("ascii").split("\n")
            old = _OLD.fullmatch(first)
            if not gap or old is None or int(old[1]) > LARGEST:
                raise Refused(400, "The body is `old N`, hashes, an empty line and a checkpoint.")
            if len(proof) > MOST_PROOF_LINES:
                raise Refused(400, f"There are at most {MOST_PROOF_LINES} hashes.")
            hashes = [from_base64(line) for line in proof]
            if any(len(one) != HASH_BYTES for one in hashes):
                raise Refused(400, "Every hash has 32 bytes.")
            signed = SignedNote.parse(note)
            return cls(int(old[1]), hashes, signed, Checkpoint.parse(signed.text))
        except (NoteRefused, UnicodeError) as error:
            raise Refused(400, f"This cannot be read: {error}.") from error


class Witness:
    """One witness: its key, the logs that it knows, its memory and its clock."""

    def __init__(
        self, key: WitnessKey, logs: KnownLogs, store: Store, clock: Callable[[], float] = time.time
    ) -> None:
        self.key, self.logs, self.store, self._clock = key, logs, store, clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """Cosign a checkpoint that continues what was cosigned before, once that is on the disk; otherwise say why
        not.
        """
        try:
            asked = Asked.parse(body)
            signed = self._signed_by_log(asked)
            with self.store.writing() as memory:
                refused, line = self._judge(asked, signed, memory)
        except Refused as refusal:
            return refusal.answer
        return refused.answer if refused else Answer(200, line)

    def _signed_by_log(self, asked: Asked) -> SignedNote:
        """The note with the signatures of its log alone. Raises Refused."""
        logs = self.logs.of(asked.checkpoint.origin)
        if not logs:
            raise Refused(404, "This witness does not know the log.")
        try:
            keys = [
                log.key
                for log in logs
                if log.is_good_for(asked.checkpoint.size) and notes.verify(asked.note, log.key)
            ]
        except NoteRefused as error:
            raise Refused(403, f"{error}") from error
        if not keys:
            raise Refused(403, "No key of the log has signed this.")
        if asked.old_size > asked.checkpoint.size:
            raise Refused(400, "The old size is larger than the checkpoint.")
        return SignedNote(asked.note.text, tuple(asked.note.lines_by(key)[0] for key in keys))

    def _judge(self, asked: Asked, signed: SignedNote, memory: Writing) -> tuple[Refused | None, str]:
        """A refusal (whose proof is remembered) or the line of our cosignature. Raises Refused, remembering nothing."""
        now, new = self._now(memory), asked.checkpoint
        known = memory.latest(new.origin) or Seen(new.origin, 0, SHA256.empty, 0, "")
        seen = Seen(new.origin, new.size, new.root, now, signed.serialise())
        if memory.other_root(seen):
            memory.add_refused(seen, CONTRADICTION)
            logger.error("%s has signed two trees of %s leaves", new.origin, new.size)
            return Conflict(known.size), ""
        if asked.old_size != known.size or (new.size == known.size and new.root != known.root):
            raise Conflict(known.size)
        if why := _inconsistency(known, asked):
            memory.add_refused(seen, UNPROVEN)
            logger.warning("%s could not show that %s follows from %s", new.origin, new.size, known.size)
            return Refused(422, f"The proof does not hold: {why}."), ""
        line = self.key.cosign(signed.text, now)
        if not known.note or new.size > known.size:
            whole = signed.with_lines([line]).serialise()
            memory.add(Seen(new.origin, new.size, new.root, now, whole))
        return None, str(line)

    def _now(self, memory: Writing) -> int:
        """POSIX seconds, never before our own last cosignature. Raises Refused (503) when the clock is wrong."""
        now, newest = int(self._clock()), memory.newest_at_s()
        if now < NOT_BEFORE_S or now < newest - CLOCK_MAY_LAG_S:
            logger.error(
                "The clock of this machine is wrong: it says %s, our last cosignature %s", now, newest
            )
            raise Refused(503, "The clock of this witness is wrong; its operator must set it.")
        return max(now, newest)


def _inconsistency(known: Seen, asked: Asked) -> str:
    """Why the proof does not show that the tree only grew; empty when it does."""
    new = asked.checkpoint
    if known.size == 0:
        return "there is nothing to prove from no leaves" if asked.proof else ""
    try:
        check_consistency(SHA256, known.size, new.size, asked.proof, known.root, new.root)
    except ProofRefused as error:
        return str(error)
    return ""
