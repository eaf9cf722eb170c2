"""The program as another organisation runs it: started, asked, killed in the middle, started again."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from evidence.tlog import cosignatures
from evidence.tlog.notes import SignedNote, VerifierKey
from evidence.witness.store import Store
from tests.evidence.witness.logs import Log

ROOT = Path(__file__).resolve().parents[3]
NAME = "witness.example/1"


@dataclass
class Program:
    """`python -m evidence.witness` with a folder of its own, and no settings of any site around it."""

    folder: Path
    log: Log
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        self.running.append(
            subprocess.Popen(
                [sys.executable, "-m", "evidence.witness", "--dir", str(self.folder), *arguments],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"]},
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        )
        return self.running[-1]

    def run(self, *arguments: str) -> tuple[int, str, str]:
        program = self.begin(*arguments)
        said, complained = program.communicate(timeout=30)
        return program.returncode, said, complained

    def serve(self) -> tuple[subprocess.Popen[str], VerifierKey, int]:
        program = self.begin("--log", str(self.log.vkey), "--port", "0")
        assert program.stdout is not None
        vkey = program.stdout.readline().strip()
        assert vkey, program.stderr.read() if program.stderr else ""
        return program, VerifierKey.parse(vkey), int(program.stdout.readline().rpartition(":")[2])


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    found = Program(tmp_path / "witness", Log())
    yield found
    for one in found.running:
        if one.poll() is None:
            one.kill()
        one.communicate()


def test_it_needs_no_site(program: Program, tmp_path: Path) -> None:
    """Two folders, copied elsewhere, and `cryptography` are enough."""
    elsewhere = tmp_path / "elsewhere" / "evidence"
    for folder in ("tlog", "witness"):
        shutil.copytree(ROOT / "evidence" / folder, elsewhere / folder)
    shutil.copy(ROOT / "evidence" / "__init__.py", elsewhere)
    code = (
        f"import sys; sys.path.insert(0, {str(elsewhere.parent)!r}); import evidence.witness.__main__ as program; "
        f"code = program.main(['--dir', {str(program.folder)!r}, '--init', '--name', {NAME!r}]); "
        "print(code, *sorted({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    vkey, told = done.stdout.splitlines()
    code, *loaded = told.split()
    assert VerifierKey.parse(vkey).name == NAME
    assert code == "0"
    assert {"evidence", "cryptography"} <= set(loaded)
    assert not set(loaded) & {"django", "cases", "mediation"}


def test_first_its_key_is_made(program: Program) -> None:
    code, said, _ = program.run("--init", "--name", NAME)
    assert code == 0
    assert VerifierKey.parse(said.strip()).name == NAME
    assert program.run("--init", "--name", NAME)[1] == said  # not another one

    assert program.run("--init")[0] == 2
    assert program.run("--port", "0")[::2] == (2, "Name at least one log: --log VKEY or --policy FILE.\n")


def test_it_does_not_start_without_its_key_nor_with_an_open_one(program: Program) -> None:
    code, _, complained = program.run("--log", str(program.log.vkey), "--port", "0")
    assert (code, "--init" in complained) == (2, True)

    program.run("--init", "--name", NAME)
    (program.folder / "witness.key").chmod(0o640)
    code, _, complained = program.run("--log", str(program.log.vkey), "--port", "0")
    assert (code, "chmod 600" in complained) == (2, True)


def ask(port: int, body: bytes) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/add-checkpoint", body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_it_stops_kindly_and_goes_on_where_it_was(program: Program) -> None:
    program.run("--init", "--name", NAME)
    first, vkey, port = program.serve()
    assert ask(port, program.log.ask(0, 5))[0] == 200
    first.send_signal(signal.SIGTERM)
    assert first.wait(10) == 0

    _, again, port = program.serve()

    assert again == vkey
    assert ask(port, program.log.ask(0, 6)) == (409, "5\n")
    assert ask(port, program.log.ask(5, 6))[0] == 200


def test_a_second_one_in_the_same_folder_is_refused(program: Program) -> None:
    program.run("--init", "--name", NAME)
    program.serve()

    code, _, complained = program.run("--log", str(program.log.vkey), "--port", "0")
    assert (code, "Another witness" in complained) == (2, True)


def test_whatever_it_cosigned_survives_kill_9(program: Program) -> None:
    program.run("--init", "--name", NAME)
    log, size, acknowledged = program.log, 0, dict[int, str]()
    log.grow(3000)
    for round_ in range(8):
        running, vkey, port = program.serve()
        killer = threading.Timer(0.15 + 0.05 * round_, running.kill)
        killer.start()
        with suppress(OSError, http.client.HTTPException):
            while True:
                status, body = ask(port, log.ask(size, size + 1))
                if status == 409:  # it had remembered, and was killed before it could say so
                    assert int(body) == size + 1
                    size = int(body)
                    continue
                assert status == 200
                size += 1
                acknowledged[size] = body
        running.wait(10)
        killer.join()
        time.sleep(0.01)

    store = Store(program.folder)
    kept = {seen.size: seen for seen in store.history(log.origin, limit=10_000)}
    store.close()
    assert len(acknowledged) > 20
    assert set(acknowledged) <= set(kept)
    assert len(set(kept) - set(acknowledged)) <= 8
    for known, line in acknowledged.items():
        assert kept[known].note == log.note(known).serialise() + line
    assert cosignatures.verify(SignedNote.parse(kept[size].note), vkey)


def test_the_command_of_the_site_is_the_same_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("witness", "--dir", str(tmp_path / "w"), "--init", "--name", NAME)
    vkey = capsys.readouterr().out
    assert VerifierKey.parse(vkey.strip()).name == NAME
    call_command("witness", "--dir", str(tmp_path / "w"), "--init", "--name", NAME)
    assert capsys.readouterr().out == vkey

    with pytest.raises(CommandError) as refused:
        call_command("witness", "--dir", str(tmp_path / "w"), "--port", "0")
    assert refused.value.returncode == 2
    assert "Name at least one log" in capsys.readouterr().err
