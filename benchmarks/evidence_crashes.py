"""What crashes cost: `python benchmarks/evidence_crashes.py [--kills N] [--stops N] [--sqlite] [--json]`.

Writers append and note on disk what was acknowledged to them; one process does the work of the log, a second one
stands by. All of them are killed (SIGKILL) again and again, at any moment, and the database is stopped at once and
recovers. Then: every acknowledged entry is there, once, in its place; no fork, no hole; and the whole log is read anew.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

LIVES_S = (0.15, 0.9)  # between two kills, after the first second
LOGS = 2


@dataclass
class Stage:
    """The programs that run against one database."""

    url: str  # empty: SQLite in the folder
    folder: Path
    writers: int = 4
    programs: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    kills: int = 0

    def start(self, name: str) -> None:
        """Start `log 0`, `writer 3` …, anew after a kill."""
        role, number = name.split()
        with (self.folder / f"{role}-{number}.err").open("ab") as errors:
            self.programs[name] = subprocess.Popen(
                [sys.executable, __file__, "--role", role, "--number", number, "--folder", str(self.folder)],
                env={**os.environ, "CRASHES_URL": self.url},
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    def start_all(self) -> None:
        """Everybody."""
        for name in [*(f"log {n}" for n in range(LOGS)), *(f"writer {n}" for n in range(self.writers))]:
            self.start(name)

    def kill(self, name: str) -> None:
        """SIGKILL, wherever it stands, and a new one."""
        self.programs[name].kill()
        self.programs[name].wait()
        self.kills += 1
        self.start(name)

    def stop(self) -> None:
        """Kill all, for good."""
        for program in self.programs.values():
            program.kill()
        for program in self.programs.values():
            program.wait()

    def acknowledged(self) -> Iterator[tuple[str, int, str]]:
        """(chain, seq, hash) of every entry whose transaction was known to be committed."""
        for path in sorted(self.folder.glob("acknowledged-*")):
            for line in path.read_text().splitlines():
                chain, seq, hash_ = line.split()
                yield chain, int(seq), hash_

    def count(self) -> int:
        """How many those are."""
        return sum(1 for _ in self.acknowledged())


def play(stage: Stage, *, kills: int, stops: int = 0, crash: Callable[[], None] | None = None) -> None:
    """So many kills, half of them of whoever works on the log; between them so many stops of the database."""
    chance = random.Random(f"{kills} {stops}")
    stage.start_all()
    _wait_for(lambda: stage.count() > 10 * stage.writers)
    rests = {kills * (n + 1) // (stops + 1) for n in range(stops)}
    for turn in range(kills):
        time.sleep(chance.uniform(*LIVES_S))
        role, many = ("log", LOGS) if chance.random() < 0.5 else ("writer", stage.writers)
        stage.kill(f"{role} {chance.randrange(many)}")
        if crash is not None and turn + 1 in rests:
            crash()
            before = stage.count()
            _wait_for(lambda before=before: stage.count() > before)  # type: ignore[misc]
    time.sleep(1.0)
    stage.stop()


def _wait_for(true: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise SystemExit("nobody writes any more")
        time.sleep(0.1)


def verdict(stage: Stage) -> dict[str, int]:
    """What must be nought, counted; call it in a process that `prepare` has set up for the same database."""
    from django.db import connection

    from benchmarks.evidence_appends import check
    from evidence.log import publishing
    from evidence.log.audit import findings
    from evidence.models import Entry, Leaf

    told = list(stage.acknowledged())
    counted = check()
    publishing.publish()
    there = {(chain, seq): hash_ for chain, seq, hash_ in Entry.objects.values_list("chain", "seq", "hash")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) - count(DISTINCT entry_id) FROM evidence_leaf WHERE entry_id IS NOT NULL"
        )
        [twice] = cursor.fetchone()
    found = list(findings())
    for one in found[:5]:
        print(one, file=sys.stderr)
    return {
        "kills": stage.kills,
        "acknowledged": len(told),
        "lost": sum(there.get((chain, seq)) != hash_ for chain, seq, hash_ in told),
        "acknowledged_twice": len(told) - len({(chain, seq) for chain, seq, _hash in told}),
        "logged_twice": int(twice),
        **counted,
        "findings": len(found),
        "leaves": Leaf.objects.count(),
    }


def write_on(number: int, folder: Path) -> None:
    """A writer: two cases of its own and one that all share. Notes what was acknowledged; tries again after errors."""
    from django.db import Error, connection, transaction

    from evidence import ledger

    mine = [f"case-{number}-a", f"case-{number}-b", "case-of-all"]
    handle = os.open(folder / f"acknowledged-{number}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    turn = random.Random().randrange(1000)
    while True:
        turn += 1
        chain = mine[turn % 3]
        try:
            with transaction.atomic():
                entry = ledger.append(chain=chain, event="case.note", record={"turn": turn, "by": number})
        except Error:
            connection.close()
            time.sleep(0.1)
            continue
        os.write(handle, f"{chain} {entry.seq} {entry.hash}\n".encode())
        time.sleep(0.002)


def work_on_the_log() -> None:
    """Whoever works on the log, or stands by."""
    from evidence.log import running

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    running.run(stop)


def on_postgresql(*, kills: int, stops: int) -> dict[str, int]:
    """The whole play on a PostgreSQL of its own. Raises NoPostgres."""
    from benchmarks.evidence_appends import prepare
    from benchmarks.servers import postgres

    folder = Path(tempfile.mkdtemp(prefix="bench-crashes-"))
    with postgres() as (server, binaries):
        prepare(server.url, folder, EVIDENCE_CHECKPOINT_EACH_S=0.2)
        _begin()

        def crash() -> None:
            server.crash()
            server.start(binaries)

        stage = Stage(server.url, folder)
        try:
            play(stage, kills=kills, stops=stops, crash=crash)
        finally:
            stage.stop()
        return {"stops": stops, **verdict(stage)}


def on_sqlite(folder: Path, *, kills: int) -> dict[str, int]:
    """The whole play on SQLite."""
    from benchmarks.evidence_appends import prepare

    prepare("", folder, EVIDENCE_CHECKPOINT_EACH_S=0.2)
    _begin()
    stage = Stage("", folder, writers=3)
    try:
        play(stage, kills=kills)
    finally:
        stage.stop()
    return verdict(stage)


def _begin() -> None:
    from django.core.management import call_command
    from django.db import connection

    from evidence.log import state
    from evidence.log.signing import sm2_signer

    call_command("migrate", verbosity=0)
    state.begin_log()
    sm2_signer()
    connection.close()


def main() -> None:
    """Play and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=120)
    options.add_argument("--stops", type=int, default=5)
    options.add_argument("--sqlite", action="store_true")
    options.add_argument("--json", action="store_true")
    options.add_argument("--role", choices=["writer", "log"], help=argparse.SUPPRESS)
    options.add_argument("--number", type=int, default=0, help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.role:
        _play_role(chosen)
        return
    if chosen.sqlite:
        folder = chosen.folder or Path(tempfile.mkdtemp(prefix="bench-crashes-"))
        figures: dict[str, Any] = on_sqlite(folder, kills=chosen.kills)
    else:
        figures = on_postgresql(kills=chosen.kills, stops=chosen.stops)
    if chosen.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:>24}  {value}")
    bad = ("lost", "acknowledged_twice", "logged_twice", "forks", "holes", "outside", "breaks", "findings")
    sys.exit(any(figures[name] for name in bad))


def _play_role(chosen: argparse.Namespace) -> None:
    from benchmarks.evidence_appends import prepare

    prepare(os.environ["CRASHES_URL"], chosen.folder, EVIDENCE_CHECKPOINT_EACH_S=0.2)
    if chosen.role == "writer":
        write_on(chosen.number, chosen.folder)
    else:
        work_on_the_log()


if __name__ == "__main__":
    main()
