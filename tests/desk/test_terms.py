"""Writing terms and drawing the agreement up: without script, and without losing a word."""

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from cases.roles import Side
from cases.services import pauses
from cases.services.people import complete_party
from cases.workflow import Stage
from evidence.models import Entry
from mediation.agreements import services as agreements
from mediation.agreements.models import Agreement, Proposal
from mediation.suggestions.models import Suggestion
from tests.desk.conftest import case_url, signed_in
from tests.suggestions.test_suggestions import shelf  # noqa: F401 - a fixture
from tests.test_whole_way import agree, make_effective, offer

pytestmark = pytest.mark.django_db


def url(name: str, case: Case) -> str:
    return reverse(f"desk:{name}", args=[case.docket])


def rows(*terms: dict, initial: int = 0, **more: str) -> dict[str, str]:
    """What a browser sends for these rows of terms."""
    sent = {"form-TOTAL_FORMS": str(len(terms)), "form-INITIAL_FORMS": str(initial), **more}
    for at, term in enumerate(terms):
        sent |= {f"form-{at}-{key}": str(value) for key, value in {"parts": 1, **term}.items()}
    return sent


def pay(**changes: object) -> dict:
    day = timezone.localdate() + timedelta(days=10)
    account = {"holder": "杨小满", "bank": "样例银行", "number": "6200 0000 0000 0000"}
    return {"kind": "pay", "payer": "respondent", "amount": "1,200", "due_on": day, **account, **changes}


def test_the_first_terms_come_from_the_claims(as_mediator: Client, case_in_mediation: Case) -> None:
    page = as_mediator.get(url("propose", case_in_mediation))
    kinds = [form.initial.get("kind") for form in page.context["rows"]]

    assert kinds[:2] == ["pay", "stop_collection"]
    assert page.context["rows"][0].initial["holder"] == "杨小满"


def test_a_sum_that_was_adopted_is_filled_in(as_mediator, case_in_mediation, mediator) -> None:
    Suggestion.objects.create(case=case_in_mediation, middle_fen=90_000, decided_fen=95_000, engine="x")
    page = as_mediator.get(url("propose", case_in_mediation)).content.decode()
    assert 'value="950.00"' in page


def test_terms_are_offered_and_empty_rows_do_not_count(as_mediator: Client, case_in_mediation: Case) -> None:
    empty = {"kind": "", "payer": "", "amount": "", "due_on": ""}
    answer = as_mediator.post(url("propose", case_in_mediation), rows(pay(parts=3), empty, note="各让一步"))

    assert answer.headers["Location"] == case_url(case_in_mediation)
    term = Proposal.objects.get().terms.get()
    assert (term.amount_fen, term.parts, term.payer) == (120_000, 3, Side.RESPONDENT)
    assert term.account["number"] == "6200000000000000"
    assert Proposal.objects.get().note == "各让一步"


def test_one_more_term_keeps_what_was_typed(as_mediator: Client, case_in_mediation: Case) -> None:
    sent = rows(pay(amount="八百块"), note="还在商量", more="1")
    page = as_mediator.post(url("propose", case_in_mediation), sent)

    assert page.status_code == 200
    assert len(page.context["rows"].forms) == 2
    shown = page.content.decode()
    assert "八百块" in shown
    assert "还在商量" in shown
    assert not Proposal.objects.exists()


def test_unclear_terms_are_refused_with_all_that_is_unclear(
    as_mediator: Client, case_in_mediation: Case
) -> None:
    sent = rows(pay(bank="", amount=""), pay(due_on="2020-01-01"), note="这些字不能丢")
    page = as_mediator.post(url("propose", case_in_mediation), sent)

    assert page.status_code == 422
    assert len(page.context["form"].non_field_errors()) == 3
    assert "这些字不能丢" in page.content.decode()

    broken = as_mediator.post(url("propose", case_in_mediation), rows(pay(amount="很多", due_on="明天")))
    assert broken.status_code == 422
    assert "很多" in broken.content.decode()
    assert as_mediator.post(url("propose", case_in_mediation), {"note": "x"}).status_code == 422


def test_a_struck_out_term_is_gone(as_mediator: Client, case_in_mediation: Case) -> None:
    as_mediator.post(url("propose", case_in_mediation), rows(pay(), pay(amount="x", DELETE="on"), initial=2))
    assert Proposal.objects.get().terms.count() == 1


def test_terms_only_during_the_talks_and_only_by_the_mediator(
    as_mediator, as_officer, accepted_case, officer, mediator
) -> None:
    assert as_officer.get(url("propose", accepted_case)).status_code == 404
    Case.objects.filter(pk=accepted_case.pk).update(mediator=mediator)
    assert as_mediator.get(url("propose", accepted_case)).status_code == 302
    assert as_mediator.post(url("propose", accepted_case), rows(pay())).status_code == 422


