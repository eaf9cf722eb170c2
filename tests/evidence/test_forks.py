import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def append_from_eight_threads(**environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("forks.py")],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_eight_writers_make_one_chain_on_sqlite(tmp_path: Path) -> None:
    report = append_from_eight_threads(FORKS_SQLITE=str(tmp_path / "forks.sqlite3"), DATABASE_URL="")

    assert report == {"failures": [], "whole": True, "parents": 201, "break": "None", "vendor": "sqlite"}


@pytest.fixture
def postgresql() -> str:
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        pytest.skip("DATABASE_URL names no PostgreSQL")
    return url


@pytest.mark.servers
def test_eight_writers_make_one_chain_on_postgresql(postgresql: str) -> None:
    report = append_from_eight_threads(FORKS_SQLITE="", DATABASE_URL=postgresql)

    assert report == {"failures": [], "whole": True, "parents": 201, "break": "None", "vendor": "postgresql"}


@pytest.mark.servers
def test_without_the_lock_the_same_writers_collide(postgresql: str) -> None:
    """Otherwise the test above would prove nothing."""
    report = append_from_eight_threads(FORKS_SQLITE="", DATABASE_URL=postgresql, FORKS_NAIVE="1")

    assert report["failures"]
    assert "HeadMoved" in report["failures"][0] or "IntegrityError" in report["failures"][0]
