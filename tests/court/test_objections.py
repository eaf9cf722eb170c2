"""异议: a confirmation has its windows, for the sides and for others; a dismissal has none (民诉法解释 Art 372)."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.errors import Refusal
from cases.models import Case, User
from cases.services.working_off import work_off
from evidence import ledger
from evidence.models import Entry
from mediation.court import services as court
from mediation.court.models import Ruling
from tests.test_whole_way import apply, confirm, signed_case  # noqa: F401 — a fixture

pytestmark = pytest.mark.django_db


def dismiss(case: Case, judge: User, citizen: User, lender: User) -> Ruling:
    application = apply(case, citizen, lender)
    court.accept_application(application_id=application.pk, judge=judge)
    verdict = court.Verdict("dismiss", "付款时间不明。", "内容不明确。", "唐书记员", "unclear")
    return court.rule(application_id=application.pk, judge=judge, verdict=verdict, checks={})


def test_the_six_months_of_others_are_watched_and_close_by_themselves(
    signed_case,  # noqa: F811
    citizen,
    lender,
    judge,
) -> None:
    ruling = confirm(signed_case, judge, citizen, lender)
    clock = signed_case.clocks.get(limit="interested_objection")
    assert (clock.due_on, clock.state) == (ruling.third_party_until, "running")
    first_day_after = datetime.combine(
        clock.due_on + timedelta(days=1), time(), tzinfo=timezone.get_current_timezone()
    )
    with time_machine.travel(first_day_after - timedelta(minutes=1)):
        work_off()
        clock.refresh_from_db()
        assert clock.state == "running"
    with time_machine.travel(first_day_after):
        work_off()
    clock.refresh_from_db()
    assert clock.state == "expired"
    told = [
        ledger.read(one) or {} for one in Entry.objects.of(signed_case.chain).filter(event="limit.passed")
    ]
    assert [one["limit"] for one in told] == ["objection", "interested_objection"]
    assert Case.objects.get(pk=signed_case.pk).due_on is None


def test_a_dismissal_opens_no_window_and_says_so_on_every_page(
    signed_case,  # noqa: F811
    citizen,
    lender,
    judge,
    mediator,
    client,
) -> None:
    """Art 372 names days for confirmations; after a dismissal there are new talks or a suit (CPC Art 206)."""
    ruling = dismiss(signed_case, judge, citizen, lender)
    assert (ruling.objection_until, ruling.third_party_until) == (None, None)
    assert not signed_case.clocks.filter(limit__contains="objection").exists()
    with pytest.raises(Refusal):
        court.object_to_ruling(ruling_id=ruling.pk, person=citizen, words="不服")

    places = {
        citizen: reverse("portal:case", args=[signed_case.docket]),
        lender: reverse("counter:case", args=[signed_case.docket]),
        mediator: reverse("desk:case", args=[signed_case.docket]),
        judge: reverse("bench:application", args=[ruling.application_id]),
    }
    for person, place in places.items():
        client.force_login(person)
        shown = client.get(place).content.decode()
        assert ruling.number in shown, place
        assert "可以提出异议" not in shown, place
        assert "提出异议" not in shown, place
        if person != mediator:
            assert "206" in shown, place
