"""All figures of the evidence in one line: `python benchmarks/evidence.py [--size N] [--seconds S] [--rounds N]
[--json]`.

Each stands beside the naive way, measured in the same run on the same machine; quote the ratios. `--size` is how many
entries the log has (a million takes about a quarter of an hour); `--size 20000 --seconds 0.5 --rounds 1` shows in a few
minutes that all of it runs. What cannot be measured here (no PostgreSQL, no browser) is null, and `skipped` says why.
Exit code 1 where an aim is not reached; `missed` names which.
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
    "proof": (
        "= 32·⌈log2 N⌉ bytes",
        lambda f: None if f["proof_bytes"] is None else f["proof_bytes"] == f["proof_bytes_wanted"],
    ),
    "packet proof": ("≤ 400 bytes per record", lambda f: _at_most(f["proof_bytes_per_record"], 400)),
    "verify.py": ("≤ 0.1 CPU-s", lambda f: _at_most(f["check_cpu_s"], 0.1)),
    "verify.html": ("≤ 0.5 s", lambda f: _at_most(f["page_s"], 0.5)),
    "guessing": (
        "0 % found, 100 % without a salt",
        lambda f: _all_nought(f, "guessed_percent", "naive_missed_percent"),
    ),
    "receipt": ("≤ 2,953 bytes, one QR code", lambda f: _at_most(f["receipt_bytes"], 2_953)),
}


GOALS = (
    "append_ratio", "append_by_ten_ratio", "append_ceiling_ratio", "append_of_ceiling", "naive_forks",
    "forks", "holes", "outside", "breaks", "audit_ratio", "strict_per_cpu_s", "proof_bytes", "proof_bytes_wanted",
    "proof_bytes_per_record", "receipt_bytes", "check_cpu_s", "page_s", "guessed_percent", "naive_missed_percent",
)  # fmt: skip


def _at_least(figure: float | None, aim: float) -> bool | None:
    return None if figure is None else figure >= aim


def _at_most(figure: float | None, aim: float) -> bool | None:
    return None if figure is None else figure <= aim


def _all_nought(figures: Mapping[str, Any], *names: str) -> bool | None:
    found = [figures[name] for name in names]
    return None if None in found else not any(found)


class CannotRun(RuntimeError):
    """A benchmark does not run here; the message is its last word."""


def run(script: str, *options: object) -> dict[str, Any]:
    """The figures of another benchmark, in a process of its own. Raises CannotRun."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), "--json", *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise CannotRun((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])
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
        "naive_missed_percent": 100 - 100 * naive // len(numbers),
        "guessing_cpu_s": round(time.process_time() - begun, 1),
    }


def measure(*, size: int, seconds: float, rounds: int) -> dict[str, Any]:
    """All figures, one thing after the other."""
    parts: Mapping[str, tuple[str, Callable[[], dict[str, Any]]]] = {
        "appends": (
            "append_entries",
            lambda: run("evidence_appends.py", "--seconds", seconds, "--rounds", rounds),
        ),
        "audit": (
            "audited_entries",
            lambda: run("evidence_audit.py", "--entries", min(size, 200_000), "--rounds", rounds),
        ),
        "growth": ("log_entries", lambda: run("evidence_growth.py", "--sizes", size)),
        "guessing": ("entries", lambda: guesses(min(size, 1_000_000))),
    }
    figures: dict[str, Any] = dict.fromkeys(GOALS)
    skipped = {}
    for part, (entries, measured) in parts.items():
        try:
            found = measured()
        except CannotRun as no:
            skipped[part] = str(no)
        else:
            figures |= {entries if name == "entries" else name: value for name, value in found.items()}
    if "growth" not in skipped and figures["page_s"] is None:
        skipped["verify.html"] = "there is no browser here"
    return {**figures, **judge(figures), "skipped": skipped}


def judge(figures: Mapping[str, Any]) -> dict[str, list[str]]:
    """Which aims are not reached, and which could not be measured."""
    reached = {name: is_reached(figures) for name, (_words, is_reached) in AIMS.items()}
    missed = {name: f"{name}: {AIMS[name][0]}" for name, good in reached.items() if good is False}
    if "appends" in missed:
        missed["appends"] += f" (a plain INSERT without any chain: {figures['append_ceiling_ratio']} ×)"
    return {
        "missed": list(missed.values()),
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
