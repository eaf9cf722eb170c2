"""A story read over JSON: by somebody who is signed in, with nothing kept."""

import pytest
from django.urls import reverse

from cases.models import Case

pytestmark = pytest.mark.django_db
URL = reverse("api:story")


def test_a_story_is_read_and_nothing_kept(speak, mediator) -> None:
    told = speak(mediator).post(
        URL,
        {"story": "去年五月在甲平台借了两万块，利息三分，电话13800138000", "today": "2026-06-10"},
        format="json",
    )
    assert told.status_code == 200
    answer = told.json()
    assert answer["about_money"]
    assert answer["covered"]
    assert {claim["kind"] for claim in answer["claims"]} >= {"cause", "amount", "date", "rate", "lender"}
    assert "13800138000" not in told.content.decode()
    assert not Case.objects.exists()


def test_a_stranger_is_refused(speak) -> None:
    assert speak().post(URL, {"story": "借了两万"}, format="json").status_code in {401, 403}


@pytest.mark.parametrize(
    "asked", [{}, {"story": ""}, {"story": "借" * 100_001}, {"story": "借", "provenance": "dream"}]
)
def test_what_cannot_be_read_says_why(asked, speak, mediator) -> None:
    answer = speak(mediator).post(URL, asked, format="json")
    assert answer.status_code == 400
    assert answer.json()["messages"]
