"""The witness over HTTP, with nothing but the standard library. Put HTTPS in front (a reverse proxy).

A client that is slow, silent or greedy holds one connection for some seconds and nothing else: there are at most
MOST_CONNECTIONS of them, MOST_OF_ONE from one address, and each request has REQUEST_S to arrive.
"""

import logging
import socket
import sqlite3
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from evidence.witness import reading
from evidence.witness.judging import NOT_FOUND, Answer, Witness

LARGEST_BODY = 64 * 1024
REQUEST_S = 10.0  # from its first byte to the end of the answer
IDLE_S = 60.0  # between two requests of one connection
MOST_CONNECTIONS, MOST_OF_ONE = 128, 64
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Limits:
    """How long and how much; tests use smaller ones."""

    request_s: float = REQUEST_S
    idle_s: float = IDLE_S
    connections: int = MOST_CONNECTIONS
    of_one: int = MOST_OF_ONE


@dataclass(slots=True)
class Open:
    """An open connection: whose, and when it is cut off."""

    address: str
    until: float


@dataclass(slots=True)
class Connections:
    """All that are open."""

    limits: Limits
    _open: dict[Any, Open] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, connection: Any, address: str) -> bool:
        """Whether there is room for one more from there."""
        with self._lock:
            of_one = sum(one.address == address for one in self._open.values())
            if len(self._open) >= self.limits.connections or of_one >= self.limits.of_one:
                return False
            self._open[connection] = Open(address, time.monotonic() + self.limits.request_s)
            return True

    def extend(self, connection: Any, seconds: float) -> None:
        """Cut it off so many seconds from now."""
        with self._lock:
            if connection in self._open:
                self._open[connection].until = time.monotonic() + seconds

    def forget(self, connection: Any) -> None:
        """It is closed."""
        with self._lock:
            self._open.pop(connection, None)

    def overdue(self) -> list[Any]:
        """Those whose time is over."""
        now = time.monotonic()
        with self._lock:
            return [connection for connection, one in self._open.items() if one.until < now]


class WitnessServer(ThreadingHTTPServer):
    """A thread for each connection; `prefix` is the path under which everything lies, or empty."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], witness: Witness, *, prefix: str = "", limits: Limits | None = None
    ) -> None:
        self.witness, self.prefix = witness, prefix.rstrip("/")
        self.connections = Connections(limits or Limits())
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a thread, or say that there is none."""
        if self.connections.admit(request, client_address[0]):
            super().process_request(request, client_address)
            return
        try:
            request.setblocking(False)
            request.send(BUSY)
        except OSError:
            pass
        self.shutdown_request(request)

    def service_actions(self) -> None:
        """Cut off whoever took too long. Called some times a second."""
        for connection in self.connections.overdue():
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.connections.forget(connection)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection and make room."""
        self.connections.forget(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong here; a client that went away is no error of ours."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            logger.error("A request from %s went wrong", client_address[0], exc_info=error)


class Handler(BaseHTTPRequestHandler):
    """One connection, with any number of requests."""

    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "mediation-witness/1", ""
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """A wait for bytes has an end of its own too."""
        super().setup()
        self.connection.settimeout(self.server.connections.limits.idle_s)

    def handle_one_request(self) -> None:
        """Wait for the first byte as long as an idle connection may; then the clock of the request runs."""
        connections = self.server.connections
        connections.extend(self.connection, connections.limits.idle_s)
        try:
            if not self.rfile.peek(1):  # type: ignore[attr-defined]
                self.close_connection = True
                return
        except OSError:
            self.close_connection = True
            return
        connections.extend(self.connection, connections.limits.request_s)
        super().handle_one_request()

    def do_POST(self) -> None:
        """add-checkpoint, and nothing else."""
        body = self._body()
        if body is None:
            return
        if self._address().path != f"{self.server.prefix}/add-checkpoint":
            self._give(NOT_FOUND)
            return
        try:
            answer = self.server.witness.add_checkpoint(body)
        except (sqlite3.Error, OSError):
            logger.exception("The checkpoint could not be remembered, so it was not cosigned")
            answer = Answer(503, "The witness cannot write now.\n")
        self._give(answer)

    def do_GET(self) -> None:
        """What the witness has seen."""
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = (
                True  # a body is not read here, and must not be taken for the next request
            )
        try:
            self._give(self._read(), close=self.close_connection)
        except sqlite3.Error:
            logger.exception("The memory of the witness cannot be read")
            self._give(Answer(503, "The witness cannot read now.\n"))

    do_HEAD = do_GET  # noqa: N815 — the name that http.server looks for

    def _read(self) -> Answer:
        asked = self._address()
        if not asked.path.startswith(self.server.prefix):
            return NOT_FOUND
        query = {name: values[-1] for name, values in parse_qs(asked.query).items()}
        place = asked.path.removeprefix(self.server.prefix)
        return reading.read(self.server.witness, self.server.prefix, place, query)

    def _address(self) -> SplitResult:
        """What was asked for; an address that is none leads nowhere."""
        try:
            return urlsplit(self.path)
        except ValueError:
            return SplitResult("", "", "*", "", "")

    def _body(self) -> bytes | None:
        """The body of a request, or None once it was refused for its length."""
        length = ",".join(self.headers.get_all("Content-Length", []))  # of two, none is right
        if "Transfer-Encoding" in self.headers or not length.isascii() or not length.isdigit():
            self._give(Answer(411, "Say how long the body is (Content-Length).\n"), close=True)
        elif len(length) > 9 or int(length) > LARGEST_BODY:
            self._give(Answer(413, f"A body has at most {LARGEST_BODY} bytes.\n"), close=True)
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                return body
            self.close_connection = True
        return None

    def _give(self, answer: Answer, *, close: bool = False) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header(
            "Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
        )
        self.send_header("Cache-Control", "no-store")
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Plain words instead of the page of http.server."""
        status = 405 if code == 501 else code
        self._give(Answer(status, f"{message or 'error'}\n"), close=True)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — the name that http.server uses
        """Every request at level INFO."""
        logger.info("%s %s", self.address_string(), format % args)
