"""The scaled set-up: PostgreSQL, Valkey over TCP, two web processes, two workers, one scheduler."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mediation.running import broker
from tests.servers import postgres
from tests.servers.browser import Visitor
from tests.servers.ports import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
WORKER = ("celery", "-A", "mediation", "worker", "--loglevel", "INFO", "--without-mingle")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process runs them all: the servers are started once."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.servers)
            item.add_marker(pytest.mark.xdist_group("servers"))


@dataclass
class Site:
    """The servers' addresses, and how to run a program of the site beside them."""

    folder: Path
    database: str
    queue: str
    address: str = ""
    programs: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "mediation.conf.base",
            "DATABASE_URL": self.database,
            "REDIS_URL": self.queue,
            "VAR_DIR": str(self.folder),
            "USE_DEMO": "1",
            "SPEECH_ENGINE": "mediation.hearings.engines.scripted.ScriptedEngine",
            "EMBEDDER": "cases.similarity.embedder.HashingEmbedder",
            "TRANSCRIPTION_LOST_AFTER_S": "3",
            "HTTPS_ONLY": "0",
            "PYTHONUNBUFFERED": "1",
        }

    def start(self, name: str, arguments: Sequence[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def begin(self, *act: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("acts.py")), *act],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def act(self, *act: str) -> dict[str, Any]:
        return outcome(self.begin(*act))

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the database, past the site."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(question, values).fetchall()

    def visitor(self) -> Visitor:
        return Visitor(self.address)

    def stop(self) -> None:
        for program in self.programs.values():
            with contextlib.suppress(ProcessLookupError):
                program.send_signal(signal.SIGTERM)
        for program in self.programs.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(10)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def outcome(process: "subprocess.Popen[str]") -> dict[str, Any]:
    out, problem = process.communicate(timeout=180)
    assert process.returncode == 0, problem[-3000:]
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    binaries = postgres.find_binaries()
    if binaries is None:
        pytest.skip("there is no PostgreSQL on this machine (apt install postgresql)")
    with postgres.running(binaries) as url:
        yield url


@pytest.fixture(scope="session")
def queue() -> Iterator[str]:
    try:
        program = broker.find_program()
    except broker.BrokerMissing as missing:
        pytest.skip(str(missing))
    port = free_port()
    url = f"redis://:only-for-tests@127.0.0.1:{port}/0"
    server = subprocess.Popen(
        [
            program,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--requirepass",
            "only-for-tests",
            "--save",
            "",
        ],
        stdout=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),
    )
    try:
        wait_until(lambda: broker.answers(url), seconds=10)
        yield url
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def site(database: str, queue: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole scaled site with its demo, running."""
    site = Site(tmp_path_factory.mktemp("site"), database, queue)
    try:
        site.manage("migrate", "--verbosity", "0")
        site.manage("compile_locale", "--verbosity", "0")
        site.start("static", ["django", "collectstatic", "--noinput", "--verbosity", "0"])
        site.manage("load_demo")
        assert site.programs["static"].wait(180) == 0, site.log("static")
        port = free_port()
        site.address = f"http://127.0.0.1:{port}"
        site.start(
            "web",
            [
                "uvicorn",
                "mediation.asgi:application",
                "--port",
                str(port),
                "--workers",
                "2",
                "--lifespan",
                "off",
            ],
        )
        site.start("light", [*WORKER, "-c", "2", "-Q", "celery", "-n", "light@%h"])
        site.start("heavy", [*WORKER, "-c", "2", "-Q", "heavy", "-n", "heavy@%h"])
        site.start("clock", ["celery", "-A", "mediation", "beat", "--loglevel", "INFO", "--pidfile="])
        wait_until(lambda: _is_up(site), seconds=60, what=lambda: site.log("web"))
        yield site
    finally:
        site.stop()


def _is_up(site: Site) -> bool:
    try:
        return site.visitor().get("/")[0] == 200
    except OSError:
        return False
