"""Ports that nobody uses, and waiting with an end."""

import socket
import time
from collections.abc import Callable


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], object], *, seconds: float, what: Callable[[], str] = str) -> None:
    """Ask again and again; fail with `what` was seen last when it never becomes true."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"not within {seconds} s: {what()}"
        time.sleep(0.1)
