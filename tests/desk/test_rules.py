"""The rule book: every limit in every version, and what staff add. A wrong entry is refused whole, in plain words."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.errors import Refusal
from cases.models import Case, Clock, RuleAddition
from cases.rules.calendar import is_working_day, year
from cases.rules.counting import Unit
from cases.rules.limits import rule_for
from cases.rules.notices import HOLIDAYS, DaysOff, NewVersion, limit_named, tracks_with
from cases.rules.tables import RuleTableError, Status
from cases.services import rulebook
from cases.tasks import sweep_limits
from evidence import ledger
from evidence.errors import Immutable
from evidence.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
RULES, HOLIDAY_PAGE = "/desk/rules/", "/desk/rules/holidays/"
# An invented notice for 2027, in the manner of the real ones.
NOTICE = [
    ("new_year", "2027-01-01", "2027-01-03"),
    ("spring", "2027-02-05", "2027-02-13"),
    ("tombs", "2027-04-03", "2027-04-05"),
    ("labour", "2027-05-01", "2027-05-05"),
    ("dragon", "2027-06-09", "2027-06-09"),
    ("autumn", "2027-09-15", "2027-09-17"),
    ("national", "2027-10-01", "2027-10-07"),
]
MAKE_UP = [date(2027, 1, 31), date(2027, 2, 20), date(2027, 10, 9)]
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知（样例）"


def days_off() -> list[DaysOff]:
    return [
        DaysOff(HOLIDAYS[key], date.fromisoformat(first), date.fromisoformat(last))
        for key, first, last in NOTICE
    ]


def posted(**changes: Any) -> dict[str, Any]:
    told = {"year": "2027", "source": SOURCE, "make_up": "1月31日\n2月20日、2027-10-09"}
    for key, first, last in NOTICE:
        told |= {f"{key}_first": first, f"{key}_last": last}
    return told | changes


def version(**changes: Any) -> NewVersion:
    told = {
        "n": 2,
        "unit": Unit.WORKING,
        "article": "样例规则第3条",
        "status": Status.PAGE,
        "in_force_from": date(2026, 12, 1),
    }
    return NewVersion(**(told | changes))


def test_every_limit_is_listed_with_all_its_versions_and_conflicts(as_mediator: Client) -> None:
    shown = as_mediator.get(RULES).content.decode()

    for words in ("第24条", "第205条", "第201条", "2024-01-01", "2021-12-31", "先到的是应当作出的日子"):
        assert words in shown
    assert "报告主管" in shown  # who is told when
    assert reverse("desk:rule", args=["self_accepted", "mediation"]) in shown


def test_a_notice_makes_provisional_days_certain_and_is_remembered(as_officer: Client, officer) -> None:
    assert not year(2027).is_notified
    answer = as_officer.post(HOLIDAY_PAGE, posted(), follow=True)

    assert answer.redirect_chain[-1][0] == RULES
    assert SOURCE in answer.content.decode()
    assert year(2027).is_notified
    assert is_working_day(date(2027, 2, 20))  # a Saturday
    assert not is_working_day(date(2027, 2, 12))
    added = RuleAddition.objects.get()
    entry = Entry.objects.get(chain="rules")
    told = ledger.read(entry)
    assert (entry.event, entry.role) == ("rules.add_year", "officer")
    assert (told["name"], told["number"], told["source"]) == (str(officer), added.pk, SOURCE)


def test_a_running_clock_is_counted_anew_and_both_sides_are_told(
    centre, institution, citizen, officer, mediator, lender
) -> None:
    with time_machine.travel("2027-01-14T10:00:00+08:00", tick=False):
        case = factories.filed_case(centre=centre, institution=institution, citizen=citizen)
        case = factories.accept(case, officer)
        clock = case.clocks.get(limit="mediation")
        assert (clock.due_on, clock.provisional) == (
            date(2027, 2, 15),
            True,
        )  # raw end 13 February, a Saturday

        rulebook.add_holidays(
            officer=officer,
            year=2027,
            source=SOURCE,
            days_off=days_off(),
            make_up=[*MAKE_UP, date(2027, 2, 14)],
        )
        rulebook.recount_owed()

    clock.refresh_from_db()
    case.refresh_from_db()
    assert (clock.due_on, clock.provisional) == (date(2027, 2, 14), False)  # the Sunday became a working day
    told = ledger.read(Entry.objects.get(chain=case.chain, event="limit.recount"))
    assert (told["was_due_on"], told["due_on"], told["cause"]) == ("2027-02-15", "2027-02-14", SOURCE)
    assert {notice.to for notice in case.notices.filter(kind="limit.recount")} >= {citizen, lender}
    assert ledger.first_break(case.chain) is None
    assert RuleAddition.objects.get().recount.moved == 1
    assert rulebook.recount_owed() == 0


def test_a_recount_that_was_interrupted_is_still_owed(officer) -> None:
    rulebook.add_holidays(officer=officer, year=2027, source=SOURCE, days_off=days_off(), make_up=MAKE_UP)
    assert RuleAddition.objects.filter(recount__isnull=True).count() == 1

    sweep_limits()

    assert not RuleAddition.objects.filter(recount__isnull=True).exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"make_up": "2月8日"}, "2月8日"),  # a Monday
        ({"make_up": "2月6日"}, "2月6日"),  # a day off
        ({"make_up": "某日"}, "某日"),
        ({"make_up": "2月30日"}, "2月30日"),
        ({"make_up": "2027-07-10"}, "7月10日"),  # far from every holiday
        ({"spring_last": "2027-02-01"}, "春节"),
        ({"spring_first": "", "spring_last": ""}, "春节"),
        ({"spring_first": ""}, "春节"),
        ({"new_year_first": "2026-12-31"}, "元旦"),
        ({"source": ""}, "文号"),
        ({"year": "1990"}, ""),
        ({"spring_first": "yesterday"}, ""),
    ],
)
def test_a_wrong_notice_is_refused_whole_and_nothing_typed_is_lost(
    as_officer: Client, changes: dict[str, str], words: str
) -> None:
    answer = as_officer.post(HOLIDAY_PAGE, posted(**changes))
    shown = answer.content.decode()

    assert answer.status_code == 422
    assert words in shown
    assert changes.get("source", SOURCE) in shown
    assert not RuleAddition.objects.exists()
    assert not Entry.objects.filter(chain="rules").exists()
    assert not year(2027).is_notified


def test_a_later_entry_counts_and_the_earlier_one_stays(officer) -> None:
    first = {"officer": officer, "year": 2027, "source": SOURCE, "days_off": days_off()}
    rulebook.add_holidays(**first, make_up=MAKE_UP)
    rulebook.add_holidays(**first, make_up=MAKE_UP[:2])

    assert not is_working_day(MAKE_UP[2])
    assert RuleAddition.objects.count() == 2
    with pytest.raises(Immutable):
        RuleAddition.objects.update(source="x")
    with pytest.raises(Immutable):
        RuleAddition.objects.first().delete()


def test_a_new_version_ends_the_old_one_and_cases_keep_their_day(
    as_officer: Client, accepted_case: Case
) -> None:
    before = accepted_case.clocks.get(limit="contact")
    url = reverse("desk:rule", args=["self_accepted", "contact"])
    told = {
        "n": "5",
        "unit": "working",
        "article": "样例规则第3条",
        "status": "P",
        "in_force_from": "2030-01-01",
        "tracks": ["self_accepted"],
    }
    assert as_officer.post(url, told).status_code == 302
    shown = as_officer.get(url).content.decode()

    old = rule_for("self_accepted", "contact", start_on=date(2029, 12, 31))
    new = rule_for("self_accepted", "contact", start_on=date(2030, 1, 1))
    assert (old.n, old.in_force_to, old.status) == (3, date(2029, 12, 31), Status.HOUSE)
    assert (new.n, new.article, new.replaces) == (5, "样例规则第3条", old.version)
    assert "样例规则第3条" in shown
    assert "2029年12月31日" in shown
    sweep_limits()
    after = Clock.objects.get(pk=before.pk)
    assert (after.due_on, after.state) == (before.due_on, "running")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"article": " "}, "article"),
        ({"in_force_from": date(2022, 1, 1)}, "must begin after"),
        ({"n": 2, "in_force_from": date(2010, 1, 1)}, "must begin after"),
    ],
)
def test_a_wrong_version_is_refused_in_words(officer, changes: dict[str, Any], message: str) -> None:
    from django.utils import translation

    with translation.override("en"), pytest.raises(Refusal, match=message):
        rulebook.add_version(
            officer=officer,
            track="self_accepted",
            replaces="contact@2022-01-01",
            tracks=["self_accepted"],
            new=version(**changes),
        )
    assert not RuleAddition.objects.exists()


def test_a_form_without_article_status_or_day_says_so(as_officer: Client) -> None:
    url = reverse("desk:rule", args=["self_accepted", "contact"])
    answer = as_officer.post(url, {"n": "0", "unit": "moons", "status": "sure"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {
        "n",
        "unit",
        "article",
        "status",
        "in_force_from",
        "tracks",
    }


def test_one_version_cannot_be_replaced_twice(officer) -> None:
    asked = {
        "officer": officer,
        "track": "self_accepted",
        "replaces": "contact@2022-01-01",
        "tracks": ["self_accepted"],
    }
    rulebook.add_version(**asked, new=version())
    with pytest.raises(Refusal):
        rulebook.add_version(**asked, new=version(in_force_from=date(2027, 1, 1)))
    assert RuleAddition.objects.count() == 1


def test_a_rule_of_one_name_on_another_track_is_not_touched(officer) -> None:
    mine, other = (limit_named(track, "mediation@2022-01-01") for track in ("self_accepted", "entrusted"))
    assert (mine.n, other.n) == (30, 15)
    assert "entrusted" not in tracks_with(mine)
    with pytest.raises(Refusal):
        rulebook.add_version(
            officer=officer,
            track="self_accepted",
            replaces=mine.version,
            tracks=["self_accepted", "entrusted"],
            new=version(),
        )
    assert not RuleAddition.objects.exists()


def test_only_an_officer_adds(mediator, as_mediator: Client, as_lender: Client) -> None:
    with pytest.raises(Refusal):
        rulebook.add_holidays(officer=mediator, year=2027, source=SOURCE, days_off=days_off(), make_up=[])
    url = reverse("desk:rule", args=["self_accepted", "contact"])
    assert as_mediator.get(url).status_code == 200
    assert as_mediator.post(url, {}).status_code == 404
    assert as_mediator.get(HOLIDAY_PAGE).status_code == 404
    assert as_lender.get(url).status_code == 404
    assert as_mediator.get(reverse("desk:rule", args=["self_accepted", "nothing"])).status_code == 404


def test_another_process_learns_of_an_addition_by_its_number(officer) -> None:
    rulebook.add_holidays(officer=officer, year=2027, source=SOURCE, days_off=days_off(), make_up=MAKE_UP)
    _forget_everything()
    assert not year(2027).is_notified

    rulebook.keep_up()  # looked a moment ago
    assert not year(2027).is_notified
    rulebook._Loaded.looked_at = float("-inf")
    rulebook.keep_up()
    assert year(2027).is_notified


def _forget_everything() -> None:
    """As a process that started before the addition was made."""
    from cases.rules import additions

    additions.install()
    rulebook._Loaded.newest = None


def test_an_addition_that_no_longer_fits_is_left_out_and_the_others_count(officer, caplog) -> None:
    rulebook.add_version(
        officer=officer,
        track="self_accepted",
        replaces="contact@2022-01-01",
        tracks=["self_accepted"],
        new=version(),
    )
    row = RuleAddition.objects.get().data | {"in_force_from": "2026-12-01"}
    RuleAddition(kind="limit", tracks=["self_accepted"], data=row, source="twice", by=officer).save()
    RuleAddition(kind="year", data={"year": "soon"}, source="broken", by=officer).save()

    rulebook.load()

    assert rule_for("self_accepted", "contact", start_on=date(2026, 12, 5)).n == 2
    assert "left out" in caplog.text


def test_a_request_looks_for_additions_by_itself(client: Client, officer) -> None:
    rulebook.add_holidays(officer=officer, year=2027, source=SOURCE, days_off=days_off(), make_up=MAKE_UP)
    _forget_everything()
    rulebook._Loaded.looked_at = float("-inf")

    assert client.get("/limits/").status_code == 200
    assert year(2027).is_notified


def test_tables_that_contradict_are_never_installed() -> None:
    from cases.rules import additions

    with pytest.raises(RuleTableError):
        additions.check(limits={"self_accepted": [{"key": "x"}]})
