"""放行: what a machine takes out is read by a person before anybody can find a settled case."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Precedent, User
from cases.services import precedents

pytestmark = pytest.mark.django_db
STORY = "我叫张伟，电话13812345678，在平台借了两万元，多收服务费一千二百元，要求退还。"


@pytest.fixture
def waiting() -> Precedent:
    precedents.bring_in([{"id": "A-1", "cause": "hidden_fee", "story": STORY, "terms": ["退还一千元。"]}])
    return Precedent.every.get()


def test_the_original_stands_beside_the_cleaned_text(
    client: Client, officer: User, waiting: Precedent
) -> None:
    client.force_login(officer)
    assert "A-1" in client.get(reverse("desk:release")).content.decode()
    page = client.get(reverse("desk:release_one", args=["A-1"])).content.decode()
    assert "<mark>13812345678</mark>" in page
    assert "<mark>张伟</mark>" in page
    assert "〔电话〕" in page


def test_a_released_case_is_found_and_its_original_is_gone(
    client: Client, officer: User, waiting: Precedent
) -> None:
    client.force_login(officer)
    told = {"answer": "release", "story": waiting.story.replace("平台", "某平台"), "terms": "退还一千元。"}
    answer = client.post(reverse("desk:release_one", args=["A-1"]), told)
    assert answer.status_code == 302
    found = Precedent.objects.get()
    assert "某平台" in found.story
    assert found.original is None
    assert client.get(reverse("desk:release_one", args=["A-1"])).status_code == 404
    assert "A-1" in client.get(reverse("desk:release")).content.decode()


def test_what_still_points_at_a_person_is_refused_and_nothing_is_lost(
    client: Client, officer: User, waiting: Precedent
) -> None:
    client.force_login(officer)
    told = {"answer": "release", "story": STORY, "terms": ""}
    answer = client.post(reverse("desk:release_one", args=["A-1"]), told)
    assert answer.status_code == 422
    assert STORY in answer.content.decode()
    assert not Precedent.objects.exists()


def test_keeping_out_needs_a_reason(client: Client, officer: User, waiting: Precedent) -> None:
    client.force_login(officer)
    url = reverse("desk:release_one", args=["A-1"])
    free = [
        name
        for name in ("story", "terms", "reason")
        if not client.get(url).context["form"].fields[name].required
    ]
    assert free == ["terms"], "no field that an answer needs is shown as one to leave out"
    again = client.post(url, {"answer": "refuse"})
    assert again.status_code == 422
    assert again.context["form"].fields["reason"].required
    assert client.post(url, {"answer": "refuse", "reason": "村子太小"}).status_code == 302
    assert Precedent.every.get().state == Precedent.State.REFUSED


def test_mediators_do_not_decide(client: Client, mediator: User, waiting: Precedent) -> None:
    client.force_login(mediator)
    for url in (reverse("desk:release"), reverse("desk:release_one", args=["A-1"])):
        assert client.get(url).status_code in {403, 404}


def test_what_may_still_point_at_a_person_is_shown_with_why(client: Client, officer: User) -> None:
    story = "我叫张伟，是鄂伦春族，2024年3月5日在平台借了两万元，多收了服务费，要求退还。"
    precedents.bring_in([{"id": "A-2", "cause": "hidden_fee", "story": story}])
    client.force_login(officer)
    page = client.get(reverse("desk:release_one", args=["A-2"]))
    told = dict(page.context["doubts"])
    assert {"鄂伦春族", "2024年3月5日"} <= set(told)
    assert all(told.values())
    assert '<span class="muted">〔姓名〕</span>' in page.content.decode()

    typed = {"answer": "refuse", "story": story.replace("鄂伦春族", "工人"), "terms": "", "reason": ""}
    again = client.post(reverse("desk:release_one", args=["A-2"]), typed)
    assert again.status_code == 422
    assert "鄂伦春族" not in dict(again.context["doubts"]), "it looks at what was typed"
