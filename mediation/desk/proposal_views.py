"""Writing terms for both sides, and drawing the accepted ones up as an agreement."""

import base64
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import Case, Exhibit
from cases.roles import Role
from cases.workflow import Stage
from evidence.deposits import open_deposit
from mediation.agreements import content
from mediation.agreements.drafts import Wording
from mediation.agreements.enforceability import Report, review, review_of
from mediation.agreements.enforceability.review import identified_in, names_of
from mediation.agreements.models import Agreement, Proposal
from mediation.agreements.services import beside_of, draft_agreement, offer_proposal
from mediation.desk.case_file import CaseFile
from mediation.desk.case_views import own_case, plot_of
from mediation.desk.compare import compare
from mediation.desk.drafting import first_terms, first_text, first_wording
from mediation.desk.forms import SignForm
from mediation.desk.proposal_forms import AgreementForm, TermRows, WordingForm, term_rows
from mediation.documents.render import page_images, render
from mediation.http import UNPROCESSABLE, HouseRequest, open_to, page, refusals_shown_on

SCREEN_DPI = 84


@require_http_methods(["GET", "POST"])
@open_to(Role.MEDIATOR)
def propose(request: HouseRequest, docket: str) -> HttpResponse:
    """Write a new version of the terms. Without script: “one more term” sends the form and keeps all that was typed."""
    case = own_case(request, docket)
    if request.method != "POST":
        if case.stage != Stage.MEDIATION:
            messages.warning(request, _("Terms can be offered only during the talks."))
            return redirect("desk:case", docket)
        rows = term_rows(1)(initial=first_terms(case))
        return _terms_page(request, case, rows, WordingForm(initial=first_wording(case)))
    if "more" in request.POST or "check" in request.POST:
        return _as_written(request, case, more="more" in request.POST)
    rows, wording = term_rows(0)(request.POST), WordingForm(request.POST)
    if rows.is_valid() and wording.is_valid():
        with refusals_shown_on(wording):
            offer_proposal(
                case_id=case.pk, person=request.user, terms=rows.drafts(), wording=wording.wording()
            )
            messages.success(request, _("The terms lie with both sides now."))
            return redirect("desk:case", docket)
    return _terms_page(request, case, rows, wording, status=UNPROCESSABLE)


def _as_written(request: HouseRequest, case: Case, *, more: bool) -> HttpResponse:
    """The page again as it was typed: with one more row, or with what the review says."""
    data = request.POST.copy()
    data["form-TOTAL_FORMS"] = str(int(data.get("form-TOTAL_FORMS") or 0) + more)
    rows = term_rows(0)(data)
    wording = WordingForm(initial=data.dict())
    return _terms_page(request, case, rows, wording, status=200, is_growing=more)


@require_POST
@open_to(Role.MEDIATOR)
def review_terms(request: HouseRequest, docket: str) -> HttpResponse:
    """What a court would miss in the terms as they are typed now; nothing is kept."""
    case = own_case(request, docket)
    return page(request, "desk/parts/review.html", **_reviewed(request, case))


def _reviewed(request: HouseRequest, case: Case) -> dict[str, Any]:
    """The review of the rows that are whole, numbered as they stand on the page, and the numbers of the others."""
    rows, wording = term_rows(0)(request.POST), WordingForm(request.POST)
    wording.is_valid()
    drafts, numbers, unread = [], [], []
    for number, row in enumerate(rows.forms if rows.is_bound else [], start=1):
        if not row.has_changed() or request.POST.get(f"form-{number - 1}-DELETE"):
            continue
        if row.is_valid():
            drafts.append(row.draft())
            numbers.append(number)
        else:
            unread.append(number)
    if not drafts:
        return {"report": None, "unread": unread}
    told = Wording(**{key: wording.cleaned_data.get(key, "") for key in wording.fields})
    report = review(drafts, beside_of(told), names=names_of(case), identified=identified_in(case))
    placed = [replace(one, term=numbers[one.term - 1]) if one.term else one for one in report.findings]
    return {"report": Report(tuple(placed), report.checked), "unread": unread}


