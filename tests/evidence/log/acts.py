"""Run by test_crashes in a process of its own: one act on a log in a folder, on SQLite; prints its outcome (JSON)."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write beyond the limit is an error, as on a full disk


def begin(folder: Path) -> dict[str, Any]:
    """An empty log with its keys."""
    from django.core.management import call_command

    from evidence.log import state
    from evidence.log.policy import current_policy

    call_command("migrate", verbosity=0)
    state.begin_log()
    current_policy()
    return {}


def write(folder: Path, count: str) -> dict[str, Any]:
    """So many entries, with a pass now and then; goes on after errors."""
    from django.db import Error, transaction

    from evidence import ledger
    from evidence.log import integrator

    acknowledged, errors = [], []
    for turn in range(int(count)):
        try:
            with transaction.atomic():
                entry = ledger.append(
                    chain=f"case {turn % 3}", event="case.note", record={"text": "样例" * 60}
                )
            acknowledged.append((entry.chain, entry.seq, entry.hash))
            if turn % 7 == 6:
                integrator.integrate()
        except (Error, OSError) as error:
            errors.append(str(error))
    return {"acknowledged": acknowledged, "errors": errors[:3]}


def write_and_die(folder: Path, count: str) -> dict[str, Any]:
    """So many entries, and then no farewell to the database."""
    told = write(folder, count)
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    os._exit(0)


def take_over_and_pass(folder: Path, number: str) -> dict[str, Any]:
    """Twenty passes, each after taking the turn from whoever has it."""
    from django.db import transaction

    from evidence import ledger
    from evidence.log import integrator, state
    from evidence.log.state import Fenced

    told = {"passed": 0, "fenced": 0, "nothing": 0}
    for turn in range(20):
        with transaction.atomic():
            lease = state.take_over(state.lock_state(), number)
        with transaction.atomic():
            ledger.append(chain=f"of {number}", event="case.note", record={"turn": turn})
        time.sleep(0.01)
        try:
            told["passed" if integrator.integrate(lease=lease) else "nothing"] += 1
        except Fenced:
            told["fenced"] += 1
    return told


def loop(folder: Path) -> dict[str, Any]:
    """`run_log` until SIGTERM; afterwards, whether its lease is free and timestamps were fetched."""
    from evidence.log import running, state
    from evidence.models import LogState

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    running.run(stop)
    return {"held": state.is_held(state.begin_log()), "stamped": LogState.objects.get().seen_size > 0}


def write_and_wait(folder: Path, count: str, *, beside: str = "") -> dict[str, Any]:
    """Entries one by one, each until it is covered; `beside` a loop, which makes a checkpoint by itself only every
    thirty seconds.
    """
    from django.db import transaction

    from evidence import ledger
    from evidence.log import coverage, state
    from evidence.models import LogState

    if beside:
        wait_for(lambda: state.is_held(LogState.objects.get()))
    covered = []
    for turn in range(int(count)):
        with transaction.atomic():
            entry = ledger.append(chain="waits", event="agreement.sign", record={"turn": turn})
        covered.append(coverage.wait_until_covered(entry, within_s=20))
    if beside:
        wait_for(lambda: LogState.objects.get().seen_size > 0)
    return {"covered": covered, "size": LogState.objects.get().published_size}


def wait_for(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true() and time.monotonic() < until:
        time.sleep(0.1)


def check(folder: Path) -> dict[str, Any]:
    """Empty the outbox, read everything anew."""
    from evidence.log import integrator
    from evidence.log.audit import findings
    from evidence.models import Entry, LogState, Outbox

    LogState.objects.update(lease_until=None)
    while integrator.integrate():
        pass
    return {
        "entries": list(Entry.objects.values_list("chain", "seq", "hash")),
        "findings": [str(one) for one in findings()],
        "waiting": Outbox.objects.count(),
        "size": LogState.objects.get().size,
    }


ACTS: dict[str, Callable[..., dict[str, Any]]] = {
    one.__name__: one
    for one in (begin, write, write_and_die, take_over_and_pass, loop, write_and_wait, check)
}

if __name__ == "__main__":
    from benchmarks.evidence_appends import prepare

    place, name, *words = sys.argv[1:]
    prepare("", Path(place), EVIDENCE_CHECKPOINT_EACH_S=30.0)
    named = dict(word.split("=") for word in words if "=" in word)
    sys.stdout.write(
        json.dumps(ACTS[name](Path(place), *(word for word in words if "=" not in word), **named))
    )
