"""Gateways on this very machine: one for text messages over HTTP, one for mail over SMTP."""

import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpGateway:
    """Answers every request with `status` and `answer` (bytes go out as they are), after `waits_s` seconds."""

    url: str = ""
    status: int = 200
    answer: Any = field(default_factory=lambda: {"code": "OK", "id": "R-1"})
    waits_s: float = 0.0
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def http_gateway() -> Iterator[HttpGateway]:
    """A gateway that listens until the block is left."""
    gateway = HttpGateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            gateway.asked.append(Asked(self.path, headers, body))
            time.sleep(gateway.waits_s)
            told = (
                gateway.answer if isinstance(gateway.answer, bytes) else json.dumps(gateway.answer).encode()
            )
            try:
                self.send_response(gateway.status)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)
            except OSError:
                return  # whoever asked has hung up

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}/v1/send"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class MailServer:
    """Takes mail unless a line of `says` answers a command otherwise: {"RCPT": "550 no such mailbox"}."""

    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    letters: list[bytes] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)


class _MailTalk(socketserver.StreamRequestHandler):
    """One conversation of SMTP, as far as a client of ours goes."""

    mail: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say(self.mail.says.get("CONNECT", "220 loopback"))
        while line := self.rfile.readline():
            word = line.split()[0].decode().upper() if line.strip() else ""
            if word in self.mail.says:
                self.say(self.mail.says[word])
            elif word == "QUIT":
                self.say("221 bye")
                return
            elif word == "DATA":
                self.take_letter()
            else:
                if word == "RCPT":
                    self.mail.receivers.append(line.decode().strip())
                self.say("250 fine")

    def take_letter(self) -> None:
        self.say("354 go on")
        lines: list[bytes] = []
        while (part := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(part)
        self.mail.letters.append(b"".join(lines))
        self.say(self.mail.says.get("END", "250 taken"))


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that listens until the block is left."""
    mail = MailServer()
    talk = type("Talk", (_MailTalk,), {"mail": mail})

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    server = Server(("127.0.0.1", 0), talk)
    mail.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield mail
    finally:
        server.shutdown()
        server.server_close()
