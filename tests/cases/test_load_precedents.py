"""A centre's own past cases: every readable row comes in, every other one is named, none is lost in silence."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from cases.models import Precedent
from cases.services import library

pytestmark = pytest.mark.django_db

STORY = "我在样例市送外卖，借了某平台一万元，多收了服务费八百元，要求退还，最后双方谈妥了。"
GOOD = {
    "编号": "A-1",
    "案由": "hidden_fee",
    "经过": STORY,
    "争议金额": "800",
    "调解金额": "五百元",
    "年利率": "24%",
}
BAD = [
    {**GOOD, "编号": ""},
    {**GOOD, "编号": "A-2", "案由": "不知道"},
    {**GOOD, "编号": "A-3", "争议金额": "很多钱"},
    {**GOOD, "编号": "A-4", "经过": "太短"},
    {**GOOD, "编号": "A-5", "结案日期": "去年"},
]


def load(path: Path) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError):
        call_command("load_precedents", path, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_names_each_row_it_cannot_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "cases.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, ["编号", "案由", "经过", "争议金额", "调解金额", "年利率", "结案日期"])
        writer.writeheader()
        writer.writerows([GOOD, *BAD])

    out, err = load(path)

    assert out.startswith("1 ")
    assert [f"第 {n} 行" in err for n in range(1, 7)] == [False, True, True, True, True, True]
    precedent = Precedent.objects.get()
    assert (precedent.claim_fen, precedent.settled_fen, str(precedent.annual_rate)) == (
        80_000,
        50_000,
        "0.2400",
    )


def test_xlsx_is_read_the_same_way(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(list(GOOD))
    book.active.append(list(GOOD.values()))
    book.active.append(list(BAD[1].values()))
    book.save(tmp_path / "cases.xlsx")

    out, err = load(tmp_path / "cases.xlsx")

    assert out.startswith("1 ")
    assert "第 2 行" in err


def test_the_sample_library_is_whole_and_marked() -> None:
    call_command("load_precedents", stdout=StringIO())

    assert Precedent.objects.count() >= 120
    assert not Precedent.objects.filter(is_sample=False).exists()


def test_loading_again_replaces_and_indexing_finishes(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    row = {"id": "x-1", "cause": "other", "story": STORY + "电话13812345678", "claim_fen": 100}
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    call_command("load_precedents", path, stdout=StringIO())
    call_command("load_precedents", path, stdout=StringIO())

    assert library.index_missing() == 1
    assert library.index_missing() == 0
    precedent = Precedent.objects.get()
    assert len(precedent.vector) % 4 == 0
    assert "13812345678" not in precedent.story