def _terms_page(
    request: HouseRequest,
    case: Case,
    rows: TermRows,
    wording: WordingForm,
    *,
    status: int = 200,
    is_growing: bool = False,
) -> HttpResponse:
    file = CaseFile(case, request.user)
    suggestion = case.suggestions.first()
    return page(
        request,
        "desk/propose.html",
        form=wording,
        status=status,
        rows=rows,
        case=case,
        file=file,
        comparison=compare(file.proposals),
        suggestion=suggestion,
        plot=plot_of(suggestion, file) if suggestion else None,
        is_growing=is_growing,
        **(_reviewed(request, case) if request.method == "POST" else {"report": None, "unread": []}),
    )


@require_http_methods(["GET", "POST"])
@open_to(Role.MEDIATOR)
def agreement(request: HouseRequest, docket: str) -> HttpResponse:
    """Draw the accepted terms up: look at the pages first, then make the paper that everybody signs."""
    case = own_case(request, docket)
    file = CaseFile(case, request.user)
    accepted = next((one for one in reversed(file.proposals) if one.state == Proposal.State.ACCEPTED), None)
    if request.method != "POST":
        if case.stage != Stage.SIGNING:
            messages.warning(
                request, _("An agreement can be drawn up once both sides have accepted the same version.")
            )
            return redirect("desk:case", docket)
        return _agreement_page(request, file, AgreementForm(initial=_texts(file, accepted)))
    form = AgreementForm(request.POST)
    if not form.is_valid():
        return _agreement_page(request, file, form)
    preview: list[str] = []
    with refusals_shown_on(form):
        if "preview" in request.POST and accepted:
            preview = _pictures(_draft_pdf(file, accepted, form.texts()))
        else:
            draft_agreement(case_id=case.pk, mediator=request.user, **form.texts())
            messages.success(request, _("The agreement is drawn up; all three are asked to sign."))
            return redirect("desk:agreement", docket)
    return _agreement_page(request, file, form, preview=preview)


def _texts(file: CaseFile, accepted: Proposal | None) -> dict[str, str]:
    made = file.agreement
    if made:
        return {"facts": made.facts, "issues": made.issues, "responsibility": made.responsibility}
    return first_text(file.case, accepted)


def _draft_pdf(file: CaseFile, accepted: Proposal, texts: dict[str, Any]) -> bytes:
    draft = Agreement(
        case=file.case, proposal=accepted, number=content.agreement_number(file.case, accepted), **texts
    )
    return render("agreement", {**content.agreement(draft), "is_draft": True})


def _agreement_page(
    request: HouseRequest, file: CaseFile, form: AgreementForm, *, preview: list[str] | None = None
) -> HttpResponse:
    made = file.agreement
    is_signed = bool(made and any(place["at"] for place in file.signatures))
    return page(
        request,
        "desk/agreement.html",
        form=form,
        case=file.case,
        file=file,
        preview=preview or [],
        pages=_pictures(_bytes_of(made.draft)) if made and not preview else [],
        is_signed=is_signed,
        report=_review_for_signing(file),
        sign_form=SignForm(case=file.case, person=request.user, auto_id="id_sign_%s"),
        may_sign=bool(made) and not any(place["at"] for place in file.signatures[-1:]),
    )


def _review_for_signing(file: CaseFile) -> Report | None:
    """What a court would miss in the agreement, or in the terms that it is to be drawn up from."""
    accepted = next((one for one in reversed(file.proposals) if one.state == Proposal.State.ACCEPTED), None)
    what = file.agreement or accepted
    return review_of(what, on=None if file.agreement else file.today) if what else None


def _bytes_of(exhibit: Exhibit) -> bytes:
    with open_deposit(exhibit.deposit) as stream:
        return stream.read()


def _pictures(pdf: bytes) -> list[str]:
    """Each page as an address that holds its own picture."""
    return [
        f"data:image/png;base64,{base64.b64encode(picture).decode()}"
        for picture in page_images(pdf, dots_per_inch=SCREEN_DPI)
    ]
