"""Around question 4: which way of speaking, waiting while a recording is written down, what we understood."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from cases.models import Case
from cases.roles import Role
from cases.services.intake import save_answers
from cases.services.lessons import has_lesson, keep_lesson, withdraw_lesson
from mediation.hearings.speech import Dialect
from mediation.hearings.transcription import progress_of
from mediation.http import page, refusals_shown_on
from mediation.portal import drafts, story_page
from mediation.portal.intake_forms import StoryForm
from mediation.portal.intake_views import next_of
from mediation.portal.survival import is_stale, survives
from mediation.portal.understanding import UnderstoodForm, guesses_for

SETTLES = {"who": "respondent", "trouble": "kind", "money": "amount_fen"}
STALE = 403


class DialectForm(forms.Form):
    """How the person speaks."""

    use_required_attribute = False
    dialect = forms.ChoiceField(
        label=gettext_lazy("How do you speak?"),
        choices=Dialect.choices,
        widget=forms.RadioSelect,
        initial=Dialect.MANDARIN,
    )


def _suffix(request: HttpRequest) -> str:
    return "?back=check" if request.GET.get("back") == "check" else ""


@survives
@require_http_methods(["GET", "HEAD", "POST"])
def dialect(request: HttpRequest) -> HttpResponse:
    """Choose the way of speaking, for the recordings that follow."""
    case = drafts.current(request)
    form = DialectForm(
        request.POST or None, initial={"dialect": (case and case.answers.get("dialect")) or ""}
    )
    if request.method == "POST" and not is_stale(request) and form.is_valid():
        with refusals_shown_on(form):
            case = drafts.current_or_new(request)
            save_answers(case_id=case.pk, dialect=form.cleaned_data["dialect"])
            return redirect("portal:question", StoryForm.slug)
    return page(request, "portal/intake/dialect.html", form=form)


@never_cache
@require_GET
def listening(request: HttpRequest) -> HttpResponse:
    """The recording is here; it is being written down. When it is, on to the text."""
    case = drafts.current(request)
    if case is None:
        messages.info(request, _("We find no application on this phone. Begin here, or get yours back."))
        return redirect("portal:start")
    waiting = story_page.still_heard(case)
    story_url = reverse("portal:question", args=[StoryForm.slug]) + _suffix(request)
    if not waiting:
        _say_what_was_heard(request, case)
        return redirect(story_url)
    return page(
        request,
        "portal/intake/listening.html",
        draft=case,
        recording=waiting[-1],
        progress=progress_of(waiting[-1]),
        poll_url=reverse("portal:listening_progress"),
        story_url=story_url,
        next_url=next_of(case, after=StoryForm.slug),
    )


def _say_what_was_heard(request: HttpRequest, case: Case) -> None:
    if story_page.unread(case):
        messages.success(
            request, _("We wrote down what you said. Please read it and put right what is wrong.")
        )
        return
    for recording in story_page.recordings_of(case)[-1:]:
        if recording.problem:
            messages.warning(request, recording.problem)


@never_cache
@require_GET
def listening_progress(request: HttpRequest) -> JsonResponse:
    """How far the writing down is, for progress.js."""
    case = drafts.current(request)
    waiting = story_page.still_heard(case) if case else []
    return JsonResponse(progress_of(waiting[-1]) if waiting else {"state": "done", "done": 1, "total": 1})


@survives
@require_http_methods(["GET", "HEAD", "POST"])
def understood(request: HttpRequest) -> HttpResponse:
    """What we read out of the story. Nothing of it counts before the person says so."""
    case = drafts.current(request)
    if case is None:
        messages.info(request, _("We find no application on this phone. Begin here, or get yours back."))
        return redirect("portal:start")
    guesses = guesses_for(case)
    if not guesses:
        return redirect(_onward(request, case))
    posted = request.POST if request.method == "POST" else None
    form = UnderstoodForm(posted, case=case, guesses=guesses)
    if request.method == "POST" and is_stale(request):
        form.is_valid()
        form.errors.clear()
        messages.warning(
            request,
            _("This page was open for long. What you wrote is still here. Please press “Continue” again."),
        )
        return _show(request, form, case, status=STALE)
    if request.method == "POST" and form.is_valid():
        answers = form.answers()
        case = save_answers(case_id=case.pk, understood=sorted(answers), **answers)
        if form.cleaned_data["may_learn"]:
            keep_lesson(case_id=case.pk, story=str(case.answers.get("story", "")), guesses=form.lesson())
        else:
            withdraw_lesson(case_id=case.pk)
        for slug, key in SETTLES.items():
            if answers.get(key):
                case = drafts.keep_answers(case_id=case.pk, slug=slug, answers={})
        return redirect(_onward(request, case))
    return _show(request, form, case)


@survives
@require_http_methods(["GET", "HEAD", "POST"])
def learning(request: HttpRequest) -> HttpResponse:
    """Whether we may learn from one's corrections, and the button that takes it back."""
    cases = [case for case in _own_cases(request) if has_lesson(case)]
    if request.method == "POST" and not is_stale(request):
        for case in cases:
            withdraw_lesson(case_id=case.pk)
        messages.success(request, _("Erased. We no longer learn from your corrections."))
        return redirect("portal:learning")
    return page(request, "portal/intake/learning.html", count=len(cases))


def _own_cases(request: HttpRequest) -> list[Case]:
    """The draft on this phone, and the cases of who is signed in."""
    draft = drafts.current(request)
    own = [draft] if draft else []
    if request.user.is_authenticated and request.user.role == Role.CITIZEN:
        own += [case for case in Case.objects.visible_to(request.user) if case not in own]
    return own


def _show(
    request: HttpRequest, form: UnderstoodForm, case: Case, *, status: int | None = None
) -> HttpResponse:
    rows = [
        {"guess": guess, "field": form[guess.slot.key], "out": form[f"{guess.slot.key}_out"]}
        for guess in form.guesses
    ]
    return page(
        request,
        "portal/intake/understood.html",
        form=form,
        status=status,
        draft=case,
        rows=rows,
        may_learn=form["may_learn"],
        back_to=request.POST.get("back") or request.GET.get("back") or "",
        skip_url=_onward(request, case),
    )


def _onward(request: HttpRequest, case: Case) -> str:
    back = request.POST.get("back") or request.GET.get("back")
    return reverse("portal:check") if back == "check" else next_of(case, after=StoryForm.slug)
