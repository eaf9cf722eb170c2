"""`manage.py similar`: the nearest released cases to a story, with reasons as data."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.services import indexing

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(db: None) -> None:
    call_command("load_precedents", stdout=StringIO())
    indexing.index_missing()


def ask(path: Path, *words: str) -> dict:
    out = StringIO()
    call_command("similar", "--story", str(path), "--json", *words, stdout=out)
    return json.loads(out.getvalue())


def test_a_story_finds_cases_with_reasons_and_passages(shelf: None, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text("我在平台借钱，放款时多收了服务费，合同里没有写。", encoding="utf-8")
    told = ask(path, "--k", "3", "--cause", "hidden_fee", "--only-cause", "hidden_fee")
    assert len(told["hits"]) == 3
    assert {hit["cause"] for hit in told["hits"]} == {"hidden_fee"}
    assert "cause" in {reason["key"] for hit in told["hits"] for reason in hit["reasons"] if reason["same"]}
    assert any(piece["shared"] for hit in told["hits"] for passage in hit["passages"] for piece in passage)


def test_what_no_option_says_is_read_out_of_the_story_and_told(shelf: None, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(
        "我在平台借了两万块，年利率百分之三十六，利息太高了。我要求退还多收的利息一千八百块。",
        encoding="utf-8",
    )
    told = ask(path, "--k", "5")
    assert told["asked"]["cause"] == "high_rate"
    assert (told["asked"]["claim_fen"], told["asked"]["principal_fen"]) == (1_800_00, 20_000_00)
    assert float(told["asked"]["annual_rate"]) == 0.36
    assert "refund" in told["asked"]["remedies"]
    assert told["enough"], "without its cause no case would be comparable"
    assert {hit["cause"] for hit in told["hits"]} == {"high_rate"}

    given = ask(path, "--k", "5", "--cause", "hidden_fee", "--claim-fen", "90000")
    assert (given["asked"]["cause"], given["asked"]["claim_fen"]) == ("hidden_fee", 900_00)


def test_nothing_closed_later_than_asked(shelf: None, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text("利息太高", encoding="utf-8")
    told = ask(path, "--k", "100", "--until", "2025-03-31")
    assert told["hits"]
    assert all(hit["closed_on"] <= "2025-03-31" for hit in told["hits"] if hit["closed_on"])


@pytest.mark.parametrize("story", ["", " \n"])
def test_an_empty_story_is_refused_in_words(story: str, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(story, encoding="utf-8")
    with pytest.raises(CommandError):
        ask(path)
    with pytest.raises(CommandError):
        ask(tmp_path / "missing.txt")
    with pytest.raises(CommandError):
        ask(path, "--k", "0")
