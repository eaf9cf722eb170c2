"""Logs of any size to measure with, and the one case in them that is handed to a court.

Everything is written by the site's own code: entries in transactions of many, passes of ten thousand, a checkpoint
and a timestamp after each. The case has 200 entries scattered over the log, among them 20 files of 100 KB.
"""

import hashlib
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BATCH = 10_000  # entries of a pass
AT_ONCE, TOGETHER = 10, 50  # cases in a transaction, entries of each
RECORDS, FILES, FILE_BYTES = 200, 20, 100_000
NOTE = {"note": "双方确认还款计划，分六期付清。", "claim_fen": 94_356}


@dataclass
class BuiltLog:
    """The log of this process's database. Every hundred entries are of a new case."""

    folder: Path
    entries: int = 0
    logged: int = 0

    def begin(self) -> None:
        """An empty log in a new SQLite database. Once in a process."""
        from benchmarks.evidence_appends import prepare

        prepare("", self.folder, STORAGES={"default": {"BACKEND": "evidence.safe.storage.SealedFolder"}})
        from django.core.management import call_command

        from evidence.log import state
        from evidence.log.policy import current_policy

        call_command("migrate", verbosity=0)
        state.begin_log()
        current_policy()

    def grow_to(self, entries: int) -> str:
        """Add entries until there are so many; returns the name of a case that is scattered among the new ones."""
        case, first = f"to {entries}", self.entries
        chance = random.Random(entries)
        for number in range(RECORDS):
            self._others_up_to(first + (entries - first) * (number + 1) // (RECORDS + 1))
            self._act(case, number, chance)
        self._others_up_to(entries)
        while self._pass():
            pass
        return case

    def _others_up_to(self, entries: int) -> None:
        """Entries of other cases, some hundred in a transaction, and a pass now and then."""
        from django.db import transaction

        from evidence import ledger

        while self.entries < entries:
            with transaction.atomic():
                for _ in range(AT_ONCE):
                    many = min(TOGETHER, entries - self.entries)
                    told = [ledger.Told("case.note", {**NOTE, "n": n}, "mediator") for n in range(many)]
                    ledger.append_many(chain=f"{self.entries // 100}", told=told)
                    self.entries += many
            if self.entries - self.logged >= BATCH:
                self.logged = self.entries
                self._pass()

    def _act(self, case: str, number: int, chance: random.Random) -> None:
        from django.db import transaction

        from evidence import deposits, ledger
        from evidence.origin.provenance import Provenance, Way

        with transaction.atomic():
            if number % (RECORDS // FILES) == 0:
                content = io.BytesIO(chance.randbytes(FILE_BYTES // 2).hex().encode())
                name = f"流水 {number // (RECORDS // FILES) + 1}.txt"
                deposits.take_in(chain=case, file=content, name=name, captured=Provenance(how=Way.FORM))
            else:
                ledger.append(
                    chain=case, event="agreement.offer", record={**NOTE, "n": number}, role="mediator"
                )
        self.entries += 1

    def _pass(self) -> bool:
        from evidence.log import integrator, publishing, stamping

        made = integrator.integrate(limit=BATCH)
        publishing.publish()
        stamping.stamp_newest()
        return made is not None

    def packet_of(self, case: str) -> Path:
        """The packet of a case, every body and every file in it."""
        from evidence.models import Deposit
        from evidence.packet import build_packet

        files = [(one, f"{number:02d}-{one.name}") for number, one in enumerate(Deposit.objects.of(case), 1)]
        target = self.folder / f"{case}.zip"
        build_packet(chain=case, target=target, include_body=lambda entry: True, deposits=files, within_s=60)
        return target

    def links(self) -> Iterator[bytes]:
        """What a plain hash chain over everything would hash: every entry, in the order of the log."""
        from evidence.models import Leaf

        rows = Leaf.objects.filter(entry__isnull=False).order_by("index")
        for envelope in rows.values_list("entry__envelope", flat=True).iterator(chunk_size=5_000):
            yield envelope.encode()


def chain_hash(entries: Iterator[bytes]) -> bytes:
    """The head of one hash chain over all entries: the naive proof that one of them is among them."""
    head = bytes(32)
    for data in entries:
        head = hashlib.sha256(head + data).digest()
    return head
