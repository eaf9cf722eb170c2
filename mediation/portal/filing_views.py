"""检查答案, 提交, 提交成功: all answers on one page, filed once however often it is sent, and what comes next."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.claims import Remedy
from cases.models import Case, Centre
from cases.roles import Role
from cases.rules import limits
from cases.services.exhibits import withdraw_exhibit
from cases.services.intake import file_case, save_answers
from cases.services.limitation import DebtTime, time_of_debt
from cases.workflow import Stage
from mediation.dates.clocks import laid_open
from mediation.http import page, refusals_shown_on
from mediation.portal import drafts, review, story_page
from mediation.portal.intake_forms import EvidenceForm, StoryForm
from mediation.portal.survival import is_stale, survives

STALE = 403
FIRST_LIMIT = "acceptance"


class FileForm(forms.Form):
    """The last step. Where somebody helped, the applicant says that the answers are their own."""

    use_required_attribute = False
    case = forms.UUIDField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(
        label=gettext_lazy("I am the applicant. All of it was read to me, and it is right."),
        error_messages={
            "required": gettext_lazy("Somebody helped you. Please let them read it to you, and tick this.")
        },
    )

    def __init__(self, *args: Any, draft: Case, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"case": draft.pk}})
        if not (draft.answers.get("acts") or draft.answers.get("helper")):
            del self.fields["confirmed"]


@never_cache
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """All answers, each with the way to change it."""
    case = drafts.current(request)
    if case is None:
        return _no_draft(request)
    return _show(request, case, FileForm(draft=case))


def _no_draft(request: HttpRequest) -> HttpResponse:
    if request.session.get(drafts.FILED):
        return redirect("portal:filed")
    messages.info(request, _("We find no application on this phone. Begin here, or get yours back."))
    return redirect("portal:start")


def _show(request: HttpRequest, case: Case, form: FileForm, *, status: int | None = None) -> HttpResponse:
    gaps = review.gaps_of(case)
    return page(
        request,
        "portal/intake/check.html",
        form=form,
        status=status,
        draft=case,
        rows=review.rows_of(case),
        gaps=gaps,
        listening=bool(story_page.still_heard(case)),
        unread=bool(story_page.unread(case)),
        time=_time_before_asking_for_delay(case),
    )


@survives
@require_POST
def file_application(request: HttpRequest) -> HttpResponse:
    """File it. Sent twice, it is filed once, and both lead to the same page."""
    case = _meant(request)
    if case is None:
        return _no_draft(request)
    if case.stage != Stage.INTAKE:
        return _filed(request, case)
    if is_stale(request):
        messages.warning(request, _("This page was open for long. Please press “Send it in” once more."))
        return _show(request, case, FileForm(draft=case), status=STALE)
    form = FileForm(request.POST, draft=case)
    if form.is_valid():
        with refusals_shown_on(form):
            if review.gaps_of(case):
                form.add_error(None, _("Some answers are still missing. Please see the list below."))
            elif not Centre.objects.exists():
                form.add_error(None, _("It cannot be sent in just now. It is kept; please call us."))
            else:
                return _filed(request, file_case(case_id=case.pk))
    return _show(request, case, form)


def _time_before_asking_for_delay(case: Case) -> DebtTime | None:
    """Asking for more time may start an old debt anew (诉讼时效规定 Art 14): said before it is asked for, not after."""
    if Remedy.RESCHEDULE not in (case.answers.get("remedies") or []):
        return None
    time = time_of_debt(case)
    return time if time.is_to_be_told else None


def _meant(request: HttpRequest) -> Case | None:
    """The draft that the form was about, filed or not: the one of this browser, or one it has filed."""
    try:
        wanted = str(UUID(request.POST.get("case", "")))
    except ValueError:
        return drafts.current(request)
    ours = {request.session.get(drafts.DRAFT, ""), *request.session.get(drafts.FILED, [])}
    return Case.objects.filter(pk=wanted).first() if wanted in ours else None


def _filed(request: HttpRequest, case: Case) -> HttpResponse:
    key = str(case.pk)
    filed = [other for other in request.session.get(drafts.FILED, []) if other != key]
    request.session[drafts.FILED] = [key, *filed][:20]
    for name in (drafts.DRAFT, drafts.HELPER):
        request.session.pop(name, None)
    return redirect("portal:filed")


@never_cache
@require_GET
def filed(request: HttpRequest) -> HttpResponse:
    """提交成功: the docket number, whose turn it is, by which day and by which rule."""
    key = next(iter(request.session.get(drafts.FILED, [])), None)
    case = Case.objects.select_related("centre").filter(pk=key).first() if key else None
    if case is None or case.filed_at is None:
        return _no_draft(request) if not key else redirect("portal:start")
    filed_on = timezone.localdate(case.filed_at)
    limit = limits.load_profile(case.profile, filed_on)[FIRST_LIMIT]
    due = limits.due(limit, filed_on)
    return page(
        request,
        "portal/intake/filed.html",
        case=case,
        limit=limit,
        due=due,
        why=laid_open(due, timezone.localdate(), case.profile),
        whose=limit.who.label,
        open=case.stage == Stage.ACCEPTANCE,
    )


@survives
@require_http_methods(["GET", "HEAD", "POST"])
def remove_file(request: HttpRequest, number: int) -> HttpResponse:
    """Take a file back: asks first, because what is gone from the list must be handed in again."""
    case = drafts.current(request)
    exhibit = case.exhibits.filter(number=number, withdrawn_at__isnull=True).first() if case else None
    if case is None or exhibit is None or exhibit.by_role != Role.CITIZEN:
        messages.info(request, _("This file is not on the list any more."))
        return redirect("portal:question", EvidenceForm.slug)
    is_story = exhibit.kind == exhibit.Kind.STORY
    slug = StoryForm.slug if is_story else EvidenceForm.slug
    if request.method == "POST" and not is_stale(request):
        withdraw_exhibit(exhibit_id=exhibit.pk, by=None, role=Role.CITIZEN)
        if is_story and case.answers.get("story_recording") == number:
            others = [e.number for e in drafts.stories_of(case)]
            save_answers(case_id=case.pk, story_recording=others[0] if others else None)
        messages.success(request, _("Removed: number %(number)02d.") % {"number": number})
        return redirect("portal:question", slug)
    return page(
        request,
        "portal/intake/remove.html",
        exhibit=exhibit,
        back_url=reverse("portal:question", args=[slug]),
    )
