"""Benchmarks find the sets of a folder by what the files hold, whatever those are called."""

import json
from pathlib import Path

import pytest

from benchmarks.settled_cases import load
from benchmarks.similarity_sets import find_set, find_sets, read_pairs

SETTLED = {
    "narrative": "平台多收了服务费",
    "facts": {"cause": "hidden_fee", "claim_amount": 1_000},
    "outcome": {"settled": True, "amount": 800},
}


def write(path: Path, *rows: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")


@pytest.fixture
def statutes(tmp_path: Path) -> Path:
    folder = tmp_path / "held out" / "part two"
    write(folder / "test.jsonl", {"id": 1, "question": "利息多高合法？"}, {"id": 2, "question": "没有答案的"})
    write(
        folder / "passages.jsonl",
        {"id": "a", "text": "第一条"},
        {"id": "b", "name": "民法典", "text": "第二条"},
    )
    (folder / "gold.txt").write_text("query-id corpus-id score\n1 0 b 1\n1 0 a 0\n2 0 unknown 1\n")
    return folder


def test_a_set_is_known_by_what_its_files_hold(statutes: Path, tmp_path: Path) -> None:
    write(tmp_path / "manifest.json", {"files": ["gold.txt"]})
    (tmp_path / "broken.jsonl").write_text("{no json")

    (found,) = find_sets(tmp_path)
    task = found.read()

    assert (found.kind, found.folder) == ("stard", statutes)
    assert task.queries == ["利息多高合法？"]
    assert task.passages == [" 第一条", "民法典 第二条"]
    assert task.wanted == [{1}]


def test_questions_without_a_corpus_take_that_of_another_folder(statutes: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other / "q.jsonl", {"id": "x", "question": "谁来付？"})
    (other / "pairs.tsv").write_text("x\ta\t2\n")

    assert find_sets(other) == []
    (found,) = find_sets(other, statutes)
    assert found.read().wanted == [{0}]


def test_kinds_of_questions_are_told_from_answers_in_sentences(tmp_path: Path) -> None:
    write(
        tmp_path / "a.jsonl",
        *({"id": at, "text": f"问{at}", "answer": f"答案是第{at}条，写得很长。" * 3} for at in range(4)),
    )
    write(tmp_path / "b.jsonl", *({"id": at, "text": f"问{at}", "answer": "借贷"} for at in range(4)))

    assert find_set("lawbench_2_4", tmp_path).files["consults"].name == "b.jsonl"


def test_pairs_that_name_unknown_cases_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(json.dumps([{"id": at, "fact": f"事实{at}"} for at in (1, 2, 3)]))
    (tmp_path / "pairs.tsv").write_text("1\t2\t1\n2\t9\t1\n3\t3\t1\n1\t3\t0\n")

    assert read_pairs(tmp_path / "pairs.tsv") == [("1", "2"), ("2", "9"), ("3", "3")]
    assert find_set("lecardv2_qq", tmp_path).read().wanted == [{1}, {0}, set()]


def test_settled_cases_may_lack_what_is_not_known(tmp_path: Path) -> None:
    write(tmp_path / "any name" / "x.jsonl", SETTLED, SETTLED | {"outcome": {"settled": False}})

    nothing = tmp_path / "nothing"
    nothing.mkdir()

    (told,) = load(tmp_path)

    assert told.settled.settled_fen == 800_00
    with pytest.raises(FileNotFoundError, match="narrative"):
        load(nothing)
