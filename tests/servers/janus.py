"""A real Janus on this machine, in a folder of its own, with its own secrets and ports."""

import shutil
import signal
from pathlib import Path

from websockets.sync.client import connect

from mediation.hearings.media.wire import SPEAKS
from tests.servers.started import Started

PROGRAM = shutil.which("janus")
MISSING = "there is no Janus on this machine (apt install janus)"
SECRET, ROOM_KEY = "only-for-tests", "rooms-only-for-tests"
PORTS = "20000-20400"
USED = {"libjanus_videoroom.so", "libjanus_websockets.so"}
LIBRARIES = [*Path("/usr/lib").glob("*/janus"), Path("/usr/lib/janus")]


class Janus(Started):
    """`url` stays the same. It ends as a machine that goes away."""

    ends_by = signal.SIGKILL

    def __init__(self, folder: Path, *, room_key: str = ROOM_KEY) -> None:
        super().__init__(folder)
        self.url = f"ws://127.0.0.1:{self.port}"
        (folder / "janus.jcfg").write_text(
            f'general: {{ configs_folder = "{folder}"\n api_secret = "{SECRET}"\n'
            " session_timeout = 15\n debug_level = 3 }\n"
            f'media: {{ rtp_port_range = "{PORTS}" }}\n'
            f'plugins: {{ disable = "{_others("plugins")}" }}\ntransports: {{ disable = "{_others("transports")}" }}\n'
        )
        (folder / "janus.transport.websockets.jcfg").write_text(
            f'general: {{ ws = true\n ws_port = {self.port}\n ws_ip = "127.0.0.1"\n wss = false }}\n'
        )
        (folder / "janus.plugin.videoroom.jcfg").write_text(f'general: {{ admin_key = "{room_key}" }}\n')

    @property
    def environment(self) -> dict[str, str]:
        """What the site is told of it."""
        return {"JANUS_URL": self.url, "JANUS_SECRET": SECRET, "JANUS_ROOM_KEY": ROOM_KEY}

    def command(self) -> list[str]:
        """With the files that were written for it."""
        assert PROGRAM
        return [PROGRAM, "-o", "-F", str(self.folder), "-C", str(self.folder / "janus.jcfg")]

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            with connect(self.url, subprotocols=[SPEAKS], proxy=None):
                return True
        except OSError:
            return False


def _others(kind: str) -> str:
    found = {path.name for folder in LIBRARIES for path in (folder / kind).glob("*.so")}
    return ",".join(sorted(found - USED))
