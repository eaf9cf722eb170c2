"""How fast and how right time limits are counted: `python benchmarks/clocks.py [--cases N] [--walks N] [--json]`.

Counts N open clocks anew, half and whole, to show how the cost grows; the same through the service, with a database
of its own; explanations, rates and ledgers a second. Then it walks random periods day by day with the calendars of
two other libraries (tests/cases/day_by_day.py) and reports every disagreement. Machines differ, and so does the
same machine at other hours: read the growth and the disagreements first.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="bench-clocks-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")

VECTORS = [
    (30, "day", "2026-01-16", "2026-02-24"),
    (15, "day", "2026-01-30", "2026-02-14"),
    (30, "day", "2026-09-01", "2026-10-08"),
    (7, "day", "2026-04-24", "2026-05-06"),
    (3, "working", "2026-09-30", "2026-10-10"),
    (3, "working", "2026-02-12", "2026-02-24"),
]
RATES = [
    (10_000_00, 893_33, "13.03", "13.84"),
    (10_000_00, 933_33, "21.46", "23.70"),
    (10_000_00, 945_60, "24.00", "26.83"),
    (9_000_00, 943_56, "44.66", "55.04"),
]


def seconds(act: Callable[[], object], *, best_of: int = 1) -> float:
    """The shortest of so many tries: the others measure what else the machine was doing."""
    tries = []
    for _ in range(best_of):
        start = time.perf_counter()
        act()
        tries.append(time.perf_counter() - start)
    return min(tries)


def clocks(many: int) -> list[tuple[Any, date, list[Any], int]]:
    """Open clocks as a centre has them: rule, day of the event, pauses, days added."""
    from cases.rules.limits import TRACKS, PauseKind, Stretch, load_profile

    rng = random.Random(7)
    rules = [limit for track in TRACKS for limit in load_profile(track, date(2026, 11, 1)).values()]
    found = []
    for _ in range(many):
        limit = rng.choice(rules)
        start = date(2024, 1, 1) + timedelta(days=rng.randrange(1_000))
        pauses, added = [], 0
        if limit.paused_by and rng.random() < 0.3:
            first = start + timedelta(days=rng.randrange(20))
            pauses = [Stretch(first, first + timedelta(days=rng.randrange(30)), PauseKind.WAITING)]
        if limit.max_extension != 0 and rng.random() < 0.2:
            added = rng.randint(1, min(5, limit.max_extension or 5))
        found.append((limit, start, pauses, added))
    return found


def count_pure(many: int) -> dict[str, float]:
    """Count so many clocks anew, and half of them."""
    from cases.rules.explanation import explanation_of
    from cases.rules.limits import due

    asked = clocks(many)

    def recount(some: list[Any]) -> None:
        for limit, start, pauses, added in some:
            due(limit, start, pauses, extension=added)

    recount(asked[:100])  # read the tables
    half = seconds(lambda: recount(asked[: many // 2]), best_of=5)
    whole = seconds(lambda: recount(asked), best_of=5)
    told = asked[:2_000]
    explained = seconds(
        lambda: [
            explanation_of(due(limit, start, pauses, extension=added)).as_json()
            for limit, start, pauses, added in told
        ]
    )
    return {
        "clocks": many,
        "counted_s": round(whole, 3),
        "counted_half_s": round(half, 3),
        "growth": round(whole / half, 2),
        "microseconds_a_clock": round(whole / many * 1e6, 1),
        "explained_a_s": round(len(told) / explained),
    }


def count_in_database(many: int) -> dict[str, float]:
    """The same through the service that the site uses: read the clock, its case and pauses, count, save."""
    from django.core.management import call_command
    from django.db import transaction
    from django.utils import timezone

    from cases.models import Case, Clock
    from cases.services.steps import recount
    from cases.workflow import Stage

    call_command("migrate", verbosity=0)
    filed = timezone.now() - timedelta(days=20)
    start = timezone.localdate(filed)
    cases = Case.objects.bulk_create(
        [
            Case(docket=f"bench-{number}", stage=Stage.MEDIATION, filed_at=filed, accepted_at=filed)
            for number in range(many)
        ]
    )
    Clock.objects.bulk_create(
        [
            Clock(case=case, limit="mediation", started_on=start, due_on=start, overdue_on=start)
            for case in cases
        ]
    )

    def recount_some(some: int) -> None:
        with transaction.atomic():
            open_clocks = Clock.objects.select_related("case").prefetch_related("case__pauses")
            for clock in open_clocks.filter(state=Clock.State.RUNNING)[:some]:
                recount(clock)

    recount_some(100)
    half = seconds(lambda: recount_some(many // 2), best_of=3)
    whole = seconds(lambda: recount_some(many), best_of=3)
    return {
        "cases": many,
        "recounted_s": round(whole, 2),
        "recounted_half_s": round(half, 2),
        "growth": round(whole / half, 2),
    }


def price_loans() -> dict[str, float]:
    """Rates and ledgers a second, for a loan of a year and for one of thirty."""
    from cases.rules.cost import Payment, loan_cost
    from cases.rules.repayment import Loan, run_ledger

    year: list[Payment] = [(month, 893_33) for month in range(1, 13)]
    thirty: list[Payment] = [(month, 5_000_00) for month in range(1, 361)]
    of_a_year = seconds(lambda: [loan_cost(received_fen=1_000_000, payments=year) for _ in range(500)])
    of_thirty = seconds(lambda: [loan_cost(received_fen=80_000_000, payments=thirty) for _ in range(50)])
    ledgers = seconds(lambda: [run_ledger(Loan(1_000_000, Decimal("0.24")), year) for _ in range(500)])
    return {
        "rates_of_12_payments_a_s": round(500 / of_a_year),
        "rates_of_360_payments_a_s": round(50 / of_thirty),
        "ledgers_of_12_payments_a_s": round(500 / ledgers),
    }


def check_vectors() -> dict[str, int]:
    """The dates and rates that a person worked out by hand."""
    from cases.rules.cost import loan_cost
    from cases.rules.limits import Unit, due, plain_limit

    wrong = sum(
        due(plain_limit(n, Unit(unit)), date.fromisoformat(start)).due_on != date.fromisoformat(ends)
        for n, unit, start, ends in VECTORS
    )
    for received, payment, simple, compound in RATES:
        cost = loan_cost(received_fen=received, payments=[(month, payment) for month in range(1, 13)])
        shown = [
            str((rate * 100).quantize(Decimal("0.01"))) for rate in (cost.simple_annual, cost.compound_annual)
        ]
        wrong += shown != [simple, compound]
    return {"vectors": len(VECTORS) + len(RATES), "wrong": wrong}


def walk(many: int) -> dict[str, float]:
    """Random periods, each walked day by day."""
    from cases.rules.counting import Unit, count
    from tests.cases.day_by_day import last_day, questions

    start = time.perf_counter()
    wrong = sum(
        last_day(asked) != count(asked.n, Unit(asked.unit), asked.start, asked.pauses).ends_on
        for asked in questions(many)
    )
    return {"periods": many, "disagreements": wrong, "seconds": round(time.perf_counter() - start, 1)}


def main() -> None:
    """Measure and print; exit 1 when a date or a rate was wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=10_000)
    options.add_argument("--walks", type=int, default=100_000)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()

    import django

    django.setup()
    figures: dict[str, dict[str, Any]] = {
        "pure": count_pure(chosen.cases),
        "database": count_in_database(chosen.cases),
        "money": price_loans(),
        "by_hand": check_vectors(),
        "day_by_day": walk(chosen.walks),
    }
    if chosen.json:
        print(json.dumps(figures))
    else:
        for part, values in figures.items():
            print(part)
            for name, value in values.items():
                print(f"{name:>28}  {value}")
    if figures["by_hand"]["wrong"] or figures["day_by_day"]["disagreements"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
