"""A hearing in which each speaks in their own time 异步: who has agreed to it, and what was said so far."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mediation.hearings.content import short_name
from mediation.hearings.models import Hearing
from mediation.hearings.room import seats
from mediation.hearings.transcripts import LONGEST_LINE


class SayForm(forms.Form):
    """What somebody wants to say."""

    words = forms.CharField(
        label=_("What do you want to say?"),
        help_text=_("The other side and the mediator read it. It becomes part of the transcript."),
        widget=forms.Textarea,
        max_length=LONGEST_LINE,
        error_messages={"required": _("Please write what you want to say.")},
    )


def context_of(hearing: Hearing) -> dict[str, Any]:
    """What components/hearing_apart.html takes; nothing for hearings at one time."""
    if hearing.how != Hearing.How.APART:
        return {"is_apart": False}
    return {
        "is_apart": True,
        "apart_agreed": seats.all_agreed_apart(hearing),
        "apart_refused": seats.somebody_refused_apart(hearing),
        "apart_lines": [
            (line, short_name(hearing.case, line.speaker) or str(line.written_by or ""))
            for line in hearing.written_lines.select_related("written_by").prefetch_related("corrections")
        ],
        "say_form": SayForm(),
    }
