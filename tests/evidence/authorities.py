"""Timestamp authorities made by `openssl ts`, and a small HTTP server that answers for one."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Test Authority
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[stamps]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[serves]
basicConstraints = critical,CA:false
extendedKeyUsage = serverAuth
[tsa]
serial = serial
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = {ess}
"""


@dataclass
class Openssl:
    """A root, a timestamp certificate under it, and `openssl ts -reply`."""

    folder: Path
    ess: str = "sha256"
    digest: str = "sha256"
    purpose: str = "stamps"
    kind: tuple[str, ...] = ("rsa:2048",)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "c.cnf").write_text(CONFIG.format(ess=self.ess, digest=self.digest))
        (self.folder / "serial").write_text("01")
        new = ["-newkey", *self.kind, "-nodes", "-config", "c.cnf", "-days", "3650"]
        self.run("req", "-x509", *new, "-keyout", "root.key", "-out", "root.pem",
                 "-subj", "/CN=Root", "-extensions", "root")  # fmt: skip
        self.run("req", "-x509", *new, "-keyout", "tsa.key", "-out", "tsa.pem", "-CA", "root.pem", "-CAkey", "root.key",
                 "-subj", "/CN=Stamps", "-extensions", self.purpose)  # fmt: skip

    def run(self, *arguments: str) -> bytes:
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def reply(self, query: bytes) -> bytes:
        (self.folder / "q.tsq").write_bytes(query)
        return self.run(
            "ts", "-reply", "-config", "c.cnf", "-section", "tsa", "-queryfile", "q.tsq",
            "-signer", "tsa.pem", "-inkey", "tsa.key",
        )  # fmt: skip

    @property
    def root(self) -> str:
        return str(self.folder / "root.pem")


class Answers(BaseHTTPRequestHandler):
    """Gives what the test put into `give`: bytes, or a status, or something that makes bytes of the query."""

    server: "Server"

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append({**dict(self.headers.items()), "query": query.hex()})
        given = self.server.give
        body = given(query) if callable(given) else given if isinstance(given, bytes) else b""
        self.send_response(given if isinstance(given, int) else 200)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.give: int | bytes | Callable[[bytes], bytes] = 200
        self.asked: list[dict[str, str]] = []
        self.headers: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/stamp"


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
