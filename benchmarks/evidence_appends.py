"""How fast evidence is appended durably: `python benchmarks/evidence_appends.py [--seconds S] [--rounds N]
[--flush-ms MS] [--json]`.

Eight writer processes append to PostgreSQL (fsync on), one transaction an entry, while the log is kept up to date
beside them. In the same run, with the same payload, the same sealing and the same driver: the naive way, one chain for
everything under one advisory lock; the same chain without the lock, which forks; and the ceiling, a plain INSERT of
the same row into a table without any chain, which proves nothing. No way of one transaction an entry can be faster
than that here. Quote the ratio: machines differ, and so does the same machine at other hours.

Where a flush to the disk costs nothing and the processors are busy, all ways cost what their statements cost; where
it costs, the writers of the log share it and those before the lock do not. `--flush-ms` makes each flush that much
slower (commit_delay), as a replica or a disk over the network would. CPU time is that of an entry: of the writers, of
the database, of the log.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.evidence_naive import FORKS, RECORD, TABLES, append_locked, append_plain, append_unlocked
from benchmarks.processes import children_of, cpu_s_of

WRITERS = 8


def prepare(url: str, folder: Path, **changed: Any) -> None:
    """Set Django up in this process, with the evidence alone."""
    import django
    from django.conf import settings

    from mediation.conf.env import database

    os.environ["DATABASE_URL"] = url
    values: dict[str, Any] = {
        "DATABASES": {"default": database("DATABASE_URL", folder / "evidence.sqlite3")},
        "INSTALLED_APPS": ["evidence"],
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "SECRET_KEY": "only-for-measuring",
        "PERSONAL_DATA_KEY": "only-for-measuring",
        "USE_TZ": True,
        "LOG_ORIGIN": "bench.example/log",
        "EVIDENCE_POLICY": folder / "policy.txt",
        "WITNESSES": {},
        "EVIDENCE_WAIT_S": 5,
        "EVIDENCE_CHECKPOINT_EACH_S": 1,
        "MEDIA_ROOT": folder / "deposits",
        "MAX_UPLOAD_BYTES": 100_000_000,
        "ADAPTERS": {
            "timestamps": ("evidence.time.timestamps.LocalTimestampAuthority", {"folder": str(folder)}),
            "log_keys": ("evidence.log.signing.SealedKeys", {}),
        },
        **changed,
    }
    settings.configure(**values)
    django.setup()


def append_one(number: int, turn: int) -> None:
    """Our way: each writer to its own case."""
    from django.db import transaction

    from evidence import ledger

    with transaction.atomic():
        ledger.append(
            chain=f"case {number}", event="case.note", record={**RECORD, "turn": turn}, role="mediator"
        )


def append_ten(number: int, turn: int) -> None:
    """Our way, ten entries in one transaction."""
    from django.db import transaction

    from evidence import ledger

    told = [ledger.Told("case.note", {**RECORD, "turn": turn * 10 + n}, "mediator") for n in range(10)]
    with transaction.atomic():
        ledger.append_many(chain=f"case {number}", told=told)


WAYS: dict[str, tuple[Callable[[int, int], None], int]] = {
    "ours": (append_one, 1),
    "ours_by_ten": (append_ten, 10),
    "locked": (append_locked, 1),
    "plain": (append_plain, 1),
    "unlocked": (append_unlocked, 1),
}
TAKEN = ("locked", "ours", "ours_by_ten", "plain")  # in turn; the chain without a lock is shown once


RATIOS = {
    "append_ratio": ("ours", "locked"),
    "append_by_ten_ratio": ("ours_by_ten", "locked"),
    "append_ceiling_ratio": ("plain", "locked"),  # what no way of one transaction an entry can pass
    "append_of_ceiling": ("ours", "plain"),
}


@dataclass(frozen=True)
class Turn:
    """What the writers committed together in one turn."""

    entries: int
    seconds: float  # from the first one's begin to the last one's end
    writers_s: float  # of CPU time
    database_s: float
    log_s: float

    @property
    def rate(self) -> float:
        """Entries a second."""
        return self.entries / self.seconds


def cpu_us(turns: list[Turn]) -> dict[str, int]:
    """Microseconds of CPU time of an entry, medians."""
    return {
        who: round(statistics.median(getattr(turn, f"{who}_s") / turn.entries for turn in turns) * 1e6)
        for who in ("writers", "database", "log")
    }


@dataclass
class Crew:
    """Eight writer processes and the process of the log, which stay from one measurement to the next."""

    url: str
    folder: Path
    database: int  # the process of the server
    people: list[Any] = field(default_factory=list)
    lines: list[Any] = field(default_factory=list)

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self.stop = context.Event()
        log = context.Process(target=work_on_the_log, args=(self.url, self.folder, self.stop))
        self.people.append(log)
        for number in range(WRITERS):
            ours, theirs = context.Pipe()
            self.lines.append(ours)
            self.people.append(context.Process(target=write, args=(number, self.url, self.folder, theirs)))
        for one in self.people:
            one.start()
        self._hear()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for line in self.lines:
            line.send(None)
        for one in self.people:
            one.join(30)

    def take(self, way: str, seconds: float) -> Turn:
        """Let all of them write in one way for so long."""
        _wait_until_logged()
        before = self._others()
        for line in self.lines:
            line.send((way, time.monotonic() + 0.2, seconds))
        told = self._hear()
        database, log = (now - then for now, then in zip(self._others(), before, strict=True))
        counts, begun, ended, spent = zip(*told, strict=True)
        return Turn(sum(counts), max(ended) - min(begun), sum(spent), database, log)

    def _others(self) -> tuple[float, float]:
        """CPU seconds so far of the database, all its processes together, and of the log's process."""
        backends = [self.database, *children_of(self.database)]
        return sum(map(cpu_s_of, backends)), cpu_s_of(self.people[0].pid)

    def _hear(self) -> list[Any]:
        try:
            return [line.recv() for line in self.lines]
        except EOFError:
            raise SystemExit("a writer failed") from None