def test_versions_stand_side_by_side(as_mediator, case_in_mediation, mediator, citizen) -> None:
    first = offer(case_in_mediation, mediator)
    agreements.respond(proposal_id=first.pk, person=citizen, accepts=False, words="太少")
    offer(case_in_mediation, mediator)
    comparison = as_mediator.get(case_url(case_in_mediation)).context["comparison"]

    assert [column.tone for column in comparison.columns] == ["red", "amber"]
    assert comparison.columns[0].replies[0][2] == "太少"


def test_the_agreement_is_looked_at_before_it_is_made(
    as_mediator, case_in_mediation, mediator, citizen, lender
) -> None:
    complete_party(
        case_id=case_in_mediation.pk,
        person=citizen,
        id_number="11010519491231002X",
        address="样例市平安里2号",
    )
    proposal = offer(case_in_mediation, mediator)
    for person in (citizen, lender):
        agreements.respond(proposal_id=proposal.pk, person=person, accepts=True)
    page = as_mediator.get(url("agreement", case_in_mediation))
    texts = page.context["form"].initial
    assert "一万" in texts["facts"] or "10,000" in texts["facts"]
    assert texts["issues"]
    assert texts["responsibility"]

    preview = as_mediator.post(url("agreement", case_in_mediation), {**texts, "preview": "1"})
    assert preview.context["preview"][0].startswith("data:image/png;base64,")
    assert not Agreement.objects.exists()

    empty = as_mediator.post(url("agreement", case_in_mediation), {**texts, "facts": ""})
    assert empty.status_code == 422
    as_mediator.post(url("agreement", case_in_mediation), texts)
    assert Agreement.objects.get().issues == texts["issues"].strip()
    assert as_mediator.get(url("agreement", case_in_mediation)).context["pages"]


def test_what_the_law_still_asks_for_is_named(
    as_mediator, case_in_mediation, mediator, citizen, lender
) -> None:
    proposal = offer(case_in_mediation, mediator)
    for person in (citizen, lender):
        agreements.respond(proposal_id=proposal.pk, person=person, accepts=True)
    texts = {"facts": "甲", "issues": "乙", "responsibility": "丙"}
    page = as_mediator.post(url("agreement", case_in_mediation), texts)

    assert page.status_code == 422  # the citizen's identity number is not known yet
    assert page.context["form"].non_field_errors()
    assert Case.objects.get(pk=case_in_mediation.pk).stage == Stage.SIGNING


def test_the_record_holds_and_a_changed_entry_is_named(as_officer, as_mediator, case_in_mediation) -> None:
    page = as_officer.get(url("evidence", case_in_mediation))
    assert page.context["is_whole"]
    assert len(page.context["entries"]) == Entry.objects.filter(chain=case_in_mediation.chain).count()
    assert "packet" not in page.content.decode()


def test_the_mediator_saves_the_packet(
    as_officer, as_mediator, case_in_mediation, mediator, citizen, lender, settings
) -> None:
    early = as_mediator.post(url("packet", case_in_mediation))
    assert early.status_code == 422  # the log does not cover it yet, and the page says so
    assert early.context["problem"]
    settings.EVIDENCE_WAIT_S = 5
    refused = as_mediator.post(url("packet", case_in_mediation))
    assert refused.status_code == 422  # nothing that a court may see yet, and the page says so
    assert refused.context["problem"]
    make_effective(agree(case_in_mediation, mediator, citizen, lender), citizen, lender, mediator)
    assert as_officer.post(url("packet", case_in_mediation)).status_code == 404
    assert as_mediator.get(url("packet", case_in_mediation)).status_code == 405
    answer = as_mediator.post(url("packet", case_in_mediation))
    assert answer.status_code == 200, answer.context["problem"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "verify.py" in {name.rsplit("/", 1)[-1] for name in archive.namelist()}
    assert (
        answer.headers["Cache-Control"] == "private, no-store"
        or "no-store" in answer.headers["Cache-Control"]
    )


def test_how_a_limit_was_counted_is_shown(as_mediator, case_in_mediation, mediator) -> None:
    shown = as_mediator.get(case_url(case_in_mediation))
    (counted,) = [one for one in shown.context["file"].clocks if one.clock.limit == "mediation"]
    assert counted.clock.due_on == counted.shown.due_on
    assert "第24条" in counted.limit.article
    assert all(line in shown.content.decode() for line in counted.lines)

    pauses.pause_case(case_id=case_in_mediation.pk, staff=mediator, reason="等鉴定", waiting_for="court")
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        again = signed_in(mediator).get(case_url(case_in_mediation)).context["file"].clocks[0]
    assert again.shown.state == "paused"


def test_a_settled_case_can_be_read(as_mediator, as_lender, shelf) -> None:  # noqa: F811
    page = as_mediator.get(reverse("desk:precedent", args=[shelf[0].key]))
    assert shelf[0].story[:20] in page.content.decode()
    assert as_mediator.get(reverse("desk:precedent", args=["none"])).status_code == 404
    assert as_lender.get(reverse("desk:precedent", args=[shelf[0].key])).status_code == 404
