"""From adding papers to the talks: supplement, evidence, mediator, disclosure, more time, the ways to end."""

from typing import Any, cast

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases.models import Exhibit, User
from cases.roles import Role
from cases.workflow import Stage
from evidence.origin.provenance import LONGEST_WORDS
from mediation.files.captured import ORIGINS
from mediation.forms import OptionText
from mediation.parties.forms.common import ActForm, decision_field, files_field, words_field

HANDED_IN = (
    Exhibit.Kind.CONTRACT,
    Exhibit.Kind.SCHEDULE,
    Exhibit.Kind.STATEMENT,
    Exhibit.Kind.CHAT,
    Exhibit.Kind.RECORDING,
    Exhibit.Kind.IDENTITY,
    Exhibit.Kind.OTHER,
)


class SupplementForm(ActForm):
    """补正: what was missing, in words and files."""

    words = words_field(
        _("What would you like to add?"),
        required=_("Please write what you add, even if it is one sentence."),
        hint=_("Write it in your own words."),
    )
    file = files_field(_("Photos or files"), hint=_("Choose as many as you like."))


class EvidenceForm(ActForm):
    """Files to hand in, and what they are."""

    file = files_field(
        _("Photos or files"),
        required=_("Please choose a photo or a file."),
        hint=_("Contracts, bills, text messages, recordings: all of it helps."),
    )
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[(kind.value, kind.label) for kind in HANDED_IN],
        initial=Exhibit.Kind.OTHER,
    )
    title = forms.CharField(label=_("A short name for it"), required=False, max_length=80)
    origin = forms.ChoiceField(label=_("How did it come about?"), choices=ORIGINS, required=False)
    origin_words = forms.CharField(
        label=_("More about it, in one line"),
        help_text=_("For example when, where, or from whom."),
        required=False,
        max_length=LONGEST_WORDS,
    )
    is_private = forms.BooleanField(
        label=_("Only the mediator may see it, not the other side"), required=False
    )


class MediatorForm(ActForm):
    """选定: the mediator this side would like."""

    mediator = forms.TypedChoiceField(
        label=_("Mediators of the centre"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose a mediator."),
            "invalid_choice": _("Please choose a mediator from the list."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["mediator"])
        field.choices = [(one.pk, _described(one)) for one in mediators_of(self.situation.case.centre_id)]
        if mine := self.situation.my_choice:
            field.initial = mine.mediator_id


def mediators_of(centre_id: int | None) -> list[User]:
    """The mediators of a centre with `open_cases`, those with the fewest first."""
    busy = Count("desk", filter=~Q(desk__stage__in=[Stage.CLOSED, Stage.INTAKE]))
    mediators = User.objects.filter(role=Role.MEDIATOR, is_active=True, centre=centre_id)
    return list(mediators.annotate(open_cases=busy).order_by("open_cases", "pk"))


def _described(mediator: User) -> OptionText:
    count = int(getattr(mediator, "open_cases", 0))
    load = ngettext("%(count)d case at the moment", "%(count)d cases at the moment", count) % {"count": count}
    hint = " · ".join(filter(None, [mediator.profile.strip(), load]))
    return OptionText(str(mediator), hint=hint, icon="user")


class DisclosureReplyForm(ActForm):
    """Go on knowing what was disclosed, or ask for another mediator (在线调解规则 Arts 13, 14)."""

    decision = decision_field(
        _("Do you want to go on with this mediator?"),
        OptionText(_("Go on with this mediator"), icon="check"),
        OptionText(_("I would like another mediator"), hint=_("The centre appoints one."), icon="redo"),
    )
    words = words_field(_("Why?"))


class ExtensionReplyForm(ActForm):
    """延长: a yes or a no to more days (在线调解规则 Art 24)."""

    decision = decision_field(
        _("Do you agree to more time?"),
        OptionText(_("I agree"), icon="check"),
        OptionText(_("I do not agree"), hint=_("Then the first date stands."), icon="close"),
    )


class IdentityForm(ActForm):
    """What an agreement must say about a citizen (民诉法解释 Art 354)."""

    id_number = forms.CharField(
        label=_("Identity number"),
        help_text=_("18 characters, as on your card."),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
        error_messages={"required": _("Please type your identity number.")},
    )
    address = forms.CharField(
        label=_("The address where papers reach you"),
        help_text=_("Town, street, house and room."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Please give the address where papers reach you.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("address", self.situation.party.address)


class WithdrawForm(ActForm):
    """撤回: with or without having settled privately."""

    settled = decision_field(
        _("Have you settled it between yourselves?"),
        OptionText(_("Yes, we have settled it"), icon="check"),
        OptionText(_("No, I just do not want to go on"), icon="close"),
    )
    reason = words_field(_("Would you like to tell us why?"))


class RefuseForm(ActForm):
    """A side does not want to mediate; the reason is recorded (在线调解规则 Art 15)."""

    reason = words_field(
        _("Why do you not want to mediate?"),
        required=_("Please write the reason; the law asks us to record it."),
        hint=_("One sentence is enough."),
    )
