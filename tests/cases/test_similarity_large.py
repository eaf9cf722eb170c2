"""A library of many cases: packed vectors give the answer that full ones give; text is cut as the model learnt it."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cases.similarity import lexical, search
from cases.similarity.compact import Compact
from cases.similarity.e5_model import weights_path
from cases.similarity.e5_weights import SPACE, E5File
from cases.similarity.factors import Doc
from cases.similarity.lexical import LexicalIndex
from cases.similarity.records import Records, kept
from cases.similarity.search import Library, Query

SIZE, WIDTH = 3_000, 384


@pytest.fixture
def rows() -> np.ndarray:
    """Vectors in loose heaps, as those of like stories are."""
    chance = np.random.default_rng(5)
    found = chance.standard_normal((40, WIDTH))[chance.integers(0, 40, SIZE)]
    found = found + 0.6 * chance.standard_normal((SIZE, WIDTH))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def docs() -> list[Doc]:
    chance = random.Random(5)
    words = ["服务费", "催收", "征信", "租金", "培训", "保险", "本金", "利息", "合同", "分期"]
    return [
        Doc(
            key=f"d{at:05}",
            text="平台" + "，".join(chance.sample(words, 4)),
            cause=chance.choice(["hidden_fee", "harassment"]),
            claim_fen=chance.randint(100_00, 90_000_00),
            annual_rate=Decimal("0.2400") if at % 3 else None,
            remedies=("refund", "apology") if at % 2 else (),
            closed_on=date(2025, 1, 1 + at % 28),
            parties=frozenset({f"lender {at % 9}", f"person {at}"}),
        )
        for at in range(SIZE)
    ]


def test_packed_vectors_are_near_the_true_ones_and_can_tell_them_exactly(
    rows: np.ndarray, tmp_path: Path
) -> None:
    packed = Compact(rows, tmp_path)

    for one in rows[:20]:
        assert np.abs(packed.cosines(one) - rows @ one).max() <= packed.off_by(one) < 0.05
    some = np.array([3, 77, 2_999])
    assert packed.exactly(rows[0], some) == pytest.approx(rows[some] @ rows[0], abs=1e-6)
    assert packed.bytes < rows.nbytes / 3
    assert not list(tmp_path.iterdir())  # the file has no name: nothing is left behind


def test_a_large_library_answers_as_a_small_one(
    rows: np.ndarray, docs: list[Doc], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Library(docs, rows)
    monkeypatch.setattr(search, "LARGE", 0)
    packed = Library(docs, rows, folder=tmp_path)

    for at in range(0, SIZE, 150):
        asked = Query(
            text="平台收了服务费，合同里没有",
            vector=rows[at],
            cause="hidden_fee",
            claim_fen=5_000_00,
            until=date(2025, 1, 20),
        )
        ours, theirs = packed.nearest(asked).hits, full.nearest(asked).hits
        assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in theirs], abs=2e-4)
        apart = min(one.score - two.score for one, two in pairwise(theirs))
        if apart > 4e-4:
            assert [hit.doc for hit in ours] == [hit.doc for hit in theirs]


def test_many_cases_lie_in_a_file_without_a_name_and_come_back_whole(docs: list[Doc], tmp_path: Path) -> None:
    strange = replace(docs[0], key="half", text="半个字\ud83d与\x00，\n“引号”", terms=("付清", ""))

    lying = kept(iter([*docs, strange]), tmp_path, large=100)

    assert isinstance(lying, Records)
    assert list(lying) == [*docs, strange]
    assert lying[-1] == strange
    assert lying[5:7] == docs[5:7]
    with pytest.raises(IndexError):
        lying[len(docs) + 1]
    assert not list(tmp_path.iterdir())
    assert kept(iter(docs[:100]), tmp_path, large=100) == tuple(docs[:100])


def test_a_large_library_leaves_out_the_same_cases(docs: list[Doc], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LARGE", 0)
    library = Library(iter(docs))
    asked = Query(
        text="平台收了服务费", without=frozenset({"d00007", "unknown"}), parties=frozenset({"lender 3", "x"})
    )

    found = {hit.doc.key for hit in library.nearest(asked, SIZE).hits}

    assert found == {doc.key for at, doc in enumerate(docs) if at != 7 and at % 9 != 3}
    assert library.of_keys(["d00007", "unknown", "d00001"]) == {"d00007": docs[7], "d00001": docs[1]}


def test_words_of_many_texts_are_weighed_as_those_of_few(
    docs: list[Doc], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [doc.text for doc in docs]
    whole = LexicalIndex(texts)
    monkeypatch.setattr(lexical, "BLOCK", 700)
    monkeypatch.setattr(lexical, "ADDED_AT_ONCE", 500)
    parted = LexicalIndex(iter(texts))

    for asked in (*texts[:9], "催收", "服务费服务费服务费", "没有的字", ""):
        assert np.array_equal(whole.scores(asked), parted.scores(asked))
        assert whole.both(asked)[1] == pytest.approx(parted.both(asked)[1], abs=1e-6)


def test_a_story_is_most_like_itself_whatever_its_length(docs: list[Doc]) -> None:
    long = "".join(doc.text for doc in docs[:300])
    texts = [doc.text for doc in docs[:50]] + [long, "", "催收"]
    index = LexicalIndex(texts)

    for at in (0, 7, 50, 52):
        _looked_up, alike = index.both(texts[at])
        assert alike[at] == pytest.approx(1, abs=1e-5)
        assert alike.max() <= 1 + 1e-5
    assert not index.both("")[1].any()


def test_text_is_cut_as_the_reference_cuts_it() -> None:
    models = pytest.importorskip("tokenizers.models")
    from tokenizers import Tokenizer

    weights = E5File(weights_path())
    reference = Tokenizer(models.Unigram(list(_pieces(weights)), unk_id=weights.unknown, byte_fallback=False))
    chance = random.Random(1)
    hostile = [
        "".join(
            chr(chance.choice([*range(32, 127), *range(0x4E00, 0x9FFF, 7), 0x1F600, 0xFFFF]))
            for _ in range(90)
        )
        for _ in range(200)
    ]
    long = "被告于2016年借款五万元未还。" * 300
    for text in ["", " ", "query: 平台多收了服务费３６％", long, *hostile]:
        marked = (text if text.startswith(" ") else f" {text}").replace(" ", SPACE)
        while SPACE * 2 in marked:
            marked = marked.replace(SPACE * 2, SPACE)
        marked = marked.translate(weights._folding)
        assert weights._pieces.cut(marked) == reference.encode(marked, add_special_tokens=False).ids


def _pieces(weights: E5File) -> list[tuple[str, float]]:
    """The vocabulary in plain words, read from the file as its makers describe it."""
    import struct

    data = weights_path().read_bytes()
    at = 8 + 4 * 7 + 4 + 4
    number = struct.unpack_from("<5i", data, at)[0]
    at += 20
    (length,) = struct.unpack_from("<Q", data, at)
    ends = struct.unpack_from(f"<{number + 1}I", data, at + 8)
    scores = struct.unpack_from(f"<{number}f", data, at + 8 + 4 * (number + 1))
    at += 8 + 4 * (number + 1) + 4 * number
    blob = data[at : at + length]
    return [(blob[one:two].decode(), score) for (one, two), score in zip(pairwise(ends), scores, strict=True)]
