"""What the analysis promises of stories that it was not learnt from: the held-out third, with the sentence model."""

import pytest

from benchmarks.stories import FOLDER, measure, stories_of
from cases.analysis import analyse

LEAST = {"sum": 0.95, "rate": 0.95, "date": 0.9, "lender": 0.9, "cause": 0.9, "remedy": 0.9}


def test_the_held_out_third_is_read_as_well_as_is_promised(settings) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "stories": settings.STORIES}
    stories = stories_of(FOLDER, "held_out")

    found = measure(stories, analyse)

    assert len(stories) >= 150
    assert {field: found[field]["f1"] for field in LEAST if found[field]["f1"] < LEAST[field]} == {}


@pytest.mark.parametrize("field", ["amount", "rate"])
def test_a_story_that_is_not_read_would_be_noticed(field: str) -> None:
    found = measure(stories_of(FOLDER, "held_out")[:20], lambda *_of, **_how: [])
    assert found[field]["f1"] == 0
