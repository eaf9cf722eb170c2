"""A real PostgreSQL of this machine, for the length of the tests: own data, own port, gone afterwards."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.servers.ports import free_port, wait_until

USER = "mediation"


def find_binaries() -> Path | None:
    """The folder with initdb and postgres: what pg_config says, else the newest of the usual places."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    if config := shutil.which("pg_config"):
        said = subprocess.run(
            [config, "--bindir"], capture_output=True, text=True, check=False
        ).stdout.strip()
        places = [Path(said), *places]
    if found := shutil.which("initdb"):
        places.append(Path(found).parent)
    return next(
        (place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None
    )


def unprivileged() -> dict[str, object]:
    """How to start a program that refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            person = pwd.getpwnam(name)
            return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    return {}


@contextlib.contextmanager
def running(binaries: Path) -> Iterator[str]:
    """The address of a fresh database, postgres://…"""
    folder = Path(tempfile.mkdtemp(prefix="mediation-pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        who, password, port = unprivileged(), secrets.token_hex(8), free_port()
        (folder / "password").write_text(password)
        if who:
            for path in (folder, folder / "password"):
                os.chown(path, who["user"], who["group"])
        data, log = folder / "data", folder / "log"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", "--pwfile", folder / "password",
             "-E", "UTF8", "--no-locale", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **who,
        )  # fmt: skip
        with log.open("wb") as lines:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-p", str(port), "-k", folder,
                 "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "shared_buffers=32MB"],
                stdout=lines, stderr=subprocess.STDOUT, cwd=folder, **who,
            )  # fmt: skip
        url = f"postgres://{USER}:{password}@127.0.0.1:{port}/postgres"
        wait_until(lambda: _answers(url, server), seconds=30, what=lambda: log.read_text())
        yield url
    finally:
        if server is not None:
            _end(server)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str, server: "subprocess.Popen[bytes]") -> bool:
    import psycopg

    assert server.poll() is None, "PostgreSQL ended at once"
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGINT)  # its fast shutdown: does not wait for clients
    until = time.monotonic() + 10
    while server.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    if server.poll() is None:
        server.send_signal(signal.SIGQUIT)
        server.wait(10)
