"""The record sheet inside a packet: it says what the packet says, and no more than can be shown."""

import hashlib
import io
import json
import re
import zipfile
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from evidence.log.policy import policy_bytes
from mediation.adapters import adapter
from mediation.court import sheet as sheets
from mediation.court.packet import read_packet

pytestmark = pytest.mark.django_db
SHEET = "data/record-sheet.pdf"


@pytest.fixture
def packet(application) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(read_packet(application))))


@pytest.fixture
def words(packet) -> str:
    document = pypdfium2.PdfDocument(packet.read(SHEET))
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return re.sub(r"\s", "", text)


def test_the_sheet_names_what_the_packet_rests_on(packet, words) -> None:
    told = json.loads(packet.read("data/packet.json"))
    for fingerprint in (
        told["case"],
        told["head"],
        told["checkpoint"]["root"],
        hashlib.sha256(policy_bytes()).hexdigest(),
        adapter("document_seal").fingerprint,
    ):
        assert fingerprint in words
    assert f"存证编号：{told['case'][:8]}-{told['checkpoint']['size']}" in words


def test_every_file_stands_there_with_both_hashes(packet, words) -> None:
    for row in json.loads(packet.read("data/files.json"))["files"]:
        assert row["sha256"] in words
        assert row["sm3"] in words


def test_every_article_has_its_answer_and_nothing_is_claimed_that_is_not_so(words) -> None:
    for article in (
        "第十六条",
        "第十七条第一项",
        "第十七条第二项",
        "第十七条第三项",
        "第十七条第四项",
        "第十八条",
    ):
        assert article in words
    assert words.count("本记录提供：") == words.count("本记录不提供：") == 6
    assert "没有外部见证" in words  # this site has none
    assert "不是可信第三方的时间证明" in words
    assert "自制证书" in words
    for overclaim in ("区块链存证平台", "不可篡改", "真实有效", "具有法律效力", "权威"):
        assert overclaim not in words


def test_programs_find_the_same_inside(packet) -> None:
    told = json.loads(packet.read("data/packet.json"))
    (attached,) = PdfReader(io.BytesIO(packet.read(SHEET))).attachments["record-sheet.json"]
    inside = json.loads(attached)
    assert {key: inside[key] for key in ("case", "log", "checkpoint", "count", "head")} == {
        key: told[key] for key in ("case", "log", "checkpoint", "count", "head")
    }
    assert [row["index"] for row in inside["entries"]] == told["indices"]


def test_the_whole_file_is_in_the_lists_of_the_bag(packet) -> None:
    listed = dict(
        reversed(row.split("  ", 1)) for row in packet.read("manifest-sha256.txt").decode().splitlines()
    )
    assert listed[SHEET] == hashlib.sha256(packet.read(SHEET)).hexdigest()


def test_the_code_holds_the_text_that_the_witnesses_signed(packet, monkeypatch) -> None:
    made: list[str] = []
    real = sheets.segno.make

    def make(text: str, **more: Any) -> Any:
        made.append(text)
        return real(text, **more)

    monkeypatch.setattr(sheets.segno, "make", make)
    told = json.loads(packet.read("data/packet.json"))
    row = SimpleNamespace(size=told["checkpoint"]["size"], root=told["checkpoint"]["root"])
    plan = SimpleNamespace(
        log=told["log"], case=told["case"], head=told["head"], checkpoint=row, entries=[None] * told["count"]
    )
    assert sheets._qr(plan, "00" * 32).startswith("<svg")
    note = packet.read("data/proof/checkpoint").decode()
    assert made[0].startswith(note.split("\n\n")[0])
