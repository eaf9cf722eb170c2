"""What the machine suggests to a mediator: with its sources, kept in the chain, shown to nobody else."""

import json
import re
from pathlib import Path

import pytest
from celery.signals import worker_ready
from django.core.cache import cache
from kombu.exceptions import OperationalError

from cases import analysis
from cases.errors import Refusal
from cases.models import Case, Precedent, User
from cases.services import indexing, precedents
from cases.services.shelf import library
from cases.similarity.suggest_facts import Pleaded
from evidence import ledger
from evidence.models import Entry
from mediation import celery
from mediation.notices.models import Notice
from mediation.suggestions import readings, stock
from mediation.suggestions import services as suggestions
from mediation.suggestions.content import audit_of
from mediation.suggestions.models import Suggestion
from mediation.suggestions.reading import read_pleaded
from mediation.suggestions.tasks import read_settled

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[2] / "cases/precedents/sample_settled.jsonl"


@pytest.fixture
def shelf(db) -> list[Precedent]:
    rows = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    precedents.bring_in(rows)
    indexing.index_missing()
    return list(Precedent.objects.all())


def event_of(case: Case, event: str) -> dict:
    record = ledger.read(Entry.objects.get(chain=case.chain, event=event))
    assert record is not None
    return record


def test_like_cases_give_a_range_with_sources_and_reasons(shelf, case_in_mediation, mediator) -> None:
    suggestion = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)

    assert suggestion.low_fen <= suggestion.middle_fen <= suggestion.high_fen <= 230_000
    assert suggestion.comparable >= 8
    cited = [source for source in suggestion.sources if source["cited"]]
    assert len(cited) == 5
    assert all(source["reasons"] for source in cited)
    assert sum(source["least"] for source in cited) == 1
    assert all("纠纷类型相同" in source["reasons"] for source in cited)
    assert event_of(case_in_mediation, "suggestion.offer")["middle_fen"] == suggestion.middle_fen
    assert ledger.first_break(case_in_mediation.chain) is None


def test_a_changed_stock_reads_what_changed_alone(shelf, monkeypatch) -> None:
    before = stock.ToldStock(shelf)
    read = []

    def reading(story: str, **on: object) -> Pleaded:
        read.append(story)
        return read_pleaded(story, **on)

    monkeypatch.setattr(readings, "read_pleaded", reading)
    shelf[0].story = "我在丁通平台借了八千块，利息太高，要求退还一千二。"
    after = stock.ToldStock(shelf[:-1], before=before)

    assert read == [shelf[0].story]
    assert after.version != before.version
    assert len(after.stock.cases) == len(shelf) - 1


def test_what_one_process_read_no_other_reads_again(shelf, monkeypatch) -> None:
    stock.ToldStock(shelf)
    read: list[str] = []

    def reading(story: str, **on: object) -> Pleaded:
        read.append(story)
        return read_pleaded(story, **on)

    monkeypatch.setattr(readings, "read_pleaded", reading)
    again = stock.ToldStock(shelf)  # as another process has it: with nothing read before

    assert not read
    assert read_settled() == len(stock.shelf().read)
    assert again.read == {row.key: read_pleaded(row.story, today=row.closed_on) for row in shelf}

    monkeypatch.setattr(readings, "reader", lambda: "another reader")
    stock.ToldStock(shelf[:3])
    assert read == [row.story for row in shelf[:3]]


def test_a_change_in_anything_that_the_analysis_is_built_on_makes_another_reader() -> None:
    files = set(readings.files_of_reader())
    root = Path(analysis.__file__).parent.parent.parent
    imported = {
        root.joinpath(*module.split("."))
        for file in files
        if file.parent == root / "cases" / "analysis" and file.suffix == ".py"
        for module in re.findall(
            r"^from (cases\.[\w.]+) import", file.read_text(encoding="utf-8"), re.MULTILINE
        )
    }

    assert root / "cases" / "numbers" in imported
    assert {module.with_suffix(".py") for module in imported} <= files


def test_without_a_cache_stories_are_read_all_the_same(shelf, monkeypatch) -> None:
    def gone(*_args: object, **_named: object) -> None:
        raise ConnectionError("no cache today")

    monkeypatch.setattr(cache, "get_many", gone)
    monkeypatch.setattr(cache, "set_many", gone)

    assert len(stock.ToldStock(shelf).read) == len(shelf)


