"""The record sheet in a packet is PDF/A-3, with its seal as without; the check sees what would spoil that."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from mediation.documents.render import render
from mediation.documents.seal import SiteSeal
from tests.evidence.pdfa import flaws
from tests.paper_samples import SAMPLES

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def paper() -> bytes:
    return render("record_sheet", SAMPLES["record_sheet"])


@pytest.fixture
def sealed(paper: bytes, tmp_path: Path) -> bytes:
    return SiteSeal(str(tmp_path / "seal")).seal(paper, reason="存证记录单")


def test_as_it_is_printed_it_can_be_kept(paper: bytes) -> None:
    assert flaws(paper) == []


def test_the_seal_takes_nothing_from_that(sealed: bytes) -> None:
    assert flaws(sealed) == []


def test_a_validator_says_so_where_there_is_one(sealed: bytes, tmp_path: Path) -> None:
    if (verapdf := shutil.which("verapdf")) is None:
        pytest.skip("veraPDF is not installed: the checks of tests/evidence/pdfa.py stand alone")
    (tmp_path / "sheet.pdf").write_bytes(sealed)
    done = subprocess.run(
        [verapdf, "--flavour", "3b", "--format", "text", str(tmp_path / "sheet.pdf")],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.stdout.startswith("PASS"), done.stdout + done.stderr


def without(key: str) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        del writer.root_object[NameObject(key)]

    return change


def another_part(writer: PdfWriter) -> None:
    stream: Any = writer.root_object["/Metadata"]
    stream.set_data(stream.get_data().replace(b"part>3<", b"part>2<"))


def a_font_outside(writer: PdfWriter) -> None:
    for font in _fonts(writer):
        for key in ("/FontFile", "/FontFile2", "/FontFile3"):
            font["/FontDescriptor"].pop(NameObject(key), None)


def glyphs_by_chance(writer: PdfWriter) -> None:
    for font in _fonts(writer):
        font[NameObject("/Subtype")] = NameObject("/CIDFontType2")
        font.pop(NameObject("/CIDToGIDMap"), None)


def _fonts(writer: PdfWriter) -> list[Any]:
    named = writer.pages[0]["/Resources"]["/Font"]
    return [named[key]["/DescendantFonts"][0].get_object() for key in named]


def an_attachment_of_nothing(writer: PdfWriter) -> None:
    writer.add_attachment("more.txt", b"more")


def a_tie_unsaid(writer: PdfWriter) -> None:
    del writer.root_object["/AF"][0].get_object()[NameObject("/AFRelationship")]


def a_hidden_note(writer: PdfWriter) -> None:
    note = FreeText(text="x", rect=(9, 9, 99, 99))
    note[NameObject("/F")] = NumberObject(2)
    writer.add_annotation(0, note)


def a_program(writer: PdfWriter) -> None:
    action = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("app.alert(1)"),
    }
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def a_form_without_looks(writer: PdfWriter) -> None:
    form = DictionaryObject(
        {NameObject("/NeedAppearances"): NumberObject(1), NameObject("/Fields"): ArrayObject()}
    )
    writer.root_object[NameObject("/AcroForm")] = form


SPOILT: dict[str, Callable[[PdfWriter], None]] = {
    "6.6.2": without("/Metadata"),
    "6.6.4": another_part,
    "6.2.3": without("/OutputIntents"),
    "6.2.11.4": a_font_outside,
    "6.2.11.3": glyphs_by_chance,
    "6.8 None does not say": an_attachment_of_nothing,
    "6.8 record-sheet.json does not say": a_tie_unsaid,
    "6.3.2": a_hidden_note,
    "6.5.1": a_program,
    "6.4.1": a_form_without_looks,
}


@pytest.mark.parametrize("clause", SPOILT)
def test_what_spoils_it_is_seen(paper: bytes, clause: str) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(paper))
    SPOILT[clause](writer)
    out = io.BytesIO()
    writer.write(out)

    assert any(flaw.startswith(clause) for flaw in flaws(out.getvalue())), flaws(out.getvalue())


def test_encryption_is_seen(paper: bytes) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(paper))
    writer.encrypt("geheim", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    assert flaws(out.getvalue()) == ["6.1.3 encrypted"]
