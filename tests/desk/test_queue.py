"""The queue: what presses first at the top, found by docket, name or institution, in a dozen queries."""

import gzip
import random
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.desk_queue import fill
from cases.models import Case, Clock
from cases.services.pauses import pause_case
from mediation.desk.queue import order_of
from mediation.desk.queue_rows import GROUPS
from mediation.desk.standing import situation_of, with_standing
from tests import factories
from tests.desk.conftest import signed_in

pytestmark = pytest.mark.django_db
QUEUE = "/desk/"


def move_clocks(case: Case, day) -> None:
    Clock.objects.filter(case=case, state="running").update(due_on=day, overdue_on=day)
    Case.objects.filter(pk=case.pk).update(due_on=day)


def groups(page) -> dict[str, int]:
    return {key: count for key, _label, count, _rows in page.context["queue"].groups}


def several(n: int, *, centre, institution) -> list[Case]:
    citizens = [factories.UserFactory.create(citizen=True, name=f"申请{i}") for i in range(n)]
    return [factories.filed_case(centre=centre, institution=institution, citizen=one) for one in citizens]


@time_machine.travel("2026-11-25T10:00:00+08:00", tick=False)  # a Wednesday
def test_late_today_soon_later_and_paused(as_officer, officer, centre, institution, mediator) -> None:
    late, today, soon, later, paused = several(5, centre=centre, institution=institution)
    day = timezone.localdate()
    for case, days in ((late, -2), (today, 0), (soon, 5), (later, 40)):
        move_clocks(case, day + timedelta(days=days))
    factories.accept(paused, officer)
    pause_case(case_id=paused.pk, staff=officer, reason="等鉴定", waiting_for="court")
    page = as_officer.get(QUEUE)

    assert groups(page) == {"overdue": 1, "today": 1, "week": 1, "later": 1, "paused": 1}
    first = page.context["queue"].rows[0]
    assert (first.pk, first.clock.state) == (late.pk, "late")
    shown = page.content.decode()
    assert "2" in first.clock.label
    assert "等鉴定" in shown
    assert [figure["number"] for figure in page.context["queue"].figures] == [1, 1, 4, 1]


def test_an_officer_sees_the_centre_and_a_mediator_only_the_own(
    as_officer, as_mediator, case_in_mediation, centre, institution
) -> None:
    several(1, centre=centre, institution=institution)
    stranger = signed_in(factories.UserFactory.create(officer=True))

    assert as_officer.get(QUEUE).context["queue"].open_count == 2
    assert as_mediator.get(QUEUE).context["queue"].open_count == 1
    assert stranger.get(QUEUE).context["queue"].open_count == 0


@pytest.mark.parametrize("person", ["citizen", "lender", "judge"])
@pytest.mark.parametrize("name", ["desk:queue", "desk:rules"])
def test_nobody_else_comes_in(person: str, name: str, request: pytest.FixtureRequest) -> None:
    assert signed_in(request.getfixturevalue(person)).get(reverse(name)).status_code == 404


def test_finding_by_docket_name_and_institution(as_officer, centre, institution, filed_case, citizen) -> None:
    other = factories.filed_case(
        centre=centre,
        institution=factories.InstitutionFactory.create(name="乙小额贷款公司"),
        citizen=factories.UserFactory.create(citizen=True, name="欧阳明"),
    )

    def found(words: str) -> set:
        return {row.pk for row in as_officer.get(QUEUE, {"q": words}).context["queue"].page.object_list}

    assert found(filed_case.docket) == {filed_case.pk}
    assert found("欧阳") == {other.pk}
    assert found("乙小额") == {other.pk}
    assert found("没有这个人") == set()


def test_family_names_only(as_officer: Client, filed_case: Case) -> None:
    shown = as_officer.get(QUEUE).content.decode()
    assert "杨某" in shown
    assert "杨小满" not in shown


def test_two_hundred_cases_in_twelve_queries(
    as_officer: Client, centre, institution, django_assert_max_num_queries
) -> None:
    first = several(4, centre=centre, institution=institution)
    clocks = []
    for n in range(196):  # as light as can be: the queue asks no more of them
        case = Case.objects.create(
            docket=f"2026-9{n:03d}", stage="acceptance", centre=centre, filed_at=timezone.now()
        )
        case.parties.create(side="claimant", name=f"某{n}")
        clocks.append(
            Clock(
                case=case,
                limit="acceptance",
                started_on="2026-01-05",
                due_on="2026-01-08",
                overdue_on="2026-01-08",
            )
        )
    Clock.objects.bulk_create(clocks)
    with django_assert_max_num_queries(12):
        page = as_officer.get(QUEUE)

    queue = page.context["queue"]
    assert queue.open_count == 196 + len(first)
    assert len(queue.rows) == 200
    assert len(gzip.compress(page.content)) < 80 * 1024


