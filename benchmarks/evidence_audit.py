"""How fast the log is checked: `python benchmarks/evidence_audit.py [--entries N] [--rounds N] [--json]`.

Three figures over the same entries in memory, by CPU time: the limit, a loop that does nothing but three SHA-256 an
entry (link, leaf, node); the full audit of chains and tree; and the strict one, which also reads every envelope and
holds it to its canonical form. No database is asked.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ORIGIN = "bench.example/log"
CASES = 1_000


def entries(count: int) -> list[bytes]:
    """Envelopes of a thousand cases, taking turns."""
    from evidence.canonical import EMPTY_ROOT, link_hash
    from evidence.envelopes import write_envelope

    tags = [sha256(str(n).encode()).hexdigest()[:32] for n in range(CASES)]
    ends = ["0" * 64] * CASES
    made = []
    for n in range(count):
        case, seq = n % CASES, n // CASES + 1
        commitment = sha256(n.to_bytes(8, "big")).hexdigest()
        envelope = write_envelope(
            at="2025-03-07T09:59:00.000Z", c256=commitment, case=tags[case], csm3=commitment, log=ORIGIN,
            prev=ends[case], seen_root=EMPTY_ROOT, seen_size=n, seq=seq, typ="record",
        )  # fmt: skip
        ends[case] = link_hash(envelope)
        made.append(envelope)
    return made


def at_the_limit(leaves: Sequence[bytes]) -> None:
    """Three hashes an entry, and nothing else."""
    from evidence.canonical import LINK

    left = right = bytes(32)
    for data in leaves:
        sha256(LINK + data).digest()
        left = sha256(b"\x00" + data).digest()
        right = sha256(b"\x01" + left + right).digest()


def measure(*, count: int = 200_000, rounds: int = 9) -> dict[str, Any]:
    """All figures. The ways take turns; a ratio is the median of the ratios within each round, so that a machine that
    slows down for a while slows down both sides of it.
    """
    from django.conf import settings

    if not settings.configured:
        from benchmarks.evidence_appends import prepare

        prepare("", Path(tempfile.mkdtemp(prefix="bench-audit-")))
    from evidence.log.chains import audit_leaves

    leaves = entries(count)
    root = audit_leaves(ORIGIN, leaves).root
    ways: dict[str, Callable[[], object]] = {
        "limit": lambda: at_the_limit(leaves),
        "audit": lambda: _hold(audit_leaves(ORIGIN, leaves), root),
        "strict": lambda: _hold(audit_leaves(ORIGIN, leaves, strictly=True), root),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, act in ways.items():
            begun = time.process_time()
            act()
            found[name].append(count / (time.process_time() - begun))
    middle = {name: statistics.median(rates) for name, rates in found.items()}
    return {
        "entries": count,
        **{f"{name}_per_cpu_s": round(rate) for name, rate in middle.items()},
        "audit_ratio": round(statistics.median(_ratios(found["audit"], found["limit"])), 2),
        "audit_ratio_worst_round": round(min(_ratios(found["audit"], found["limit"])), 2),
        "strict_ratio": round(statistics.median(_ratios(found["strict"], found["limit"])), 2),
    }


def _ratios(rates: Sequence[float], limits: Sequence[float]) -> list[float]:
    return [rate / limit for rate, limit in zip(rates, limits, strict=True)]


def _hold(found: Any, root: bytes) -> None:
    if found.root != root or found.flaws:
        raise SystemExit("the audit is wrong")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=200_000)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    os.environ.setdefault("DATABASE_URL", "")
    figures = measure(count=chosen.entries, rounds=chosen.rounds)
    if chosen.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:>24}  {value}")


if __name__ == "__main__":
    main()
