"""Two schedulers, each a process of its own, on one database at the same moment: everything is done, and done once."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
CASES = 12
PREPARE = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from datetime import timedelta
from django.db.models import F
from cases.models import Clock, Duty
from tests import factories
centre, house = factories.CentreFactory.create(), factories.InstitutionFactory.create()
officer = factories.UserFactory.create(officer=True, centre=centre)
for n in range({CASES}):
    citizen = factories.UserFactory.create(citizen=True)
    factories.accept(factories.filed_case(centre=centre, institution=house, citizen=citizen), officer)
back = timedelta(days=60)
Clock.objects.update(started_on=F("started_on") - back, due_on=F("due_on") - back, overdue_on=F("overdue_on") - back)
"""
WORK = """
import sys, time, django; django.setup()
from pathlib import Path
ready, go = Path(sys.argv[1]), Path(sys.argv[2])
ready.touch()
while not go.exists():
    time.sleep(0.01)
from cases.tasks import sweep_limits
sweep_limits()
"""
LOOK = """
import json, django; django.setup()
from collections import Counter
from cases.models import Case, Duty
from evidence import ledger
from evidence.models import Entry
limits = Entry.objects.filter(event__startswith="limit.")
told = Counter((one.chain, one.event, str(ledger.read(one).get("limit"))) for one in limits)
ends = Counter(Entry.objects.filter(event="case.expire").values_list("chain", flat=True))
print(json.dumps({
    "open": Duty.objects.open().count(), "most": max([*told.values(), 0]), "ends": sorted(ends.values()),
    "closed": Case.objects.filter(stage="closed", ending="period_over").count(),
    "breaks": sum(ledger.first_break(str(case.pk)) is not None for case in Case.objects.all()),
    "problems": list(Duty.objects.exclude(problem="").values_list("problem", flat=True)),
}))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="two-schedulers-") as made:
        yield Path(made)


def python(script: str, folder: Path, *args: str) -> "subprocess.Popen[str]":
    own = {
        "VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "mediation.conf.test",
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": "",
    }
    return subprocess.Popen(
        [sys.executable, "-c", script, *args],
        cwd=ROOT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def answer(program: "subprocess.Popen[str]") -> str:
    said, _nothing = program.communicate(timeout=300)
    assert program.returncode == 0, said
    return said


def test_two_processes_share_the_work(folder: Path) -> None:
    answer(python(PREPARE, folder))
    go = folder / "go"
    both = [python(WORK, folder, str(folder / f"ready{n}"), str(go)) for n in range(2)]
    while not all((folder / f"ready{n}").exists() or both[n].poll() is not None for n in range(2)):
        time.sleep(0.02)
    go.touch()
    for program in both:
        answer(program)
    found = json.loads(answer(python(LOOK, folder)).splitlines()[-1])

    assert found == {
        "open": 0,
        "most": 1,
        "ends": [1] * CASES,
        "closed": CASES,
        "breaks": 0,
        "problems": [],
    }
