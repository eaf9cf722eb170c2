"""A real coturn on this machine, told in a file of its own what docs/operate.md tells it."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

from tests.servers.ports import free_port

PROGRAM = shutil.which("turnserver")
MISSING = "there is no coturn on this machine (apt install coturn)"
ADDRESS, SECRET, REALM = "127.0.0.1", "only-for-tests", "turn.example.org"
PORTS = (20500, 20700)
STARTS_WITHIN_S = 20


class Coturn:
    """Started and stopped by the test. It relays to this machine itself, which a real one must not."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        self.log = folder / "turn.log"
        self._program: subprocess.Popen[bytes] | None = None
        (folder / "turnserver.conf").write_text(
            "use-auth-secret\n"
            f"static-auth-secret={SECRET}\nrealm={REALM}\n"
            f"listening-port={self.port}\nlistening-ip={ADDRESS}\nrelay-ip={ADDRESS}\n"
            f"min-port={PORTS[0]}\nmax-port={PORTS[1]}\n"
            "no-tls\nno-dtls\nno-cli\nno-tcp-relay\nallow-loopback-peers\ncli-password=unused\n"
            f"log-file={self.log}\nsimple-log\nverbose\npidfile={folder / 'turn.pid'}\nuserdb={folder / 'turn.db'}\n"
        )

    @property
    def environment(self) -> dict[str, str]:
        """What the site is told of it."""
        return {"TURN_URLS": f"turn:{ADDRESS}:{self.port}?transport=udp", "TURN_SECRET": SECRET}

    def start(self) -> None:
        """Until it listens."""
        assert PROGRAM
        with (self.folder / "out.log").open("ab") as out:
            self._program = subprocess.Popen(
                [PROGRAM, "-c", str(self.folder / "turnserver.conf")], stdout=out, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until and self._program.poll() is None:
            try:
                with socket.create_connection((ADDRESS, self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "out.log").read_text()[-2000:])

    def stop(self) -> None:
        """End it."""
        if self._program is not None:
            self._program.terminate()
            self._program.wait(20)
            self._program = None
