"""A real Janus on this machine, in a folder of its own, with its own secrets and ports."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from websockets.sync.client import connect

from mediation.hearings.media.wire import SPEAKS
from tests.servers.ports import free_port

PROGRAM = shutil.which("janus")
MISSING = "there is no Janus on this machine (apt install janus)"
SECRET, ROOM_KEY = "only-for-tests", "rooms-only-for-tests"
PORTS = "20000-20400"
USED = {"libjanus_videoroom.so", "libjanus_websockets.so"}
LIBRARIES = [*Path("/usr/lib").glob("*/janus"), Path("/usr/lib/janus")]


class Janus:
    """Started and stopped by the test; `url` stays the same."""

    def __init__(self, folder: Path, *, room_key: str = ROOM_KEY) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        self._program: subprocess.Popen[bytes] | None = None
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

    @property
    def process(self) -> int:
        """Its number, while it runs."""
        return self._program.pid if self._program else 0

    def start(self) -> None:
        """Until it answers."""
        assert PROGRAM
        with (self.folder / "janus.log").open("ab") as log:
            self._program = subprocess.Popen(
                [PROGRAM, "-o", "-F", str(self.folder), "-C", str(self.folder / "janus.jcfg")],
                stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "LANG": "C.UTF-8"},
            )  # fmt: skip
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                with connect(self.url, subprotocols=[SPEAKS], proxy=None):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "janus.log").read_text()[-2000:])

    def stop(self) -> None:
        """As a machine that goes away."""
        if self._program is not None:
            self._program.send_signal(signal.SIGKILL)
            self._program.wait()
            self._program = None


def _others(kind: str) -> str:
    found = {path.name for folder in LIBRARIES for path in (folder / kind).glob("*.so")}
    return ",".join(sorted(found - USED))
