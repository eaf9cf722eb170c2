"""How a case came here decides which limits count: the officer says it when taking the case on."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from cases.errors import Refusal
from cases.models import Case, User
from cases.rules import limits
from cases.services.acceptance import accept_case
from cases.services.reckoning import rule_behind
from cases.workflow import Stage

pytestmark = pytest.mark.django_db


def period(case: Case):
    return case.clocks.get(limit="mediation")


@pytest.mark.parametrize(
    ("track", "days", "article"),
    [
        ("self_accepted", 30, "在线调解规则"),
        ("entrusted", 15, "2025-01-01"),
        ("entrusted_simplified", 7, "2025-01-01"),
        ("people_mediation", 1, "人民调解"),
    ],
)
def test_the_period_follows_the_way_it_came(filed_case, officer, track, days, article) -> None:
    case = accept_case(case_id=filed_case.pk, officer=officer, track=track)
    clock = period(case)
    limit = rule_behind(clock, case)
    assert limit is not None
    assert (case.profile, limit.n) == (track, days)
    assert article in limit.article
    assert clock.due_on == limits.due(limit, timezone.localdate()).due_on


@time_machine.travel("2026-11-20T10:00:00+08:00", tick=False)
def test_seven_days_count_from_the_day_the_papers_were_signed_for(filed_case, officer) -> None:
    case = accept_case(
        case_id=filed_case.pk, officer=officer, track="entrusted_simplified", signed_on=date(2026, 11, 16)
    )
    assert period(case).started_on == date(2026, 11, 16)
    assert period(case).due_on == date(2026, 11, 23)
    assert case.clocks.get(limit="contact").started_on == date(2026, 11, 20)


def test_papers_of_tomorrow_papers_without_a_court_and_tracks_nobody_knows_are_refused(
    filed_case, officer
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    wrong = {
        "future": {"track": "entrusted", "signed_on": tomorrow},
        "cases that a court sent": {"track": "self_accepted", "signed_on": timezone.localdate()},
        "from the list": {"track": "../entrusted"},
    }
    for words, told in wrong.items():
        with translation.override("en"), pytest.raises(Refusal, match=words):
            accept_case(case_id=filed_case.pk, officer=officer, **told)
    assert Case.objects.get(pk=filed_case.pk).stage == Stage.ACCEPTANCE


def test_the_officer_chooses_it_on_the_page_of_the_case(client, filed_case: Case, officer: User) -> None:
    client.force_login(officer)
    place = reverse("desk:case", args=[filed_case.docket])
    shown = client.get(place).content.decode()
    assert all(str(limits.profile_title(track)) in shown for track in limits.TRACKS)

    sent = {
        "track": "entrusted_simplified",
        "signed_on": timezone.localdate().isoformat(),
        "note": "法院案号见附件",
    }
    refused = client.post(
        reverse("desk:act", args=[filed_case.docket, "accept"]), {**sent, "track": "self_accepted"}
    )
    assert refused.status_code == 422
    assert "法院案号见附件" in refused.content.decode()
    assert client.post(reverse("desk:act", args=[filed_case.docket, "accept"]), sent).status_code == 302
    assert period(Case.objects.get(pk=filed_case.pk)).due_on
