"""Judgments on private loans: what they say of the loan decides which are alike, and people are told so."""

import numpy as np
import pytest
from django.utils import translation

from cases.similarity.factors import Doc
from cases.similarity.lending import FEWEST, LendingColumns, read_lending
from cases.similarity.search import Library, Query


def judgment(*, facts: str, parties: str = "被告：李某1，男，汉族。") -> str:
    """A short judgment; `facts` are what the court found."""
    plea = "原告向本院提出诉讼请求：判令被告归还借款并承担诉讼费。事实和理由：被告至今没有还款，原告多次催要未果，"
    return f"原告：王某1，男，汉族，住某市。{parties}\n\n{plea}故诉至法院，请求依法裁判。经审理查明，{facts}"


PLAIN = judgment(facts="2016年5月4日，被告向原告借款50000元，出具借条一份，以现金交付，未约定利息。")
AT_TWO = judgment(facts="2016年5月4日，被告向原告借款五万元，出具借条一份，以现金交付，约定月利率2%。")
SURETY = judgment(
    facts="2017年1月1日，某公司向原告借款80万元，签订借款合同，银行转账交付，约定年利率30%，张某2提供连带担保。",
    parties="被告：某某建材有限公司，住所地某市。被告：张某2，男。",
)


def test_a_judgment_is_read_for_what_it_says_of_the_loan() -> None:
    plain, surety = read_lending(PLAIN), read_lending(SURETY)
    assert plain is not None
    assert surety is not None

    assert plain.values["rate"] == 0
    assert plain.values["slip"] == plain.values["cash"] == 1
    assert plain.values["sum"] == pytest.approx(np.log(50_000))
    assert surety.values["rate"] == pytest.approx(0.3)
    assert surety.values["company borrows"] == surety.values["guarantor"] == surety.values["transfer"] == 1
    assert surety.values["borrowers"] == 2
    assert surety.values["sum"] == pytest.approx(np.log(800_000))


@pytest.mark.parametrize("text", ["", "平台多收了服务费", "原告被告" * 10, "原告张某诉被告李某离婚纠纷一案"])
def test_what_is_no_judgment_on_a_loan_is_not_read_as_one(text: str) -> None:
    assert read_lending(text) is None


def test_the_judgment_with_the_same_loan_comes_before_the_one_with_the_same_words() -> None:
    others = [judgment(facts=f"被告向原告借款{n}万元，转账交付，约定月利率1%。") for n in range(2, 9)]
    texts = [AT_TWO, SURETY, *others]
    library = Library([Doc(key=str(at), text=text) for at, text in enumerate(texts)])
    asked = Query(text=AT_TWO.replace("五万元", "四万元").replace("5月4日", "8月9日"))

    answer = library.nearest(asked)

    assert answer.hits[0].doc.text == AT_TWO
    likeness = LendingColumns(texts).likeness(asked.text)
    assert likeness is not None
    assert likeness.argmax() == 0
    assert likeness.argmin() == 1


def test_people_are_told_what_is_the_same_and_what_differs() -> None:
    library = Library([Doc(key="a", text=AT_TWO), Doc(key="b", text=SURETY)])
    with translation.override("en"):
        hits = {
            hit.doc.key: {str(reason) for reason in hit.reasons}
            for hit in library.nearest(Query(text=AT_TWO)).hits
        }

    assert hits["a"] == {"Interest at about the same rate"}
    assert hits["b"] == {
        "Differs: higher interest there",
        "Differs: somebody stands surety there",
        "Differs: a company borrowed there",
    }


def test_stories_of_citizens_are_compared_as_before() -> None:
    docs = [Doc(key=str(at), text=f"平台收了服务费{at}元") for at in range(5)]
    columns = LendingColumns([doc.text for doc in docs] + [PLAIN])
    assert len(columns.rows) < FEWEST
    assert columns.likeness(PLAIN) is None
    assert columns.likeness("平台收了服务费") is None
