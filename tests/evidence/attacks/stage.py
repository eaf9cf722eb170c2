"""A log with three witnesses, and what people outside hold of it, before somebody attacks."""

import io
import itertools
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from evidence import deposits, ledger
from evidence.log import integrator, publishing, stamping
from evidence.log.coverage import is_covered
from evidence.log.policy import policy_path
from evidence.log.receipts import make_receipt
from evidence.log.signing import log_signer, policy_log_lines, sm2_signer
from evidence.models import Entry
from evidence.origin.provenance import Provenance, Way
from evidence.packet import build_packet
from evidence.witness.judging import Witness
from evidence.witness.keys import WitnessKey
from evidence.witness.logs import KnownLogs
from evidence.witness.server import WitnessServer
from evidence.witness.store import FILE, Store

NAMES = ("court", "association", "auditor")
CASES = ("例1", "例2", "例3")
BATCHES, EACH = 4, 7
NOBODY, ONE, TWO_OF_THREE = "quorum none", "quorum court", "quorum two"
_folders = itertools.count()


@dataclass
class Outside:
    """Three organisations, each with a witness that listens, and a memory that can be put back to an earlier day."""

    folder: Path
    servers: dict[str, WitnessServer] = field(default_factory=dict)

    @contextmanager
    def open(self, log: str) -> Iterator["Outside"]:
        """All listen."""
        threads = []
        for name in NAMES:
            key = WitnessKey.make(self.folder / name, f"{name}.example/w")
            witness = Witness(key, KnownLogs([log]), Store(self.folder / name))
            self.servers[name] = WitnessServer(("127.0.0.1", 0), witness)
            threads.append(threading.Thread(target=self.servers[name].serve_forever, args=(0.02,)))
            threads[-1].start()
        try:
            yield self
        finally:
            for server in self.servers.values():
                server.shutdown()
                server.server_close()
                server.witness.store.close()
            for thread in threads:
                thread.join()

    @property
    def urls(self) -> dict[str, str]:
        return {name: f"http://127.0.0.1:{server.server_port}" for name, server in self.servers.items()}

    def memories(self) -> dict[str, bytes]:
        """What all remember now."""
        return {name: self._file(name).read_bytes() for name in NAMES}

    def remember(self, memories: dict[str, bytes]) -> None:
        """Put memories back; a witness without one remembers nothing."""
        for name in NAMES:
            witness = self.servers[name].witness
            witness.store.close()
            folder = self.folder / f"{name}-{next(_folders)}"
            folder.mkdir()
            if name in memories:
                (folder / FILE).write_bytes(memories[name])
            witness.store = Store(folder)

    def _file(self, name: str) -> Path:
        store = self.servers[name].witness.store
        store._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return store._path


def set_policy(outside: Outside, quorum: str) -> None:
    """Which checkpoints count from now on, for whoever looks: by the log's own signature alone, with one witness, or
    with two of three. The keys are those of the beginning, whatever stands in the database later.
    """
    lines = policy_path().with_name("logs.txt").read_text().splitlines()
    vkeys = {name: server.witness.key.vkey for name, server in outside.servers.items()}
    lines += [f"witness {name} {vkeys[name]}" for name in NAMES if quorum != NOBODY]
    lines += [f"group two 2 {' '.join(NAMES)}"] if quorum == TWO_OF_THREE else []
    policy_path().write_text("\n".join([*lines, quorum, ""]))


@dataclass
class Stage:
    """What an attack works on, and what is in the hands of others by then."""

    outside: Outside
    chance: random.Random
    receipts: list[str] = field(default_factory=list)  # of acts that were acknowledged, kept by the parties
    handed_over: bytes = b""  # the packet that the court is given
    undo: list[Callable[[], object]] = field(default_factory=list)  # what no database puts back

    def play(self) -> None:
        """Four days of three cases, each closed by a checkpoint; then some acts that nothing covers yet."""
        for _ in range(BATCHES):
            for number in range(EACH):
                self.act(CASES[number % 3])
            a_round()
        self.receipts = [make_receipt(entry) for entry in Entry.objects.order_by("pk") if is_covered(entry)]
        for case in CASES:
            self.act(case)

    def forget_the_attack(self) -> None:
        """Put back what no database puts back."""
        self.handed_over = b""
        while self.undo:
            self.undo.pop()()
        integrator._memory.forget()

    def act(self, case: str) -> Entry:
        """Something happens in a case; now and then a file comes in."""
        with transaction.atomic():
            if self.chance.random() < 0.2:
                captured = Provenance(how=Way.FORM, where="portal", role="citizen", agent="Firefox")
                text = f"转账记录 {self.chance.random()}\n".encode()
                deposit = deposits.take_in(
                    chain=case, file=io.BytesIO(text), name="转账.txt", captured=captured
                )
                return Entry.objects.get(chain=case, seq=deposit.seq)
            record = {"fen": self.chance.randint(1, 10**6), "text": "每月还款"}
            return ledger.append(chain=case, event="agreement.offer", record=record, role="mediator")


def a_round() -> bool:
    """The log does its work once; whether the policy accepted what came of it."""
    integrator.integrate()
    told = publishing.publish()
    stamping.stamp_newest()
    return told is None or told.is_published


def packet_of(case: str) -> bytes:
    """What the court is given of a case."""
    target = io.BytesIO()
    build_packet(chain=case, target=target, include_body=lambda entry: True, within_s=10)
    return target.getvalue()


def begin() -> str:
    """Make the keys of the log and write down, outside the database, which they are. Returns the log's own."""
    log, _ = log_signer(), sm2_signer()
    policy_path().with_name("logs.txt").write_text("\n".join(policy_log_lines()))
    return str(log.vkey)
