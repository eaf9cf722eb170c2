"""The other ways a case can end, each seen by those whom it concerns."""

from collections.abc import Mapping

import pytest

from tests.journeys import acts, samples
from tests.journeys.prepared import cases_at
from tests.journeys.visitor import Visitor

Ready = Mapping[str, tuple[str, str, str]]
TALKS = ["file", "accept", "answer", "assign", "talk"]


@pytest.fixture(scope="module")
def ready(site) -> Ready:
    """A case for each end, led to the stage before it."""
    return cases_at(
        site,
        {
            "withdrawn": ("to_answer", ["file", "accept"]),
            "refused": ("to_assign", ["file", "accept", "answer"]),
            "unreachable": ("acceptance_late", ["file", "accept"]),
            "apart": ("failed", TALKS),
            "late": ("paused", TALKS),
            "dismissed": ("court", [*TALKS, "signed", "apply"]),
            "defaulted": ("performing", [*TALKS, "signed", "confirm"]),
        },
    )


def look_at_the_end(citizen: Visitor, docket: str, *words: str) -> None:
    """The citizen reads how it ended and what can be done now."""
    citizen.open(f"/case/{docket}/")
    citizen.sees("案件已结束", *words)
    assert citizen.page.locator("#after").count() == 1
    citizen.picture("citizen-ended")


def test_the_citizen_withdraws(come, ready) -> None:
    docket, phone, _lender = ready["withdrawn"]
    citizen = come("citizen")
    citizen.sign_in_by_phone(phone)

    acts.party(citizen, docket, "withdraw", settled="no", reason="自己和银行谈好再说")

    look_at_the_end(citizen, docket, "自己和银行谈好再说")


def test_the_institution_refuses(come, ready) -> None:
    docket, phone, lender = ready["refused"]
    institution, citizen = come("institution"), come("citizen")
    institution.sign_in(lender)

    acts.party(institution, docket, "refuse", reason="")
    assert institution.page.locator("[data-error-summary]").is_visible(), "no reason, no refusal"
    acts.party(institution, docket, "refuse", reason="本公司选择诉讼解决。")

    citizen.sign_in_by_phone(phone)
    look_at_the_end(citizen, docket, "本公司选择诉讼解决。")


def test_nobody_reaches_the_other_side(come, ready) -> None:
    docket, phone, _lender = ready["unreachable"]
    officer, citizen = come("officer"), come("citizen")
    officer.sign_in("officer")

    acts.staff(
        officer,
        docket,
        "end",
        raised_costs="no",
        has_notes="no",
        ending="unreachable",
        reason="三次电话、两次挂号信均无人接收。",
    )

    officer.picture("officer-ended")
    citizen.sign_in_by_phone(phone)
    look_at_the_end(citizen, docket, "三次电话")


def test_too_far_apart_ends_with_a_notice(come, ready) -> None:
    docket, phone, _lender = ready["apart"]
    mediator, citizen = come("mediator"), come("citizen")
    mediator.sign_in("mediator")

    acts.staff(
        mediator,
        docket,
        "end",
        raised_costs="no",
        has_notes="no",
        ending="too_far_apart",
        reason="两次调解，差额仍在七千元以上。",
    )

    citizen.sign_in_by_phone(phone)
    look_at_the_end(citizen, docket, "差额仍在七千元以上")
    words = samples.pdf_text(acts.paper(citizen, docket, "调解终止通知书"))
    assert docket in words
    assert "差额仍在七千元以上" in words
    citizen.picture("citizen-notice")


def test_the_time_runs_out(come, site, ready) -> None:
    docket, phone, _lender = ready["late"]
    site.run(
        "from datetime import timedelta; from django.db.models import F;"
        "from cases.models import Clock; from cases.tasks import sweep_limits;"
        f"clock = Clock.objects.filter(case__docket='{docket}', limit='mediation');"
        "back = timedelta(days=90);"
        "clock.update(started_on=F('started_on') - back, due_on=F('due_on') - back, overdue_on=F('overdue_on') - back);"
        "sweep_limits()"
    )
    citizen, mediator = come("citizen"), come("mediator")

    citizen.sign_in_by_phone(phone)

    look_at_the_end(citizen, docket)
    mediator.sign_in("mediator")
    mediator.open(f"/desk/cases/{docket}/")
    mediator.picture("mediator-expired")
    mediator.sees("期限")


def test_the_court_dismisses_and_the_talks_go_on(come, ready) -> None:
    docket, phone, _lender = ready["dismissed"]
    judge, citizen = come("judge"), come("citizen")
    judge.sign_in("judge")

    acts.rule(judge, docket, "dismiss")

    citizen.sign_in_by_phone(phone)
    citizen.open(f"/case/{docket}/")
    citizen.sees("驳回")
    assert not citizen.page.get_by_text("案件已结束").count()
    citizen.picture("citizen-dismissed")


def test_a_default_leads_to_a_prefilled_application(come, site, ready) -> None:
    docket, phone, _lender = ready["defaulted"]
    site.run(
        "from datetime import timedelta; from django.db.models import F;"
        "from mediation.performance.models import Instalment; from cases.models import Duty;"
        "from cases.services.working_off import work_off;"
        f"mine = Instalment.objects.filter(case__docket='{docket}');"
        "mine.update(due_on=F('due_on') - timedelta(days=60));"
        "Duty.objects.filter(clock=None).update(due_at=F('due_at') - timedelta(days=60)); work_off()"
    )
    citizen = come("citizen")
    citizen.sign_in_by_phone(phone)
    citizen.open(f"/case/{docket}/")
    citizen.picture("citizen-late")

    acts.party(citizen, docket, "default")

    citizen.picture("citizen-defaulted")
    words = samples.pdf_text(acts.paper(citizen, docket, "强制执行申请书"))
    assert "壹仟贰佰元整" in words or "1,200.00" in words or "1200.00" in words
