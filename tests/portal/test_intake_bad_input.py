"""Bad input gets a clear message, nothing is lost, and it is never a broken page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from cases.models import Exhibit
from mediation.portal.intake_fields import AmountField, read_day
from tests.portal.intake_samples import answer, draft, photo, question, sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(client, centre):
    """A browser with a draft."""
    answer(client, "who")
    return client


def errors(response) -> str:
    assert response.status_code == 422
    return " ".join(message for messages in response.context["form"].errors.values() for message in messages)


def test_an_empty_story_is_asked_for(begun):
    assert errors(answer(begun, "story", story="   "))


def test_a_story_of_a_hundred_thousand_characters_is_taken(begun):
    story = "我借了一万元，利息太高。" * 8334
    assert answer(begun, "story", story=story[:100_000]).status_code == 302

    assert len(draft(begun).answers["story"]) == 100_000


def test_a_longer_story_is_kept_and_explained(begun):
    story = "长" * 100_001
    response = answer(begun, "story", story=story)

    assert "100001" in errors(response).replace(",", "")
    assert response.context["form"]["story"].value() == story
    assert begun.get(question("story")).context["form"]["story"].value() == story


def test_a_text_beyond_what_a_form_carries_is_answered_in_words(begun):
    response = answer(begun, "story", story="长" * 900_000)

    assert response.status_code == 413
    assert question("story") in response.content.decode()


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("三万五", 3_500_000),
        ("3.5万", 3_500_000),
        ("３５，０００", 3_500_000),
        ("35000元", 3_500_000),
        ("", None),
    ],
)
def test_amounts_are_read_as_people_write_them(written, fen):
    assert AmountField().clean(written) == fen


@pytest.mark.parametrize("written", ["-500", "负五百", "1e12", "1000000000000", "很多", "0", "1.234"])
def test_amounts_that_cannot_be_are_refused_and_kept(begun, written):
    response = answer(begun, "money", amount=written)

    assert errors(response)
    assert response.context["form"]["amount"].value() == written
    assert draft(begun).answers["raw"]["money"]["amount"] == [written]
    assert begun.get(question("money")).context["form"]["amount"].value() == written


def test_not_knowing_the_amount_is_an_answer(begun):
    assert errors(answer(begun, "money", amount=""))
    assert answer(begun, "money", amount="", amount_unknown="on").status_code == 302
    assert draft(begun).answers["amount_fen"] is None


def test_nobody_receives_more_than_was_lent(begun):
    assert errors(answer(begun, "money", principal="9000", received="1万"))


@pytest.mark.parametrize(
    "written", ["2999-01-01", "2099年5月", "1912-01-01", "2024-13-45", "改天", "x" * 500]
)
def test_days_that_cannot_be_are_refused_and_kept(begun, written):
    response = answer(begun, "when", contract_on=written)

    assert errors(response)
    assert response.context["form"]["contract_on"].value() == written


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-05-17", "2024-05-17"),
        ("2024年5月17日", "2024-05-17"),
        ("20240517", "2024-05-17"),
        ("２０２４．５", "2024-05"),
        ("2024", "2024"),
        ("去年五月", "2024-05"),
    ],
)
def test_days_are_read_as_people_write_them(written, read):
    from datetime import date

    assert read_day(written, today=date(2025, 3, 7)) == read


def test_a_month_alone_makes_no_day_of_contract(begun):
    answer(begun, "when", contract_on="2024-05")

    assert draft(begun).answers["contract_on"] == ""
    assert begun.get(question("when")).context["form"]["contract_on"].value() == "2024-05"


@pytest.mark.parametrize(
    "changes",
    [{"phone": "12345"}, {"id_number": "110101199003070000"}, {"name": ""}, {"helper_name": "老王"}],
)
def test_contact_details_are_checked(begun, changes):
    assert errors(answer(begun, "contact", **changes))


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("空.jpg", b""),
        SimpleUploadedFile("照片.jpg", b"MZ" + bytes(600), content_type="image/jpeg"),
        SimpleUploadedFile("setup.exe", b"MZ" + bytes(600)),
        SimpleUploadedFile("半张.jpg", b"\xff\xd8\xff\xe0" + bytes(64)),
    ],
    ids=["empty", "a program with another name", "a program", "half a picture"],
)
def test_files_that_cannot_be_taken_in_are_named_and_explained(begun, file):
    response = begun.post(question("evidence"), {"file": [file, photo()]})

    assert file.name in errors(response)
    assert [exhibit.title for exhibit in draft(begun).exhibits.all()] == ["借条.jpg"], "the good one is kept"


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(begun, settings):
    settings.MAX_UPLOAD_BYTES = 1000
    large = SimpleUploadedFile("大.bin", bytes(3_000_000))
    response = begun.post(question("evidence"), {"file": [large]})

    assert "大.bin" in errors(response)
    assert not Exhibit.objects.exists()


def test_two_hundred_megabytes_never_reach_the_memory(settings):
    """The handler lets go of every piece beyond the limit."""
    from django.core.files.uploadhandler import SkipFile

    from mediation.files.uploading import LargestFile

    handler = LargestFile(RequestFactory().post("/"))
    handler.handle_raw_input(None, {}, 200 * 1024**2, b"", None)
    handler.new_file("file", "大.mp4", "video/mp4", 200 * 1024**2)
    with pytest.raises(SkipFile):
        handler.receive_data_chunk(bytes(64 * 1024), 0)
    assert handler.held_back == ["大.mp4"]


def test_a_story_beside_a_file_too_large_is_not_lost(begun, settings):
    settings.MAX_UPLOAD_BYTES = 1000
    response = begun.post(question("story"), {"recording": sound(2), "story": "先打字写下来的经过，很重要"})

    assert errors(response)
    assert response.context["form"]["story"].value() == "先打字写下来的经过，很重要"
    assert draft(begun).answers["raw"]["story"]["story"] == ["先打字写下来的经过，很重要"]


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("坏.wav", b"RIFF\x00\x00\x00\x00WAVE" + bytes(200), content_type="audio/wav"),
        SimpleUploadedFile("坏.webm", b"\x1aE\xdf\xa3" + b"webm" * 50, content_type="audio/webm"),
        SimpleUploadedFile("空.m4a", b"", content_type="audio/mp4"),
        photo("不是录音.jpg"),
        sound(340),
    ],
    ids=["damaged", "damaged webm", "empty", "a picture", "too long"],
)
def test_recordings_that_cannot_be_heard_are_explained(begun, file):
    response = begun.post(question("story"), {"recording": file, "story": ""})

    assert errors(response)
    assert not draft(begun).exhibits.exists()


def test_the_same_file_twice_is_one_exhibit(begun):
    begun.post(question("evidence"), {"file": [photo(), photo()]})
    begun.post(question("evidence"), {"file": [photo()]})

    assert draft(begun).exhibits.count() == 1


def test_forty_files_are_the_most(begun, monkeypatch):
    monkeypatch.setattr("mediation.portal.intake_files.FILES_A_CASE", 2)
    files = [photo(f"{colour}.jpg", colour) for colour in ("red", "green", "blue")]
    response = begun.post(question("evidence"), {"file": files})

    assert errors(response)
    assert draft(begun).exhibits.count() == 2


def test_a_removed_file_is_gone_from_the_list_and_stays_in_the_chain(begun):
    begun.post(question("evidence"), {"file": [photo()]})
    url = reverse("portal:remove_file", args=[1])
    assert begun.get(url).status_code == 200
    begun.post(url)

    page = begun.get(question("evidence"))
    assert page.context["files"] == []
    assert draft(begun).exhibits.get().withdrawn_at is not None
    assert begun.post(url).status_code == 302


@pytest.mark.parametrize("slug", ["who", "trouble", "money", "story", "when", "evidence", "wish", "contact"])
def test_nonsense_never_breaks_a_page(begun, slug):
    nonsense = {
        name: ["\x00\ud7ff<script>", "二" * 3000]
        for name in (
            "respondent",
            "licence",
            "kind",
            "amount",
            "story",
            "contract_on",
            "remedies",
            "phone",
            "heard",
        )
    }
    assert begun.post(question(slug), nonsense).status_code in {302, 422}
    assert begun.get(question(slug)).status_code == 200
    saved = begun.post(reverse("portal:autosave", args=[slug]), nonsense)
    assert saved.json() == {"saved": True}


def test_an_unknown_question_is_not_found(begun):
    assert begun.get(question("nothing")).status_code == 404
