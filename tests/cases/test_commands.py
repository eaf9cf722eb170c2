"""The two calculators of the command line: one answer, or one line for each line of a file."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from cases.rules.caps import Licence


def ask(command: str, *words: str) -> dict[str, Any]:
    """The answer as JSON."""
    out = StringIO()
    call_command(command, *words, "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert isinstance(told, dict)
    return told


def ask_all(command: str, path: Path, *lines: object) -> tuple[list[dict[str, Any]], bool]:
    """The answers to a file of questions, and whether the command ended well."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    out, ended_well = StringIO(), True
    try:
        call_command(command, "--batch", str(path), stdout=out)
    except CommandError as error:
        ended_well = error.returncode == 0
    return [json.loads(line) for line in out.getvalue().splitlines()], ended_well


VECTORS = [
    (30, "day", "2026-01-16", "2026-02-24"),
    (15, "day", "2026-01-30", "2026-02-14"),
    (30, "day", "2026-09-01", "2026-10-08"),
    (7, "day", "2026-04-24", "2026-05-06"),
    (3, "working", "2026-09-30", "2026-10-10"),
    (3, "working", "2026-02-12", "2026-02-24"),
    (1, "month", "2026-01-31", "2026-02-28"),
    (2, "year", "2024-02-29", "2026-02-28"),
]


@pytest.mark.parametrize(("n", "unit", "start", "due_on"), VECTORS)
def test_a_period_of_any_length(n: int, unit: str, start: str, due_on: str) -> None:
    told = ask("due", "--start", start, "--n", str(n), "--unit", unit)

    assert told["due_on"] == due_on
    assert "第85条" in told["explanation"]
    assert told["details"]["rule"]["status"] == "T"


def test_a_limit_of_a_track_with_its_article_and_the_festival() -> None:
    told = ask("due", "--profile", "self_accepted", "--limit", "mediation", "--start", "2026-01-16")

    assert told["due_on"] == "2026-02-24"
    assert "第24条" in told["explanation"]
    assert "春节" in told["explanation"]


def test_pauses_extensions_and_the_day_of_filing() -> None:
    base = ("--limit", "mediation", "--start", "2026-03-02")
    delegated, entrusted = ("--profile", "delegated", *base), ("--profile", "entrusted", *base)

    paused = ask("due", *delegated, "--pause", "2026-03-09..2026-03-18:appraisal")
    waiting = ask("due", *delegated, "--pause", "2026-03-09..")
    longer = ask("due", *entrusted, "--extension", "30")
    old = ask("due", *entrusted, "--extension", "60", "--filed-on", "2024-12-01")
    assert (paused["due_on"], waiting["due_on"]) == ("2026-04-13", None)
    assert (longer["due_on"], old["due_on"]) == ("2026-04-16", "2026-05-18")


def test_hours_begin_with_the_next_full_hour() -> None:
    told = ask("due", "--start", "2026-11-18T09:20", "--n", "6", "--unit", "hour")
    assert told["due_at"] == "2026-11-18T16:00:00+08:00"


def test_every_line_gets_its_own_answer(tmp_path: Path) -> None:
    answers, ended_well = ask_all(
        "due",
        tmp_path / "questions.jsonl",
        *({"start": start, "n": n, "unit": unit} for n, unit, start, _due_on in VECTORS),
        "",
        {"profile": "entrusted_simplified", "limit": "mediation", "start": "2026-03-02"},
    )

    assert ended_well
    assert [answer["due_on"] for answer in answers] == [*(row[3] for row in VECTORS), "2026-03-09"]


WRONG_QUESTIONS = [
    "nonsense",
    "[1]",
    {},
    {"start": "2026-02-30", "n": 3, "unit": "day"},
    {"start": "tomorrow", "n": 3, "unit": "day"},
    {"start": 20260101, "n": 3, "unit": "day"},
    {"start": "2026-02-28T25:00", "n": 3, "unit": "hour"},
    {"start": "2026-02-28", "n": -3, "unit": "day"},
    {"start": "2026-02-28", "n": 1.5, "unit": "day"},
    {"start": "2026-02-28", "n": "3", "unit": "day"},
    {"start": "2026-02-28", "n": True, "unit": "day"},
    {"start": "2026-02-28", "n": 10**12, "unit": "day"},
    {"start": "2026-02-28", "n": 3, "unit": "week"},
    {"start": "2026-02-28", "n": 3},
    {"start": "0001-01-01", "n": 3, "unit": "day"},
    {"start": "9999-12-31", "n": 3, "unit": "working"},
    {"start": "2026-02-28", "profile": "nowhere", "limit": "mediation"},
    {"start": "2026-02-28", "profile": "../secrets", "limit": "mediation"},
    {"start": "2026-02-28", "profile": "entrusted", "limit": "nothing"},
    {"start": "2026-02-28", "profile": "entrusted"},
    {"start": "2026-02-28", "profile": "commercial_mediation", "limit": "mediation"},
    {"start": "2026-05-28", "profile": "entrusted", "limit": "mediation", "n": 3},
    {"start": "2026-05-28", "profile": "entrusted", "limit": "mediation", "extension": 31},
    {"start": "2026-05-28", "profile": "entrusted", "limit": "mediation", "filed_on": "yesterday"},
    {"start": "2026-05-28", "n": 3, "unit": "day", "pauses": "often"},
    {"start": "2026-05-28", "n": 3, "unit": "day", "pauses": [["2026-05-29", "2026-05-28"]]},
    {"start": "2026-05-28", "n": 3, "unit": "day", "pauses": [["2026-05-29", "2026-05-30", "boredom"]]},
    {"start": "2026-05-28", "n": 3, "unit": "day", "pauses": [7]},
]


