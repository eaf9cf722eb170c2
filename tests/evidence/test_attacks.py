"""Every attack against every defence, as docs/evidence-attacks.md tells it; the weaker ones must miss what it says."""

import os
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from evidence.log import integrator
from evidence.log.coverage import NotCovered, is_covered
from evidence.log.receipts import make_receipt
from evidence.models import Entry
from tests.evidence.attacks.attackers import ATTACKS
from tests.evidence.attacks.defences import DEFENCES, seen_by
from tests.evidence.attacks.stage import TWO_OF_THREE, Outside, Stage, begin, set_policy
from tests.evidence.attacks.table import BY, EXPECTED, Seen, as_markdown

TRIALS = int(os.environ.get("ATTACK_TRIALS", "2"))
PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence-attacks.md"


@pytest.fixture
def stage(db: None, tmp_path: Path, settings: Settings) -> Iterator[Stage]:
    log = begin()
    with Outside(tmp_path).open(log) as outside:
        settings.WITNESSES = outside.urls
        set_policy(outside, TWO_OF_THREE)
        found = Stage(outside, random.Random(6962))
        found.play()
        yield found


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_seen_of_an_attack(stage: Stage, attack: str) -> None:
    memories = stage.outside.memories()
    found, by = dict.fromkeys(DEFENCES, 0), set()
    for _ in range(TRIALS):
        before = transaction.savepoint()
        ATTACKS[attack](stage)
        after_attack = stage.outside.memories()
        for name, sees in DEFENCES.items():
            looked = transaction.savepoint()
            found[name] += sees(stage)
            by |= seen_by(stage) if name == "all of ours" else set()
            transaction.savepoint_rollback(looked)
            stage.outside.remember(after_attack)
            integrator._memory.forget()
        transaction.savepoint_rollback(before)
        stage.outside.remember(memories)
        stage.forget_the_attack()

    wanted = [TRIALS if seen is Seen.FOUND else 0 for seen in EXPECTED[attack]]
    assert found == dict(zip(DEFENCES, wanted, strict=True))
    assert by >= BY.get(attack, set())


def test_what_could_be_dropped_unseen_was_never_acknowledged(stage: Stage) -> None:
    """The one row without a last FOUND: these acts showed 待固化, and nobody had a receipt for them."""
    dropped = list(Entry.objects.filter(leaf=None))

    assert dropped
    for entry in dropped:
        assert not is_covered(entry)
        with pytest.raises(NotCovered):
            make_receipt(entry)
    assert [name for name, row in EXPECTED.items() if row[-1] is not Seen.FOUND] == [
        "nothing",
        "drop_what_nothing_covers",
    ]


def test_anybody_who_checks_a_receipt_hears_that_the_log_was_rewritten(stage: Stage, client: Client) -> None:
    def ask() -> str:
        return client.post(reverse("check_receipt"), {"text": stage.receipts[-1]}).content.decode()

    assert "日志里现在没有它" not in ask()
    ATTACKS["delete_the_tail"](stage)
    assert "回执是真的" in ask()
    assert "日志里现在没有它" in ask()


def test_every_defence_is_better_than_the_one_before() -> None:
    columns = [
        {name for name, row in EXPECTED.items() if row[at] is Seen.FOUND} for at in range(len(DEFENCES))
    ]

    for weaker, stronger in pairwise(columns):
        assert weaker <= stronger
    assert columns[0] < columns[1] < columns[2] < columns[4] < columns[5]


def test_the_page_shows_this_table() -> None:
    assert as_markdown() in PAGE.read_text()
