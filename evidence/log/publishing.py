"""Publishing: the newest checkpoint goes to the witnesses, and counts once the policy accepts it.

What the policy does not accept is not published: then what it covers stays 待固化, and the monitor says why.
"""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from evidence.log import problems, trees
from evidence.log.policy import current_policy, witness_urls
from evidence.log.state import lock_state
from evidence.log.witnessing import WAITS_S, Cosigned, OtherSize, WitnessSilent, ask_witness
from evidence.models import CheckpointRow, LogState, WitnessState
from evidence.tlog import cosignatures
from evidence.tlog.merkle import SHA256, Subtree, consistency_path
from evidence.tlog.notes import Line, NoteRefused, SignedNote
from evidence.tlog.policies import Policy, PolicyRefused

GRACE_S = 0.25  # for the witnesses that are not needed any more
WITNESS, CLOCK = WitnessState.Kind.WITNESS, WitnessState.Kind.CLOCK


@dataclass(slots=True)
class Publication:
    """What came of one attempt."""

    size: int
    is_published: bool = False
    witnesses: dict[str, int] = field(default_factory=dict)  # who cosigned, at which POSIX second
    problems: dict[str, str] = field(default_factory=dict)  # who did not, and why
    refused: str = ""  # why the policy does not accept it


def publish() -> Publication | None:
    """Ask the witnesses for the newest checkpoint and publish it when the policy accepts it. None: nothing to do.

    Takes up to a few seconds where witnesses do not answer; call it outside any transaction. Never raises for what
    a witness, the policy or the network does: that stands in the answer and in the monitor.
    """
    row = CheckpointRow.objects.order_by("-size").first()
    if row is None or row.published_at is not None:
        return None
    told = Publication(row.size)
    note = SignedNote.parse(row.note)
    origin = note.text.partition("\n")[0]
    try:
        policy = current_policy()
        urls = witness_urls()
    except PolicyRefused as error:
        told.refused = str(error)
        return _remember(told)
    lines = _Round(policy, note, row.size, urls, told).run() if urls else []
    cosigned = note.with_lines(lines)
    try:
        told.witnesses = policy.accept(cosigned, origin).witnesses
    except PolicyRefused as error:
        told.refused = str(error)
        return _remember(told)
    _mark(row, cosigned)
    told.is_published = True
    return _remember(told)


class _Round:
    """All witnesses at once; as soon as there are enough, the others have a moment more."""

    def __init__(
        self, policy: Policy, note: SignedNote, size: int, urls: dict[str, str], told: Publication
    ) -> None:
        self.policy = policy
        self.note = note
        self.size = size
        self.urls = urls
        self.told = told
        self.text = note.serialise()
        self.lines: list[Line] = []
        self.again: set[str] = set()
        self.sizes = dict(
            WitnessState.objects.filter(kind=WITNESS, name__in=urls).values_list("name", "size")
        )
        self._subtree: Subtree | None = None

    def run(self) -> list[Line]:
        """The cosignatures that hold."""
        pool = ThreadPoolExecutor(len(self.urls))
        try:
            asked = {
                self._ask(pool, name, min(self.sizes.get(name, 0), self.size)): name for name in self.urls
            }
            until = time.monotonic() + 2 * WAITS_S
            has_enough = False
            while asked and (left := until - time.monotonic()) > 0:
                done, _ = wait(asked, timeout=left, return_when=FIRST_COMPLETED)
                for future in done:
                    name = asked.pop(future)
                    if (old := self._hear(name, future)) is not None:
                        asked[self._ask(pool, name, old)] = name
                if not has_enough and self._has_enough():
                    has_enough, until = True, min(until, time.monotonic() + GRACE_S)
            for name in asked.values():
                self.told.problems[name] = problems.SLOW
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return self.lines

    def _ask(self, pool: ThreadPoolExecutor, name: str, old: int) -> "Future[Cosigned | OtherSize]":
        proof: Sequence[bytes] = ()
        if 0 < old < self.size:
            self._subtree = self._subtree or trees.subtree("sha256")
            proof = consistency_path(SHA256, self._subtree, old, self.size)
        return pool.submit(ask_witness, self.urls[name], old=old, proof=proof, note=self.text)

    def _hear(self, name: str, future: "Future[Cosigned | OtherSize]") -> int | None:
        """What a witness answered; the size from which to ask again, if it told one."""
        try:
            answer = future.result()
        except WitnessSilent as error:
            self.told.problems[name] = str(error)
            return None
        if isinstance(answer, Cosigned):
            self._take(name, answer)
        elif answer.size > self.size:
            self.told.problems[name] = problems.kept(problems.LARGER_LOG, answer.size)
        elif name not in self.again:
            self.again.add(name)
            return answer.size
        else:
            self.told.problems[name] = problems.kept(problems.AGAIN, answer.size)
        return None

    def _take(self, name: str, answer: Cosigned) -> None:
        key = self.policy.witnesses[name].key
        for line in answer.lines:
            try:
                at_s = cosignatures.verify(SignedNote(self.note.text, (line,)), key)
            except NoteRefused:
                self.told.problems[name] = problems.WRONG
                return
            if at_s is not None:
                self.lines.append(line)
                self.told.witnesses[name] = at_s
                return
        self.told.problems[name] = problems.OTHER_KEY

    def _has_enough(self) -> bool:
        return bool(self.policy.witnesses) and self.policy.is_quorum(self.told.witnesses)


@transaction.atomic
def _mark(row: CheckpointRow, cosigned: SignedNote) -> None:
    state = lock_state()
    marked = CheckpointRow.objects.filter(size=row.size, published_at=None).update(
        cosigned=cosigned.serialise(), published_at=timezone.now()
    )
    if marked and row.size > state.published_size:
        state.published_size, state.published_root = row.size, row.root
        state.save(update_fields=["published_size", "published_root"])


def _remember(told: Publication) -> Publication:
    """Keep what the witnesses did, for the monitor and for the next proof."""
    now = timezone.now()
    for name, at_s in told.witnesses.items():
        seen_at = datetime.fromtimestamp(at_s, UTC)
        good = {
            "size": told.size,
            "good_at": now,
            "seen_at": seen_at,
            "drift_s": (seen_at - now).total_seconds(),
            "problem": "",
        }
        WitnessState.objects.update_or_create(kind=WITNESS, name=name, defaults=good)
    for name, problem in told.problems.items():
        bad = {"bad_at": now, "problem": problem[:300]}
        WitnessState.objects.update_or_create(kind=WITNESS, name=name, defaults=bad)
    problem = told.refused[:300]
    LogState.objects.exclude(problem=problem).update(problem=problem)
    return told
