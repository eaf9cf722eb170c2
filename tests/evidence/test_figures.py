"""All figures come in one line, whatever is missing on the machine, and the line says what is missing."""

from typing import Any

import pytest

from benchmarks import evidence
from benchmarks.evidence import CannotRun

GROWN = {"entries": 9, "proof_bytes": 640, "proof_bytes_wanted": 640, "proof_bytes_per_record": 388.1,
         "receipt_bytes": 1_600, "check_cpu_s": 0.2, "page_s": None}  # fmt: skip
AUDITED = {"entries": 8, "audit_ratio": 0.8, "strict_per_cpu_s": 90_000}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A machine without PostgreSQL and without a browser; a test may take more from it."""
    told: dict[str, Any] = {"evidence_growth.py": GROWN, "evidence_audit.py": AUDITED}

    def run(script: str, *options: object) -> dict[str, Any]:
        if script not in told:
            raise CannotRun(f"{script} does not run here")
        return dict(told[script])

    monkeypatch.setattr(evidence, "run", run)
    monkeypatch.setattr(
        evidence, "guesses", lambda count: {"guessed_percent": 0, "naive_missed_percent": 0, "guesses": count}
    )
    return told


def measured() -> dict[str, Any]:
    return evidence.measure(size=9, seconds=0.1, rounds=1)


def test_what_cannot_be_measured_is_null_and_the_line_says_why(machine: dict[str, Any]) -> None:
    figures = measured()

    assert (figures["append_ratio"], figures["page_s"]) == (None, None)
    assert figures["skipped"] == {
        "appends": "evidence_appends.py does not run here",
        "verify.html": "there is no browser here",
    }
    assert "appends" in figures["not_measured"]
    assert "verify.html" in figures["not_measured"]
    assert (figures["audited_entries"], figures["log_entries"]) == (8, 9)


def test_an_aim_that_is_not_reached_is_named(machine: dict[str, Any]) -> None:
    assert measured()["missed"] == ["verify.py: ≤ 0.1 CPU-s"]


def test_with_nothing_measured_nothing_is_missed(machine: dict[str, Any]) -> None:
    machine.clear()

    figures = measured()

    assert figures["missed"] == []
    assert {"audit", "strict", "proof", "packet proof", "receipt"} <= set(figures["not_measured"])


def test_too_few_appends_are_told_beside_the_ceiling(machine: dict[str, Any]) -> None:
    machine["evidence_appends.py"] = {"entries": 7, "append_ratio": 2.0, "append_ceiling_ratio": 2.7}

    assert measured()["missed"][0] == (
        "appends: ≥ 5 × the advisory-lock chain (a plain INSERT without any chain: 2.7 ×)"
    )
