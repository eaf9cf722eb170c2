"""What the page of question 4 shows: the recordings, how far each is written down, and the text they gave."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from cases.analysis import Findings, Kind, analyse
from cases.models import Case
from mediation.hearings import marks
from mediation.hearings.dialects import warning_for
from mediation.hearings.models import Recording
from mediation.hearings.speech import Dialect
from mediation.hearings.transcription import text_of
from mediation.portal import drafts
from mediation.portal.evidence_page import row_of
from mediation.portal.intake_forms import StoryForm

TIPS = (
    (Kind.DATE, _("When")),
    (Kind.LENDER, _("Which company")),
    (Kind.AMOUNT, _("How much")),
    (Kind.REMEDY, _("What you want")),
)
RUNNING = {Recording.State.PENDING, Recording.State.RUNNING}


def recordings_of(case: Case) -> list[Recording]:
    """The spoken story, recording by recording."""
    return [recording for e in drafts.stories_of(case) if (recording := getattr(e, "recording", None))]


def still_heard(case: Case) -> list[Recording]:
    """The recordings that are being written down."""
    return [recording for recording in recordings_of(case) if recording.state in RUNNING]


def unread(case: Case) -> list[Recording]:
    """Recordings with words that are written down and not yet in the story."""
    poured = _poured(case)
    return [
        recording
        for recording in recordings_of(case)
        if recording.state == Recording.State.DONE
        and recording.exhibit.number not in poured
        and recording.segments.exists()
    ]


def _poured(case: Case) -> set[int]:
    raw = case.answers.get("raw", {}).get(StoryForm.slug, {})
    numbers = {int(number) for number in raw.get("heard", []) if str(number).isdigit()}
    return numbers | set(case.answers.get("heard", []))


def heard_in(posted: QueryDict, form: StoryForm) -> list[int]:
    """The recordings whose text the sent story holds already."""
    sent = {int(number) for number in posted.getlist("heard") if number.isdigit()}
    return sorted(sent & set(form.recordings))


def context_of(request: HttpRequest, form: StoryForm, case: Case | None) -> dict[str, Any]:
    """Everything beside the form. Text that was heard is put at the end of an unsent story, for correction."""
    recordings = recordings_of(case) if case else []
    dialect = (case.answers.get("dialect") if case else "") or Dialect.MANDARIN
    heard = set(heard_in(request.POST, form)) if form.is_bound else set()
    if case and not form.is_bound:
        heard = _poured(case)
        new = unread(case)
        texts = [str(form.initial.get("story") or ""), *(text_of(recording) for recording in new)]
        form.initial["story"] = "\n\n".join(text for text in texts if text.strip())
        heard |= {recording.exhibit.number for recording in new}
    return {
        "heard": sorted(heard),
        "files": [_row(recording) for recording in recordings],
        "heard_now": [_heard(recording) for recording in recordings],
        "waiting": [recording for recording in recordings if recording.state in RUNNING],
        "dialect": Dialect(dialect).label,
        "dialect_warning": warning_for(dialect),
        "create_url": reverse("portal:upload_create"),
        "extra": urlencode({"purpose": "story", "back": request.GET.get("back", "")}),
        "key": f"story-{case.pk}" if case else "story",
        "seconds": settings.MAX_RECORDING_SECONDS,
        "tips": tips_for(str(form["story"].value() or "")),
    }


def _row(recording: Recording) -> dict[str, Any]:
    return {**row_of(recording.exhibit), "message": recording.problem}


def _heard(recording: Recording) -> dict[str, Any]:
    """The lines of a recording with the same marks as in a transcript; `unsure` are those the machine doubted."""
    lines = list(recording.segments.prefetch_related("corrections").select_related("recording"))
    return {
        "number": f"{recording.exhibit.number:02d}",
        "url": reverse("exhibit_file", args=[recording.exhibit.pk]),
        "seconds": recording.total_s,
        "unsure": sum(map(marks.is_unsure, lines)),
        "segments": [
            {
                "start": line.start_s,
                "end": line.end_s,
                "text": line.text,
                "words": marks.pieces_of(line),
                "times": marks.times_of(line),
                "is_unsure": marks.is_unsure(line),
            }
            for line in lines
        ],
    }


def tips_for(story: str) -> list[dict[str, Any]]:
    """What a story should say, and whether it does already."""
    findings = analyse(story, today=timezone.localdate()) if story.strip() else Findings()
    return [{"label": label, "said": bool(findings.of(kind))} for kind, label in TIPS]
