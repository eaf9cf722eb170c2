"""A PostgreSQL of one's own for measurements: durable (fsync on), and able to crash and come back."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.ports import free_port
from tests.servers.postgres import USER, find_binaries, unprivileged

SETTINGS = {"shared_buffers": "128MB", "max_connections": "64", "listen_addresses": "127.0.0.1"}


class NoPostgres(RuntimeError):
    """There is none on this machine."""


@dataclass
class Server:
    """A server in a folder of its own; `crash` ends it at once, as a loss of power would end its processes."""

    folder: Path
    settings: Mapping[str, str]
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_hex(8))
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgres://{USER}:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """Its first process; 0 where it does not run."""
        return self.process.pid if self.process else 0

    def prepare(self, binaries: Path) -> None:
        """Make the data folder."""
        who: dict[str, Any] = unprivileged()
        secret = self.folder / "password"
        secret.write_text(self.password)
        if who:
            for path in (self.folder, secret):
                os.chown(path, who["user"], who["group"])
        command = [
            str(binaries / "initdb"),
            "-D",
            str(self.folder / "data"),
            "-U",
            USER,
            "-A",
            "scram-sha-256",
        ]
        command += ["--pwfile", str(secret), "-E", "UTF8", "--no-locale"]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **who)

    def start(self, binaries: Path) -> None:
        """Start, and wait until it answers (after a crash: until it has recovered)."""
        data, place = str(self.folder / "data"), str(self.folder)
        command = [str(binaries / "postgres"), "-D", data, "-p", str(self.port), "-k", place]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        who: dict[str, Any] = unprivileged()
        with (self.folder / "log").open("ab") as lines:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command, stdout=lines, stderr=subprocess.STDOUT, cwd=self.folder, **who
            )
        self.process = process
        until = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > until or process.poll() is not None:
                raise NoPostgres((self.folder / "log").read_text()[-2000:])
            time.sleep(0.05)

    def crash(self) -> None:
        """`pg_ctl stop -m immediate`: no farewell, no checkpoint."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """End in order."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)
        self.process = None

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextlib.contextmanager
def postgres(**settings: str) -> Iterator[tuple[Server, Path]]:
    """A running server and its programs; gone afterwards. Raises NoPostgres."""
    binaries = find_binaries()
    if binaries is None:
        raise NoPostgres("there is no PostgreSQL on this machine (apt install postgresql)")
    server = Server(Path(tempfile.mkdtemp(prefix="bench-pg-")), {**SETTINGS, **settings})
    try:
        server.prepare(binaries)
        server.start(binaries)
        yield server, binaries
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)
