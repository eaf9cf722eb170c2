"""Taking a dispute on: how it came, since when the period counts, a note."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.rules import limits
from mediation.desk.fields import DayInput
from mediation.desk.forms import NoteForm

FIRST = "self_accepted"


class AcceptForm(NoteForm):
    """How the case came here decides which limits count from now on."""

    track = forms.ChoiceField(
        label=_("How the case came here"),
        help_text=_("It decides which limits count."),
        error_messages={
            "required": _("Please choose from the list how the case came here."),
            "invalid_choice": _("Please choose from the list how the case came here."),
        },
    )
    signed_on = forms.DateField(
        label=_("Court's papers signed for on"),
        help_text=_("Only where a court sent the case. Empty: today."),
        required=False,
        widget=DayInput(),
        error_messages={"invalid": _("Please choose a day, such as 2026-11-22.")},
    )
    field_order = ["track", "signed_on", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["track"])
        field.choices = [(track, str(limits.profile_title(track))) for track in self._open_tracks()]
        field.initial = FIRST

    def _open_tracks(self) -> list[str]:
        """The tracks that know a mediation period for a case filed when this one was."""
        today = timezone.localdate()
        filed_on = timezone.localdate(self.case.filed_at) if self.case.filed_at else today
        return [
            track
            for track in limits.TRACKS
            if limits.rule_for(track, "mediation", start_on=today, filed_on=filed_on)
        ]
