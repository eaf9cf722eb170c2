"""Files made to do harm, and names made to mislead."""

import io
import struct
import zipfile
import zlib

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cases.models import Exhibit
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from evidence.filekinds import recognise
from mediation import incoming
from mediation.court.packet import name_in_packet, read_packet
from mediation.documents import render
from mediation.hearings import services as hearings
from mediation.hearings.models import Hearing

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
