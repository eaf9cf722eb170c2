"""`make run` on a clean machine: it comes up, says where and for whom, and leaves nothing behind."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
from celery import Celery

from evidence.tlog.notes import SignedNote
from evidence.tlog.policies import Policy
from tests.servers.ports import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run_site")]


class Run:
    """One run of the site, and what it printed."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.said_in = folder, folder / f"said-{time.monotonic_ns()}.txt"
        self.answered, self.code, self.people = 0, -1, list[psutil.Process]()
        self.witnessed: dict[str, Any] = {}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        with self.said_in.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run_site"],
                cwd=ROOT,
                env={
                    **kept,
                    "VAR_DIR": str(folder / "var"),
                    "PORT": str(port),
                    "DATABASE_URL": "",
                    "REDIS_URL": "",
                    "USE_DEMO": "1",
                    "SPEECH_ENGINE": "mediation.hearings.engines.scripted.ScriptedEngine",
                    "EMBEDDER": "cases.similarity.embedder.HashingEmbedder",
                    "PYTHONUNBUFFERED": "1",
                },
                stdout=said,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )

    @property
    def said(self) -> str:
        return self.said_in.read_text(encoding="utf-8")

    def comes_up(self) -> str:
        """Its address, once it says so."""
        wait_until(
            lambda: "打开 Open" in self.said or self.process.poll() is not None,
            seconds=150,
            what=lambda: self.said,
        )
        found = re.search(r"打开 Open\s+(\S+)", self.said)
        assert found, self.said
        return found[1]

    def family(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def witness(self) -> str:
        """Where the demo witness is reached, as the site says."""
        return (self.folder / "var" / "witnesses.txt").read_text(encoding="utf-8").split()[1]

    def seen_by_witness(self) -> list[dict[str, Any]]:
        """The newest checkpoint of each log, as the witness shows it to everybody."""
        with urllib.request.urlopen(f"{self.witness()}/checkpoints", timeout=10) as answer:  # noqa: S310
            return list(json.load(answer)["checkpoints"])

    def logged(self) -> int:
        """How many leaves the log has."""
        return self._ask("SELECT max(size) FROM evidence_checkpointrow")

    def published(self) -> int:
        """How many of them the policy accepted, once nothing waits any more."""
        if self._ask("SELECT count(*) FROM evidence_outbox"):
            return -1
        return self._ask("SELECT max(size) FROM evidence_checkpointrow WHERE published_at IS NOT NULL")

    def furthest_clock(self) -> int:
        """How far the clock of any outsider is from the site's, in whole seconds, at their last signature."""
        return self._ask("SELECT max(abs(drift_s)) FROM evidence_witnessstate")

    def _ask(self, sql: str) -> int:
        with closing(sqlite3.connect(self.folder / "var" / "mediation.sqlite3", timeout=10)) as database:
            return int(database.execute(sql).fetchone()[0] or 0)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)


Start = Callable[[], Run]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Runs of one folder and port, one after the other; whatever happens, nothing lives on."""
    folder, port, runs = tmp_path_factory.mktemp("run"), free_port(), []

    def begin() -> Run:
        runs.append(Run(folder, port))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()
    for process in programs_of(folder):
        process.kill()


def programs_of(folder: Path) -> list[psutil.Process]:
    """Every living program that was started with this folder in its environment, or names it."""
    found = []
    for process in psutil.process_iter():
        try:
            names = [process.environ().get("VAR_DIR", ""), *process.cmdline()]
        except (psutil.Error, OSError):
            continue
        if process.status() != psutil.STATUS_ZOMBIE and any(str(folder) in name for name in names):
            found.append(process)
    return found


@pytest.fixture(scope="module")
def first(start: Start) -> Run:
    """The first run of an empty folder, which makes everything, ended by Ctrl-C."""
    run = start()
    address = run.comes_up()
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
        run.answered = answer.status
    run.people = run.family()
    wait_until(lambda: run.published() == run.logged() > 0, seconds=30)
    [run.witnessed] = run.seen_by_witness()
    run.code = run.interrupt()
    return run


def test_the_first_run_says_where_and_for_whom(first: Run) -> None:
    assert first.answered == 200
    assert "officer / mediation-demo" in first.said
    assert "judge / mediation-demo" in first.said
    assert "13800000001" in first.said


def test_ctrl_c_ends_everything_that_was_started(first: Run) -> None:
    assert first.code == 0
    assert "已停止 Stopped." in first.said
    assert len(first.people) >= 7  # web, two workers, clock, log, witness, Valkey
    assert programs_of(first.folder) == []


def test_everything_is_logged_and_the_demo_witness_has_seen_it(first: Run) -> None:
    policy = Policy.parse((first.folder / "var" / "policy.txt").read_bytes())
    accepted = policy.accept(SignedNote.parse(first.witnessed["note"]), first.witnessed["origin"])

    assert policy.quorum == "demo"
    assert set(accepted.witnesses) == {"demo"}
    assert accepted.checkpoint.size == first.logged() == first.published()
    assert first.furthest_clock() < 5  # the told days of the demo are not read as a clock that is wrong


def test_the_witness_is_mended_and_goes_on(first: Run, start: Start) -> None:
    run = start()
    run.comes_up()
    [before] = run.seen_by_witness()
    [program] = [one for one in run.family() if "evidence.witness" in one.cmdline()]

    program.kill()

    wait_until(lambda: "witness stopped and was started again" in run.said, seconds=20, what=lambda: run.said)
    wait_until(lambda: is_open(run.witness()), seconds=20)
    assert run.seen_by_witness()[0]["size"] >= before["size"] >= first.witnessed["size"]
    assert run.interrupt() == 0
    assert programs_of(first.folder) == []


def is_open(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def test_the_next_run_takes_seconds_and_has_its_folder_for_itself(first: Run, start: Start) -> None:
    began = time.monotonic()
    run = start()
    address = run.comes_up()
    took = time.monotonic() - began

    other = start()
    assert other.process.wait(60) == 1
    assert address in other.said
    assert run.process.poll() is None
    assert run.interrupt() == 0
    assert took < 20
    assert "演示案件" not in run.said  # nothing is loaded twice
    assert programs_of(first.folder) == []


def test_a_killed_site_leaves_only_its_queue_and_the_next_run_works_it_off(first: Run, start: Start) -> None:
    run = start()
    run.comes_up()
    valkey = next(
        process for process in run.family() if "valkey" in process.name() or "redis" in process.name()
    )

    run.process.kill()
    run.process.wait()
    wait_until(
        lambda: programs_of(first.folder) == [valkey], seconds=20, what=lambda: str(programs_of(first.folder))
    )
    socket = first.folder / "var" / "valkey.sock"
    queued = Celery(broker=f"redis+socket://{socket}").send_task("mediation.notices.tasks.deliver_due").id

    following = start()
    following.comes_up()
    log = first.folder / "var" / "log" / "worker.log"
    wait_until(lambda: re.search(rf"{queued}\] succeeded", log.read_text()), seconds=30, what=log.read_text)
    assert valkey.is_running()  # adopted, not replaced
    assert following.interrupt() == 0
    assert programs_of(first.folder) == []
