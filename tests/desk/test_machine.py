"""The machine that suggests: seen with its record, switched off by whoever does not want it, never shown to a side."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

import cases
from cases.claims import ClaimKind
from cases.errors import Refusal
from cases.models import Case, Precedent
from cases.services import precedents
from evidence.models import Entry
from mediation import plots
from mediation.suggestions import choices
from mediation.suggestions import services as suggestions
from mediation.suggestions.record import record_for
from mediation.suggestions.report import report
from mediation.suggestions.stock import shelf

pytestmark = pytest.mark.django_db
SAMPLES = Path(cases.__file__).parent / "precedents" / "sample_settled.jsonl"


@pytest.fixture
def stocked(db) -> None:
    precedents.bring_in(json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines())


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person, name: str, *args) -> str:
    return signed_in(person).get(reverse(name, args=args)).content.decode()


def test_the_page_shows_how_far_it_held_and_whom_it_treats_how(stocked, mediator, officer) -> None:
    for person in (mediator, officer):
        html = page(person, "desk:machine")
        assert html.count('class="draw"') == 2
        assert "<style" not in html
        assert html.count("<table") >= 3
    assert "is_on" not in page(officer, "desk:machine")


def test_an_empty_library_says_so(mediator) -> None:
    assert 'class="draw"' not in page(mediator, "desk:machine")


def test_no_side_finds_the_page(citizen, lender) -> None:
    for person in (citizen, lender):
        assert signed_in(person).get(reverse("desk:machine")).status_code in {302, 403, 404}


def test_the_record_is_worked_out_anew_with_the_stock(stocked) -> None:
    before = shelf().version
    first = report()
    row = Precedent.objects.filter(settled_fen__gt=0).first()
    row.settled_fen -= 10_00
    row.save()

    assert shelf().version != before
    assert report() is not first
    assert report() is report()


def test_a_mediator_switches_it_off_and_on(stocked, case_in_mediation: Case, mediator) -> None:
    client = signed_in(mediator)
    client.post(reverse("desk:machine"), {"is_on": "0"})
    with pytest.raises(Refusal):
        suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    assert "/do/suggest/" not in page(mediator, "desk:case", case_in_mediation.docket)
    client.post(reverse("desk:machine"), {"is_on": "1"})

    assert suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator).pk


def test_the_policy_of_the_house_holds_for_who_has_not_chosen(
    stocked, case_in_mediation, mediator, settings
) -> None:
    settings.SUGGESTIONS_BY_DEFAULT = False
    with pytest.raises(Refusal):
        suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    choices.choose_for_myself(person=mediator, is_on=True)
    assert suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator).pk


def test_a_side_may_refuse_it_for_its_case_and_take_that_back(
    stocked, case_in_mediation, mediator, citizen
) -> None:
    suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    address = reverse("portal:act", args=[case_in_mediation.docket, "machine"])
    signed_in(citizen).post(address, {"decision": "no"})
    signed_in(citizen).post(address, {"decision": "no"})

    with pytest.raises(Refusal):
        suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    shown = page(mediator, "desk:case", case_in_mediation.docket)
    assert "/do/adopt/" not in shown
    assert Entry.objects.filter(chain=case_in_mediation.chain, event="suggestion.choose").count() == 1
    signed_in(citizen).post(address, {"decision": "yes"})
    assert suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator).pk


def test_nobody_chooses_for_another(case_in_mediation, officer, citizen) -> None:
    with pytest.raises(Refusal):
        choices.choose_for_case(case_id=case_in_mediation.pk, person=officer, is_on=False)
    with pytest.raises(Refusal):
        choices.choose_for_myself(person=citizen, is_on=False)


def test_the_panel_shows_everything_behind_a_range_and_no_side_sees_it(
    stocked, case_in_mediation, mediator, citizen, lender
) -> None:
    suggestion = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    told = suggestion.details
    html = page(mediator, "desk:case", case_in_mediation.docket)

    assert told["base"]["fen"] > 0
    assert told["changes"]
    assert told["stock"] in html
    assert all(change["what"] in html for change in told["changes"])
    assert len(told["shares"]) == suggestion.comparable
    for person, door in ((citizen, "portal"), (lender, "counter")):
        assert str(suggestion.details["stock"]) not in page(person, f"{door}:case", case_in_mediation.docket)


def test_the_same_question_gets_the_same_answer(stocked, case_in_mediation, mediator) -> None:
    one, two = (suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator) for _time in range(2))

    assert (one.low_fen, one.middle_fen, one.high_fen) == (two.low_fen, two.middle_fen, two.high_fen)
    assert (one.details, one.sources) == (two.details, two.sources)


def test_no_range_goes_beyond_what_the_cost_audit_leaves(stocked, case_in_mediation, mediator) -> None:
    suggestion = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    over = max(max(cap["over_simple_fen"], cap["over_compound_fen"]) for cap in suggestion.cost["caps"])

    assert suggestion.high_fen <= over


@pytest.mark.parametrize("draw", [plots.calibration, plots.coverage])
def test_a_drawing_says_in_words_what_it_shows(draw) -> None:
    rows = [plots.Held("催收<b>", 0.8, 0.79, 0.6, 0.9, 30), plots.Held("息费", 0.8, 1.0, 0.9, 1.0, 12)]
    drawn = draw(rows)

    assert 'role="img"' in drawn
    assert "79%" in drawn
    assert "<b>" not in drawn
    assert "style=" not in drawn
    assert draw([]) == ""


def test_the_cases_of_the_same_citizen_and_later_ones_do_not_speak(
    stocked, case_in_mediation, mediator
) -> None:
    same, later = Precedent.objects.filter(kind=case_in_mediation.kind)[:2]
    assert case_in_mediation.claimant is not None
    Precedent.objects.filter(pk=same.pk).update(
        parties=[precedents.party_mark(case_in_mediation.claimant.name)]
    )
    Precedent.objects.filter(pk=later.pk).update(closed_on="2199-01-01")
    Precedent.objects.filter(kind="harassment").first().delete()  # so that the stock is read anew
    suggestion = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)

    assert not {same.key, later.key} & {
        source["key"] for source in suggestion.sources if source["comparable"]
    }


def test_the_mediators_differences_are_shown_to_the_mediator_alone(
    stocked, case_in_mediation, mediator, officer
) -> None:
    assert page(mediator, "desk:machine").count('id="record"') == 1
    made = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
    suggestions.adopt(
        suggestion_id=made.pk, mediator=mediator, amount_fen=made.middle_fen - 100_00, reason="手头紧"
    )
    own = record_for(mediator, own=True)
    assert (own.n, own.adopted, own.edited, own.dismissed) == (1, 0, 1, 0)
    assert own.rows[0].difference_fen == -100_00
    shown = page(mediator, "desk:machine")
    assert "-¥100.00" in shown
    assert "手头紧" in shown

    office = record_for(officer, own=False)
    assert (office.n, office.rows, office.is_hidden) == (1, (), True), "one decision would tell who decided"
    assert "手头紧" not in page(officer, "desk:machine")


def test_the_office_sees_counts_once_there_are_enough(stocked, case_in_mediation, mediator, officer) -> None:
    for _ in range(10):
        made = suggestions.propose(case_id=case_in_mediation.pk, mediator=mediator)
        suggestions.dismiss(suggestion_id=made.pk, mediator=mediator, reason="情况不同")
    office = record_for(officer, own=False)
    assert (office.dismissed, office.usual_change, office.is_hidden) == (10, None, False)
    assert "情况不同" not in page(officer, "desk:machine")


def test_groups_of_few_cases_are_named_without_figures(stocked, officer) -> None:
    told = report()
    assert told.few
    assert all(row.n >= 10 for row in told.groups)
    shown = page(officer, "desk:machine")
    assert all(f"<td>{name}" not in shown and str(name) in shown for name in told.few)


def test_causes_of_few_cases_are_named_without_figures(stocked, officer) -> None:
    kept = Precedent.objects.filter(kind="deduction").order_by("key").values_list("pk", flat=True)[:3]
    Precedent.objects.filter(kind="deduction").exclude(pk__in=list(kept)).delete()
    told = report()
    assert len(told.few_causes) >= 2, "one alone would be all cases less the others"
    assert all(row.n >= 10 for row in told.causes)
    shown = signed_in(officer).get(reverse("desk:machine"), headers={"accept-language": "en"})
    coverage = shown.content.decode().split('id="causes"')[1].split('id="groups"')[0]
    assert "No figures for causes of fewer than ten cases" in coverage
    with translation.override("en"):
        assert all(f'">{name}</td>' not in coverage and str(name) in coverage for name in told.few_causes)
        assert all(f'">{row.name}</td>' in coverage for row in told.causes)


def test_a_cause_whose_ranges_fail_is_named(stocked, officer, monkeypatch) -> None:
    known = shelf()
    monkeypatch.setitem(known.stock.held, "high_rate", (4, 13))
    monkeypatch.setattr("mediation.suggestions.report._kept", {})
    shown = (
        signed_in(officer).get(reverse("desk:machine"), headers={"accept-language": "en"}).content.decode()
    )
    with translation.override("en"):
        said = (
            f"Ranges of these causes held less often than promised: {ClaimKind.HIGH_RATE.label}. Do not lean"
        )
    assert said in shown


def test_the_report_is_kept_in_no_language(stocked, officer) -> None:
    with translation.override("zh-hans"):
        assert report().causes
    client = signed_in(officer)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    english = client.get(reverse("desk:machine")).content.decode()
    with translation.override("en"):
        assert str(report().causes[0].name) in english
        assert str(report().few[0]) in english
