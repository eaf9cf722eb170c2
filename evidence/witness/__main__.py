"""`python -m evidence.witness`: run a witness, or make its key."""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from evidence.witness.judging import Witness
from evidence.witness.keys import KeyRefused, WitnessKey
from evidence.witness.logs import KnownLogs, LogsRefused
from evidence.witness.server import WitnessServer
from evidence.witness.store import Store, StoreInUse

ABOUT = "见证人：只给“只增不改”的日志签名。 A witness: it cosigns logs that only grow."


def parser() -> argparse.ArgumentParser:
    """The options, for `manage.py witness` too."""
    options = argparse.ArgumentParser(prog="python -m evidence.witness", description=ABOUT)
    add_options(options)
    return options


def add_options(options: argparse.ArgumentParser) -> None:
    """Add the options of a witness."""
    options.add_argument("--dir", type=Path, required=True, help="where key and memory lie")
    options.add_argument(
        "--name", default="", help="its name, such as witness.court.example/1; asked by --init"
    )
    options.add_argument("--init", action="store_true", help="make the key if there is none, print its vkey")
    options.add_argument("--log", action="append", default=[], metavar="VKEY", help="a log that it knows")
    options.add_argument(
        "--policy", type=Path, metavar="FILE", help="know the `log` lines of this policy too"
    )
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8190, help="0: any free one; default 8190")
    options.add_argument("--prefix", default="", help="path before /add-checkpoint, such as /w1")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or Ctrl-C; the exit code."""
    return run(parser().parse_args(arguments))


def run(options: argparse.Namespace) -> int:
    """What the options ask. Says what is missing on standard error and returns 2."""
    try:
        return _make_key(options) if options.init else _serve(options)
    except (KeyRefused, LogsRefused, StoreInUse, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _make_key(options: argparse.Namespace) -> int:
    if not options.name:
        raise KeyRefused("Give the witness a name: --init --name witness.example/1")
    sys.stdout.write(f"{WitnessKey.make(options.dir, options.name).vkey}\n")
    return 0


def _serve(options: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    key = WitnessKey.read(options.dir, options.name)
    logs = KnownLogs(options.log, options.policy)
    store = Store(options.dir)
    witness = Witness(key, logs, store)
    try:
        with WitnessServer((options.host, options.port), witness, prefix=options.prefix) as server:
            host = f"[{options.host}]" if ":" in options.host else options.host
            sys.stdout.write(f"{key.vkey}\nhttp://{host}:{server.server_port}{server.prefix}\n")
            sys.stdout.flush()
            signal.signal(signal.SIGTERM, _interrupt)
            server.serve_forever(poll_interval=0.25)
    except KeyboardInterrupt:
        return 0
    finally:
        store.close()
    return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
