"""Forms of the hearing. Their checks only help to write; what is lawful stands in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.roles import Role
from mediation.hearings.content import speaker_name
from mediation.hearings.speech import Dialect
from mediation.hearings.transcripts import LONGEST_LINE

SEVERAL = "several"


def speakers(case: Case, *, several: bool = False) -> list[tuple[str, str]]:
    """Who may have spoken, as choices; with `several`, first that more than one did."""
    named = [
        (role.value, speaker_name(case, role)) for role in (Role.CITIZEN, Role.INSTITUTION, Role.MEDIATOR)
    ]
    return [(SEVERAL, str(_("Several people"))) if several else ("", "—"), *named]


class RecordingForm(forms.Form):
    """A recording, its dialect, and who speaks. The file is in the field of the camera or in the plain one."""

    dialect = forms.ChoiceField(label=_("How people speak in it"), choices=Dialect.choices)
    speaker = forms.ChoiceField(label=_("Who speaks"))

    def __init__(self, *args: Any, case: Case, own_role: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["speaker"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [
            choice
            for choice in speakers(case, several=True)
            if own_role in {"", Role.MEDIATOR} or choice[0] in {SEVERAL, own_role}
        ]
        self.initial.setdefault("speaker", SEVERAL if own_role in {"", Role.MEDIATOR} else own_role)

    def clean_speaker(self) -> str:
        """A role, or nothing where several people speak."""
        speaker = str(self.cleaned_data["speaker"])
        return "" if speaker == SEVERAL else speaker


class EndForm(forms.Form):
    """What the hearing came to."""

    result = forms.CharField(
        label=_("What did the hearing come to?"),
        help_text=_(
            "Write what was agreed, what is still open, and what comes next. Both sides will read it."
        ),
        widget=forms.Textarea,
        max_length=4000,
        error_messages={"required": _("Please write what the hearing came to.")},
    )


class LineForm(forms.Form):
    """A line of the transcript: who spoke and what."""

    speaker = forms.ChoiceField(label=_("Who spoke"), required=False)
    text = forms.CharField(
        label=_("What was said"),
        widget=forms.Textarea,
        required=False,
        strip=True,
        max_length=LONGEST_LINE,
    )
    checked = forms.BooleanField(required=False)
    undo = forms.BooleanField(required=False)
    confirms = forms.BooleanField(required=False)
    reopens = forms.BooleanField(required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["speaker"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = speakers(case)


class WriteForm(LineForm):
    """A line that the mediator writes, whole."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        speaker, text = self.fields["speaker"], self.fields["text"]
        assert isinstance(speaker, forms.ChoiceField)  # noqa: S101
        speaker.choices = speakers(case)[1:]
        for field, words in (
            (speaker, _("Please choose who spoke.")),
            (text, _("Please write what was said.")),
        ):
            field.required = True
            field.error_messages["required"] = str(words)


class ReadBackForm(forms.Form):
    """A side's word on the transcript; `digest` is that of the text it read."""

    answer = forms.ChoiceField(choices=[("yes", _("Right")), ("no", _("Not right"))])
    objection = forms.CharField(
        label=_("What is not right?"),
        help_text=_("Say at which time, and how it really was. Your own words will do."),
        widget=forms.Textarea,
        required=False,
        max_length=LONGEST_LINE,
    )
    digest = forms.CharField(max_length=64)


class FactsForm(forms.Form):
    """The facts that nobody disputes."""

    facts = forms.CharField(
        label=_("Facts that nobody disputes, one a line"),
        help_text=_("Only what happened: dates, amounts, papers. No offers and no opinions."),
        widget=forms.Textarea,
        max_length=8000,
        error_messages={"required": _("Please write the facts, one a line.")},
    )
