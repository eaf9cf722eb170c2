"""Any packet, checked by anyone of the court: what does not match is named, what is no packet is said so."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.models import Exhibit
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from evidence.models import Entry
from mediation.bench import forms
from mediation.court.checking import check_packet
from mediation.court.packet import read_packet, write_packet
from tests.bench.forging import shortened
from tests.evidence.samples import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def packet(case_in_mediation, citizen, application) -> bytes:
    return b"".join(read_packet(application))


@pytest.fixture
def case_in_mediation(case_in_mediation, citizen):
    add_exhibit(
        case_id=case_in_mediation.pk, file=io.BytesIO(picture("PNG")), name="contract.png", by=citizen,
        role=Role.CITIZEN, kind=Exhibit.Kind.CONTRACT, title="借款合同",
    )  # fmt: skip
    return case_in_mediation


def send(bench, data: bytes, name: str = "packet.zip"):
    return bench.post(reverse("bench:verify"), {"packet": SimpleUploadedFile(name, data)})


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def member(data: bytes, part: str) -> tuple[str, int]:
    """A member of the archive and where its content begins."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = next(info for info in archive.infolist() if part in info.filename)
    return info.filename, info.header_offset + 30 + len(info.filename.encode())


def test_an_untouched_packet_matches_and_is_known(bench, packet, application) -> None:
    page = send(bench, packet)
    assert page.status_code == 200
    assert page.context["state"] == "yes"
    assert page.context["register"].state == "yes"
    assert reverse("bench:application", args=[application.pk]) in page.content.decode()


def test_one_changed_byte_of_an_exhibit_names_the_exhibit_and_clears_the_rest(bench, packet) -> None:
    name, start = member(packet, "借款合同")
    page = send(bench, flip(packet, start + 40))
    shown = page.content.decode()

    assert page.context["state"] == "no"
    assert [row.found.path for row in page.context["files"] if not row.found.holds] == [name]
    assert page.context["bad"].title.startswith("借款合同")
    assert "对不上" in shown
    assert "被篡改" not in shown
    states = [check.state for check in page.context["checks"]]
    assert states[:2] == ["no", "no"]  # the archive, the files
    assert "yes" in states  # and the chain still holds


def test_a_changed_entry_is_named_by_its_number(bench, packet) -> None:
    _name, start = member(packet, "data/chain.jsonl")
    end = packet.index(b"\n", start)
    page = send(bench, flip(packet, packet.index(b'"c256":"', end) + 12))
    found = page.context["found"]

    assert found.broken_at > 1
    assert f"第 {found.broken_at} 条" in page.content.decode()
    assert page.context["shows"] == []  # a broken record ties nothing to the day it was taken in


def test_a_packet_that_was_packed_again_does_not_match_and_says_what_to_do(bench, packet) -> None:
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packet)) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    page = send(bench, again.getvalue())
    assert page.context["state"] == "no"
    assert "不要重新压缩" in page.content.decode()


def test_a_packet_with_its_end_cut_off_does_not_match_though_all_its_lists_do(bench, packet) -> None:
    page = send(bench, shortened(packet, entries=3))
    states = {step.name: step.state for step in page.context["found"].steps.values()}

    assert page.context["state"] == "no"
    assert (states["archive"], states["lists"], states["chain"]) == ("holds", "holds", "holds")
    assert "differs" in {states["inclusion"], states["ending"]}


def test_a_packet_that_nobody_here_gave_out_differs_from_the_register(bench, application, tmp_path) -> None:
    """It holds under the policy, for it is of our log; but its fingerprint stands nowhere."""
    path = tmp_path / "unknown.zip"
    write_packet(application.case, path)
    assert check_packet(path).holds
    page = send(bench, path.read_bytes())
    assert page.context["state"] == "no"
    assert page.context["register"].state == "no"


def test_the_entries_of_the_talks_show_neither_their_kind_nor_their_hand(bench, packet) -> None:
    page = send(bench, packet)
    closed = [row for row in page.context["links"] if row.body == "withheld"]

    assert closed
    assert {(row.kind, row.by) for row in closed} == {("closed", "—")}
    assert len({row.name for row in closed}) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空"),
        (b"hello", "不是 ZIP"),
        (b"PK\x05\x06" + b"\0" * 18, "没有文件"),
    ],
)
def test_what_is_no_packet_is_said_in_words(bench, data: bytes, says: str) -> None:
    page = send(bench, data)
    assert page.status_code == 422
    assert says in page.content.decode()


def test_nothing_chosen_is_said_in_words(bench) -> None:
    page = bench.post(reverse("bench:verify"), {})
    assert page.status_code == 422
    assert "请先选择证据包" in page.content.decode()


def test_a_file_that_is_too_large_is_not_even_written_down(bench, monkeypatch) -> None:
    monkeypatch.setattr(forms, "LARGEST_BYTES", 1000)
    monkeypatch.setattr("mediation.bench.intake.LARGEST_BYTES", 1000)
    page = send(bench, b"PK\x03\x04" + b"\0" * 300_000)
    assert page.status_code == 422
    assert "200 MB" in page.content.decode()


def test_any_zip_gets_an_answer(bench) -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("holiday.txt", "sea and sun")
        archive.writestr("data/chain.jsonl", "{}\n")
        archive.writestr("data/files.json", json.dumps({"files": [{"path": 3, "seq": "x"}, 7]}))
    assert send(bench, other.getvalue()).context["state"] == "no"


def test_a_changed_byte_anywhere_is_found_and_named(packet, tmp_path) -> None:
    path = tmp_path / "changed.zip"
    for at in range(0, len(packet), len(packet) // 20):
        path.write_bytes(flip(packet, at))
        found = check_packet(path)
        assert (at, found.verdict) == (at, "differs")
        assert found.item


def test_nothing_is_kept_of_an_upload(bench, packet, settings) -> None:
    before = Entry.objects.count()
    places = {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
    send(bench, packet)
    assert Entry.objects.count() == before
    assert {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()} == places


def test_the_form_wants_its_safety_token(application, judge) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(judge)
    assert send(strict, b"hello").status_code == 403
