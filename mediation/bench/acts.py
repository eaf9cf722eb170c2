"""What a judge does: take up, ask for papers, rule, answer an objection, check a packet once more."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.errors import Refusal
from cases.roles import Role
from mediation.bench.forms import AnswerForm, AskForm, RuleForm
from mediation.bench.views import application_page
from mediation.court import services
from mediation.court.checking import check_application
from mediation.court.models import JointApplication
from mediation.court.selectors import of_court
from mediation.http import HouseRequest, open_to, refusals_shown_on
from mediation.seals import acknowledge, last_seq


def _onward(application: JointApplication, place: str = "") -> HttpResponse:
    return redirect(reverse("bench:application", args=[application.pk]) + place)


@require_POST
@open_to(Role.COURT)
def check_again(request: HouseRequest, pk: int) -> HttpResponse:
    """Check the packet once more, without what is kept of the last check."""
    application = get_object_or_404(of_court(request.user), pk=pk)
    if application.packet_stored:
        check_application(application, anew=True)
    return _onward(application)


@require_POST
@open_to(Role.COURT)
def take_up(request: HouseRequest, pk: int) -> HttpResponse:
    """受理: take the application up; the days to rule begin."""
    application = get_object_or_404(of_court(request.user), pk=pk)
    try:
        taken = services.accept_application(application_id=application.pk, judge=request.user)
    except Refusal as refusal:
        for message in refusal:
            messages.error(request, message)
    else:
        messages.success(
            request, _("Taken up under %(number)s. Both sides are told.") % {"number": taken.number}
        )
    return _onward(application)


@require_POST
@open_to(Role.COURT)
def ask(request: HouseRequest, pk: int) -> HttpResponse:
    """Ask both sides for missing papers."""
    application = get_object_or_404(of_court(request.user), pk=pk)
    form = AskForm(request.POST)
    if form.is_valid():
        with refusals_shown_on(form):
            services.ask_for_papers(application_id=application.pk, judge=request.user, **form.cleaned_data)
            messages.success(request, _("Both sides are told what is missing."))
            return _onward(application)
    return application_page(request, application, ask_form=form)


@require_POST
@open_to(Role.COURT)
def rule(request: HouseRequest, pk: int) -> HttpResponse:
    """Give the ruling: confirm or dismiss."""
    application = get_object_or_404(of_court(request.user), pk=pk)
    form = RuleForm(request.POST)
    if form.is_valid():
        since = last_seq(application.case)
        with refusals_shown_on(form):
            services.rule(
                application_id=application.pk, judge=request.user, verdict=form.verdict(), checks=form.ticks()
            )
            told = _("The ruling is given. Both sides are told.")
            acknowledge(request, application.case, since=since, told=told)
            return _onward(application, "#ruling")
    return application_page(request, application, rule_form=form)


@require_POST
@open_to(Role.COURT)
def answer(request: HouseRequest, pk: int, objection: int) -> HttpResponse:
    """Answer an objection to the ruling."""
    application = get_object_or_404(of_court(request.user).filter(ruling__objections=objection), pk=pk)
    form = AnswerForm(request.POST, auto_id=False)
    if form.is_valid():
        since = last_seq(application.case)
        with refusals_shown_on(form):
            services.answer_objection(objection_id=objection, judge=request.user, **form.cleaned_data)
            acknowledge(request, application.case, since=since, told=_("The answer is sent."))
            return _onward(application, "#ruling")
    return application_page(request, application, answer_form=form)
