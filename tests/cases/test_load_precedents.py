"""A centre's own past cases: every readable row comes in, every other one is named, none is lost in silence."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from cases.errors import Refusal
from cases.models import Precedent, User
from cases.services import indexing, precedents, releasing
from evidence.models import Entry

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
    precedent = Precedent.every.get()
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


def write(path: Path, *rows: dict) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_nobody_finds_a_case_before_a_person_has_released_it(tmp_path: Path, officer: User) -> None:
    row = {"id": "x-1", "cause": "other", "story": STORY + "我叫张伟，电话13812345678", "parties": ["张伟"]}
    call_command("load_precedents", write(tmp_path / "cases.jsonl", row), stdout=StringIO())

    waiting = releasing.waiting().get()
    assert not Precedent.objects.exists()
    assert "张伟" not in waiting.story
    assert "13812345678" not in waiting.story
    assert "13812345678" in waiting.original
    assert ["电话", "13812345678"] in waiting.taken_out
    assert waiting.parties == [precedents.party_mark("张伟")]
    assert indexing.index_missing() == 0

    released = releasing.release_precedent(precedent_id=waiting.pk, officer=officer, story=waiting.story)

    assert Precedent.objects.get() == released
    assert (released.original, released.taken_out, released.decided_by) == (None, [], officer)
    assert Entry.objects.get(chain=releasing.CHAIN).event == "precedent.released"
    assert indexing.index_missing() == 1
    assert indexing.index_missing() == 0


def test_loading_again_changes_nothing_and_a_changed_row_waits_again(tmp_path: Path, officer: User) -> None:
    row = {"id": "x-1", "cause": "other", "story": STORY, "claim_fen": 100}
    path = write(tmp_path / "cases.jsonl", row)
    call_command("load_precedents", path, stdout=StringIO())
    waiting = releasing.waiting().get()
    releasing.release_precedent(precedent_id=waiting.pk, officer=officer, story=waiting.story)

    call_command("load_precedents", path, stdout=StringIO())
    assert Precedent.objects.count() == 1

    call_command("load_precedents", write(path, {**row, "claim_fen": 200}), stdout=StringIO())
    assert not Precedent.objects.exists()
    assert releasing.waiting().get().claim_fen == 200


def test_a_row_that_calls_itself_a_sample_is_looked_at_all_the_same(tmp_path: Path) -> None:
    row = {"id": "sample-001", "cause": "other", "story": STORY, "sample": True}
    call_command("load_precedents", write(tmp_path / "cases.jsonl", row), stdout=StringIO())
    assert not Precedent.objects.exists()


def test_a_story_with_a_number_of_a_person_is_not_released(tmp_path: Path, officer: User) -> None:
    row = {"id": "x-1", "cause": "other", "story": STORY}
    call_command("load_precedents", write(tmp_path / "cases.jsonl", row), stdout=StringIO())
    pk = releasing.waiting().get().pk

    with pytest.raises(Refusal, match="13812345678"):
        releasing.release_precedent(precedent_id=pk, officer=officer, story=STORY + "13812345678")
    with pytest.raises(Refusal):
        releasing.refuse_precedent(precedent_id=pk, officer=officer, reason=" ")
    refused = releasing.refuse_precedent(precedent_id=pk, officer=officer, reason="人太少，一看就知道是谁")

    assert (refused.story, refused.original) == ("", None)
    with pytest.raises(Refusal):
        releasing.release_precedent(precedent_id=pk, officer=officer, story=STORY)


def test_only_an_officer_decides(tmp_path: Path, mediator: User) -> None:
    row = {"id": "x-1", "cause": "other", "story": STORY}
    call_command("load_precedents", write(tmp_path / "cases.jsonl", row), stdout=StringIO())
    with pytest.raises(Refusal):
        releasing.release_precedent(precedent_id=releasing.waiting().get().pk, officer=mediator, story=STORY)


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("{broken\n[1]\n", encoding="utf-8")
    _out, err = load(path)
    assert "第 1 行" in err
    assert "第 2 行" in err


def test_old_vectors_answer_until_the_new_ones_are_whole(settings) -> None:
    call_command("load_precedents", stdout=StringIO())
    indexing.index_missing()
    before = settings.ADAPTERS["embedder"]
    newer = ("cases.similarity.embedder.HashingEmbedder", {"dimensions": 64})
    settings.ADAPTERS = settings.ADAPTERS | {"embedder": newer, "embedder.before": before}
    indexing._built.cache_clear()
    old, new = "hashing-256/1", "hashing-64/1"
    seen = []

    def look(progress: indexing.Progress) -> None:
        if not progress.whole:
            seen.append(indexing.embedder().name)
            assert set(Precedent.objects.values_list("vector_model", flat=True)) == {old}
            assert progress.serving == old

    assert indexing.index_missing(told=look) == Precedent.objects.count()

    assert set(seen) == {old}
    assert indexing.embedder().name == new
    assert set(Precedent.objects.values_list("vector_model", "next_model")) == {(new, "")}
    assert indexing.progress().whole
    indexing._built.cache_clear()
