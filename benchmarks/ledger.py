"""How fast evidence is appended and checked: `python benchmarks/ledger.py [--entries N] [--json]`.

Appends to one chain, one entry a transaction, beside a plain INSERT of the same row in the same run, on a database
of its own (SQLite, or DATABASE_URL). Quote the ratio: machines differ, and so does the same machine at other hours.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="bench-ledger-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")


def rate(times: int, act: Callable[[int], object]) -> float:
    """Acts a second."""
    start = time.perf_counter()
    for number in range(times):
        act(number)
    return times / (time.perf_counter() - start)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=500)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()

    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from cases.models import Court
    from evidence import ledger

    call_command("migrate", verbosity=0)

    def plain(number: int) -> None:
        with transaction.atomic():
            Court.objects.create(name=f"court {number}", code=f"c{number}")

    def appended(number: int) -> None:
        with transaction.atomic():
            ledger.append(chain="bench", event="bench.entry", record={"number": number, "text": "样例" * 40})

    def checked(_number: int) -> None:
        if found := ledger.first_break("bench"):
            raise SystemExit(str(found))

    plain_rate = rate(chosen.entries, plain)
    append_rate = rate(chosen.entries, appended)
    check_rate = rate(1, checked) * chosen.entries
    figures = {
        "entries": chosen.entries,
        "plain_inserts_per_s": round(plain_rate),
        "appends_per_s": round(append_rate),
        "append_ratio": round(append_rate / plain_rate, 2),
        "checked_entries_per_s": round(check_rate),
    }
    if chosen.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:>24}  {value}")


if __name__ == "__main__":
    main()
