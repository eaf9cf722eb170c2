"""From the first question to the receipt, without JavaScript, account or luck."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from cases.workflow import Stage
from evidence import ledger
from tests.portal.intake_samples import ANSWERS, PHONE, answer, answer_all, draft, photo, question

pytestmark = pytest.mark.django_db


@time_machine.travel("2025-03-07T17:00:00+08:00", tick=False)  # a Friday
def test_a_dispute_is_filed_with_plain_forms(client, centre, institution):
    start = client.get(reverse("portal:start"))
    assert question("who") in start.content.decode()

    assert answer(client, "who", respondent=institution.name).url == question("trouble")
    assert answer(client, "trouble").url == question("money")
    assert answer(client, "money").url == question("story")
    understood = answer(client, "story").url
    assert understood == reverse("portal:understood")
    page = client.get(understood)
    fields = page.context["form"]
    kept = client.post(understood, {name: fields[name].value() or "" for name in fields.fields})
    assert kept.url == question("when")
    assert answer(client, "when", contract_on="2024-05-12").url == question("evidence")
    handed_in = client.post(question("evidence"), {"photo": photo()}, follow=True)
    assert "已收到" in handed_in.content.decode() or "Received" in handed_in.content.decode()
    assert client.post(question("evidence"), {"kind_1": "contract"}).url == question("wish")
    assert answer(client, "wish").url == question("contact")
    assert answer(client, "contact").url == reverse("portal:check")

    check = client.get(reverse("portal:check"))
    assert check.context["gaps"] == []
    case = draft(client)
    done = client.post(reverse("portal:file"), {"case": case.pk}, follow=True)

    case.refresh_from_db()
    assert (case.stage, case.docket) == (Stage.ACCEPTANCE, "2025-0001")
    assert (case.kind, case.amount_fen) == ("high_rate", 350_000)
    assert (case.loan.principal_fen, case.loan.received_fen) == (1_000_000, 900_000)
    assert case.loan.contract_on == date(2024, 5, 12)
    assert case.respondent.institution == institution
    assert (case.claimant.name, case.claimant.phone) == ("杨小满", PHONE)
    assert case.claimant.e_delivery_at is not None
    assert [claim.remedy for claim in case.claims.all()] == ["refund", "stop_collection"]
    assert case.exhibits.get().kind == "contract"
    assert ledger.first_break(case.chain) is None
    shown = done.content.decode()
    assert "2025-0001" in shown
    assert "人民法院在线调解规则（法释〔2021〕23号）第12条" in shown
    assert done.context["due"].due_on == date(2025, 3, 12)
    assert reverse("sign_in_by_phone") in shown


def test_filing_twice_files_once(client, centre):
    case = answer_all(client)

    first = client.post(reverse("portal:file"), {"case": case.pk})
    second = client.post(reverse("portal:file"), {"case": case.pk})

    assert first.url == second.url == reverse("portal:filed")
    assert Case.objects.exclude(docket=None).count() == 1
    assert case.steps.count() == 1
    assert case.parties.count() == 2


def test_filing_is_sent_from_two_pages_at_once(client, centre):
    """The second request still carries the session of before the first."""
    case = answer_all(client)
    client.post(reverse("portal:file"), {"case": case.pk})
    again = client.session
    again["draft"], again["filed"] = str(case.pk), []
    again.save()

    response = client.post(reverse("portal:file"), {"case": case.pk})

    assert response.url == reverse("portal:filed")
    assert case.steps.count() == 1


def test_a_draft_with_gaps_is_not_filed_and_all_gaps_are_named(client, centre):
    case = answer_all(client, but=("who", "wish"))

    response = client.post(reverse("portal:file"), {"case": case.pk})

    assert response.status_code == 422
    assert len(response.context["gaps"]) == 2
    case.refresh_from_db()
    assert case.stage == Stage.INTAKE


def test_what_was_begun_and_not_finished_is_asked_about_before_filing(client, centre):
    case = answer_all(client)
    client.post(
        reverse("portal:autosave", args=["money"]), {"amount": "5万", "principal": "", "received": ""}
    )

    response = client.post(reverse("portal:file"), {"case": case.pk})

    assert response.status_code == 422
    case.refresh_from_db()
    assert case.answers["amount_fen"] == 350_000, "an autosave is no answer"
    assert client.get(question("money")).context["form"]["amount"].value() == "5万"


def test_nothing_is_ticked_for_the_citizen(client, centre):
    answer(client, "who")
    page = client.get(question("contact"))

    assert not page.context["form"]["agreed"].value()
    assert not page.context["form"]["e_delivery"].value()
    assert answer(client, "contact", agreed="").status_code == 422
    client.post(reverse("portal:autosave", args=["contact"]), ANSWERS["contact"])
    assert not draft(client).answers.get("agreed"), "silence, and an autosave, are no consent"


def test_changing_an_answer_leads_back_to_the_check_page(client, centre):
    answer_all(client)

    page = client.get(question("wish") + "?back=check")
    assert 'name="back" value="check"' in page.content.decode()
    response = answer(client, "wish", back="check", remedies=["apology"])

    assert response.url == reverse("portal:check")
    assert draft(client).answers["remedies"] == ["apology"]


@pytest.mark.parametrize("slug", ANSWERS)
def test_every_question_is_one_form_that_works_without_script(client, centre, slug):
    answer(client, "who")
    page = client.get(question(slug))
    shown = page.content.decode()

    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in shown
    assert "novalidate" in shown
    assert "<script>" not in shown
    assert "style=" not in shown
    assert reverse("portal:helper") in shown
    first_button = shown[shown.index("question-form") :].split("<button", 1)[1].split(">", 1)[0]
    assert "name=" not in first_button, "the Enter key goes on, and nowhere else"


def test_evidence_has_an_input_that_accepts_anything(client, centre):
    answer(client, "who")
    shown = client.get(question("evidence")).content.decode()

    assert '<input type="file" name="file" multiple data-chosen="file">' in shown
    assert 'name="photo" accept="image/*" capture="environment"' in shown


def test_a_draft_needs_no_name_and_no_get_makes_one(client, centre):
    client.get(reverse("portal:start"))
    client.get(question("who"))
    assert not Case.objects.exists()

    answer(client, "who")
    assert draft(client).answers.get("name") is None


def test_a_page_in_the_middle_without_a_draft_says_how_to_go_on(client, centre):
    response = client.get(question("money"), follow=True)

    assert response.redirect_chain[-1][0] == reverse("portal:start")
    assert reverse("portal:resume") in response.content.decode()


def test_an_answer_sent_after_the_session_ended_is_kept(client, centre):
    answer(client, "who")
    client.session.flush()
    client.cookies.clear()

    response = client.post(question("money"), ANSWERS["money"], follow=True)

    assert response.redirect_chain[-1][0] == reverse("portal:start")
    assert draft(client).answers["amount_fen"] == 350_000


def test_a_stale_safety_token_loses_nothing(centre):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    response = client.post(question("who"), {"respondent": "很久以前打开的页面", "licence": ""})

    assert response.status_code == 403
    assert response.context["form"]["respondent"].value() == "很久以前打开的页面"
    assert not Case.objects.exists(), "nothing is kept of a form that cannot be trusted"
    token = client.get(reverse("portal:start")).cookies.get("csrftoken") or client.cookies["csrftoken"]
    again = client.post(
        question("who"), {"respondent": "很久以前打开的页面", "csrfmiddlewaretoken": token.value}
    )
    assert again.status_code == 302


def test_a_form_from_another_site_is_refused(centre):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    response = client.post(
        question("who"), {"respondent": "x"}, headers={"origin": "https://elsewhere.example"}
    )

    assert response.status_code == 403
    assert "respondent" not in response.content.decode()


def test_too_many_drafts_from_one_phone_are_refused_in_words(client, centre):
    for _time in range(10):
        assert answer(client, "who").status_code == 302
        client.post(reverse("portal:begin"))

    response = answer(client, "who")

    assert response.status_code == 429
    assert response.context["form"]["respondent"].value() == "甲消费金融公司"
    assert Case.objects.count() == 10


def test_a_draft_of_ninety_one_days_ago_is_not_found_any_more(client, centre):
    answer(client, "who")
    Case.objects.update(saved_at=timezone.now() - timezone.timedelta(days=91))

    assert client.get(question("money")).url == reverse("portal:start")
