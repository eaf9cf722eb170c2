"""The tests of the ledger and of the log once more, where locks, statements and triggers are PostgreSQL's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ["tests/evidence/test_ledger.py", "tests/evidence/test_forks.py", "tests/evidence/log"]


@pytest.mark.slow
def test_the_ledger_and_the_log_hold_there_too(database: str) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "--create-db",
        "--ignore",
        "tests/evidence/log/test_crashes.py",
    ]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *TESTS],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )

    assert done.returncode == 0, done.stdout[-3000:]
