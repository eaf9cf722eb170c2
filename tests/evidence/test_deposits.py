import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from pytest_django.fixtures import Settings

from evidence import ledger
from evidence.deposits import matches, open_deposit, take_in
from evidence.errors import CannotUnseal, DepositRefused
from evidence.models import Deposit, Entry
from evidence.safe.vault import CHUNK
from tests.evidence import samples
from tests.evidence.conftest import CAPTURED, Take


@pytest.mark.parametrize("name", samples.HONEST)
def test_an_honest_file_is_kept_byte_for_byte(take: Take, chain: str, name: str) -> None:
    content, media_type = samples.HONEST[name]
    deposit = take(name, content)

    assert (deposit.media_type, deposit.size) == (media_type, len(content))
    with open_deposit(deposit) as stream:
        assert stream.read() == content
    assert matches(deposit)
    record = ledger.read(Entry.objects.get(chain=chain, event="deposit.take_in"))
    assert record is not None
    assert record["sha256"] == hashlib.sha256(content).hexdigest() == deposit.sha256
    assert record["captured"]["where"] == "portal"


@pytest.mark.parametrize("name", samples.REFUSED)
def test_a_file_that_cannot_be_taken_in_is_refused_in_words_and_leaves_no_trace(
    take: Take, settings: Settings, name: str
) -> None:
    content, words = samples.REFUSED[name]

    with pytest.raises(DepositRefused, match=words):
        take(name, content)
    assert not Deposit.objects.exists()
    assert not Entry.objects.exists()
    assert not Path(settings.MEDIA_ROOT).exists()


def test_a_recording_in_a_film_container_is_remembered_as_sound(take: Take) -> None:
    content, _ = samples.HONEST["讲述.webm"]

    assert take("讲述.webm", content, media_type="audio/webm;codecs=opus").media_type == "audio/webm"


def test_a_sender_who_calls_a_document_a_picture_is_asked_for_the_original(take: Take) -> None:
    with pytest.raises(DepositRefused, match="original file"):
        take("合同", samples.PDF, media_type="image/jpeg")


def test_a_name_loses_its_folders_and_its_tricks(take: Take) -> None:
    assert take("../../etc/合同\u202efdp.pdf", samples.PDF).name == "合同fdp.pdf"


def test_an_uploaded_file_can_be_taken_in_as_it_is(db: None, chain: str) -> None:
    upload = SimpleUploadedFile("合同.pdf", samples.PDF, "application/pdf")
    with transaction.atomic():
        deposit = take_in(chain=chain, file=upload, name="合同.pdf", captured=CAPTURED)

    assert matches(deposit)


def test_the_disk_holds_nothing_readable_under_a_name_that_says_nothing(
    take: Take, settings: Settings
) -> None:
    deposit = take("说明.txt", "借款一万元".encode())

    stored = Path(settings.MEDIA_ROOT) / deposit.stored
    assert "借款".encode() not in stored.read_bytes()
    assert stored.name == hashlib.sha256(stored.read_bytes()).hexdigest()
    assert deposit.sha256 not in deposit.stored


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_large_file_opens_at_any_place(take: Take, size: int) -> None:
    content = bytes(32 + n * 7 % 90 for n in range(size))
    with open_deposit(take("a.txt", content)) as stream:
        for place in (0, size // 2, max(0, size - 5)):
            stream.seek(place)
            assert stream.read(9) == content[place : place + 9]
        assert stream.seek(0, 2) == size


@pytest.mark.parametrize("damage", ["change", "cut", "grow", "drop_chunk"])
def test_a_stored_file_that_was_touched_does_not_match(take: Take, settings: Settings, damage: str) -> None:
    deposit = take("a.txt", b"a" * (2 * CHUNK + 10))
    path = Path(settings.MEDIA_ROOT) / deposit.stored
    data = bytearray(path.read_bytes())
    match damage:
        case "change":
            data[len(data) // 2] ^= 1
        case "cut":
            del data[-20:]
        case "grow":
            data += b"x"
        case "drop_chunk":
            del data[36 + CHUNK + 16 :]
    path.chmod(0o600)
    path.write_bytes(data)

    assert not matches(deposit)
    with pytest.raises(CannotUnseal), open_deposit(deposit) as stream:
        stream.read()


def test_a_lost_file_is_named_by_the_check(take: Take, chain: str) -> None:
    default_storage.delete(take("合同.pdf", samples.PDF).stored)
    out = io.StringIO()

    with pytest.raises(SystemExit):
        call_command("fsck_evidence", stdout=out)
    assert f"{chain} #1: the file" in out.getvalue()
