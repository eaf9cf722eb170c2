"""The page of the undisputed facts: written by the mediator, confirmed by both sides, made a paper."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from cases.models import Case, Loan
from cases.money import format_yuan
from cases.roles import Role
from mediation.hearings import services
from mediation.hearings.facts import TALKS
from mediation.hearings.forms import FactsForm
from mediation.hearings.models import FactSheet
from mediation.hearings.pages.acting import tried
from mediation.http import HouseRequest, page, refusals_shown_on
from mediation.seals import acknowledge, last_seq


def find_case(request: HouseRequest, docket: str) -> Case:
    """The case, where this person may see it."""
    return get_object_or_404(Case.objects.visible_to(request.user), docket=docket)


def show_facts(request: HouseRequest, door: str, docket: str) -> HttpResponse:
    """The page of the undisputed facts."""
    return show(request, door, find_case(request, docket))


def show(request: HouseRequest, door: str, case: Case, **forms: Form) -> HttpResponse:
    """The latest version and who has confirmed it."""
    sheet: FactSheet | None = case.fact_sheets.last()
    given = {one.party_id: one for one in sheet.confirmations.select_related("party")} if sheet else {}
    party = case.party_of(request.user)
    context: dict[str, Any] = {
        "case": case,
        "door": door,
        "sheet": sheet,
        "lines": sheet.facts.splitlines() if sheet else [],
        "answers": [(one, given.get(one.pk)) for one in case.parties.all()],
        "mine": given.get(party.pk) if party else None,
        "all_confirmed": bool(sheet) and services.facts_confirmed(case) == sheet,
        "may_edit": request.user.role == Role.MEDIATOR and case.stage in TALKS,
        "in_talks": case.stage in TALKS,
        "facts_form": FactsForm(initial={"facts": sheet.facts if sheet else proposed_facts(case)}),
        "is_proposed": sheet is None,
        "paper": reverse("exhibit_file", args=[sheet.paper_id]) if sheet and sheet.paper_id else "",
        "urls": _urls_of(door, case),
        **forms,
    }
    return page(request, f"{door}/facts.html", **context)


def _urls_of(door: str, case: Case) -> dict[str, str]:
    names = ["offer_facts", "issue_facts"] if door == "desk" else ["confirm_facts"]
    urls = {name: reverse(f"{door}:{name}", args=[case.docket]) for name in names}
    return {
        **urls,
        "facts": reverse(f"{door}:facts", args=[case.docket]),
        "case": reverse("open_case", args=[case.pk]),
    }


def proposed_facts(case: Case) -> str:
    """Lines to begin with, from the figures that the institution stated; the mediator edits them."""
    loan: Loan | None = getattr(case, "loan", None)
    if loan is None:
        return ""
    lines = []
    if loan.contract_on:
        number = f"（编号{loan.contract_no}）" if loan.contract_no else ""
        lines.append(f"{loan.contract_on:%Y年%m月%d日}，双方签订借款合同{number}。")
    if loan.principal_fen:
        lines.append(f"合同写明的借款本金为{format_yuan(loan.principal_fen)}元。")
    if loan.received_fen:
        lines.append(f"申请人实际收到{format_yuan(loan.received_fen)}元。")
    if loan.schedule:
        total = sum(int(row["fen"]) for row in loan.schedule)
        lines.append(f"按还款计划共{len(loan.schedule)}笔，合计{format_yuan(total)}元。")
    return "\n".join(lines)


def offer(request: HouseRequest, door: str, docket: str) -> HttpResponse:
    """Write a new version down and ask both sides."""
    case, form = find_case(request, docket), FactsForm(request.POST)
    if form.is_valid():
        with refusals_shown_on(form):
            services.offer_facts(case_id=case.pk, mediator=request.user, facts=form.cleaned_data["facts"])
            return redirect(f"{door}:facts", docket)
    return show(request, door, case, form=form, facts_form=form)


def confirm(request: HouseRequest, door: str, docket: str) -> HttpResponse:
    """A side says yes to the version it has read."""
    case = find_case(request, docket)
    sheet = get_object_or_404(case.fact_sheets, pk=_number(request.POST.get("sheet", "")))
    return _act(request, door, case, lambda: services.confirm_facts(sheet_id=sheet.pk, person=request.user))


def issue(request: HouseRequest, door: str, docket: str) -> HttpResponse:
    """Make the paper."""
    case = find_case(request, docket)
    return _act(request, door, case, lambda: services.issue_facts(case_id=case.pk, mediator=request.user))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _act(request: HouseRequest, door: str, case: Case, act: Callable[[], object]) -> HttpResponse:
    since = last_seq(case)
    form = tried(act)
    if form.errors:
        return show(request, door, case, form=form)
    acknowledge(request, case, since=since)
    return redirect(f"{door}:facts", case.docket)
