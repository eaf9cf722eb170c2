"""A due day over the interface: laid open to the article for those who may see the case; a calculator for anybody."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.services import pauses
from cases.services.reckoning import clocks_as_json
from tests import factories

pytestmark = pytest.mark.django_db


def test_every_clock_of_a_case_is_laid_open(speak, case_in_mediation, mediator) -> None:
    pauses.pause_case(
        case_id=case_in_mediation.pk,
        staff=mediator,
        reason="等鉴定结果",
        waiting_for="court",
        kind="appraisal",
        person="样例鉴定所",
    )
    told = speak(mediator).get(reverse("api:clocks", args=[case_in_mediation.docket])).json()
    by_limit = {one["limit"]: one for one in told}
    mediation = by_limit["mediation"]

    assert {"acceptance", "contact", "answer", "mediation"} <= by_limit.keys()
    assert (by_limit["acceptance"]["state"], mediation["state"]) == ("met", "running")
    assert mediation["is_paused"]
    assert mediation["explanation"]["due_on"] is None
    assert mediation["explanation"]["pauses"][0] | {"days": 0} == {
        "first": timezone.localdate().isoformat(),
        "last": None,
        "days": 0,
        "kind": "appraisal",
        "reason": "等鉴定结果",
        "waiting_for": "样例鉴定所",
        "article": "人民法院在线调解规则（法释〔2021〕23号）第26条",
        "status": "T",
    }
    assert mediation["explanation"]["rule"]["version"] == "mediation@2022-01-01"


def test_the_packet_takes_the_clocks_without_what_people_wrote(case_in_mediation, mediator) -> None:
    words = {"reason": "等申请人住院资料", "waiting_for": "citizen", "person": "张某某"}
    pauses.pause_case(case_id=case_in_mediation.pk, staff=mediator, **words)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        pauses.resume_case(case_id=case_in_mediation.pk, staff=mediator)
    case_in_mediation.refresh_from_db()

    whole, bare = (
        str(clocks_as_json(case_in_mediation)),
        str(clocks_as_json(case_in_mediation, reasons=False)),
    )

    assert "住院" in whole
    assert "张某某" in whole
    assert "住院" not in bare
    assert "张某某" not in bare
    assert "'kind': 'waiting'" in bare


def test_a_stranger_finds_no_clocks(speak, filed_case) -> None:
    stranger = factories.UserFactory.create(citizen=True)
    assert speak(stranger).get(reverse("api:clocks", args=[filed_case.docket])).status_code == 404
    assert speak().get(reverse("api:clocks", args=[filed_case.docket])).status_code == 403


def test_both_days_are_told_where_two_rules_meet(speak) -> None:
    told = speak().get(reverse("api:due"), {"limit": "court_decision", "start": "2026-11-02"}).json()
    assert (told["due_on"], told["overdue_on"]) == ("2026-11-17", "2026-12-02")
    assert told["other_rule"]["article"] == "民事诉讼法（2023修正）第187条"
    assert told["rule"]["version"].startswith("court_decision@")


def test_a_bare_period_and_its_pauses(speak) -> None:
    asked = {"n": 30, "unit": "day", "start": "2026-01-16"}
    plain = speak().get(reverse("api:due"), asked).json()
    paused = speak().get(reverse("api:due"), {**asked, "pause": "2026-01-20..2026-01-29"}).json()

    assert plain["due_on"] == "2026-02-24"
    assert plain["moved"] == {"from": "2026-02-15", "to": "2026-02-24"}
    assert paused["due_on"] == "2026-02-25"
    assert paused["pauses"][0]["days"] == 10


@pytest.mark.parametrize(
    "asked",
    [
        {"n": 30, "start": "2026-01-16"},
        {"n": 30, "unit": "day", "limit": "mediation", "start": "2026-01-16"},
        {"n": 30, "unit": "fortnight", "start": "2026-01-16"},
        {"n": 30, "unit": "day", "start": "2026-01-16", "pause": "soon"},
        {"limit": "contact", "start": "2026-01-16", "pause": "2026-01-17..2026-01-18:appraisal"},
        {"n": 3, "unit": "day", "start": "2026-01-16", "pause": "2026-01-18..2026-01-17"},
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_words(asked, speak) -> None:
    answer = speak().get(reverse("api:due"), asked)
    assert answer.status_code == 400
    assert answer.json()["messages"]
