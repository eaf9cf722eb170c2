"""Where a file comes from: what the entry keeps, whose word each part is, and what is never asked."""

import dataclasses
import hashlib
import io
import struct
import zipfile

import pytest
import time_machine
from django.db import transaction
from PIL import ExifTags, Image

from evidence import erasure, ledger
from evidence.canonical import canonical
from evidence.deposits import take_in
from evidence.errors import DepositRefused
from evidence.models import Deposit, Entry
from evidence.origin.devices import Device, read_agent
from evidence.origin.filekinds import recognise
from evidence.origin.filesays import FileSays, what_it_says
from evidence.origin.provenance import BeforeSending, Origin, Provenance, Way, from_record, provenance_of
from tests.evidence import samples
from tests.evidence.conftest import CHAIN

WEBM = samples.HONEST["讲述.webm"][0]
WECHAT = (
    "Mozilla/5.0 (Linux; Android 12; HMA-AL00 Build/HUAWEIHMA-AL00; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/107.0.5304.141 Mobile Safari/537.36 MicroMessenger/8.0.30.2260(0x28001E3B) WeChat/arm64"
)
EVERYTHING = Provenance(
    how=Way.PIECES,
    where="portal",
    role="citizen",
    account="7",
    helper="儿子",
    agent=WECHAT,
    origin=Origin.OTHER_SIDE,
    words="客服在微信里发给我的",
    before=BeforeSending("ab" * 32, "2025-03-01T04:00:00+00:00", "picture", clock_off_s=-3, automated=True),
)


def taken(content: bytes, name: str, captured: Provenance) -> Deposit:
    with transaction.atomic():
        return take_in(chain=CHAIN, file=io.BytesIO(content), name=name, captured=captured)


