"""All figures of the evidence in one line: `python benchmarks/evidence.py [--size N] [--rounds N] [--json]`.

Each stands beside the naive way, measured in the same run on the same machine; quote the ratios. `--size` is how many
entries the log has (a million takes about a quarter of an hour). Without PostgreSQL or without a browser the figures
that need them are null. Exit code 1 where an aim is not reached; `missed` names which.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

AIMS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], bool | None]]] = {
    "appends": ("≥ 5 × the advisory-lock chain", lambda f: _at_least(f["append_ratio"], 5)),
    "appends by ten": ("≥ 20 × the advisory-lock chain", lambda f: _at_least(f["append_by_ten_ratio"], 20)),
    "whole": (
        "no fork, no hole, nothing outside",
        lambda f: _all_nought(f, "forks", "holes", "outside", "breaks"),
    ),
    "naive forks": ("the chain without a lock forks", lambda f: _at_least(f["naive_forks"], 1)),
    "audit": ("≥ 0.75 of the three-hash limit", lambda f: _at_least(f["audit_ratio"], 0.75)),
    "strict": ("≥ 50,000 entries per CPU-second", lambda f: _at_least(f["strict_per_cpu_s"], 50_000)),
    "proof": ("= 32·⌈log2 N⌉ bytes", lambda f: f["proof_bytes"] == f["proof_bytes_wanted"]),
    "packet proof": ("≤ 400 bytes per record", lambda f: _at_most(f["proof_bytes_per_record"], 400)),
    "verify.py": ("≤ 0.1 CPU-s", lambda f: _at_most(f["check_cpu_s"], 0.1)),
    "verify.html": ("≤ 0.5 s", lambda f: _at_most(f["page_s"], 0.5)),
    "guessing": (
        "0 % found, 100 % without a salt",
        lambda f: (f["guessed_percent"], f["naive_guessed_percent"]) == (0, 100),
    ),
    "receipt": ("≤ 2,953 bytes, one QR code", lambda f: _at_most(f["receipt_bytes"], 2_953)),
}
APPENDS = ("append_ratio", "append_by_ten_ratio", "naive_forks", "forks", "holes", "outside", "breaks")


def _at_least(figure: float | None, aim: float) -> bool | None:
    return None if figure is None else figure >= aim


def _at_most(figure: float | None, aim: float) -> bool | None:
    return None if figure is None else figure <= aim


def _all_nought(figures: Mapping[str, Any], *names: str) -> bool | None:
    found = [figures[name] for name in names]
    return None if None in found else not any(found)


def run(script: str, *options: object) -> dict[str, Any] | None:
    """The figures of another benchmark, in a process of its own; None when it cannot run here, and says why."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), "--json", *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        print(f"{script}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    found = json.loads(lines[-1])
    return dict(found[-1]) if isinstance(found, list) else dict(found)


def guesses(count: int) -> dict[str, Any]:
    """How many of some phone numbers are found by so many guesses: in the open log, and in plain hashes."""
    from benchmarks.evidence_appends import prepare

    prepare("", Path(tempfile.mkdtemp(prefix="bench-guesses-")))
    from django.core.management import call_command
    from django.db import transaction

    from evidence import ledger
    from evidence.canonical import canonical
    from evidence.log import state
    from tests.evidence import guessing

    call_command("migrate", verbosity=0)
    state.begin_log()

    def write(guess: str) -> bytes:
        body = {"event": guessing.EVENT, "record": {"phone": guess}, "role": guessing.ROLE, "salt": ""}
        return canonical(body).removesuffix(b'"}')

    numbers = [number for at, number in enumerate(guessing.numbers(count)) if at % (count // 2) == count // 4]
    ours = naive = 0
    begun = time.process_time()
    for number in numbers:
        with transaction.atomic():
            entry = ledger.append(
                chain=number, event=guessing.EVENT, record={"phone": number}, role=guessing.ROLE
            )
        told = guessing.publish(entry.envelope.encode(), number)
        ours += guessing.against_the_log(told, guessing.numbers(count), write) is not None
        naive += guessing.against_the_hash(told, guessing.numbers(count)) == number
    return {
        "guesses": count,
        "guessed_percent": 100 * ours // len(numbers),
        "naive_guessed_percent": 100 * naive // len(numbers),
        "guessing_cpu_s": round(time.process_time() - begun, 1),
    }


def measure(*, size: int, seconds: float, rounds: int) -> dict[str, Any]:
    """All figures, one thing after the other."""
    appends = run("evidence_appends.py", "--seconds", seconds, "--rounds", rounds)
    audit = run("evidence_audit.py", "--entries", min(size, 200_000), "--rounds", rounds)
    grown = run("evidence_growth.py", "--sizes", size)
    if audit is None or grown is None:
        raise SystemExit("a measurement failed")
    figures = {
        **(appends or dict.fromkeys(APPENDS)),
        **{name: value for name, value in audit.items() if name != "entries"},
        "audited_entries": audit["entries"],
        **{name: value for name, value in grown.items() if name != "entries"},
        "log_entries": grown["entries"],
        **guesses(min(size, 1_000_000)),
    }
    reached = {name: is_reached(figures) for name, (_words, is_reached) in AIMS.items()}
    return {
        **figures,
        "missed": [f"{name}: {AIMS[name][0]}" for name, good in reached.items() if good is False],
        "not_measured": [name for name, good in reached.items() if good is None],
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    figures = measure(size=chosen.size, seconds=chosen.seconds, rounds=chosen.rounds)
    if chosen.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:>34}  {value}")
    sys.exit(bool(figures["missed"]))


if __name__ == "__main__":
    main()