@pytest.mark.parametrize("wrong", WRONG_QUESTIONS)
def test_a_wrong_line_is_named_and_the_others_are_answered(wrong: object, tmp_path: Path) -> None:
    right = {"start": "2026-01-16", "n": 30, "unit": "day"}
    answers, ended_well = ask_all("due", tmp_path / "questions.jsonl", right, wrong, right)

    assert not ended_well
    assert [answer.get("due_on") for answer in answers] == ["2026-02-24", None, "2026-02-24"]
    assert answers[1].keys() == {"error", "line"}
    assert answers[1]["line"] == 2
    assert len(answers[1]["error"]) > 5


def test_one_wrong_question_fails_with_words() -> None:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("due", "--start", "2026-02-30", "--n", "3", "--unit", "day", "--json", stdout=out)
    assert json.loads(out.getvalue())["error"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.jsonl"):
        call_command("due", "--batch", str(tmp_path / "absent.jsonl"))


def test_text_for_people() -> None:
    out = StringIO()
    with translation.override("en"):
        call_command("due", "--start", "2026-01-16", "--n", "30", "--unit", "day", stdout=out)
        call_command("loan_cost", "--received", "10000", "--payments", "12x893.33", stdout=out)
    assert "day off" in out.getvalue()
    assert "13.03" in out.getvalue()


@pytest.mark.parametrize(
    ("received", "payment", "simple", "compound"),
    [
        ("10000", "893.33", "13.03", "13.84"),
        ("10000", "933.33", "21.46", "23.70"),
        ("10000", "945.60", "24.00", "26.83"),
        ("9000", "943.56", "44.66", "55.04"),
    ],
)
def test_what_a_loan_costs(received: str, payment: str, simple: str, compound: str, tmp_path: Path) -> None:
    told = ask("loan_cost", "--received", received, "--payments", f"12x{payment}")
    (line,), ended_well = ask_all(
        "loan_cost",
        tmp_path / "loans.jsonl",
        {"received": int(received), "payment": float(payment), "n": 12},
    )

    assert ended_well
    assert (told["simple_percent"], told["compound_percent"]) == (simple, compound)
    assert told["simple"] == pytest.approx(float(simple) / 100, abs=6e-5)
    assert told["compound"] == pytest.approx(float(compound) / 100, abs=6e-5)
    assert told["monthly"] * 12 == pytest.approx(told["simple"], abs=1e-8)
    assert line == told


def test_the_caps_that_apply_are_named_with_source_and_status() -> None:
    told = ask(
        "loan_cost", "--received", "9000", "--payments", "12x943.56",
        "--licence", "consumer_finance", "--contract-on", "2026-03-01",
    )  # fmt: skip

    assert [cap["key"] for cap in told["caps"]] == ["assisted_24", "licensed_24", "consumer_finance_20"]
    assert all(cap["source"] and cap["status"] and cap["is_over_simple"] for cap in told["caps"])
    assert told["caps"][0]["over_simple_fen"] == 111_028


def test_without_a_licence_every_cap_of_the_day_is_shown() -> None:
    told = ask("loan_cost", "--received", "10000", "--payments", "12x945.60", "--contract-on", "2026-03-01")
    caps = {cap["key"]: cap for cap in told["caps"]}

    assert set(Licence.values) <= {licence for cap in told["caps"] for licence in cap["licences"]}
    assert caps["licensed_24"]["is_over_simple"] is False  # 24.00 %: the fen rounded up do not count
    assert caps["licensed_24"]["is_over_compound"] is True
    assert caps["private_4lpr"]["provisional"] is True  # later changes of the LPR may be missing


@pytest.mark.parametrize(
    ("payments", "total"),
    [("12x893.33", 1_071_996), ("6×900+6×950", 1_110_000), ("11*900, 1200", 1_110_000), ("11000", 1_100_000)],
)
def test_payments_as_people_write_them(payments: str, total: int) -> None:
    assert ask("loan_cost", "--received", "1万", "--payments", payments)["total_paid_fen"] == total


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"received": 10000},
        {"received": 0, "payment": 900, "n": 12},
        {"received": -5, "payment": 900, "n": 12},
        {"received": 10000, "payment": 900.123, "n": 12},
        {"received": 10000, "payment": "many", "n": 12},
        {"received": 10000, "payment": True, "n": 12},
        {"received": 10000, "payment": 900, "n": 0},
        {"received": 10000, "payment": 900, "n": 601},
        {"received": 10000, "payment": 900, "n": "12"},
        {"received": 10000, "payment": 100, "n": 12},
        {"received": 10000, "payments": "12x"},
        {"received": 10000, "payments": []},
        {"received": 10000, "payment": 900, "n": 12, "licence": "circus"},
        {"received": 10000, "payment": 900, "n": 12, "contract_on": "soon"},
        '{"received": 1e400, "payment": 900, "n": 12}',
        '{"received": NaN, "payment": 900, "n": 12}',
    ],
)
def test_figures_without_an_answer_are_named(wrong: object, tmp_path: Path) -> None:
    right = {"received": 10000, "payment": 893.33, "n": 12}
    answers, ended_well = ask_all("loan_cost", tmp_path / "loans.jsonl", right, wrong, right)

    assert not ended_well
    assert [answer.get("simple_percent") for answer in answers] == ["13.03", None, "13.03"]
    assert answers[1]["line"] == 2
    assert len(answers[1]["error"]) > 5
