"""What people correct teaches the analysis only where they say so, and no longer than they say so."""

import io
import json

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from cases.models import Lesson
from tests.portal.intake_samples import answer, draft

pytestmark = pytest.mark.django_db
STORY = (
    "去年5月我在甲宝平台借了一万块钱，到手只有九千，老乡李强帮我办的，我的电话13912345678，"
    "利息太高，一年要还百分之三十六，要求退还两千三。"
)


@pytest.fixture
def told(client, centre):
    answer(client, "who")
    with time_machine.travel("2026-03-07T10:00:00+08:00", tick=False):
        answer(client, "story", story=STORY)
        yield client


def correct(client, **changes):
    url = reverse("portal:understood")
    form = client.get(url).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if name != "may_learn"}
    return client.post(url, sent | changes)


def exported() -> list[dict]:
    out = io.StringIO()
    call_command("export_lessons", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_tick_is_off_until_somebody_sets_it(told) -> None:
    form = told.get(reverse("portal:understood")).context["form"]
    assert not form["may_learn"].value()

    correct(told, principal_fen="1.2万")

    assert not Lesson.objects.exists()
    assert exported() == []


def test_a_correction_is_kept_with_its_place_and_without_names(told) -> None:
    correct(told, principal_fen="1.2万", received_fen_out="on", may_learn="on")

    (lesson,) = exported()
    by_key = {guess["key"]: guess for guess in lesson["guesses"]}
    assert by_key["principal_fen"]["verdict"] == "corrected"
    assert (by_key["principal_fen"]["guessed"], by_key["principal_fen"]["said"]) == ("1000000", "1200000")
    assert by_key["received_fen"]["verdict"] == "wrong"
    assert by_key["kind"]["verdict"] == "right"
    assert lesson["text"][by_key["principal_fen"]["start"] : by_key["principal_fen"]["end"]] == "一万块钱"
    assert len(lesson["text"]) == len(STORY)
    assert "13912345678" not in lesson["text"]
    assert "李强" not in lesson["text"]
    assert str(draft(told).pk) not in json.dumps(lesson)


def test_a_name_that_is_told_later_is_covered_too(told) -> None:
    correct(told, may_learn="on")
    case = draft(told)
    case.answers = {**case.answers, "name": "办的"}  # whatever the name is, it goes
    case.save(update_fields=["answers"])
    assert "办的" not in exported()[0]["text"]


def test_whom_a_guess_names_is_covered_as_the_story_is(told) -> None:
    correct(told, may_learn="on")
    lesson = Lesson.objects.get()
    lesson.guesses = [{"key": "respondent", "guessed": "李强", "said": "放款人李强", "start": 0, "end": 2}]
    lesson.save(update_fields=["guesses"])

    (guess,) = exported()[0]["guesses"]

    assert "李强" not in guess["said"]
    assert guess["said"].startswith("放款人")


def test_it_is_taken_back_by_the_tick_and_by_the_page(told) -> None:
    correct(told, may_learn="on")
    correct(told)
    assert not Lesson.objects.exists()

    correct(told, may_learn="on")
    page = reverse("portal:learning")
    assert told.get(page).context["count"] == 1
    assert told.post(page).url == page
    assert not Lesson.objects.exists()
    assert told.get(page).context["count"] == 0


def test_it_goes_with_the_case(told) -> None:
    correct(told, may_learn="on")
    draft(told).delete()
    assert not Lesson.objects.exists()


def test_somebody_else_sees_and_erases_nothing_of_it(told, client) -> None:
    correct(told, may_learn="on")
    stranger = type(client)()
    stranger.post(reverse("portal:learning"))
    assert Lesson.objects.count() == 1


def test_each_guess_says_how_sure_it_is_and_from_which_words(told) -> None:
    shown = told.get(reverse("portal:understood")).content.decode()
    assert "<mark>一万块钱</mark>" in shown
    assert "We read this quite clearly." in shown or "这句读得比较清楚" in shown


def test_only_the_beginning_of_a_very_long_story_is_kept(client, centre) -> None:
    answer(client, "who")
    answer(client, "story", story=STORY + "我心里很急。" * 2_500 + "后来我又在乙宝平台借了五万块。")

    assert correct(client, may_learn="on").status_code == 302

    (lesson,) = exported()
    assert len(lesson["text"]) == 10_000
    assert lesson["guesses"]
    assert all(guess["end"] <= 10_000 for guess in lesson["guesses"])
