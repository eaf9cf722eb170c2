"""The story: spoken and written down, read for what it says, and nothing of it believed unasked."""

import pytest
import time_machine
from django.urls import reverse

from mediation.hearings.engines.scripted import ScriptedEngine
from mediation.hearings.models import Recording
from tests.factories import STORY
from tests.portal.intake_samples import answer, draft, question, sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(client, centre):
    answer(client, "who")
    return client


def speak(client, callbacks, **more):
    """Hand in a recording with a plain form; the worker runs at once."""
    with callbacks(execute=True):
        return client.post(question("story"), {"recording": sound(), "story": "", **more})


def test_a_recording_is_kept_and_its_text_is_put_up_for_correction(begun, django_capture_on_commit_callbacks):
    listening = speak(begun, django_capture_on_commit_callbacks)
    assert listening.url == reverse("portal:listening")

    page = begun.get(listening.url, follow=True)

    assert page.redirect_chain[-1][0] == question("story")
    text = page.context["form"]["story"].value()
    assert "我去年三月借了三万元，分十二期还。" in text
    assert page.context["heard"] == [1]
    corrected = text.replace("三万元", "两万元")
    begun.post(question("story"), {"story": corrected, "heard": "1"})
    again = begun.get(question("story"))
    assert again.context["form"]["story"].value() == corrected, "heard text is not poured in twice"
    case = draft(begun)
    assert case.answers["story_recording"] == 1
    recording = Recording.objects.get(case=case)
    assert "三万元" in recording.segments.first().heard, "the original stays"


def test_badly_heard_lines_are_never_put_up_as_if_they_were_right(begun, django_capture_on_commit_callbacks):
    speak(begun, django_capture_on_commit_callbacks)
    page = begun.get(question("story")).content.decode()
    assert "2 句里，有 1 句没听清" in page
    assert '<details class="why" open>' in page
    assert page.count('<p class="unsure">') == 1
    assert "200元" in page, "a figure stands in digits beside it"

    Recording.objects.get().segments.update(confidence=0.9)
    page = begun.get(question("story")).content.decode()
    assert "没听清" not in page
    assert "下面是电脑写的。请看一遍" in page


def test_typed_words_stay_before_the_heard_ones(begun, django_capture_on_commit_callbacks):
    speak(begun, django_capture_on_commit_callbacks, story="我先打了几个字，还有录音。")

    story = begun.get(question("story")).context["form"]["story"].value()

    assert story.startswith("我先打了几个字，还有录音。\n\n我去年三月")


def test_while_it_is_written_down_one_can_go_on(begun):
    begun.post(question("story"), {"recording": sound(), "story": ""})

    page = begun.get(reverse("portal:listening"))
    assert page.status_code == 200
    assert page.context["next_url"] == question("when")
    news = begun.get(reverse("portal:listening_progress")).json()
    assert news["state"] == "waiting"
    assert answer(begun, "when").status_code == 302
    assert begun.get(reverse("portal:check")).context["listening"]


def test_silence_is_said_to_be_silence_and_kept(begun, django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr("mediation.hearings.speech.engine", lambda: ScriptedEngine(script=[]))
    listening = speak(begun, django_capture_on_commit_callbacks)

    page = begun.get(listening.url, follow=True)

    recording = Recording.objects.get(case=draft(begun))
    assert recording.problem
    assert recording.problem in page.content.decode()
    assert draft(begun).exhibits.get().withdrawn_at is None
    assert answer(begun, "story", story="").status_code == 302, "the recording itself is an answer"


def test_the_dialect_chosen_before_goes_with_the_recording(begun):
    kept = begun.post(question("story"), {"story": "写了一半", "dialect_first": "1"})
    assert kept.url == reverse("portal:dialect")
    begun.post(reverse("portal:dialect"), {"dialect": "sichuan"})
    begun.post(question("story"), {"recording": sound(), "story": "写了一半"})

    assert Recording.objects.get().dialect == "sichuan"
    assert "写了一半" in begun.get(question("story")).context["form"]["story"].value()


def test_a_removed_recording_is_no_answer_any_more(begun):
    begun.post(question("story"), {"recording": sound(), "story": ""})
    begun.post(reverse("portal:remove_file", args=[1]))

    assert draft(begun).answers["story_recording"] is None
    assert answer(begun, "story", story="").status_code == 422


@pytest.fixture
def told(begun):
    """A story whose teller has answered only question 1."""
    with time_machine.travel("2025-03-07T10:00:00+08:00", tick=False):
        assert answer(begun, "story", story=STORY).url == reverse("portal:understood")
        yield begun


def test_what_we_understood_shows_the_words_it_comes_from(told):
    page = told.get(reverse("portal:understood"))
    shown = page.content.decode()

    found = {row["guess"].slot.key: row["guess"].finding.value for row in page.context["rows"]}
    assert found["kind"] == "high_rate"
    assert (found["principal_fen"], found["received_fen"], found["fee_fen"]) == (1_000_000, 900_000, 100_000)
    assert found["contract_when"] == "2024-05"
    assert "<mark>一万块钱</mark>" in shown
    assert "respondent" not in found, "question 1 says it already"
    assert "principal_fen" not in draft(told).answers, "a guess is nothing until somebody says so"


def test_guesses_are_kept_corrected_and_left_out(told):
    url = reverse("portal:understood")
    form = told.get(url).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {"principal_fen": "1.2万", "fee_fen_out": "on"}
    response = told.post(url, sent)

    answers = draft(told).answers
    assert response.url == question("when")
    assert answers["principal_fen"] == 1_200_000
    assert answers["received_fen"] == 900_000
    assert "fee_fen" not in answers
    assert (answers["contract_when"], answers["contract_on"]) == ("2024-05", "")
    assert answers["kind"] == "high_rate"


def test_an_earlier_answer_is_not_overwritten_by_a_guess(told):
    answer(told, "trouble", kind="hidden_fee")
    url = reverse("portal:understood")
    form = told.get(url).context["form"]

    assert form["kind"].value() == "hidden_fee"
    told.post(url, {name: form[name].value() or "" for name in form.fields})
    assert draft(told).answers["kind"] == "hidden_fee"


def test_a_guess_corrected_into_nonsense_is_explained(told):
    response = told.post(reverse("portal:understood"), {"principal_fen": "好多钱", "rate": "abc"})

    assert response.status_code == 422
    assert "principal_fen" in response.context["form"].errors
    assert response.context["form"]["principal_fen"].value() == "好多钱"


def test_a_story_that_says_nothing_skips_the_page(begun):
    answer(begun, "story", story="他们对我态度很差，我很难过也很生气。")

    assert begun.get(reverse("portal:understood")).status_code == 302


def test_other_peoples_numbers_are_covered_on_display(begun):
    story = "中介说借款一万元，他的身份证是11010119900307123X，电话13912345678，利息太高。"
    answer(begun, "story", story=story)

    for url in (reverse("portal:understood"), reverse("portal:check")):
        shown = begun.get(url).content.decode()
        assert "11010119900307123X" not in shown
        assert "13912345678" not in shown
    assert draft(begun).answers["story"] == story


def test_telling_it_by_voice_leads_from_the_second_question_to_the_story(begun):
    response = begun.post(question("trouble"), {"voice": "1"})

    assert response.url == question("story")
    assert answer(begun, "story").url == reverse("portal:understood")