def photo(*, gps: bool = False) -> bytes:
    target, exif = io.BytesIO(), Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "HUAWEI", "HUAWEI P30"
    exif[ExifTags.Base.Software] = "P30 12.0\x00\x07"
    taken_with = exif.get_ifd(ExifTags.IFD.Exif)
    taken_with[ExifTags.Base.DateTimeOriginal] = "2025:03:01 12:30:45"
    taken_with[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    if gps:
        exif.get_ifd(ExifTags.IFD.GPSInfo)[1] = "N"
        exif.get_ifd(ExifTags.IFD.GPSInfo)[2] = (30.0, 40.0, 11.0)
    Image.new("RGB", (8, 8)).save(target, "JPEG", exif=exif)
    return target.getvalue()


def film(seconds: int, *, long: bool = False) -> bytes:
    inside = (
        (b"\x01" + bytes(3) + struct.pack(">Q", seconds)) if long else bytes(4) + struct.pack(">I", seconds)
    )
    header = struct.pack(">I", len(inside) + 88) + b"mvhd" + inside + bytes(80)
    return samples.boxes(b"isom") + struct.pack(">I", len(header) + 8) + b"moov" + header


def office(created: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
        archive.writestr(
            "docProps/core.xml", f'<a xmlns:dcterms="d"><dcterms:created>{created}</dcterms:created></a>'
        )
    return target.getvalue()


def pdf_of(day: str) -> bytes:
    return samples.PDF.replace(b"/Catalog", f"/Catalog/CreationDate (D:{day})".encode())


def said_by(content: bytes, name: str) -> FileSays:
    stream = io.BytesIO(content)
    return what_it_says(stream, recognise(stream, name=name))


def test_all_that_is_known_stands_in_the_entry_beside_the_hash(db) -> None:
    captured = dataclasses.replace(
        EVERYTHING, before=dataclasses.replace(EVERYTHING.before, sha256=hashlib.sha256(photo()).hexdigest())
    )
    with time_machine.travel("2025-03-07T17:59:00+08:00", tick=False):
        deposit = taken(photo(), "..\\DCIM/IMG_1.jpg", captured)

    record = ledger.read(Entry.objects.get(chain=CHAIN, event="deposit.take_in"))
    assert record is not None
    kept = record["captured"]
    assert kept["how"] == "pieces"
    assert kept["by"] == {"role": "citizen", "account": "7", "helper": "儿子"}
    assert kept["with"]["device"] == "phone Android 12 HMA-AL00"
    assert kept["with"]["program"] == "WeChat 8"
    assert kept["at"] == "2025-03-07T17:59:00+08:00"
    assert kept["name"] == "..\\DCIM/IMG_1.jpg", "as it was sent; the deposit has the plain name"
    assert kept["person_says"] == {"origin": "other_side", "words": "客服在微信里发给我的"}
    assert kept["device_said"]["clock_off_s"] == -3
    assert kept["file_says"] == {
        "made_at": "2025-03-01T12:30:45+08:00",
        "device": "HUAWEI P30",
        "program": "P30 12.0",
    }
    assert kept["checked"]["sent_hash"] == "same"
    assert kept["checked"]["kind"] == "jpg"
    assert deposit.name == "IMG_1.jpg"
    assert provenance_of(Deposit.objects.get(pk=deposit.pk)) == from_record(kept)


def test_a_record_is_canonical_and_reads_back_as_it_was() -> None:
    record = EVERYTHING.as_record()

    assert canonical(record)
    assert from_record(record) == EVERYTHING


def test_what_is_not_known_is_left_out_and_not_made_up() -> None:
    assert Provenance(how=Way.PRINTED, made_with="mediation.documents agreement").as_record() == {
        "how": "printed",
        "with": {"made_with": "mediation.documents agreement"},
    }
    assert from_record({}) == Provenance(how=Way.FORM)
    assert from_record(
        {"by": "somebody", "later": 1, "checked": {"also": ["zip"], "new": 1}}
    ).checked.also == ("zip",)


def test_a_file_other_than_the_one_that_was_announced_is_refused_and_leaves_nothing(db) -> None:
    before = BeforeSending(sha256=hashlib.sha256(photo()).hexdigest())
    with pytest.raises(DepositRefused, match="choose the file again"):
        taken(photo()[:-1] + b"\x00", "a.jpg", Provenance(how=Way.PIECES, before=before))
    assert not Deposit.objects.exists()


def test_where_a_photo_was_taken_is_not_read(db) -> None:
    deposit = taken(photo(gps=True), "a.jpg", Provenance(how=Way.FORM))

    assert deposit.captured is not None
    assert set(deposit.captured["file_says"]) == {"made_at", "device", "program"}


def test_an_erased_deposit_tells_nothing_of_where_it_came_from(db) -> None:
    deposit = taken(photo(), "a.jpg", EVERYTHING_UNSENT)
    erasure.erase_chain(CHAIN, reason="asked", by="office")

    assert provenance_of(Deposit.objects.get(pk=deposit.pk)) is None


EVERYTHING_UNSENT = dataclasses.replace(EVERYTHING, before=BeforeSending())


@pytest.mark.parametrize(
    ("content", "name", "made_at"),
    [
        (film(3_800_000_000), "a.mp4", "2024-05-31T11:33:20+00:00"),
        (film(3_800_000_000, long=True), "a.m4a", "2024-05-31T11:33:20+00:00"),
        (film(0), "a.mp4", ""),
        (film(2**63, long=True), "a.mp4", ""),
        (WEBM + b"\x44\x61\x88" + struct.pack(">q", 10**18), "a.webm", "2032-09-09T01:46:40+00:00"),
        (WEBM + b"\x44\x61\x88\x00", "a.webm", ""),
        (pdf_of("20240102030405+08'00'"), "a.pdf", "2024-01-02T03:04:05+08:00"),
        (pdf_of("20241302030405Z"), "a.pdf", ""),
        (office("2024-01-02T03:04:05Z"), "a.docx", "2024-01-02T03:04:05+00:00"),
        (office("2024-01-02T99:99:99Z"), "a.docx", ""),
        (office("1900-01-02T03:04:05Z"), "a.docx", ""),
        (samples.picture("PNG"), "a.png", ""),
        (samples.HONEST["照片.HEIC"][0] + b"Exif\x00\x00MM\x00*" + bytes(40), "a.heic", ""),
        (samples.HONEST["说明.txt"][0], "a.txt", ""),
    ],
)  # fmt: skip
def test_the_day_that_a_file_names_is_read_and_a_broken_one_is_silence(content, name, made_at) -> None:
    assert said_by(content, name).made_at == made_at


def test_a_photo_from_a_phone_of_apple_names_its_day_too() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2025:03:01 12:30:45"
    content = (
        samples.HONEST["照片.HEIC"][0] + b"....Exif\x00\x00" + exif.tobytes().removeprefix(b"Exif\x00\x00")
    )

    assert said_by(content, "a.heic").made_at == "2025-03-01T12:30:45"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (WECHAT, Device("phone", "Android 12", "HMA-AL00", "WeChat 8")),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_3 like Mac OS X) AppleWebKit/605.1 Mobile/15E148 AlipayClient/10.3",
            Device("phone", "iOS 16.3", "", "Alipay 10"),
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36 Edg/126.0",
            Device("computer", "Windows 10.0", "", "Edge 126"),
        ),
        (
            "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0 ArkWeb/4.1 Mobile HuaweiBrowser/5.0",
            Device("phone", "HarmonyOS 5.0", "", "Huawei Browser 5"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/124.0.0.0 Mobile Safari/537.36",
            Device("phone", "Android 10", "", "Chrome 124"),
        ),
        ("curl/8.0", Device()),
        ("", Device()),
        ("Android " * 5000 + "(" * 5000, Device("tablet", "Android", "", "")),
    ],
)  # fmt: skip
def test_a_device_is_read_from_what_its_browser_says(agent, device) -> None:
    assert read_agent(agent) == device
