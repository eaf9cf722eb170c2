"""Words and rows off pictures: what is read, what is doubted, and pictures that mean no good."""

import io
import zlib
from collections.abc import Iterator

import pytest
from django.utils import translation
from PIL import Image

from cases.analysis.rows import Line, read_fen, read_rows
from mediation.pictures.engines.scripted import ScriptedReader
from mediation.pictures.ocr import NeverWill, open_picture
from tests.pictures import drawings

TABLE = (
    ("期数", "还款日期", "还款金额", "本金", "利息", "服务费", "剩余本金"),
    ("1", "2025-01-15", "1,800.00", "1,500.00", "232.00", "68.00", "16,500.00"),
    ("2", "2025年2月15日", "1,8OO.00", "1,500.00", "232.00", "68.00", "15,000.00"),
    ("3", "2025.03.15", "1,900.00", "1,500.00", "232.00", "68.00", "13,500.00"),
)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def lines_of(cells) -> list[Line]:
    return ScriptedReader(cells).read(Image.new("RGB", (20, 20)))


def test_a_table_becomes_rows_in_fen_and_says_where_to_look() -> None:
    first, second, third = read_rows(lines_of(TABLE))
    assert (first.date, first.number, first.amount, first.fee, first.balance) == (
        "2025-01-15", 1, 180_000, 68_00, 1_650_000,
    )  # fmt: skip
    assert second.amount == 180_000, "letters that look like figures are figures in a column of money"
    assert (second.date, third.date) == ("2025-02-15", "2025-03-15")
    assert (first.doubts, third.doubts) == ([], ["sum"]), "parts that do not add up are looked at first"


@pytest.mark.parametrize(
    "cells", [(), (("你好",), ("还钱",)), (("金额",), ("100",)), (("日期", "备注"), ("2025-01-01", "无"))]
)
def test_what_is_no_table_of_repayments_gives_no_rows(cells) -> None:
    assert read_rows(lines_of(cells)) == []


@pytest.mark.parametrize(
    ("cell", "fen"), [("¥1,234.5", 123_450), ("1，234.56", 123_456), ("O.00", 0), ("无", None), ("", None)]
)
def test_a_cell_is_read_in_fen(cell, fen) -> None:
    assert read_fen(cell) == fen


def bomb(width: int, height: int) -> io.BytesIO:
    """A PNG that says it is huge and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + check

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 999))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (io.BytesIO(), "empty"),
        (io.BytesIO(b"<script>alert(1)</script>"), "not a picture"),
        (io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "not a picture"),
        (bomb(60_000, 60_000), "too large"),
        (bomb(9_000, 9_000), "too large"),
        (drawings.as_file(Image.new("RGB", (4, 4))), "too small"),
    ],
)
def test_a_picture_that_cannot_be_opened_says_why(file, why) -> None:
    with pytest.raises(NeverWill, match=why):
        open_picture(file)


def test_a_large_photo_is_read_smaller_and_upright() -> None:
    wide = Image.new("RGB", (5_000, 3_000), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    file = io.BytesIO()
    wide.save(file, "JPEG", exif=exif)
    file.seek(0)
    assert open_picture(file).size[1] > open_picture(io.BytesIO(file.getvalue())).size[0] - 1
    assert max(open_picture(io.BytesIO(file.getvalue())).size) <= 2_400


def test_the_real_reader_reads_a_statement() -> None:
    pytest.importorskip("rapidocr", reason="requirements-ocr.txt is not installed")
    from mediation.pictures.engines.rapid import RapidReader

    cells = drawings.rows_of(4)
    found = read_rows(RapidReader().read(drawings.photographed(drawings.statement(cells))))
    assert [row.date for row in found] == [row[1] for row in cells]
    wanted = [round(float(row[2].replace(",", "")) * 100) for row in cells]
    assert sum(got.amount == want for got, want in zip(found, wanted, strict=True)) >= 3
