"""How long the queue takes as cases pile up: `python benchmarks/desk_queue.py [--cases N] [--json]`.

Fills a database of its own (SQLite, or DATABASE_URL) with open cases in steps up to N and asks for the page of an
officer: the best of seven times, queries and bytes (gzip) at each step. `growth` is how many times longer twice the
cases take: about 2 or less is linear. Machines differ, and so does the same machine at other hours: read the growth
first.
"""

import argparse
import gzip
import json
import os
import random
import sys
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="bench-queue-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")

STAGES = ["acceptance"] * 3 + ["fact_finding"] * 3 + ["mediation"] * 4
LIMITS = {"acceptance": ("acceptance", 3), "fact_finding": ("answer", 10), "mediation": ("mediation", 30)}


def fill(many: int, centre: Any, house: Any, officer: Any, rng: random.Random) -> None:
    """So many open cases more, as light as a row can be: parties, a clock or two, now and then a pause."""
    from django.utils import timezone

    from cases.models import Case, Clock, Party, Pause

    now, today = timezone.now(), timezone.localdate()
    cases, parties, clocks, pauses = [], [], [], []
    for _ in range(many):
        stage, paused = rng.choice(STAGES), rng.random() < 0.05
        filed = now - timedelta(days=rng.randint(0, 400))
        case = Case(
            id=uuid.uuid4(), docket=f"Q-{uuid.uuid4().hex[:12]}", stage=stage, centre=centre, filed_at=filed,
            accepted_at=filed if stage != "acceptance" else None, amount_fen=rng.randint(1, 9_000_000),
            paused_at=now if paused and stage != "acceptance" else None,
        )  # fmt: skip
        cases.append(case)
        parties += [
            Party(case=case, side="claimant", name="杨小满"),
            Party(case=case, side="respondent", institution=house),
        ]
        limit, days = LIMITS[stage]
        due = today + timedelta(days=rng.randint(-6, days))
        started = due - timedelta(days=days)
        clocks.append(Clock(case=case, limit=limit, started_on=started, due_on=due, overdue_on=due))
        if stage == "fact_finding":
            clocks.append(
                Clock(
                    case=case,
                    limit="mediation",
                    started_on=started,
                    due_on=due + timedelta(days=20),
                    overdue_on=due + timedelta(days=20),
                )
            )
        if case.paused_at:
            pauses.append(
                Pause(
                    case=case,
                    kind="waiting",
                    reason="等银行流水",
                    waiting_for="citizen",
                    from_on=today,
                    by=officer,
                )
            )
    Case.objects.bulk_create(cases, batch_size=500)
    Party.objects.bulk_create(parties, batch_size=500)
    Clock.objects.bulk_create(clocks, batch_size=500)
    Pause.objects.bulk_create(pauses, batch_size=500)


def look(officer: Any, *, times: int = 7) -> dict[str, Any]:
    """The page as an officer gets it."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    client.force_login(officer)
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = client.get("/desk/")
        taken.append(time.perf_counter() - begun)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/desk/")
    assert answer.status_code == 200, answer.status_code  # noqa: S101
    packed = len(gzip.compress(answer.content))
    return {"ms": round(min(taken) * 1000), "queries": len(asked), "gzip_kb": round(packed / 1024, 1)}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=10_000)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()

    import django

    django.setup()
    from django.core.management import call_command

    from tests import factories

    call_command("migrate", verbosity=0)
    centre, house = factories.CentreFactory.create(), factories.InstitutionFactory.create()
    officer, rng = factories.UserFactory.create(officer=True, centre=centre), random.Random(7)
    steps, there, rows = sorted({200, chosen.cases // 4, chosen.cases // 2, chosen.cases}), 0, []
    for step in steps:
        fill(step - there, centre, house, officer, rng)
        there = step
        rows.append({"cases": step, **look(officer)})
    figures = {"page": rows, "growth": round(rows[-1]["ms"] / max(1, rows[-2]["ms"]), 2)}
    if chosen.json:
        print(json.dumps(figures))
        return
    for row in rows:
        print("{cases:>8} cases  {ms:>6} ms  {queries:>3} queries  {gzip_kb:>6} KB".format(**row))
    print(f"twice the cases take {figures['growth']} times as long")


if __name__ == "__main__":
    main()
