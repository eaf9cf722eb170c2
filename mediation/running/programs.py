"""The programs of a one-machine site: started together, mended while they run, stopped together."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

STOPS_WITHIN_S = 10.0
LEFTOVERS_GO_WITHIN_S = 15.0


class AlreadyRuns(RuntimeError):
    """Another run_site works in this folder; the message says where."""


@contextmanager
def alone(folder: Path) -> Iterator[IO[str]]:
    """Hold the folder for this site alone; yields the file to write the address into. Raises AlreadyRuns.

    The lock goes with the process, also with a killed one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "site.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise AlreadyRuns(lock.read().strip()) from error
        lock.truncate(0)
        yield lock


class Programs:
    """Each program runs in a group of its own and logs into `folder`/log/NAME.log.

    They also hold a lock together: the next start waits until the last program of a killed site is gone.
    """

    def __init__(self, *, folder: Path, cwd: Path) -> None:
        self._logs, self._cwd = folder / "log", cwd
        self._logs.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "programs.lock").open("a")
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._begun_at: dict[str, int] = {}  # bytes of the log that were there before
        until = time.monotonic() + LEFTOVERS_GO_WITHIN_S
        while not self._has_lock() and time.monotonic() < until:
            time.sleep(0.1)

    def _has_lock(self) -> bool:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Run `python -m ARGUMENTS`."""
        with self.log_of(name).open("ab") as log:
            self._begun_at[name] = log.tell()
            self._running[name] = subprocess.Popen(  # noqa: S603 — our own programs
                [sys.executable, "-m", "mediation.running.beside", *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._cwd,
                start_new_session=True,
                pass_fds=[self._lock.fileno()],
            )

    def log_of(self, name: str) -> Path:
        """Where the program writes."""
        return self._logs / f"{name}.log"

    def told(self, name: str) -> str:
        """What it has written since it was started."""
        with self.log_of(name).open("rb") as log:
            log.seek(self._begun_at[name])
            return log.read().decode(errors="replace")

    def lives(self, name: str) -> bool:
        """Whether the program runs."""
        return self._running[name].poll() is None

    def mend(self) -> list[str]:
        """Start again what has stopped; return the names."""
        fallen = [name for name in self._running if not self.lives(name)]
        for name in fallen:
            program = self._running[name]
            _end_group(program)
            self.start(name, list(program.args)[3:])  # type: ignore[arg-type]
        return fallen

    def stop(self) -> None:
        """End every program, kindly first."""
        for program in self._running.values():
            if program.poll() is None:
                program.send_signal(signal.SIGTERM)
        until = time.monotonic() + STOPS_WITHIN_S
        for program in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                program.wait(max(0.1, until - time.monotonic()))
            _end_group(program)
        self._running.clear()


def _end_group(program: subprocess.Popen[bytes]) -> None:
    """Leave nothing behind: neither the program nor what it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    if program.stdin:
        program.stdin.close()
