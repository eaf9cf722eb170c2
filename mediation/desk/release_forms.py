"""What an officer says about a settled case before it may be found."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.services.releasing import LONGEST_STORY
from mediation.desk.fields import lines


class ReleaseForm(forms.Form):
    """The story and terms as they may stand in the library; or why the case stays out."""

    use_required_attribute = False
    story = forms.CharField(
        label=_("The story as it will be found"),
        help_text=_("Take out whatever still points at a person: a rare job, a village, a company."),
        widget=lines(14),
        max_length=LONGEST_STORY,
    )
    terms = forms.CharField(
        label=_("What was agreed, one a line"), widget=lines(4), max_length=LONGEST_STORY, required=False
    )
    reason = forms.CharField(label=_("If it stays out: why"), widget=lines(2), max_length=300)
    answer = forms.ChoiceField(choices=[("release", _("Release")), ("refuse", _("Keep out"))])

    def full_clean(self) -> None:
        """Each answer needs one of the two, so neither is shown as free; which is missing the service says."""
        either = [self.fields[name] for name in ("story", "reason")]
        for field in either:
            field.required = False
        super().full_clean()
        for field in either:
            field.required = True
