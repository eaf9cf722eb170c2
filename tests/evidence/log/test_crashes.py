"""Programs that die anywhere, disks that fill up, files that end in the middle. The long run is in
`benchmarks/evidence_crashes.py`.
"""

import json
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers import postgres

ROOT = Path(__file__).resolve().parents[3]
CRASHES = ROOT / "benchmarks" / "evidence_crashes.py"
ACTS = Path(__file__).with_name("acts.py")
NOUGHT = ("lost", "acknowledged_twice", "logged_twice", "forks", "holes", "outside", "breaks", "findings")


def play(*options: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, CRASHES, "--json", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def act(folder: Path, *words: str, disk: int | None = None) -> dict[str, Any]:
    """One act in a process of its own; `disk`: how large (bytes) its files may grow."""

    def limited() -> None:
        if disk is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (disk, disk))

    done = subprocess.run(
        [sys.executable, ACTS, str(folder), *words],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120, preexec_fn=limited,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    act(tmp_path, "begin")
    return tmp_path


def whole(folder: Path, acknowledged: list[Any]) -> None:
    """All that was acknowledged is there, the log is whole and goes on."""
    found = act(folder, "check")
    there = {(chain, seq): hash_ for chain, seq, hash_ in found["entries"]}
    assert [one for one in acknowledged if there.get((one[0], one[1])) != one[2]] == []
    assert (found["findings"], found["waiting"]) == ([], 0)


@pytest.mark.slow
@pytest.mark.xdist_group("crashes")
def test_whoever_is_killed_loses_nothing_on_sqlite(tmp_path: Path) -> None:
    told = play("--sqlite", "--kills", "8", "--folder", str(tmp_path))

    assert {name: told[name] for name in NOUGHT} == dict.fromkeys(NOUGHT, 0)
    assert (told["kills"], told["acknowledged"] > 30) == (8, True)


@pytest.mark.servers
@pytest.mark.slow
@pytest.mark.xdist_group("crashes")
def test_neither_does_a_database_that_is_stopped_at_once() -> None:
    if postgres.find_binaries() is None:
        pytest.skip("there is no PostgreSQL on this machine (apt install postgresql)")
    told = play("--kills", "6", "--stops", "1")

    assert {name: told[name] for name in NOUGHT} == dict.fromkeys(NOUGHT, 0)
    assert (told["kills"], told["stops"], told["acknowledged"] > 30) == (6, 1, True)


@pytest.mark.parametrize("room", [30_000, 90_000, 200_000])
def test_a_full_disk_refuses_and_loses_nothing(folder: Path, room: int) -> None:
    """Writers and passes get an error; what was acknowledged before stays, and all goes on once there is room."""
    largest = max(path.stat().st_size for path in folder.glob("evidence.sqlite3*"))

    told = act(folder, "write", "400", disk=largest + room)

    assert told["errors"]
    assert "disk" in told["errors"][0] or "full" in told["errors"][0] or "I/O" in told["errors"][0]
    whole(folder, told["acknowledged"])
    more = act(folder, "write", "5")
    assert (len(more["acknowledged"]), more["errors"]) == (5, [])
    whole(folder, told["acknowledged"] + more["acknowledged"])


@pytest.mark.parametrize("seed", range(4))
def test_a_torn_end_of_the_journal_is_not_taken_for_an_entry(folder: Path, seed: int) -> None:
    """The machine stopped while the next transaction was on its way to the disk: some of its bytes got there."""
    chance = random.Random(seed)
    told = act(folder, "write_and_die", "40")
    journal = folder / "evidence.sqlite3-wal"
    assert journal.stat().st_size > 0
    torn = chance.choice(
        [chance.randbytes(5_000), journal.read_bytes()[32 : 32 + chance.randrange(1, 9_000)]]
    )
    with journal.open("ab") as file:
        file.write(torn)

    assert len(told["acknowledged"]) == 40
    whole(folder, told["acknowledged"])


def test_two_at_once_do_the_work_once(folder: Path) -> None:
    """Both believe that it is their turn; the lock and the epoch let one pass after the other through."""
    act(folder, "write", "60")
    command = [sys.executable, str(ACTS), str(folder), "take_over_and_pass"]
    both = [
        subprocess.Popen(
            [*command, str(number)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for number in range(2)
    ]
    told = []
    for process in both:
        out, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors[-3000:]
        told.append(json.loads(out.splitlines()[-1]))

    assert sum(one["passed"] for one in told) >= 1
    assert all(one["passed"] + one["fenced"] + one["nothing"] == 20 for one in told)
    whole(folder, [])


def test_whoever_waits_is_served_by_the_loop_at_once(folder: Path) -> None:
    loop = subprocess.Popen(
        [sys.executable, ACTS, str(folder), "loop"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        told = act(folder, "write_and_wait", "3", "beside=loop")
    finally:
        loop.terminate()
        out, _ = loop.communicate(timeout=30)

    assert told["covered"] == [True, True, True]
    assert json.loads(out.splitlines()[-1]) == {"held": False, "stamped": True}


def test_an_older_copy_of_the_database_is_told_from_the_newer_one(folder: Path) -> None:
    """Nothing inside an old backup is wrong; a receipt, like a witness, knows better."""
    told = act(folder, "write_and_wait", "2")
    copy = folder / "copy"
    copy.mkdir()
    for path in folder.glob("evidence.sqlite3*"):
        shutil.copy(path, copy / path.name)
    later = act(folder, "write_and_wait", "2")
    for path in copy.iterdir():
        shutil.copy(path, folder / path.name)
    for path in folder.glob("evidence.sqlite3-*"):
        if not (copy / path.name).exists():
            path.unlink()

    found = act(folder, "check")
    assert found["findings"] == []
    assert found["size"] < later["size"]
    assert told["size"] <= found["size"]
