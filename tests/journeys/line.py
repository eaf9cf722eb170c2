"""The line between one person and the site, which a test may cut."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

from tests.journeys.running import Site

CHUNK = 1 << 16


class Line:
    """A port of its own that passes everything on to the site. `site` is the site as this line's person reaches it."""

    def __init__(self, site: Site) -> None:
        parts = urlsplit(site.url)
        self._behind = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._deaf: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_cut = False
        self.site = Site(site.folder, f"http://127.0.0.1:{self._door.getsockname()[1]}")
        threading.Thread(target=self._serve, daemon=True).start()

    def fall_silent(self) -> None:
        """As in a tunnel: nothing comes through any more, and nobody is told; what is open stays dead for good."""
        with self._lock:
            self._is_cut = True
            self._deaf |= self._open

    def cut(self) -> None:
        """Every connection ends; new ones end at once."""
        with self._lock:
            self._is_cut, ending = True, list(self._open)
        for one in ending:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """New connections come through again."""
        self._is_cut = False

    def close(self) -> None:
        """End it all."""
        self.cut()
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _address = self._door.accept()
            except OSError:
                return
            if self._is_cut:
                near.close()
                continue
            try:
                far = socket.create_connection(self._behind, timeout=30)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(CHUNK):
                if source not in self._deaf:
                    target.sendall(piece)
        if source in self._deaf:
            return
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open -= {source, target}