def test_more_cases_need_no_more_queries(
    as_mediator,
    mediator,
    case_in_mediation,
    centre,
    institution,
    officer,
    lender,
    django_assert_max_num_queries,
) -> None:
    for case in several(3, centre=centre, institution=institution):
        factories.bring_to_mediation(
            factories.accept(case, officer), officer=officer, mediator=mediator, lender=lender
        )
    with django_assert_max_num_queries(9):
        as_mediator.get(QUEUE)


def test_the_rules_name_their_articles(as_mediator: Client) -> None:
    shown = as_mediator.get(reverse("desk:rules"), {"on": "2025-11-01"}).content.decode()
    assert "第24条" in shown
    assert "第205条" in shown
    assert as_mediator.get(reverse("desk:rules"), {"on": "no day"}).status_code == 200


def test_a_window_that_passed_presses_nobody(case_in_mediation: Case, mediator) -> None:
    Clock.objects.filter(case=case_in_mediation, state="running").delete()
    long_ago = timezone.localdate() - timedelta(days=9)
    case_in_mediation.clocks.create(
        limit="objection", started_on=long_ago, due_on=long_ago, overdue_on=long_ago
    )
    (slip,) = order_of(mediator)
    assert (slip.shown(timezone.localdate()), slip.group) == (None, "later")


def test_a_pause_shows_its_kind_its_reason_and_by_whom(as_officer, accepted_case: Case, officer) -> None:
    pause_case(
        case_id=accepted_case.pk,
        staff=officer,
        kind="appraisal",
        person="样例鉴定所",
        reason="鉴定签名",
        waiting_for="court",
    )
    Clock.objects.filter(case=accepted_case).exclude(limit="mediation").update(state="met")
    (row,) = as_officer.get(QUEUE).context["queue"].rows
    assert (row.group, row.who) == ("paused", "样例鉴定所")
    assert row.clock.note.endswith("鉴定签名")
    assert "鉴定评估" in row.clock.note or "鉴定" in row.clock.note


def test_a_pause_hides_no_clock_that_it_does_not_stop(as_officer, accepted_case: Case, officer) -> None:
    pause_case(case_id=accepted_case.pk, staff=officer, reason="等流水", waiting_for="citizen")
    long_ago = timezone.localdate() - timedelta(days=3)
    accepted_case.clocks.filter(limit="contact").update(due_on=long_ago, overdue_on=long_ago)
    (row,) = as_officer.get(QUEUE).context["queue"].rows
    assert (row.group, row.clock.state) == ("overdue", "late")


def test_between_two_rules_it_is_due_but_not_late(as_officer, filed_case: Case) -> None:
    today = timezone.localdate()
    filed_case.clocks.update(due_on=today - timedelta(days=2), overdue_on=today + timedelta(days=9))
    (row,) = as_officer.get(QUEUE).context["queue"].rows
    assert (row.group, row.clock.state) == ("today", "soon")


def test_the_short_way_to_say_whose_turn_it_is_agrees_with_the_long_one(
    officer, mediator, lender, centre, institution
) -> None:
    filed, accepted, talking, paused = several(4, centre=centre, institution=institution)
    for case in (accepted, talking, paused):
        factories.accept(case, officer)
    factories.bring_to_mediation(talking, officer=officer, mediator=mediator, lender=lender)
    pause_case(case_id=paused.pk, staff=officer, reason="等受理员", waiting_for="officer")
    rows = with_standing(Case.objects.filter(pk__in=[filed.pk, accepted.pk, talking.pk, paused.pk]))
    said = {row.pk: "officer" in situation_of(row)[1] for row in rows}
    assert {slip.pk: slip.mine for slip in order_of(officer)} == said
    assert set(said.values()) == {True, False}


@pytest.mark.slow
def test_ten_times_the_cases_need_no_more_queries(
    as_officer: Client, officer, centre, institution, django_assert_max_num_queries
) -> None:
    fill(2_000, centre, institution, officer, random.Random(3))
    with django_assert_max_num_queries(12):
        page = as_officer.get(QUEUE)
    queue = page.context["queue"]
    order = [list(GROUPS).index(row.group) for row in queue.rows]
    assert queue.open_count == 2_000
    assert order == sorted(order)
    assert order[0] == 0
    assert len(gzip.compress(page.content)) < 80 * 1024
