"""Every kind of entry that the house can write has words in the timeline; found by reading the programs themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from cases import workflow
from cases.models import Case
from cases.services import working_off
from cases.workflow import Step
from evidence.models import Entry
from mediation.desk.words import EVENTS, event_in_words
from tests.test_whole_way import agree, confirm, make_effective

ROOT = Path(__file__).resolve().parents[2]
EVENT = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
WRITERS = {"remember", "append", "Told", "_tell_office", "_remember"}
# Written into other chains than those of cases, which no desk shows.
ELSEWHERE = {"erasure", "evidence", "keys", "rules"}


def strings_in(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and EVENT.fullmatch(one.value):
            yield one.value


def named_in(tree: ast.AST) -> Iterator[str]:
    """Events that a program hands to whoever writes entries, as a literal or by a name that it gave to literals."""
    given: dict[str, list[ast.AST]] = {}
    for node in ast.walk(tree):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            given.setdefault(getattr(target, "id", ""), []).append(node.value)
    for part in handed_over(tree):
        yield from strings_in(part)
        for value in given.get(part.id, []) if isinstance(part, ast.Name) else ():
            yield from strings_in(value)


def handed_over(tree: ast.AST) -> Iterator[ast.AST]:
    """What is given to whoever writes entries, part by part."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in WRITERS:
            yield from node.args
            yield from (key.value for key in node.keywords if key.arg == "event")


def every_kind() -> set[str]:
    found: set[str] = set()
    for floor in ("cases", "mediation"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts and "demo" not in path.parts:
                found |= set(named_in(ast.parse(path.read_text(encoding="utf-8"))))
    found |= {f"case.{one.name}" for one in vars(workflow).values() if isinstance(one, Step)}
    found |= set(working_off.TELLS.values())
    return {kind for kind in found if kind.partition(".")[0] not in ELSEWHERE}


def test_the_reading_of_the_programs_finds_what_is_there() -> None:
    kinds = every_kind()
    assert {"case.accept", "delivery.call", "limit.recount", "proposal.reject", "paper.mark"} <= kinds
    assert len(kinds) > 90


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_kind_of_entry_has_words(language: str) -> None:
    with translation.override(language):
        without = sorted(kind for kind in every_kind() if event_in_words(kind) == kind)
    assert without == []


def test_a_kind_without_words_would_be_noticed() -> None:
    assert event_in_words("case.never_heard_of") == "case.never_heard_of"
    tree = ast.parse('remember(case, "case.never_heard_of" if x else "case.accept", by=None)')
    assert "case.never_heard_of" in set(named_in(tree))


@pytest.mark.django_db
def test_a_whole_case_is_told_in_words(case_in_mediation: Case, citizen, lender, mediator, judge) -> None:
    make_effective(agree(case_in_mediation, mediator, citizen, lender), citizen, lender, mediator)
    confirm(case_in_mediation, judge, citizen, lender)

    kinds = set(Entry.objects.filter(chain=case_in_mediation.chain).values_list("event", flat=True))
    assert kinds
    assert kinds <= set(EVENTS)
