"""Run by test_faults in a process of its own: files are taken in while the system answers one call with an error, or
ends the program there (`strace --inject`). Prints a line of JSON for each fault; then everything is looked at.
"""

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

CALLS = (
    "openat",
    "mkdir",
    "write",
    "fsync",
    "fdatasync",
    "pwrite64",
    "rename",
    "unlink",
    "close",
    "fcntl",
    "lseek",
)
KINDS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "KILL": "signal=KILL"}
CONTENT = "转账记录 一千元\n".encode() * 14_000  # more than one chunk of the seal


def main() -> None:
    from benchmarks.evidence_appends import prepare

    base, kind, most = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    storages = {"default": {"BACKEND": "evidence.safe.storage.SealedFolder"}}
    prepare("", base, STORAGES=storages)
    begin()
    for number, (call, when) in enumerate(places(most)):
        folder = base.parent / f"{base.name}-{number}"
        shutil.copytree(base, folder)
        told, hit = struck(folder, f"inject={call}:{KINDS[kind]}:when={when}")
        if hit:
            found = json.loads(apart(partial(look, folder, told)) or '{"flaws": ["nobody could look"]}')
            sys.stdout.write(json.dumps({"call": call, "when": when, "told": told, **found}) + "\n")
        shutil.rmtree(folder)
        done[call] = not hit


done: dict[str, bool] = {}


def places(most: int) -> Iterator[tuple[str, int]]:
    """The first, second … time of each call, until it is not made so often."""
    for call in CALLS:
        for when in range(1, most + 1):
            if done.get(call):
                break
            yield call, when


def begin() -> None:
    """A log with one file, so that everything that is loaded late has been loaded."""
    from django.core.management import call_command
    from django.db import connections

    from evidence.log import integrator, publishing, state
    from evidence.log.policy import current_policy

    call_command("migrate", verbosity=0)
    state.begin_log()
    current_policy()
    take_in()
    integrator.integrate()
    publishing.publish()
    connections.close_all()


def take_in() -> str:
    """One file; returns where its sealed bytes lie, once that is committed."""
    from django.db import transaction

    from evidence import deposits
    from evidence.origin.provenance import Provenance, Way

    with transaction.atomic():
        return deposits.take_in(
            chain="c", file=io.BytesIO(CONTENT), name="转账.txt", captured=Provenance(how=Way.FORM)
        ).stored


def move_to(folder: Path) -> None:
    """Work in this folder from now on: its database and its files."""
    from django.conf import settings
    from django.core.files.storage import default_storage
    from django.db import connection

    settings.MEDIA_ROOT = folder / "deposits"
    default_storage._wrapped.location = str(folder / "deposits")
    default_storage._wrapped.base_location = str(folder / "deposits")
    connection.settings_dict["NAME"] = str(folder / "evidence.sqlite3")
    connection.ensure_connection()


def struck(folder: Path, fault: str) -> tuple[str, bool]:
    """What a program said that took one file in while the fault waited for it, and whether it met the fault."""
    trace = folder.with_suffix(".trace")

    def act() -> str:
        move_to(folder)
        signal.sigwait({signal.SIGUSR1})  # until somebody watches
        return take_in()

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})

    def watch(pid: int) -> None:
        command = [
            "strace",
            "-f",
            "-p",
            str(pid),
            "-o",
            str(trace),
            "-e",
            f"trace={fault.split('=')[1].split(':')[0]}",
        ]
        watcher = subprocess.Popen([*command, "-e", fault], stderr=subprocess.PIPE, text=True)
        assert watcher.stderr is not None
        attached = watcher.stderr.readline()
        assert "attached" in attached, attached
        os.kill(pid, signal.SIGUSR1)
        watchers.append(watcher)

    watchers: list[subprocess.Popen[str]] = []
    told = apart(act, watch)
    watchers[0].communicate(timeout=60)
    lines = trace.read_text()
    trace.unlink()
    return told, "INJECTED" in lines or "killed by SIGKILL" in lines


def apart(act: Callable[[], str], watch: Callable[[int], None] = lambda pid: None) -> str:
    """What `act` returns in a child of this process; empty when it failed or was killed."""
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(out)
        try:
            os.write(into, act().encode())
        except BaseException as error:
            if os.environ.get("FAULTS_SHOW"):
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(0)
    os.close(into)
    watch(pid)
    with os.fdopen(out, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    return told.decode()


def look(folder: Path, told: str) -> str:
    """What is wrong after the fault, in a program that starts anew; then one more file is taken in."""
    move_to(folder)
    from evidence.deposits import matches
    from evidence.log import integrator
    from evidence.log.audit import findings
    from evidence.models import Deposit, Entry, Outbox
    from evidence.safe.storage import UNFINISHED

    flaws: list[str] = []

    def audit(when: str) -> None:
        while integrator.integrate():
            pass
        flaws.extend(f"{when}: {one}" for one in findings())
        if Outbox.objects.exists():
            flaws.append(f"{when}: something waits for ever")

    audit("after the fault")
    stored = set(Deposit.objects.values_list("stored", flat=True))
    if told and told not in stored:
        flaws.append("what was acknowledged is gone")
    files = [path for path in (folder / "deposits").rglob("*") if path.is_file()]
    whole = [path for path in files if not path.name.startswith(UNFINISHED)]
    flaws += [
        f"half a file: {path.name}"
        for path in whole
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name
    ]
    flaws += [f"a row without its file: {one}" for one in stored if not (folder / "deposits" / one).exists()]
    if Entry.objects.count() != Deposit.objects.count():
        flaws.append("a file without its entry")
    take_in()
    audit("afterwards")
    flaws += [f"does not match: {one}" for one in Deposit.objects.all() if not matches(one)]
    left = {"left": len(files) - len(stored)}
    return json.dumps({"flaws": flaws, **left})


if __name__ == "__main__":
    main()