def write(number: int, url: str, folder: Path, line: Any) -> None:
    """A writer process: told a way, an instant and seconds, it appends; it answers (committed, begin, end)."""
    prepare(url, folder)
    for act, _ in WAYS.values():
        for turn in range(8):  # connect, begin the chain, prepare what is prepared later
            act(number, -1 - turn)
    line.send(None)
    while (told := line.recv()) is not None:
        way, start, seconds = told
        act, each = WAYS[way]
        time.sleep(max(0.0, start - time.monotonic()))
        turn, begun, spent = 0, time.monotonic(), time.process_time()
        while time.monotonic() - begun < seconds:
            act(number, turn)
            turn += 1
        line.send((turn * each, begun, time.monotonic(), time.process_time() - spent))


def work_on_the_log(url: str, folder: Path, stop: Any) -> None:
    """The process that keeps the log up to date."""
    prepare(url, folder)
    from evidence.log import running

    done = threading.Event()

    def end() -> None:
        stop.wait()
        done.set()

    threading.Thread(target=end, daemon=True).start()
    running.run(done)


def _wait_until_logged() -> None:
    """So that what one way left to the log does not slow the next one."""
    from evidence.models import Outbox

    while Outbox.objects.exists():
        time.sleep(0.2)


def measure(*, seconds: float = 2.0, rounds: int = 7, flush_ms: float = 0.0) -> dict[str, Any]:
    """All figures, on a PostgreSQL of its own. Raises NoPostgres."""
    from benchmarks.servers import postgres

    folder = Path(tempfile.mkdtemp(prefix="bench-appends-"))
    slower = {"commit_delay": str(round(flush_ms * 1000)), "commit_siblings": "0"} if flush_ms else {}
    with postgres(**slower) as (server, _binaries):
        prepare(server.url, folder)
        from django.core.management import call_command
        from django.db import connection

        from evidence.log import state
        from evidence.log.signing import sm2_signer

        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
        state.begin_log()
        sm2_signer()
        with Crew(server.url, folder, server.pid) as crew:
            rounds_ = [{way: crew.take(way, seconds) for way in TAKEN} for _ in range(rounds)]
            unlocked = crew.take("unlocked", min(seconds, 3.0))
        with connection.cursor() as cursor:
            cursor.execute(FORKS)
            [forks] = cursor.fetchone()
        checked = check()
        connection.close()
    ratios = {
        name: [turns[one].rate / turns[other].rate for turns in rounds_]
        for name, (one, other) in RATIOS.items()
    }
    return {
        "writers": WRITERS,
        "processors": os.cpu_count(),
        "flush_ms": flush_ms,
        **{f"{way}_per_s": round(statistics.median(one[way].rate for one in rounds_)) for way in TAKEN},
        **{name: round(statistics.median(found), 2) for name, found in ratios.items()},
        "append_ratios": [round(one, 2) for one in ratios["append_ratio"]],
        **{f"{way}_cpu_us": cpu_us([turns[way] for turns in rounds_]) for way in TAKEN},
        "unlocked_per_s": round(unlocked.rate),
        "naive_forks": int(forks),
        **checked,
    }


def check() -> dict[str, int]:
    """Empty the outbox and count what must be nought: forks, holes, entries outside the log, breaks."""
    from django.db import connection

    from evidence import ledger
    from evidence.log import integrator, state
    from evidence.models import ChainHead, LogState

    LogState.objects.update(lease_until=None)
    state.begin_log()
    while integrator.integrate():
        pass
    questions = {
        "entries": "SELECT count(*) FROM evidence_entry",
        "forks": "SELECT count(*) - count(DISTINCT chain || prev) FROM evidence_entry",
        "holes": 'SELECT max("index") + 1 - count(*) FROM evidence_leaf',
        "outside": "SELECT count(*) FROM evidence_entry e WHERE NOT EXISTS"
        " (SELECT 1 FROM evidence_leaf l WHERE l.entry_id = e.id)",
    }
    found = {}
    with connection.cursor() as cursor:
        for name, question in questions.items():
            cursor.execute(question)
            found[name] = int(cursor.fetchone()[0])
    chains = ChainHead.objects.values_list("chain", flat=True)
    found["breaks"] = sum(ledger.first_break(chain) is not None for chain in chains)
    return found


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--flush-ms", type=float, default=0.0)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    figures = measure(seconds=chosen.seconds, rounds=chosen.rounds, flush_ms=chosen.flush_ms)
    if chosen.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:>24}  {value}")


if __name__ == "__main__":
    main()
