"""Where sealed files lie: whole or not at all, under the name of their content, and nothing left behind."""

import datetime as dt
import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from evidence import deposits, erasure
from evidence.deposits import matches
from evidence.errors import DepositRefused, StorageUnreachable
from evidence.models import Deposit, Entry
from evidence.safe.orphans import FOLDERS, remove_orphans, share_of
from evidence.safe.storage import UNFINISHED, SealedFolder
from tests.evidence import samples
from tests.evidence.conftest import CHAIN, Take
from tests.servers import postgres

ORPHAN = "ab/cd/ab" + "cd" * 31


def aged(name: str, *, hours: float = 25) -> str:
    path = Path(default_storage.path(name))
    past = (timezone.now() - dt.timedelta(hours=hours)).timestamp()
    os.utime(path, (past, past))
    return name


def orphan(name: str = ORPHAN) -> str:
    return default_storage.save(name, ContentFile(b"left behind"))


def all_files(settings) -> set[str]:
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_two_equal_uploads_lie_side_by_side(take: Take) -> None:
    first, second = take("合同.pdf", samples.PDF), take("合同.pdf", samples.PDF)

    assert first.sha256 == second.sha256
    assert first.stored != second.stored
    assert matches(first)
    assert matches(second)


def test_half_a_file_under_a_name_gives_way_to_the_whole_one(settings) -> None:
    torn = Path(settings.MEDIA_ROOT) / ORPHAN
    torn.parent.mkdir(parents=True)
    torn.write_bytes(b"left be")

    assert orphan() == ORPHAN
    assert torn.read_bytes() == b"left behind"


def test_a_name_that_says_nothing_of_its_content_is_never_written_over() -> None:
    first = default_storage.save("packets/ab/report", ContentFile(b"one"))
    second = default_storage.save("packets/ab/report", ContentFile(b"two"))

    assert first != second
    assert default_storage.open(first).read() == b"one"


def test_what_belongs_to_nothing_is_removed_after_a_day(take: Take, settings) -> None:
    kept = take("合同.pdf", samples.PDF)
    aged(kept.stored, hours=9999)
    old, young = aged(orphan()), orphan(ORPHAN.replace("c", "e"))
    half = aged(default_storage.save(f"ab/cd/{UNFINISHED}x1", ContentFile(b"le")))
    packet = aged(default_storage.save("packets/ab/report", ContentFile(b"sent to a court")))

    assert remove_orphans() == sorted([old, half])
    assert all_files(settings) == {kept.stored, young, packet}
    assert matches(kept)


def test_the_file_of_an_erased_deposit_is_removed_if_it_is_still_there(take: Take) -> None:
    deposit = take("合同.pdf", samples.PDF)
    erasure.erase_chain(CHAIN, reason="asked", by="office")
    aged(deposit.stored)

    assert remove_orphans() == [deposit.stored]


@pytest.mark.django_db
def test_in_a_day_every_folder_has_its_turn() -> None:
    assert sorted(folder for hour in range(24) for folder in share_of(hour)) == FOLDERS
    aged(orphan())
    turn = next(hour for hour in range(24) if "ab" in share_of(hour))

    assert remove_orphans(share_of(turn + 1)) == []
    assert remove_orphans(share_of(turn)) == [ORPHAN]


def swept(folder: Path, **environment: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("sweeping.py")],
        env={**os.environ, "SWEEP_FOLDER": str(folder), **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("vendor", ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def test_a_file_whose_transaction_is_still_open_is_left_alone(tmp_path: Path, vendor: str) -> None:
    """Though its own clock is days behind, and nothing names it yet; what was rolled back beside it goes."""
    if vendor == "sqlite":
        report = swept(tmp_path, DATABASE_URL="")
    else:
        if (binaries := postgres.find_binaries()) is None:
            pytest.skip("no PostgreSQL on this machine")
        with postgres.running(binaries) as url:
            report = swept(tmp_path, DATABASE_URL=url)

    assert report == {"kept": True, "named_removed": False, "orphan_removed": True, "vendor": vendor}


@pytest.fixture
def writing_no_more_than() -> Iterator[Callable[[int], None]]:
    """The system itself refuses to write beyond so many bytes of a file, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("in_memory", [1, 99_000_000])
def test_a_full_disk_is_said_in_plain_words_and_leaves_neither_row_nor_half_a_file(
    take: Take, settings, monkeypatch, writing_no_more_than, in_memory: int
) -> None:
    monkeypatch.setattr(deposits, "IN_MEMORY_BYTES", in_memory)
    writing_no_more_than(200_000)

    with pytest.raises(DepositRefused, match="no room for more files"):
        take("a.aac", b"\xff\xf1" + bytes(range(250)) * 4_000)
    assert not Deposit.objects.exists()
    assert not Entry.objects.exists()
    assert not Path(settings.MEDIA_ROOT).exists()


@pytest.mark.parametrize(
    ("problem", "words"),
    [(errno.ENOSPC, "no room"), (errno.EDQUOT, "no room"), (errno.EIO, "not be kept just now")],
)
def test_a_disk_that_fails_in_the_last_moment_leaves_nothing(
    take: Take, settings, monkeypatch, problem: int, words: str
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(problem, "the disk")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(DepositRefused, match=words):
        take("a.txt", b"a" * 99)
    assert not Deposit.objects.exists()
    assert all_files(settings) == set()


def test_a_storage_that_does_not_answer_is_said_in_plain_words(take: Take, monkeypatch) -> None:
    def fail(*_args: object) -> str:
        raise StorageUnreachable("connection refused")

    monkeypatch.setattr(SealedFolder, "_save", fail)
    with pytest.raises(DepositRefused, match="not be kept just now"):
        take("a.txt", b"a" * 99)
    assert not Deposit.objects.exists()
