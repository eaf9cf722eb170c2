"""What the forms of both sides share: they know the situation, and the one thing they are about."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evidence.origin.provenance import Provenance, Way
from mediation.fields import FilesField
from mediation.forms import OptionText
from mediation.parties.situation import Situation

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

LONGEST_WORDS = 4000
YES, NO = "yes", "no"


class ActForm(forms.Form):
    """Asks nothing: the form of an act that needs only a button. `target` is what the act is about, if anything.

    `captured` says how the files of this form came in.
    """

    captured = Provenance(how=Way.FORM)

    def __init__(self, *args: Any, situation: Situation, target: Any = None, **kwargs: Any) -> None:
        self.situation, self.target = situation, target
        super().__init__(*args, **kwargs)


def words_field(label: "Words", *, required: "Words" = "", hint: "Words" = "") -> forms.CharField:
    """A field for words; `required` is what to say when it stays empty."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        max_length=LONGEST_WORDS,
        error_messages={"required": required} if required else None,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def files_field(label: "Words", *, required: "Words" = "", hint: "Words" = "") -> FilesField:
    """A field for several files; `required` is what to say when none was chosen."""
    return FilesField(
        label=label, help_text=hint, required=bool(required), error_messages={"required": required}
    )


def decision_field(
    label: "Words", yes: OptionText, no: OptionText, *, required: "Words" = ""
) -> forms.ChoiceField:
    """Yes or no, neither of them chosen beforehand: silence is never consent."""
    return forms.ChoiceField(
        label=label,
        choices=[(YES, yes), (NO, no)],
        widget=forms.RadioSelect,
        error_messages={"required": required or _("Please choose one of the two.")},
    )
