"""Time in the life of a case: more days by consent or not, a pause, a festival, a new rule, a scheduler that slept."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Q
from django.utils import translation

from cases.errors import Refusal
from cases.models import Case, Clock, Duty
from cases.roles import Role
from cases.rules.counting import Unit
from cases.rules.notices import NewVersion
from cases.rules.tables import Status
from cases.services import pauses, rulebook, working_off
from cases.services.reckoning import explain
from cases.tasks import sweep_limits
from cases.workflow import Ending, Stage
from evidence import ledger
from evidence.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db


def at(text: str) -> time_machine.travel:
    return time_machine.travel(f"{text}+08:00", tick=False)


def events(case: Case) -> list[str]:
    return list(Entry.objects.filter(chain=case.chain).order_by("seq").values_list("event", flat=True))


def of_limits(case: Case) -> list[tuple[str, str]]:
    """What the clocks brought about, in order: the event and its limit."""
    entries = Entry.objects.filter(chain=case.chain).filter(
        Q(event__startswith="limit.") | Q(event="case.expire")
    )
    return [(entry.event, ledger.read(entry)["limit"]) for entry in entries.order_by("seq")]


def mediation(case: Case) -> Clock:
    return case.clocks.filter(limit="mediation").latest("pk")


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def people(officer, mediator, lender, citizen, centre, institution) -> dict[str, Any]:
    return {
        "officer": officer,
        "mediator": mediator,
        "lender": lender,
        "citizen": citizen,
        "centre": centre,
        "institution": institution,
    }


def in_talks(people: dict[str, Any], *, on: str) -> Case:
    """A case that was filed, accepted, answered and opened on one day; its mediation clock runs from there."""
    with at(f"{on}T10:00:00"):
        case = factories.filed_case(
            centre=people["centre"], institution=people["institution"], citizen=people["citizen"]
        )
        factories.accept(case, people["officer"])
        return factories.bring_to_mediation(
            case, officer=people["officer"], mediator=people["mediator"], lender=people["lender"]
        )


def ask(case: Case, people: dict[str, Any], days: int = 15) -> None:
    pauses.ask_extension(case_id=case.pk, mediator=people["mediator"], days=days, reason="等待公司审批")


def test_an_extension_by_consent_moves_the_day_and_what_is_owed(people) -> None:
    case = in_talks(people, on="2026-11-02")
    assert mediation(case).due_on == date(2026, 12, 2)

    with at("2026-11-20T10:00:00"):
        ask(case, people)
        pauses.reply_to_extension(case_id=case.pk, person=people["citizen"], agrees=True)
        assert mediation(case).due_on == date(2026, 12, 2)
        pauses.reply_to_extension(case_id=case.pk, person=people["lender"], agrees=True)
    clock = mediation(case)

    assert (clock.due_on, clock.days_extended) == (date(2026, 12, 17), 15)
    open_days = {duty.due_at.astimezone().date() for duty in clock.duties.open()}
    assert date(2026, 12, 18) in {duty.for_due_on + timedelta(days=1) for duty in clock.duties.open()}
    assert max(open_days) >= date(2026, 12, 17)
    with translation.override("en"):
        told = explain(clock, case).text
    assert "Extended by 15 days" in told
    with at("2026-12-03T00:10:00"):
        sweep_limits()
    assert fresh(case).stage == Stage.MEDIATION
    with at("2026-12-18T00:10:00"):
        sweep_limits()
    assert (fresh(case).stage, fresh(case).ending) == (Stage.CLOSED, Ending.PERIOD_OVER)


def test_an_extension_refused_ends_the_mediation_on_its_day(people) -> None:
    case = in_talks(people, on="2026-11-02")
    with at("2026-11-20T10:00:00"):
        ask(case, people)
        pauses.reply_to_extension(case_id=case.pk, person=people["citizen"], agrees=True)
        pauses.reply_to_extension(case_id=case.pk, person=people["lender"], agrees=False)
        with pytest.raises(Refusal):
            pauses.reply_to_extension(case_id=case.pk, person=people["lender"], agrees=True)

    assert mediation(case).due_on == date(2026, 12, 2)
    with at("2026-12-02T23:50:00"):
        sweep_limits()
        assert fresh(case).stage == Stage.MEDIATION
    with at("2026-12-03T00:10:00"):
        sweep_limits()
    assert fresh(case).ending == Ending.PERIOD_OVER
    assert {"extension.ask", "extension.refuse", "case.expire"} <= set(events(case))
    assert "extension.grant" not in events(case)


def test_silence_extends_nothing(people) -> None:
    case = in_talks(people, on="2026-11-02")
    with at("2026-11-20T10:00:00"):
        ask(case, people)
        pauses.reply_to_extension(case_id=case.pk, person=people["citizen"], agrees=True)
    with at("2026-12-03T09:00:00"):
        with pytest.raises(Refusal, match="12"):
            pauses.reply_to_extension(case_id=case.pk, person=people["lender"], agrees=True)
        with pytest.raises(Refusal):
            ask(case, people, 20)
        sweep_limits()
        assert fresh(case).ending == Ending.PERIOD_OVER
        with pytest.raises(Refusal):
            pauses.reply_to_extension(case_id=case.pk, person=people["lender"], agrees=True)


def test_a_yes_to_an_older_request_is_no_yes_to_a_newer_one(people) -> None:
    case = in_talks(people, on="2026-11-02")
    with at("2026-11-20T10:00:00"):
        ask(case, people, 10)
        pauses.reply_to_extension(case_id=case.pk, person=people["citizen"], agrees=True)
        ask(case, people, 30)
        pauses.reply_to_extension(case_id=case.pk, person=people["lender"], agrees=True)
        assert mediation(case).days_extended == 0
        pauses.reply_to_extension(case_id=case.pk, person=people["citizen"], agrees=False)
        with pytest.raises(Refusal):  # the older one does not come to life again
            pauses.reply_to_extension(case_id=case.pk, person=people["lender"], agrees=True)
    assert mediation(case).days_extended == 0


def test_a_pause_stops_the_clock_and_what_it_owes_until_it_goes_on(people) -> None:
    case = in_talks(people, on="2026-11-02")
    with at("2026-11-20T10:00:00"):
        pauses.pause_case(
            case_id=case.pk,
            staff=people["mediator"],
            kind="appraisal",
            person="样例鉴定所",
            reason="鉴定签名",
            waiting_for=Role.MEDIATOR,
        )
    assert not mediation(case).duties.open().exists()
    with at("2026-12-10T09:00:00"):  # beyond the old day: nothing ends, nobody is reminded
        sweep_limits()
        assert fresh(case).stage == Stage.MEDIATION
        assert not [limit for _event, limit in of_limits(case) if limit == "mediation"]
    with at("2026-12-11T10:00:00"):
        pauses.resume_case(case_id=case.pk, staff=people["mediator"])
    clock = mediation(case)

    assert clock.due_on == date(2026, 12, 24)  # 22 days more, of the pause
    assert clock.duties.open().exists()
    told = explain(clock, fresh(case)).as_json()
    assert told["pauses"][0] | {"days": 22} == told["pauses"][0]
    assert told["due_by_law_on"] == told["due_on"]  # Art 26 stops the period by law
    assert (told["pauses"][0]["waiting_for"], told["pauses"][0]["status"]) == ("样例鉴定所", "T")


def test_our_own_pause_tells_the_day_by_the_law_alone(people) -> None:
    case = in_talks(people, on="2026-11-02")
    with at("2026-11-20T10:00:00"):
        pauses.pause_case(
            case_id=case.pk, staff=people["mediator"], reason="等银行流水", waiting_for=Role.CITIZEN
        )
    with at("2026-11-29T10:00:00"):
        pauses.resume_case(case_id=case.pk, staff=people["mediator"])
    told = explain(mediation(case), fresh(case)).as_json()
    assert (told["due_on"], told["due_by_law_on"]) == ("2026-12-14", "2026-12-02")


def test_a_pause_that_this_track_does_not_know_is_refused(people) -> None:
    case = in_talks(people, on="2026-11-02")
    Case.objects.filter(pk=case.pk).update(profile="entrusted")
    with translation.override("en"), pytest.raises(Refusal, match="does not stop for"):
        pauses.pause_case(
            case_id=case.pk,
            staff=people["mediator"],
            kind="appraisal",
            reason="鉴定签名",
            waiting_for=Role.COURT,
        )


def test_force_majeure_stops_every_clock_of_the_case(people) -> None:
    with at("2026-11-02T10:00:00"):
        case = factories.filed_case(
            centre=people["centre"], institution=people["institution"], citizen=people["citizen"]
        )
        factories.accept(case, people["officer"])
        before = dict(case.clocks.filter(state="running").values_list("limit", "due_on"))
        told = {"kind": "force_majeure", "reason": "台风", "waiting_for": Role.COURT}
        pauses.pause_case(case_id=case.pk, staff=people["officer"], **told)
    with at("2026-11-11T10:00:00"):
        pauses.resume_case(case_id=case.pk, staff=people["officer"])
    after = dict(case.clocks.filter(state="running").values_list("limit", "due_on"))

    assert {"contact", "answer", "mediation"} <= before.keys()
    assert all(after[limit] > day for limit, day in before.items())


def test_a_limit_over_spring_festival(people) -> None:
    case = in_talks(people, on="2026-01-16")
    clock = mediation(case)
    with translation.override("zh-hans"):
        told = explain(clock, case)
        plain = told.plain

    assert clock.due_on == date(2026, 2, 24)  # the 30th day, 15 February, is the first day of the festival
    assert "2026年2月15日" in plain
    assert "春节" in plain
    assert told.moved == (date(2026, 2, 15), date(2026, 2, 24))
    with at("2026-02-16T09:00:00"):  # inside the festival: nothing is over
        sweep_limits()
        assert fresh(case).stage == Stage.MEDIATION
    with at("2026-02-25T00:10:00"):
        sweep_limits()
    assert fresh(case).ending == Ending.PERIOD_OVER


def test_a_rule_that_changes_while_a_case_is_open(people) -> None:
    case = in_talks(people, on="2026-11-02")
    with at("2026-11-10T10:00:00"):
        rulebook.add_version(
            officer=people["officer"],
            track="self_accepted",
            replaces="mediation@2022-01-01",
            tracks=["self_accepted"],
            new=NewVersion(20, Unit.DAY, "样例规则第8条", Status.PAGE, date(2026, 11, 15), up_to=10),
        )
        sweep_limits()
    later = in_talks(people, on="2026-11-16")

    assert mediation(case).due_on == date(2026, 12, 2)
    assert mediation(later).due_on == date(2026, 12, 7)  # 20 days are the 6th, a Sunday
    assert explain(mediation(case), case).result.limit.version == "mediation@2022-01-01"
    assert explain(mediation(later), later).result.limit.version == "mediation@2026-11-15"
    with at("2026-11-20T10:00:00"):
        assert pauses.longest_extension(case) == pauses.LONGEST_AT_ONCE
        assert pauses.longest_extension(later) == 10
        with pytest.raises(Refusal):
            ask(later, people, 11)


def test_a_scheduler_that_slept_for_three_days_catches_up_once_in_order(people) -> None:
    first = in_talks(people, on="2026-11-02")  # its mediation ends on Wednesday 2 December
    second = in_talks(people, on="2026-10-26")  # ends on Wednesday 25 November
    with at("2026-11-20T23:59:00"):  # Friday night: the last look
        sweep_limits()
    before = len(events(first)), len(events(second))
    with at("2026-11-23T07:00:00"):  # Monday morning
        sweep_limits()
        after = len(events(first)), len(events(second))
        sweep_limits()
        assert (len(events(first)), len(events(second))) == after

    assert of_limits(second)[-1] == ("limit.near", "mediation")  # due since Sunday 8 o'clock, still useful
    assert after[0] == before[0]
    done = list(Duty.objects.filter(outcome=Duty.Outcome.DONE).order_by("done_at", "pk"))
    assert [duty.due_at for duty in done] == sorted(duty.due_at for duty in done)
    assert ledger.first_break(second.chain) is None


def test_what_is_late_to_be_said_is_passed_over_and_the_end_comes_all_the_same(people) -> None:
    case = in_talks(people, on="2026-11-02")
    with at("2026-11-06T12:00:00"):
        sweep_limits()
    with at("2026-12-07T09:00:00"):  # asleep for a month: the reminders would mislead now
        sweep_limits()

    assert [pair for pair in of_limits(case) if pair[1] == "mediation"] == [("case.expire", "mediation")]
    outcomes = set(mediation(case).duties.values_list("step", "outcome"))
    assert outcomes == {
        ("ending", "passed"),
        ("near_long", "passed"),
        ("last_day", "passed"),
        ("expire", "done"),
    }


def test_a_duty_goes_up_from_whoever_must_act_to_the_supervisor(people) -> None:
    supervisor = factories.UserFactory.create(officer=True, centre=people["centre"], supervises=True)
    with at("2026-11-02T10:00:00"):
        case = factories.filed_case(
            centre=people["centre"], institution=people["institution"], citizen=people["citizen"]
        )
    for moment in (
        "2026-11-04T08:05:00",
        "2026-11-05T08:05:00",
        "2026-11-06T08:05:00",
        "2026-11-06T09:05:00",
    ):
        with at(moment):
            sweep_limits()

    assert of_limits(case) == [
        ("limit.near", "acceptance"),
        ("limit.today", "acceptance"),
        ("limit.late", "acceptance"),
        ("limit.supervise", "acceptance"),
    ]
    told: dict[str, set[Any]] = {kind: set() for kind, _limit in of_limits(case)}
    for notice in case.notices.filter(kind__startswith="limit."):
        told[notice.kind].add(notice.to)
    assert told["limit.near"] == {people["officer"], supervisor}
    assert told["limit.supervise"] == {supervisor}


def test_what_is_done_in_time_is_never_reminded_of(people) -> None:
    with at("2026-11-02T10:00:00"):
        case = factories.filed_case(
            centre=people["centre"], institution=people["institution"], citizen=people["citizen"]
        )
        factories.accept(case, people["officer"])
    assert not Duty.objects.of_running().filter(clock__limit="acceptance").exists()
    assert set(case.clocks.get(limit="acceptance").duties.values_list("outcome", flat=True)) == {"void"}


def test_two_schedulers_at_once_do_everything_once(people, monkeypatch: pytest.MonkeyPatch) -> None:
    case = in_talks(people, on="2026-11-02")
    lock, others = working_off.lock_case, iter([working_off.work_off])

    def slow_lock(case_id: Any) -> Case:
        for other in others:  # while the first one waits for the lock, the second does all of it
            other()
        return lock(case_id)

    monkeypatch.setattr(working_off, "lock_case", slow_lock)
    with at("2026-12-02T09:00:00"):
        working_off.work_off()

    once = of_limits(case)
    assert ("limit.today", "mediation") in once
    assert len(once) == len(set(once))


def test_one_broken_duty_holds_up_nobody_and_is_tried_again(people, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = in_talks(people, on="2026-11-02"), in_talks(people, on="2026-11-02")
    real = working_off.expire_case

    def broken(*, case_id: Any) -> Case:
        if case_id == first.pk:
            raise RuntimeError("the disk is full")
        return real(case_id=case_id)

    monkeypatch.setattr(working_off, "expire_case", broken)
    with at("2026-12-03T00:10:00"):
        sweep_limits()
        sweep_limits()
    assert (fresh(first).stage, fresh(second).stage) == (Stage.MEDIATION, Stage.CLOSED)
    owed = mediation(first).duties.get(step="expire")
    assert (owed.done_at, owed.tries, "disk is full" in owed.problem) == (None, 1, True)

    monkeypatch.undo()
    with at("2026-12-03T01:00:00"):
        sweep_limits()
    assert fresh(first).ending == Ending.PERIOD_OVER


def test_clocks_from_before_the_table_get_their_rows(people) -> None:
    case = in_talks(people, on="2026-11-02")
    Duty.objects.all().delete()
    assert working_off.plan_missing() == case.clocks.filter(state="running").count()
    assert working_off.plan_missing() == 0
    planned = mediation(case).duties.get(step="expire").due_at
    assert planned == datetime.fromisoformat("2026-12-03T00:00:00+08:00")
