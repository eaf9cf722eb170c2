"""The floors hold: who may know whom, and how long a file may grow."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 400
ONE_FILE_BY_DESIGN = {"evidence/verify/verify.py", "evidence/verify/verify.html"}


def test_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("floor", ["evidence", "cases"])
def test_no_web_below_the_top_floor(floor: str) -> None:
    web = ("django.http", "django.shortcuts", "django.views", "django.urls", "rest_framework", "channels")
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / floor).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        if name.startswith(web)
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["evidence", "cases", "mediation", "tests", "templates"])
def test_no_file_grows_without_end(folder: str) -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for ending in ("*.py", "*.html", "*.js")
        for path in (ROOT / folder).rglob(ending)
        if "migrations" not in path.parts
        and path.relative_to(ROOT).as_posix() not in ONE_FILE_BY_DESIGN
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}
