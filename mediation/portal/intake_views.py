"""The eight questions 申请: one page each, kept on every POST and in between, whole without JavaScript."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.errors import Refusal
from cases.models import Case, Institution
from cases.roles import Role
from evidence.origin.provenance import BeforeSending, Provenance, Way
from mediation.entrance import gate
from mediation.files.captured import captured_from
from mediation.files.uploading import refused_files
from mediation.http import page
from mediation.portal import drafts, evidence_page, story_page
from mediation.portal.intake_files import take_in_evidence, take_in_story
from mediation.portal.intake_forms import (
    BY_SLUG,
    QUESTIONS,
    EvidenceForm,
    StoryForm,
    WhenForm,
    WhoForm,
)
from mediation.portal.intake_options import PRODUCTS
from mediation.portal.question_form import QuestionForm
from mediation.portal.survival import is_stale, survives

LISTED_INSTITUTIONS = 100
SLUGS = [form.slug for form in QUESTIONS]
STALE = 403
TOO_MANY = 429
VOICE_ON = {"who", "trouble", "money"}


@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What the application is, and every way to go on with one."""
    case = drafts.current(request)
    return page(
        request,
        "portal/intake/start.html",
        draft=case,
        next_url=next_of(case) if case else reverse("portal:question", args=[SLUGS[0]]),
        others=[other for other in drafts.of_session(request) if other != case],
    )


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A new application; the one before stays on the list of this phone."""
    request.session.pop(drafts.DRAFT, None)
    return redirect("portal:question", SLUGS[0])


@survives
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """One question."""
    form_class = _question_or_404(slug)
    case = drafts.current(request)
    if request.method == "POST":
        return _stale(request, form_class, case) if is_stale(request) else _answer(request, form_class, case)
    if case is None and slug != SLUGS[0]:
        messages.info(request, _("We find no application on this phone. Begin here, or get yours back."))
        return redirect("portal:start")
    return show(request, fresh_form(form_class, case), case)


def _question_or_404(slug: str) -> type[QuestionForm]:
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


def fresh_form(form_class: type[QuestionForm], case: Case | None) -> QuestionForm:
    """The form as the draft has it: what was written last, else what was answered."""
    form = form_class(case=case, **_extra(form_class, case))
    if case is None:
        return form
    form.initial = {**form.initial, **form_class.start_from(case.answers)}
    if raw := case.answers.get("raw", {}).get(form_class.slug):
        form.start_from_raw(raw)
    return form


def bound_form(form_class: type[QuestionForm], case: Case | None, posted: Mapping[str, Any]) -> QuestionForm:
    """The form with what was sent."""
    return form_class(posted, case=case, **_extra(form_class, case))


def _extra(form_class: type[QuestionForm], case: Case | None) -> dict[str, Any]:
    if form_class is StoryForm:
        return {"recordings": [e.number for e in drafts.stories_of(case)] if case else []}
    if form_class is EvidenceForm:
        return {"exhibits": drafts.files_of(case) if case else []}
    return {}


def show(
    request: HttpRequest,
    form: QuestionForm,
    case: Case | None,
    *,
    status: int | None = None,
    **context: Any,
) -> HttpResponse:
    """The page of a question."""
    number = SLUGS.index(form.slug) + 1
    if isinstance(form, StoryForm):
        context |= story_page.context_of(request, form, case)
    elif isinstance(form, EvidenceForm):
        context |= evidence_page.context_of(form, case)
    elif isinstance(form, WhoForm):
        context["institutions"] = Institution.objects.order_by("name").values_list("name", flat=True)[
            :LISTED_INSTITUTIONS
        ]
    elif isinstance(form, WhenForm):
        context["products"] = PRODUCTS
    return page(
        request,
        form.template,
        form=form,
        status=status,
        draft=case,
        number=number,
        total=len(SLUGS),
        back_to=request.POST.get("back") or request.GET.get("back") or "",
        back_url=_back_url(request, number),
        lead=form[form.lead] if form.lead else None,
        by_voice=form.slug in VOICE_ON,
        max_bytes=settings.MAX_UPLOAD_BYTES,
        **context,
    )


def _back_url(request: HttpRequest, number: int) -> str:
    if (request.POST.get("back") or request.GET.get("back")) == "check":
        return reverse("portal:check")
    return reverse("portal:question", args=[SLUGS[number - 2]]) if number > 1 else reverse("portal:start")


def _stale(request: HttpRequest, form_class: type[QuestionForm], case: Case | None) -> HttpResponse:
    """The page lay open too long: all that was written is shown again, and one more press sends it."""
    form = bound_form(form_class, case, request.POST)
    form.is_valid()
    form.errors.clear()
    messages.warning(
        request,
        _("This page was open for long. What you wrote is still here. Please press “Continue” again."),
    )
    return show(request, form, case, status=STALE)


def _answer(request: HttpRequest, form_class: type[QuestionForm], before: Case | None) -> HttpResponse:
    try:
        case = before or drafts.current_or_new(request)
    except Refusal as refusal:
        form = bound_form(form_class, None, request.POST)
        form.is_valid()
        _say_on(form, refusal)
        return show(request, form, None, status=TOO_MANY)
    slug, helper = form_class.slug, request.session.get(drafts.HELPER, "")
    if before is None and slug != SLUGS[0]:
        _say_lost(request)
        request.session[drafts.RESCUED] = str(case.pk)
    drafts.take_up(request, case)
    received, refused = _take_in_files(request, form_class, case)
    form = bound_form(form_class, case, request.POST)
    ready = form.is_valid()
    for message in refused:
        form.add_error(None, message)
    if elsewhere := _elsewhere(request.POST):
        drafts.keep_raw(case_id=case.pk, slug=slug, raw=drafts.raw_of(request.POST), helper=helper)
        return redirect(elsewhere)
    if not ready or refused:
        case = drafts.keep_raw(case_id=case.pk, slug=slug, raw=drafts.raw_of(request.POST), helper=helper)
        return show(request, form, case)
    answers = form.answers()
    if isinstance(form, StoryForm):
        answers["heard"] = story_page.heard_in(request.POST, form)
    if isinstance(form, EvidenceForm):
        evidence_page.keep_kinds(form)
    case = drafts.keep_answers(case_id=case.pk, slug=slug, answers=answers, helper=helper)
    return _go_on(request, case, slug, received, lost=before is None and slug != SLUGS[0])


def _say_lost(request: HttpRequest) -> None:
    messages.warning(
        request,
        _(
            "Your earlier visit had ended. What you just sent is kept in a new application. "
            "If you saved the earlier one under your phone number, get it back here."
        ),
    )


def _elsewhere(posted: QueryDict) -> str:
    """Where a second button leads; what was written is kept as it is."""
    if "voice" in posted:
        return reverse("portal:question", args=[StoryForm.slug])
    if "dialect_first" in posted:
        return reverse("portal:dialect")
    return reverse("portal:keep") if "later" in posted else ""


def _go_on(request: HttpRequest, case: Case, slug: str, received: list[int], *, lost: bool) -> HttpResponse:
    back = "?back=check" if request.POST.get("back") == "check" else ""
    if received and slug == StoryForm.slug:
        return redirect(reverse("portal:listening") + back)
    if received:
        numbers = ", ".join(f"{number:02d}" for number in received)
        messages.success(
            request, _("Received: number %(numbers)s. Add more, or go on.") % {"numbers": numbers}
        )
        return redirect(reverse("portal:question", args=[slug]) + back)
    if lost:
        return redirect("portal:start")
    if slug == StoryForm.slug and case.answers.get("story"):
        return redirect(reverse("portal:understood") + back)
    return redirect(reverse("portal:check") if back else next_of(case, after=slug))


def next_of(case: Case, after: str = "") -> str:
    """The next question that is still open, else the page that shows all answers."""
    still_open = drafts.open_questions(case)
    later = [slug for slug in still_open if not after or SLUGS.index(slug) > SLUGS.index(after)]
    following = next(iter(later or still_open), "")
    return reverse("portal:question", args=[following]) if following else reverse("portal:check")


def _take_in_files(
    request: HttpRequest, form_class: type[QuestionForm], case: Case
) -> tuple[list[int], list[str]]:
    """The files of a plain form: the numbers they got, and for each that cannot be taken in why."""
    received: list[int] = []
    refused = refused_files(request)
    names = {
        StoryForm: ("recording", "recording_file"),
        EvidenceForm: ("photo", "picture", "file"),
    }.get(form_class, ())
    for file in (file for name in names for file in request.FILES.getlist(name)):
        try:
            received.append(_take_in_one(request, form_class, case, file))
        except Refusal as refusal:
            refused.append(f"{file.name}: {refusal}")
    return received, refused


def _take_in_one(
    request: HttpRequest, form_class: type[QuestionForm], case: Case, file: "UploadedFile[bytes]"
) -> int:
    gate.count_bytes_or_refuse(request, file.size or 0)
    captured = captured_by(request, how=Way.FORM)
    name, media_type = file.name or "", file.content_type or ""
    if form_class is StoryForm:
        dialect = str(case.answers.get("dialect", ""))
        return take_in_story(
            case_id=case.pk, file=file, name=name, dialect=dialect, captured=captured, media_type=media_type
        ).exhibit.number
    return take_in_evidence(
        case_id=case.pk, file=file, name=name, captured=captured, media_type=media_type
    ).number


def captured_by(request: HttpRequest, *, how: Way, before: BeforeSending | None = None) -> Provenance:
    """How a file of a draft came to us: nobody is signed in yet, and somebody may have helped."""
    helper = str(request.session.get(drafts.HELPER, ""))
    return captured_from(request, how=how, where="portal", role=Role.CITIZEN, helper=helper, before=before)


def _say_on(form: BaseForm, refusal: Refusal) -> None:
    for message in refusal:
        form.add_error(None, message)


@require_POST
def autosave(request: HttpRequest, slug: str) -> JsonResponse:
    """Keep what is being written, word for word, valid or not. It becomes an answer only by the person's own POST."""
    form_class = _question_or_404(slug)
    try:
        case = drafts.current_or_new(request)
    except Refusal as refusal:
        return JsonResponse({"saved": False, "message": str(refusal)}, status=TOO_MANY)
    form = bound_form(form_class, case, request.POST)
    same = form.is_valid() and form.says_nothing_new(case.answers)
    drafts.keep_raw(
        case_id=case.pk,
        slug=slug,
        raw=None if same and slug in case.answers.get("done", []) else drafts.raw_of(request.POST),
        helper=request.session.get(drafts.HELPER, ""),
    )
    drafts.take_up(request, case)
    return JsonResponse({"saved": True})
