"""A real coturn on this machine, told in a file of its own what docs/operate.md tells it."""

import shutil
import socket
from pathlib import Path

from tests.servers.started import Started

PROGRAM = shutil.which("turnserver")
MISSING = "there is no coturn on this machine (apt install coturn)"
ADDRESS, SECRET, REALM = "127.0.0.1", "only-for-tests", "turn.example.org"
PORTS = (20500, 20700)


class Coturn(Started):
    """It relays to this machine itself, which a real one must not."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (folder / "turnserver.conf").write_text(
            "use-auth-secret\n"
            f"static-auth-secret={SECRET}\nrealm={REALM}\n"
            f"listening-port={self.port}\nlistening-ip={ADDRESS}\nrelay-ip={ADDRESS}\n"
            f"min-port={PORTS[0]}\nmax-port={PORTS[1]}\n"
            "no-tls\nno-dtls\nno-cli\nno-tcp-relay\nallow-loopback-peers\ncli-password=unused\n"
            f"log-file={folder / 'turn.log'}\nsimple-log\nverbose\n"
            f"pidfile={folder / 'turn.pid'}\nuserdb={folder / 'turn.db'}\n"
        )

    @property
    def environment(self) -> dict[str, str]:
        """What the site is told of it."""
        return {"TURN_URLS": f"turn:{ADDRESS}:{self.port}?transport=udp", "TURN_SECRET": SECRET}

    def command(self) -> list[str]:
        """With the file that was written for it."""
        assert PROGRAM
        return [PROGRAM, "-c", str(self.folder / "turnserver.conf")]

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            with socket.create_connection((ADDRESS, self.port), timeout=1):
                return True
        except OSError:
            return False