def test_a_reading_without_its_model_is_not_kept(shelf, settings) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "stories": ("tests.no_such_model.Encoder", {})}
    stock.ToldStock(shelf[:2])
    settings.ADAPTERS = {name: port for name, port in settings.ADAPTERS.items() if name != "stories"}

    told = {row.key: (row.story, row.closed_on) for row in shelf[:2]}
    assert not readings._recalled(readings._mark(*one) for one in told.values())


def test_too_few_cases_say_nothing(shelf, case_in_mediation, mediator) -> None:
    keep = [row.pk for row in shelf if row.kind == case_in_mediation.kind][:7]
    Precedent.objects.exclude(pk__in=keep).delete()
    suggestion = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)

    assert suggestion.middle_fen is None
    assert suggestion.comparable <= 7
    assert suggestion.confidence == ""
    with pytest.raises(Refusal):
        suggestions.adopt(suggestion_id=suggestion.pk, mediator=mediator, amount_fen=100_000)


def test_an_empty_library_and_a_broken_engine_fell_nobody(case_in_mediation, mediator, monkeypatch) -> None:
    def broken(*args, **kwargs):
        raise RuntimeError("no vectors today")

    monkeypatch.setattr(type(indexing.embedder()), "encode", broken)
    suggestion = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)

    assert (suggestion.sources, suggestion.engine) == ([], suggestions.WORDS_ONLY)


def test_the_shelf_is_built_anew_when_the_stock_changes(shelf) -> None:
    first = library()
    assert library() is first
    shelf[0].delete()
    assert len(library()) == len(first) - 1


def test_adopting_as_it_is_or_changed(shelf, case_in_mediation, mediator) -> None:
    first = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    suggestions.adopt(suggestion_id=first.pk, mediator=mediator, amount_fen=first.middle_fen)
    second = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    with pytest.raises(Refusal):
        suggestions.adopt(suggestion_id=second.pk, mediator=mediator, amount_fen=second.middle_fen + 5_000)
    suggestions.adopt(
        suggestion_id=second.pk,
        mediator=mediator,
        amount_fen=second.middle_fen + 5_000,
        reason="公司另有承诺",
    )

    states = [row.state for row in Suggestion.objects.order_by("pk")]
    assert states == [Suggestion.State.ADOPTED, Suggestion.State.EDITED]
    told = [ledger.read(entry) for entry in Entry.objects.filter(event="suggestion.adopt").order_by("seq")]
    assert [record["difference_fen"] for record in told if record] == [0, 5_000]


def test_only_the_newest_is_decided_and_only_once(shelf, case_in_mediation, mediator) -> None:
    old = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    new = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    with pytest.raises(Refusal):
        suggestions.dismiss(suggestion_id=old.pk, mediator=mediator, reason="旧的")
    with pytest.raises(Refusal):
        suggestions.dismiss(suggestion_id=new.pk, mediator=mediator, reason=" ")
    suggestions.dismiss(suggestion_id=new.pk, mediator=mediator, reason="案情不同")
    with pytest.raises(Refusal):
        suggestions.adopt(suggestion_id=new.pk, mediator=mediator, amount_fen=new.middle_fen)


def test_nobody_else_may_ask_and_nobody_is_told(shelf, case_in_mediation, mediator, officer) -> None:
    before = Notice.objects.count()
    with pytest.raises(Refusal):
        suggestions.propose(case_id=case_in_mediation.pk, mediator=officer)
    suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)

    assert Notice.objects.count() == before


def test_the_audit_names_caps_sources_and_what_is_over(case_in_mediation) -> None:
    case = Case.objects.for_desk().select_related("loan").get(pk=case_in_mediation.pk)
    audit = audit_of(case)

    assert audit.cost is not None
    assert float(audit.cost.simple_annual) == pytest.approx(0.449, abs=0.01)
    assert [check.cap.key for check in audit.checks] == ["licensed_24"]
    assert audit.checks[0].over_simple_fen > 80_000
    assert audit.checks[0].over_compound_fen > audit.checks[0].over_simple_fen
    assert audit.checks[0].cap.source


def test_the_audit_says_what_it_lacks(filed_case: Case, officer: User) -> None:
    audit = audit_of(Case.objects.for_desk().get(pk=filed_case.pk))

    assert audit.cost is None
    assert audit.gaps


def test_a_worker_reads_settled_cases_as_soon_as_it_is_there(monkeypatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(celery.app, "send_task", lambda name, **_how: sent.append(name))
    worker_ready.send(sender=None)
    assert sent == [read_settled.name], "and not two minutes later, when a mediator waits already"

    def no_broker(_name: str, **_how: object) -> None:
        raise OperationalError

    monkeypatch.setattr(celery.app, "send_task", no_broker)
    celery.read_first()
