"""`.env.example` names every variable that the site reads, and none that it does not."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mediation.conf.env import database, flag, read_env_file, secret, text

ROOT = Path(__file__).resolve().parents[1]
READS = re.compile(
    r'''(?:environ(?:\.get\(|\.setdefault\(|\[)|\b(?:text|flag|words|secret|database|getenv)\()\s*"([A-Z][A-Z0-9_]+)"'''
)
NOT_FOR_OPERATORS = {"DJANGO_SETTINGS_MODULE", "CELERY_SKIP_CHECKS"}


def named() -> list[str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[0] for line in lines if line and not line.startswith("#")]


def read() -> set[str]:
    sources = [path for floor in ("evidence", "cases", "mediation") for path in (ROOT / floor).rglob("*.py")]
    found = {name for path in sources for name in READS.findall(path.read_text(encoding="utf-8"))}
    return found - NOT_FOR_OPERATORS


def test_the_example_and_the_site_name_the_same_variables() -> None:
    assert sorted(named()) == sorted(read())


def test_the_example_as_it_stands_changes_nothing() -> None:
    before = dict(os.environ)

    read_env_file(ROOT / ".env.example")

    assert dict(os.environ) == before


def test_an_empty_variable_is_no_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in named():
        monkeypatch.setenv(name, "")

    assert text("HELP_PHONE", "12368") == "12368"
    assert flag("USE_DEMO", default=True)
    assert database("DATABASE_URL", tmp_path / "x")["ENGINE"].endswith("sqlite3")


def test_a_secret_is_made_once_and_for_its_owner_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "")

    made = secret("SECRET_KEY", tmp_path)

    assert len(made) >= 48
    assert secret("SECRET_KEY", tmp_path) == made
    [kept] = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_the_options_of_a_database_address_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://mediation:p%40ss@db.example:6432/cases?sslmode=require")

    found = database("DATABASE_URL", tmp_path / "x")

    assert (found["HOST"], found["PORT"], found["NAME"], found["PASSWORD"]) == (
        "db.example", "6432", "cases", "p@ss",
    )  # fmt: skip
    assert found["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize("missing", ["SECRET_KEY", "PERSONAL_DATA_KEY", "ALLOWED_HOSTS"])
def test_a_public_site_does_not_start_without_its_secrets(missing: str, tmp_path: Path) -> None:
    environment = {
        "SECRET_KEY": "a" * 60, "PERSONAL_DATA_KEY": "b" * 60, "ALLOWED_HOSTS": "example.org",
        "VAR_DIR": str(tmp_path), "USE_DEMO": "1", missing: "",
    }  # fmt: skip

    done = subprocess.run(
        [sys.executable, "-c", "import mediation.conf.prod"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode != 0
    assert f"Set these variables before a public site starts: {missing}." in done.stderr


def test_a_public_site_is_never_a_demo(tmp_path: Path) -> None:
    environment = {
        "SECRET_KEY": "a" * 60, "PERSONAL_DATA_KEY": "b" * 60, "ALLOWED_HOSTS": "example.org",
        "VAR_DIR": str(tmp_path), "USE_DEMO": "1", "DEBUG": "1", "HTTPS_ONLY": "",
    }  # fmt: skip
    show = "import mediation.conf.prod as p; print(p.USE_DEMO, p.DEBUG, p.SESSION_COOKIE_SECURE)"

    done = subprocess.run(
        [sys.executable, "-c", show], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "False", "True"]
