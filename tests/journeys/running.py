"""The site as `manage.py run_site` runs it, in a folder of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from tests.servers.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
OF_THE_TESTS = {"SECRET_KEY", "PERSONAL_DATA_KEY", "DATABASE_URL", "REDIS_URL", "SPEECH_ENGINE", "SITE_URL"}
STARTS_WITHIN_S = 420
STOPS_WITHIN_S = 40
SHOWN_LINES = 60


class Site:
    """A running site with demo people. `folder` is its VAR_DIR: database, files, logs.

    With a `url`, the site runs there already, in that folder, and is neither started nor stopped.
    """

    def __init__(self, folder: Path, url: str = "", **variables: str) -> None:
        self.folder = folder
        port = free_port()
        self.url = url.rstrip("/") or f"http://127.0.0.1:{port}"
        self._program: subprocess.Popen[bytes] | None = None
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in OF_THE_TESTS},
            "DJANGO_SETTINGS_MODULE": "mediation.conf.base",
            "VAR_DIR": str(folder),
            "USE_DEMO": "1",
            "DEBUG": "0",
            **variables,
        }
        if not url:
            self._start(port)

    def _start(self, port: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "site.log").open("wb") as log:
            self._program = subprocess.Popen(
                [sys.executable, "manage.py", "run_site", "--port", str(port)],
                cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    @contextmanager
    def answering(self) -> Iterator[Self]:
        """The site from its first page on, until the block is left. Raises AssertionError as `wait`."""
        try:
            self.wait()
            yield self
        finally:
            self.stop()

    def wait(self) -> None:
        """Until the first page answers. Raises AssertionError with the logs when it never does."""
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until:
            if self._program and self._program.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.url, timeout=5) as answer:  # noqa: S310 - our own address
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        raise AssertionError(f"the site did not start\n{self.logs()}")

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self._program is None:
            return
        if self._program.poll() is None:
            self._program.send_signal(signal.SIGINT)
        try:
            self._program.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()

    def logs(self) -> str:
        """The last lines of every program's log."""
        parts = []
        for path in (*self.folder.glob("site.log"), *sorted((self.folder / "log").glob("*.log"))):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LINES:]
            parts.append(f"--- {path.name}\n" + "\n".join(lines))
        return "\n".join(parts)

    def run(self, code: str) -> str:
        """Run Python inside the site's own settings and database; returns what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-v", "0", "-c", code],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
