"""Reading a picture in the application: only when its owner asks, and added to the story only by its owner."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from cases.errors import Refusal
from cases.models import Case, Exhibit
from cases.roles import Role
from mediation.http import page
from mediation.pictures.models import Reading
from mediation.pictures.services import DOUBTFUL, ask_for_own_reading, can_read, is_picture
from mediation.portal import drafts
from mediation.portal.intake_forms import LONGEST_STORY, EvidenceForm, StoryForm
from mediation.portal.survival import is_stale, survives

STALE, UNPROCESSABLE = 403, 422
READ_AN_HOUR = 20
MOST_WORDS = 5_000
WORKING = {Reading.State.PENDING, Reading.State.RUNNING}


class WordsForm(forms.Form):
    """What was read, as the person lets it stand."""

    use_required_attribute = False
    words = forms.CharField(
        label=gettext_lazy("The words, put right by you"),
        help_text=gettext_lazy("Take out what does not belong in your story."),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=MOST_WORDS,
        error_messages={"required": gettext_lazy("There is nothing to add. Write it, or go back.")},
    )


@survives
@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: HttpRequest, number: int) -> HttpResponse:
    """The picture, and beside it what was read. Nothing is read, and nothing added, unless asked for here."""
    case, exhibit = _own_picture(request, number)
    if case is None or exhibit is None:
        messages.info(request, _("This file is not on the list any more."))
        return redirect("portal:question", EvidenceForm.slug)
    reading = Reading.objects.filter(exhibit=exhibit).first()
    if reading is None and not can_read():
        raise Http404
    form = WordsForm(initial={"words": reading.as_written[:MOST_WORDS] if reading else ""})
    if request.method == "POST":
        form = WordsForm(request.POST)
        if is_stale(request):
            form = WordsForm(initial={"words": request.POST.get("words", "") or form["words"].initial})
            told = _(
                "This page was open for long. What you wrote is still here. Please press the button again."
            )
            messages.warning(request, told)
            return _show(request, exhibit, reading, form, status=STALE)
        try:
            if answer := _act(request, case, exhibit, reading, form):
                return answer
        except Refusal as refusal:
            for message in refusal:
                messages.error(request, str(message))
        return _show(request, exhibit, reading, form, status=UNPROCESSABLE)
    return _show(request, exhibit, reading, form)


@never_cache
@require_GET
def picture_progress(request: HttpRequest, number: int) -> JsonResponse:
    """How far the reading is, for progress.js."""
    _case, exhibit = _own_picture(request, number)
    reading = Reading.objects.filter(exhibit=exhibit).first() if exhibit else None
    if reading is None or reading.state not in WORKING:
        return JsonResponse({"state": "done", "done": 1, "total": 1})
    return JsonResponse({"state": "running", "done": reading.share, "total": 1})


def _own_picture(request: HttpRequest, number: int) -> tuple[Case | None, Exhibit | None]:
    case = drafts.current(request)
    if case is None:
        return None, None
    files = case.exhibits.select_related("deposit").filter(by_role=Role.CITIZEN, withdrawn_at__isnull=True)
    exhibit = files.filter(number=number).first()
    return case, exhibit if exhibit and is_picture(exhibit) else None


def _act(
    request: HttpRequest, case: Case, exhibit: Exhibit, reading: Reading | None, form: WordsForm
) -> HttpResponse | None:
    """Have it read, or add the words; None where the words must be put right first. Raises Refusal."""
    if "words" not in request.POST:
        drafts.count_or_refuse(request, "pictures_read", most=READ_AN_HOUR, seconds=3600)
        ask_for_own_reading(exhibit_id=exhibit.pk, case_id=case.pk)
        return redirect("portal:picture", exhibit.number)
    if reading is None or reading.state != Reading.State.DONE:
        raise Refusal(_("The picture has not been read yet."))
    if not form.is_valid():
        return None
    _add_to_story(request, case, form.cleaned_data["words"].replace("\r\n", "\n").strip())
    messages.success(
        request, _("It stands at the end of your story now. Please read it through, then go on.")
    )
    return redirect("portal:question", StoryForm.slug)


def _add_to_story(request: HttpRequest, case: Case, words: str) -> None:
    """Put the words at the end of the story as it is written now; it counts when the person goes on from there."""
    kept = case.answers.get("raw", {}).get(StoryForm.slug)
    raw = dict(kept or {"heard": [str(number) for number in case.answers.get("heard", [])]})
    story = str((raw.get("story") or [case.answers.get("story", "")])[0])
    if words in story:
        raise Refusal(_("These words stand in your story already."))
    longer = f"{story.rstrip()}\n\n{words}".strip()
    if len(longer) > LONGEST_STORY:
        raise Refusal(_("Your story would be too long with this. Please take some words out."))
    helper = str(request.session.get(drafts.HELPER, ""))
    drafts.keep_raw(case_id=case.pk, slug=StoryForm.slug, raw={**raw, "story": [longer]}, helper=helper)


def _show(
    request: HttpRequest,
    exhibit: Exhibit,
    reading: Reading | None,
    form: WordsForm,
    *,
    status: int | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "exhibit": exhibit,
        "reading": reading,
        "is_working": reading is not None and reading.state in WORKING,
        "doubtful": DOUBTFUL,
        "poll_url": reverse("portal:picture_progress", args=[exhibit.number]),
        "back_url": reverse("portal:question", args=[EvidenceForm.slug]),
    }
    return page(request, "portal/intake/picture.html", form=form, status=status, **context)
