"""The filters over similar cases."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cases.claims import ClaimKind, Remedy
from cases.models import Licence
from cases.similarity.search import Only
from mediation.desk.fields import YuanField

FIRST_YEAR = 2000
ANY = [("", _("All"))]


def _year(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=FIRST_YEAR,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4, "size": 6}),
    )


class LikeForm(forms.Form):
    """What a similar case must have; an empty box lets all through."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=_("Cause"), choices=[*ANY, *ClaimKind.choices], required=False)
    product = forms.CharField(label=_("Product"), max_length=60, required=False)
    licence = forms.ChoiceField(label=_("Kind of lender"), choices=[*ANY, *Licence.choices], required=False)
    remedy = forms.ChoiceField(label=_("Remedy asked"), choices=[*ANY, *Remedy.choices], required=False)
    least = YuanField(label=_("Claimed at least (yuan)"), required=False, allow_zero=True)
    most = YuanField(label=_("Claimed at most (yuan)"), required=False, allow_zero=True)
    since = _year(_("Settled in or after the year"))
    until = _year(_("Settled in or before the year"))

    def clean(self) -> dict[str, Any]:
        """Ends of a range may not be crossed."""
        told = super().clean() or {}
        for low, high in (("least", "most"), ("since", "until")):
            if told.get(low) is not None and told.get(high) is not None and told[low] > told[high]:
                self.add_error(high, _now("This is below the lower end. Please change one of the two."))
        return told

    def only(self) -> Only:
        """The filters as the search takes them. Call it on a valid form."""
        told = self.cleaned_data
        return Only.asked(
            causes=_some(told["kind"]),
            product=told["product"],
            licences=_some(told["licence"]),
            remedies=_some(told["remedy"]),
            least_fen=told["least"],
            most_fen=told["most"],
            since=told["since"],
            until=told["until"],
        )


def _some(value: str) -> frozenset[str]:
    return frozenset({value}) if value else frozenset()
