"""A real broker, a real worker, a real kill: what a dead worker held is written down by the next one, once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mediation.hearings import audio, speech
from mediation.hearings.live.vad import Listener
from mediation.running import broker

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
        return self._start(
            "-m", "celery", "-A", "mediation", "worker", "-P", "threads", "-c", "1", "-Q", "heavy",
            "-n", f"w{len(self.workers)}@test", "--without-mingle", "--loglevel", "INFO",
        )  # fmt: skip

    def start_captions(self) -> subprocess.Popen[bytes]:
        return self._start("manage.py", "run_captions")

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"worker{len(self.workers)}.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.workers.append(worker)
        return worker

    def wait_for(
        self, holds: Callable[[dict[str, Any]], bool], *, act: str = "look", seconds: float = 120
    ) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            seen: dict[str, Any] = self.act(act)
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


def test_captions_killed_in_mid_sentence_are_taken_over_by_the_next_program(site: Site) -> None:
    site.act("prepare")
    total = site.act("speak")
    expected = stretches_of(told())
    first = site.start_captions()
    begun = site.wait_for(lambda seen: seen["spans"], act="captions")
    assert begun["reached"] < total
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    left = site.act("captions")
    assert len(left["spans"]) < len(expected), "it was killed in the middle"

    site.environment["SLOW_S"] = "0.05"
    site.start_captions()
    done = site.wait_for(lambda seen: seen["reached"] >= expected[-1][1] * 16_000 - 1600, act="captions")
    spans = done["spans"]
    assert spans[: len(left["spans"])] == left["spans"], "what was final stays"
    assert all(before[1] <= after[0] + 0.01 for before, after in pairwise(spans)), f"told twice: {spans}"
    for start_s, end_s in expected:
        heard = sum(max(0.0, min(end_s, b) - max(start_s, a)) for a, b in spans)
        assert heard >= 0.8 * (end_s - start_s), f"{start_s}-{end_s} s were left out"


def told() -> bytes:
    """The demo's story as it is spoken into the microphone."""
    samples = audio.decode(Path(speech.__file__).parent / "demo" / "story.ogg")
    return (samples * 32767).astype("<i2").tobytes() + bytes(2 * audio.RATE_HZ)


def stretches_of(pcm: bytes) -> list[tuple[float, float]]:
    """Where somebody speaks, in seconds."""
    samples, listener = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768, Listener()
    found = [*listener.feed(samples), *listener.finish()]
    return [(one.start / 16_000, one.end / 16_000) for one in found if one.is_over]
