"""A real broker, a real worker, a real kill: what a dead worker held is written down by the next one, once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mediation import broker

pytestmark = [pytest.mark.servers, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]


class Site:
    """A site in a folder of its own: SQLite file, Valkey on a socket, workers as processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "v.sock"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "DJANGO_SETTINGS_MODULE": "tests.hearings.worker_settings",
            "VAR_DIR": str(folder),
            "REDIS_URL": f"unix://{self.socket}",
            "SLOW_S": "0.5",
        }
        self.workers: list[subprocess.Popen[bytes]] = []

    def act(self, name: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.hearings.worker_story", name],
            cwd=ROOT, env=self.environment, capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        return json.loads(done.stdout)

    def start_worker(self) -> subprocess.Popen[bytes]:
        number = len(self.workers)
        with (self.folder / f"worker{number}.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "mediation", "worker", "-P", "threads", "-c", "1",
                 "-Q", "heavy", "-n", f"w{number}@test", "--without-mingle", "--loglevel", "INFO"],
                cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.workers.append(worker)
        return worker

    def wait_for(self, holds: Callable[[dict[str, Any]], bool], *, seconds: float = 90) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            seen: dict[str, Any] = self.act("look")
            if holds(seen):
                return seen
            time.sleep(0.3)
        logs = "\n".join(path.read_text()[-1500:] for path in sorted(self.folder.glob("worker*.log")))
        pytest.fail(f"not reached: {seen}\n{logs}")


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("w")
    site = Site(folder)
    try:
        server = broker.start(site.socket, folder / "valkey")
    except broker.BrokerMissing as missing:
        pytest.skip(str(missing))
    yield site
    for worker in site.workers:
        if worker.poll() is None:
            worker.kill()
            worker.wait(10)
    broker.stop(server)


def test_a_worker_killed_in_the_middle_costs_time_and_nothing_else(site: Site) -> None:
    site.act("prepare")
    first = site.start_worker()
    begun = site.wait_for(lambda seen: seen["state"] == "running" and seen["done"] > 0)
    assert begun["segments"] == []

    first.send_signal(signal.SIGKILL)
    first.wait(10)
    left = site.act("look")
    assert (left["state"], left["tries"], left["segments"]) == ("running", 1, [])

    site.environment["SLOW_S"] = "0.05"
    site.start_worker()
    assert site.act("sweep") == 1
    paid = site.wait_for(lambda seen: seen["state"] == "done")

    assert paid["segments"] == list(range(20))
    assert paid["tries"] == 2
    assert paid["whole"]
    assert site.act("sweep") == 0
