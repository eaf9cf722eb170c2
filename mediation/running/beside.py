"""`python -m mediation.running.beside MODULE [ARGUMENT …]`: run a module beside the site, and go when the site goes.

The site holds the other end of this program's standard input. However the site ends, also by kill -9, the input
ends with it, and this program ends itself: kindly, and after PATIENCE_S for certain.
"""

import os
import runpy
import signal
import sys
import threading
import time

PATIENCE_S = 8.0


def _go_with_the_site() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_go_with_the_site, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
