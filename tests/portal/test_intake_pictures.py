"""A picture in the application: read only when its owner asks, in the story only by its owner's own act."""

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cases.errors import Refusal
from mediation import adapters
from mediation.pictures.models import Reading
from mediation.pictures.services import ask_for_own_reading, read_due
from tests.pictures import drawings
from tests.portal.intake_samples import answer, draft, question

pytestmark = pytest.mark.django_db
SCRIPTED = "mediation.pictures.engines.scripted.ScriptedReader"
FAILING = "mediation.pictures.engines.scripted.FailingReader"
CELLS = (
    ("还款日期", "还款金额", "本金", "利息"),
    ("2025-01-15", "1,800.00", "1,500.00", "232.00"),
    ("您的借款已逾期5天",),
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def use(settings, reader: str, **how) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "ocr": (reader, how)}
    adapters._built.cache_clear()


@pytest.fixture(autouse=True)
def _reader(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    use(settings, SCRIPTED, cells=CELLS)
    yield
    adapters._built.cache_clear()


@pytest.fixture
def handed_in(client, centre):
    """A draft with one picture in it."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    answer(client, "who")
    data = drawings.as_file(drawings.chat()).read()
    client.post(question("evidence"), {"picture": SimpleUploadedFile("chat.png", data, "image/png")})
    assert draft(client).exhibits.count() == 1
    return client


URL = "/apply/files/1/picture/"


def read(client) -> None:
    client.post(URL)
    read_due()


def story_of(client) -> str:
    return client.get(question("story")).context["form"]["story"].value() or ""


def test_nothing_is_read_before_its_owner_asks(handed_in):
    assert reverse("portal:picture", args=[1]) == URL
    assert URL in handed_in.get(question("evidence")).content.decode()
    assert handed_in.get(URL).status_code == 200
    read_due()
    assert not Reading.objects.exists()


def test_the_words_stand_beside_the_picture_and_go_into_the_story_only_by_ones_own_act(handed_in):
    handed_in.post(question("story"), {"story": "我借了一万，他们说逾期，天天打电话催，我受不了了。"})
    before = story_of(handed_in)
    read(handed_in)
    page = handed_in.get(URL)
    shown = page.content.decode()
    assert "您的借款已逾期5天" in shown
    assert "¥1,500.00" in shown
    assert '<mark class="doubt">¥1,800.00</mark>' in shown, "the parts do not add up, so it is marked"
    assert "2025-01-15 1,800.00 1,500.00 232.00" in page.context["form"]["words"].value(), (
        "as it stands there"
    )
    assert story_of(handed_in) == before, "reading adds nothing"

    added = handed_in.post(URL, {"words": "截图里写：您的借款已逾期5天"})
    assert added.url == question("story")
    assert story_of(handed_in) == f"{before}\n\n截图里写：您的借款已逾期5天"
    assert draft(handed_in).answers["story"] == before, "it counts only when the person goes on from there"
    handed_in.post(question("story"), {"story": story_of(handed_in)})
    assert "逾期5天" in draft(handed_in).answers["story"]


def test_what_was_typed_and_not_sent_yet_is_kept(handed_in):
    handed_in.post(reverse("portal:autosave", args=["story"]), {"story": "写了一半"})
    read(handed_in)
    handed_in.post(URL, {"words": "逾期5天"})
    assert story_of(handed_in) == "写了一半\n\n逾期5天"
    again = handed_in.post(URL, {"words": "逾期5天"})
    assert again.status_code == 422
    assert story_of(handed_in).count("逾期5天") == 1, "pressed twice, added once"


def test_empty_and_overlong_words_are_asked_again(handed_in):
    read(handed_in)
    assert handed_in.post(URL, {"words": " "}).status_code == 422
    long = "字" * 5_001
    refused = handed_in.post(URL, {"words": long})
    assert refused.status_code == 422
    assert long in refused.content.decode()
    handed_in.post(reverse("portal:autosave", args=["story"]), {"story": "长" * 99_999})
    assert handed_in.post(URL, {"words": "逾期5天"}).status_code == 422
    assert "逾期5天" not in story_of(handed_in)


def test_where_no_reader_is_installed_nothing_is_offered(handed_in, settings):
    use(settings, FAILING)
    assert URL not in handed_in.get(question("evidence")).content.decode()
    assert handed_in.get(URL).status_code == 404


def test_a_picture_that_cannot_be_read_says_so_and_may_be_tried_again(handed_in, settings):
    read(handed_in)
    Reading.objects.update(
        state=Reading.State.FAILED, problem="This is not a picture that we can open.", lines=[]
    )
    page = handed_in.get(URL)
    assert "This is not a picture that we can open." in page.content.decode()
    read(handed_in)
    assert Reading.objects.get().state == Reading.State.DONE


def test_while_it_is_read_the_page_says_so(handed_in):
    handed_in.post(URL)
    assert "data-progress" in handed_in.get(URL).content.decode()
    poll = reverse("portal:picture_progress", args=[1])
    assert handed_in.get(poll).json()["state"] == "running"
    read_due()
    assert handed_in.get(poll).json()["state"] == "done"
    assert handed_in.post(URL, {"words": "好"}).status_code == 302


def test_words_are_not_added_before_there_are_any(handed_in):
    handed_in.post(URL)
    assert handed_in.post(URL, {"words": "还没读完"}).status_code == 422
    assert "还没读完" not in story_of(handed_in)


def test_nobody_else_reads_it(handed_in, centre):
    stranger = Client()
    assert stranger.get(URL).status_code == 302
    answer(stranger, "who")
    assert stranger.post(URL).status_code == 302
    assert not Reading.objects.exists()
    exhibit = draft(handed_in).exhibits.get()
    with pytest.raises(Refusal):
        ask_for_own_reading(exhibit_id=exhibit.pk, case_id=draft(stranger).pk)


def test_what_was_removed_and_what_is_no_picture_cannot_be_read(handed_in):
    handed_in.post(question("evidence"), {"file": SimpleUploadedFile("a.txt", "借条".encode(), "text/plain")})
    assert handed_in.get("/apply/files/2/picture/").status_code == 302
    handed_in.post(reverse("portal:remove_file", args=[1]))
    assert handed_in.get(URL).status_code == 302


def test_a_crowd_of_readings_is_refused(handed_in):
    for _ in range(20):
        handed_in.post(URL)
    assert handed_in.post(URL).status_code == 422
