"""The facts of a suggestion, read from a story: what was typed stays, and who tells it moves nothing."""

from datetime import date

import pytest

from cases.similarity.suggest import Stock
from cases.similarity.suggest_facts import Pleaded
from mediation.suggestions.reading import filled, read_pleaded
from tests.cases.test_suggest import RATE, settled

TODAY = date(2026, 6, 10)


@pytest.fixture(scope="module")
def stock() -> Stock:
    return Stock(settled(60, facts=RATE))


STORY = (
    "我叫{name}，{sex}，{home}户口，在杭州送外卖。去年在某小贷公司借了20000元，年化36%，利息太高，"
    "已还利息2400元，要求退还900元。合同和流水都在。"
)
PEOPLE = [
    {"name": "王建国", "sex": "男", "home": "杭州本地城镇"},
    {"name": "阿依古丽", "sex": "女", "home": "新疆农村"},
    {"name": "欧阳小妹", "sex": "女", "home": "贵州农业"},
    {"name": "李刚", "sex": "男的", "home": "外地农民工"},
]


@pytest.mark.parametrize("person", PEOPLE[1:])
def test_swapping_name_sex_and_hukou_moves_nothing(person: dict[str, str], stock: Stock) -> None:
    first, other = (read_pleaded(STORY.format(**one), today=TODAY) for one in (PEOPLE[0], person))

    assert (first.cause, first.claim_fen, first.annual_rate) == ("high_rate", 900_00, 0.36)
    assert first == other
    assert stock.suggest(first) == stock.suggest(other)


def test_swapping_an_amount_or_the_rate_in_the_story_moves_the_range(stock: Stock) -> None:
    plain = STORY.format(**PEOPLE[0])
    told = [read_pleaded(text, today=TODAY) for text in (plain, plain.replace("36%", "28%"))]

    high, low = (stock.suggest(one).middle_fen for one in told)
    assert high > low


def test_a_story_fills_gaps_and_overrules_nothing(stock: Stock) -> None:
    typed = Pleaded("high_rate", 500_00, annual_rate=0.3)
    read = read_pleaded(STORY.format(**PEOPLE[0]), today=TODAY)
    both = filled(typed, read)

    assert (both.claim_fen, both.annual_rate) == (500_00, 0.3)
    assert (both.paid_interest_fen, both.evidence_level) == (2_400_00, 3)
    assert stock.suggest(read_pleaded("今天天气很好。", today=TODAY)).silence
