"""Every call to the system on a file's way in fails once, or is the last one of the program."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FAULTS = Path(__file__).with_name("faults.py")
MOST = os.environ.get("FAULTS_MOST", "3")  # of each call; 60 are all of them
NEEDED = {"openat", "mkdir", "write", "fsync", "fdatasync", "pwrite64", "rename", "close"}


@pytest.fixture(scope="module", autouse=True)
def _strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("there is no strace on this machine (apt install strace)")
    watched = subprocess.run(
        ["strace", "-f", "-e", "inject=fsync:error=EIO", "true"], capture_output=True, check=False, timeout=20
    )
    if watched.returncode:
        pytest.skip("this machine does not let one program watch another")


@pytest.mark.slow
@pytest.mark.xdist_group("crashes")
@pytest.mark.parametrize("kind", ["EIO", "ENOSPC", "KILL"])
def test_a_file_is_kept_whole_or_not_at_all(kind: str, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    done = subprocess.run(
        [sys.executable, FAULTS, base, kind, MOST], capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [json.loads(line) for line in done.stdout.splitlines()]

    assert {row["call"] for row in rows} >= NEEDED
    assert [row for row in rows if row["flaws"]] == []
    assert kind != "KILL" or not any(
        row["told"] for row in rows
    )  # it died before it could say that it was done
    assert any(not row["told"] for row in rows)
