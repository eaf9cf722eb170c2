"""Programs of a one-machine site: each is believed only when it says itself that it listens."""

import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from mediation.management.commands import run_site
from mediation.running.programs import Programs


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    running = Programs(folder=tmp_path, cwd=Path.cwd())
    yield running
    running.stop()


def serving(port: int) -> list[str]:
    return ["http.server", str(port), "--bind", "127.0.0.1"]


def test_a_port_taken_at_the_last_moment_is_left_to_whoever_took_it(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        wanted = other.getsockname()[1]
        looks, is_open = count(), run_site.is_open
        monkeypatch.setattr(run_site, "is_open", lambda *where: next(looks) > 0 and is_open(*where))

        port = run_site._start_listening(programs, "one", "127.0.0.1", wanted, serving)

    assert port > wanted
    assert f"port {port}" in programs.told("one")
    assert programs.lives("one")


def test_a_program_that_ends_for_another_reason_is_named(programs: Programs) -> None:
    with pytest.raises(CommandError, match=r"one\.log"):
        run_site._start_listening(programs, "one", "127.0.0.1", 8900, lambda port: ["no_such_module"])
