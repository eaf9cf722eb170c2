"""A witness that knows one log, asked directly or over real HTTP."""

import http.client
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evidence.witness.judging import Witness
from evidence.witness.keys import WitnessKey
from evidence.witness.logs import KnownLogs
from evidence.witness.server import Limits, WitnessServer
from evidence.witness.store import Store
from tests.evidence.witness.logs import Log

Post = Callable[..., http.client.HTTPResponse]


class Clock:
    def __init__(self) -> None:
        self.now = 1_741_341_540.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def witness(tmp_path: Path, log: Log, clock: Clock) -> Iterator[Witness]:
    folder = tmp_path / "witness"
    key = WitnessKey.make(folder, "witness.example/1")
    store = Store(folder)
    yield Witness(key, KnownLogs([str(log.vkey)]), store, clock)
    store.close()


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def server(witness: Witness, limits: Limits) -> Iterator[WitnessServer]:
    with WitnessServer(("127.0.0.1", 0), witness, prefix="/w1", limits=limits) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
