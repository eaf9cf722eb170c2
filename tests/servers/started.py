"""A server that is started and stopped by the test, in a folder of its own."""

import os
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.ports import free_port, wait_until

STARTS_WITHIN_S = 20
SHOWN = 2000  # characters of what it said last


class Started:
    """`port` stays the same when it is started again. As a context it runs until the block is left."""

    ends_by = signal.SIGTERM

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        self._program: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def process(self) -> int:
        """Its number, while it runs."""
        return self._program.pid if self._program else 0

    def start(self) -> None:
        """Until it answers. Raises AssertionError with what it said last when it never does."""
        with (self.folder / "out.log").open("ab") as out:
            program = self._program = subprocess.Popen(
                self.command(), stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "LANG": "C.UTF-8"}
            )

        def answers() -> bool:
            assert program.poll() is None, f"it has ended: {self._said()}"
            return self.answers()

        wait_until(answers, seconds=STARTS_WITHIN_S, what=self._said)

    def stop(self) -> None:
        """End it, where it runs."""
        if self._program is not None:
            self._program.send_signal(self.ends_by)
            self._program.wait(20)
            self._program = None

    def command(self) -> list[str]:
        """The program and its arguments."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether it listens by now."""
        raise NotImplementedError

    def _said(self) -> str:
        return (self.folder / "out.log").read_text(errors="replace")[-SHOWN:]
