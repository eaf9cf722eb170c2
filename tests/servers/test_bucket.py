"""Sealed files in a bucket: a real server that speaks S3, over HTTP, with all that can go wrong with it."""

import hashlib
import io
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cases.roles import Role
from cases.services.exhibits import add_exhibit
from evidence import erasure
from evidence.deposits import matches, open_deposit, take_in
from evidence.errors import DepositRefused, StorageUnreachable
from evidence.log import audit
from evidence.models import Deposit
from evidence.origin.provenance import Provenance, Way
from evidence.safe import orphans
from evidence.safe.bucket import READ_AHEAD, Bucket
from evidence.safe.vault import CHUNK
from tests.servers.ports import free_port, wait_until

pytestmark = pytest.mark.django_db
NAME, KEY = "evidence", "only-for-tests"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    port = free_port()
    program = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id=KEY, aws_secret_access_key=KEY
    )

    def answers() -> bool:
        try:
            client.list_buckets()
        except Exception:
            return False
        return True

    try:
        wait_until(answers, seconds=30)
        client.create_bucket(Bucket=NAME)
        yield address
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait(10)


def options(endpoint: str) -> dict[str, str]:
    return {
        "bucket": NAME,
        "endpoint": endpoint,
        "region": "us-east-1",
        "key": KEY,
        "secret": KEY,
        "style": "path",
    }


@pytest.fixture
def bucket(settings, server: str) -> Iterator[Bucket]:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "evidence.safe.bucket.Bucket", "OPTIONS": options(server)},
    }
    storage = Bucket(**options(server))
    yield storage
    storage.bucket.objects.all().delete()


def taken(content: bytes, name: str = "a.aac", *, chain: str = "c") -> Deposit:
    with transaction.atomic():
        return take_in(chain=chain, file=io.BytesIO(content), name=name, captured=Provenance(how=Way.FORM))


def sound(size: int) -> bytes:
    return (b"\xff\xf1" + bytes(range(251)) * (size // 251 + 1))[:size]


@pytest.mark.parametrize("size", [100, CHUNK, READ_AHEAD * 9 + 5])
def test_a_file_lies_sealed_in_the_bucket_under_its_content_and_opens_at_any_place(
    bucket: Bucket, size: int
) -> None:
    content = sound(size)
    deposit = taken(content)

    lying = [(found.key, found.get()["Body"].read()) for found in bucket.bucket.objects.all()]
    assert [(key.rsplit("/", 1)[1]) for key, _bytes in lying] == [hashlib.sha256(lying[0][1]).hexdigest()]
    assert deposit.stored == lying[0][0]
    assert content[:60] not in lying[0][1]
    with open_deposit(deposit) as stream:
        for place in (0, size // 2, max(0, size - 7)):
            stream.seek(place)
            assert stream.read(9) == content[place : place + 9]
    assert matches(deposit)


def test_two_equal_uploads_do_not_clash(bucket: Bucket) -> None:
    assert taken(sound(100)).stored != taken(sound(100)).stored
    assert len(list(bucket.bucket.objects.all())) == 2


def test_a_player_gets_its_part(bucket: Bucket, accepted_case, citizen) -> None:
    content = sound(3 * READ_AHEAD)
    exhibit = add_exhibit(
        case_id=accepted_case.pk, file=io.BytesIO(content), name="a.aac", by=citizen, role=Role.CITIZEN
    )
    client = Client()
    client.force_login(citizen)

    answer = client.get(
        reverse("exhibit_file", args=[exhibit.pk]),
        headers={"Range": f"bytes={2 * READ_AHEAD}-{2 * READ_AHEAD + 9}"},
    )

    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == content[2 * READ_AHEAD : 2 * READ_AHEAD + 10]


def test_a_large_file_is_never_held_in_memory(bucket: Bucket, tmp_path: Path) -> None:
    size = 60 * 1024 * 1024
    assert matches(taken(sound(99)))  # the library reads its own tables when it is first used
    large = tmp_path / "large.aac"
    large.write_bytes(sound(size))
    tracemalloc.start()
    with transaction.atomic(), large.open("rb") as file:
        deposit = take_in(chain="c", file=file, name="large.aac", captured=Provenance(how=Way.FORM))
    assert matches(deposit)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < size / 2


def test_a_stored_object_that_was_touched_or_lost_does_not_match(bucket: Bucket) -> None:
    changed, lost = taken(sound(5000)), taken(sound(6000))
    thing = bucket.bucket.Object(changed.stored)
    data = bytearray(thing.get()["Body"].read())
    data[2000] ^= 1
    thing.put(Body=bytes(data))
    bucket.bucket.Object(lost.stored).delete()

    assert not matches(changed)
    assert not matches(lost)
    with pytest.raises(FileNotFoundError):
        open_deposit(lost)


def test_erasure_empties_the_bucket(bucket: Bucket, django_capture_on_commit_callbacks) -> None:
    taken(sound(100))
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase_chain("c", reason="asked", by="office")

    assert list(bucket.bucket.objects.all()) == []


def test_what_belongs_to_nothing_is_removed(bucket: Bucket, monkeypatch) -> None:
    kept = taken(sound(100))
    orphan = default_storage.save("ab/cd/ab" + "cd" * 31, ContentFile(b"left behind"))
    packet = default_storage.save("packets/ab/report", ContentFile(b"sent"))
    assert orphans.remove_orphans() == []

    monkeypatch.setattr(orphans, "OLD", -orphans.OLD)

    assert orphans.remove_orphans() == [orphan]
    assert {found.key for found in bucket.bucket.objects.all()} == {kept.stored, packet}


def test_a_name_that_says_nothing_of_its_content_is_never_written_over(bucket: Bucket) -> None:
    first, second = (
        default_storage.save("packets/ab/report", ContentFile(word)) for word in (b"one", b"two")
    )

    assert first != second
    assert default_storage.open(first).read() == b"one"


@pytest.mark.parametrize("problem", ["no server", "no bucket"])
def test_a_server_that_does_not_answer_is_a_plain_refusal(settings, server: str, problem: str) -> None:
    wrong = (
        {"endpoint": f"http://127.0.0.1:{free_port()}"} if problem == "no server" else {"bucket": "not-there"}
    )
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "evidence.safe.bucket.Bucket", "OPTIONS": {**options(server), **wrong}},
    }

    with pytest.raises(DepositRefused) as refused:
        taken(sound(100))
    assert "Please try again in a few minutes" in str(refused.value) or "几分钟" in str(refused.value)
    assert not Deposit.objects.exists()


def test_a_page_says_that_the_file_cannot_be_reached_just_now(
    bucket: Bucket, settings, accepted_case, citizen
) -> None:
    exhibit = add_exhibit(
        case_id=accepted_case.pk, file=io.BytesIO(sound(99)), name="a.aac", by=citizen, role=Role.CITIZEN
    )
    client = Client()
    client.force_login(citizen)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "evidence.safe.bucket.Bucket",
            "OPTIONS": options(f"http://127.0.0.1:{free_port()}"),
        },
    }

    with pytest.raises(StorageUnreachable):
        matches(exhibit.deposit)
    found = [one.text for one in audit.findings()]
    assert any("the storage did not give the file" in text for text in found), (
        "a check that could not be made is no yes"
    )
    assert client.get(reverse("exhibit_file", args=[exhibit.pk])).status_code == 503
