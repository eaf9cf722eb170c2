"""Files made to do harm, and names made to mislead."""

import errno
import io
import struct
import zipfile
import zlib
from pathlib import Path
from types import SimpleNamespace

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cases.models import Exhibit
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from evidence.errors import DepositRefused
from evidence.origin.filekinds import recognise
from mediation.court.packet import name_in_packet, read_packet
from mediation.documents import render
from mediation.files import incoming
from mediation.files.uploading import DiskFile
from mediation.hearings import services as hearings
from mediation.hearings.models import Hearing
from tests.evidence import samples

pytestmark = pytest.mark.django_db


def handed_in(
    case, person, *, data: bytes = b"text", name: str = "a.txt", title: str = "", **more
) -> Exhibit:
    return add_exhibit(
        case_id=case.pk,
        file=io.BytesIO(data),
        name=name,
        by=person,
        role=Role(person.role),
        title=title,
        **more,
    )


def pdf_of_size(width: int, height: int) -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(width, height)
    written = io.BytesIO()
    document.save(written)
    document.close()
    return written.getvalue()


def empty_png(width: int, height: int) -> bytes:
    """A picture that says it is this large; its lines are all zero, so it is small on the way."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    squeeze = zlib.compressobj(9)
    lines = b"".join(squeeze.compress(bytes(4 * width + 1)) for _line in range(height)) + squeeze.flush()
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", lines) + part(b"IEND", b"")


def test_a_page_a_mile_wide_is_drawn_small() -> None:
    picture = render.page_image(pdf_of_size(14_400, 14_400), 1, dots_per_inch=110)
    with Image.open(io.BytesIO(picture)) as image:
        assert image.width * image.height <= render.MOST_PIXELS * 1.01


def test_a_book_is_not_drawn_to_its_end(monkeypatch) -> None:
    monkeypatch.setattr(render, "MOST_PAGES", 2)
    document = pypdfium2.PdfDocument.new()
    for _page in range(5):
        document.new_page(100, 100)
    written = io.BytesIO()
    document.save(written)
    assert len(render.page_images(written.getvalue())) == 2


def test_a_picture_too_large_for_memory_is_never_unpacked(monkeypatch) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda *_args: pytest.fail("the picture was unpacked"))
    assert recognise(io.BytesIO(empty_png(9_000, 8_000)), name="a.png").name == "png"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.txt", "C:\\\\Windows\\a.txt", "a\x00b.txt", "合同\u202etxt.exe.txt", "<b>x</b>.txt"],
)
def test_a_title_taken_from_a_name_is_plain(filed_case, citizen, name) -> None:
    exhibit = handed_in(filed_case, citizen, name=name)
    assert exhibit.title == exhibit.deposit.name
    assert not set(exhibit.title) & set("/\\\x00\u202e")


def test_a_letter_that_our_fonts_lack_in_a_name_does_not_keep_the_case_from_court(
    signed_case, citizen, lender, application_of
) -> None:
    odd = handed_in(signed_case, citizen, title="ශ්‍රී 合同", kind=Exhibit.Kind.CONTRACT)
    application = application_of(signed_case)

    names = zipfile.ZipFile(io.BytesIO(b"".join(read_packet(application)))).namelist()
    assert any(name.endswith(name_in_packet(odd)) for name in names)


def test_a_broken_pdf_is_not_there_for_the_court(signed_case, citizen, judge, application_of) -> None:
    broken = handed_in(
        signed_case, citizen, data=b"%PDF-1.4\n%%EOF", name="a.pdf", kind=Exhibit.Kind.CONTRACT
    )
    application = application_of(signed_case)

    client = Client(raise_request_exception=False)
    client.force_login(judge)
    url = reverse("bench:paper_page", args=[application.pk, broken.number, 1])
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("offset", ["²", "9" * 5000, "-1", "1e3", "", "٣"])
def test_a_piece_with_an_odd_offset_is_told_where_to_go_on(
    case_in_mediation, mediator, citizen, lender, offset, settings, tmp_path
) -> None:
    settings.VAR_DIR = tmp_path
    hearing = _open(case_in_mediation, mediator, citizen, lender)
    upload = incoming.announce(
        case_id=case_in_mediation.pk, name="a.wav", size=10, media_type="",
        extra={"dialect": "sichuan", "hearing": str(hearing.pk), "by": str(citizen.pk)},
    )  # fmt: skip
    client = Client(raise_request_exception=False)
    client.force_login(citizen)
    answer = client.patch(
        reverse("portal:recording_piece", args=[hearing.pk, upload.id]),
        b"x",
        content_type="application/offset+octet-stream",
        headers={"upload-offset": offset.encode("utf-8").decode("latin-1")},
    )
    assert answer.status_code == 409
    assert answer["Upload-Offset"] == "0"


def _open(case, *people) -> Hearing:
    hearing = hearings.call_hearing(case_id=case.pk, mediator=people[0], starts_at=timezone.now())
    for person in people:
        hearings.join_hearing(hearing_id=hearing.pk, person=person)
        hearings.answer_recording(hearing_id=hearing.pk, person=person, agrees=True)
    return hearing


JPEG = samples.picture("JPEG")
PAGE = b"<html><script>alert(1)</script></html>"


def in_a_comment(markup: bytes) -> bytes:
    """A picture with markup where cameras write their remarks."""
    return JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(markup) + 2) + markup + JPEG[2:]


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bag:
        bag.writestr("Evil.class", b"\xca\xfe\xba\xbe")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "also"),
    [
        ("a.jpg", in_a_comment(PAGE), ["markup"]),
        ("a.jpg", in_a_comment(b"<SVG onload=alert(1)>"), ["markup"]),
        ("a.png", samples.picture("PNG") + b"<?php system($_GET[0]);", ["markup"]),
        ("a.jpg", JPEG + archive(), ["zip"]),
        ("a.pdf", samples.PDF + archive() + b"\n%%EOF", ["zip"]),
        ("a.jpg", in_a_comment(samples.PDF), ["pdf"]),
        ("a.mp3", b"ID3\x04" + PAGE + bytes(300), ["markup"]),
        ("a.mp4", samples.boxes(b"isom", b"moov", b"mdat") + archive(), ["zip"]),
    ],
)
def test_a_file_that_is_two_things_at_once_is_kept_but_never_shown(
    filed_case, citizen, name, data, also
) -> None:
    exhibit = handed_in(filed_case, citizen, data=data, name=name)
    client = Client()
    client.force_login(citizen)
    link = reverse("exhibit_file", args=[exhibit.pk])
    whole, part = client.get(link), client.get(link, headers={"Range": "bytes=0-9"})

    assert exhibit.deposit.captured["checked"]["also"] == also
    assert b"".join(whole.streaming_content) == data
    for answer in (whole, part):
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.pdf", "讲述.wav"])
def test_a_plain_file_is_shown(filed_case, citizen, name) -> None:
    plain = {"jpg": JPEG, "png": samples.picture("PNG"), "webp": samples.picture("WEBP"), "pdf": samples.PDF}
    data = plain.get(name.partition(".")[2], samples.sound())
    exhibit = handed_in(filed_case, citizen, data=data, name=name)
    client = Client()
    client.force_login(citizen)

    assert client.get(reverse("exhibit_file", args=[exhibit.pk]))["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("合同.pdf.exe", samples.PDF),
        ("照片.jpg.html", JPEG),
        ("照片.jpg\u202egpj.exe", JPEG),
        ("照片.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("照片.jpg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("照片.jpg", b"GIF89a/*" + PAGE),
        ("合同.pdf", PAGE + samples.PDF),
        ("合同.pdf", b"PK\x03\x04" + samples.PDF),
        ("合同.pdf", b"MZ" + samples.PDF),
        ("页.txt", b"#!/bin/sh\nrm -rf ~"),
        ("页.html", PAGE),
        ("合同.docm", samples.office("word/document.xml", "word/vbaProject.bin")),
        ("合同.docx", samples.office("word/document.xml", "word/vbaProject.bin")),
        ("合同.zip", archive()),
        ("合同", PAGE),
    ],
)
def test_a_name_with_two_endings_and_a_page_in_disguise_are_refused(filed_case, citizen, name, data) -> None:
    with pytest.raises(DepositRefused):
        handed_in(filed_case, citizen, data=data, name=name)


@pytest.mark.parametrize(
    "name", ["照片.jpg.", "照片.jpg ", "照片.jpg . .", "照片.jp\u200bg", "\ufeff照片.jpg"]
)
def test_ends_of_names_that_systems_leave_away_are_left_away_at_once(filed_case, citizen, name) -> None:
    assert handed_in(filed_case, citizen, data=JPEG, name=name).deposit.name == "照片.jpg"


def test_text_is_never_shown_as_a_page(filed_case, citizen) -> None:
    exhibit = handed_in(filed_case, citizen, data=PAGE, name="页.txt")
    client = Client()
    client.force_login(citizen)
    answer = client.get(reverse("exhibit_file", args=[exhibit.pk]))

    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("where", ["act", "check_receipt"])
def test_a_form_of_gigabytes_is_not_read(filed_case, citizen, settings, monkeypatch, where) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    monkeypatch.setattr(DiskFile, "receive_data_chunk", lambda *_args: pytest.fail("it was written"))
    monkeypatch.setattr("mediation.files.uploading.FORM_BYTES", 0)
    client = Client()
    client.force_login(citizen)
    url = reverse("portal:act", args=[filed_case.docket, "evidence"]) if where == "act" else reverse(where)
    large = SimpleUploadedFile("大.jpg", JPEG + bytes(3_000_000), "image/jpeg")

    answer = client.post(url, {"file": [large], "kind": "other"})

    assert answer.status_code == 422
    assert where != "act" or "大.jpg" in answer.content.decode()


def test_a_disk_that_is_full_while_a_form_is_read_is_said_on_the_form(
    filed_case, citizen, monkeypatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    client = Client()
    client.force_login(citizen)
    large = SimpleUploadedFile("大.jpg", JPEG + bytes(3_000_000), "image/jpeg")
    url = reverse("portal:act", args=[filed_case.docket, "evidence"])

    answer = client.post(url, {"file": [large], "kind": "other"})

    assert answer.status_code == 422
    assert "放不下更多文件" in answer.content.decode()


def test_a_disk_that_is_full_while_pieces_come_is_said_in_the_row(
    accepted_case, citizen, monkeypatch, settings, tmp_path
) -> None:
    settings.VAR_DIR = tmp_path
    client = Client()
    client.force_login(citizen)
    url = client.post(
        reverse("portal:files", args=[accepted_case.docket]),
        {"name": "a.jpg", "size": len(JPEG), "form": "evidence.file"},
    ).json()["url"]
    monkeypatch.setattr(incoming.shutil, "disk_usage", lambda _path: SimpleNamespace(free=10))
    refused = client.post(
        reverse("portal:files", args=[accepted_case.docket]),
        {"name": "b.jpg", "size": 9, "form": "evidence.file"},
    )
    assert refused.status_code == 422
    assert "放不下更多文件" in refused.json()["message"]

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    answer = client.patch(
        url, JPEG, content_type="application/offset+octet-stream", headers={"upload-offset": "0"}
    )

    assert answer.status_code == 422
    assert "放不下更多文件" in answer.json()["message"]
    assert not list(incoming.incoming_folder().rglob("state"))
