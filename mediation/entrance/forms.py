"""The forms at the entrance: name and password, phone and code, the code of a message."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.errors import Refusal
from cases.services.people import clean_phone


class StaffForm(forms.Form):
    """Name and password of people who work here, at an institution or at a court."""

    username = forms.CharField(
        label=_("User name"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Please type your user name.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Please type your password.")},
    )


class PhoneForm(forms.Form):
    """The first step for citizens: the phone number that gets the code."""

    phone = forms.CharField(
        label=_("Your mobile number"),
        help_text=_("We send a code of six digits to it."),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}),
        error_messages={"required": _("Please type your mobile number.")},
    )

    def clean_phone(self) -> str:
        """The eleven digits, or what to mend."""
        try:
            return clean_phone(self.cleaned_data["phone"])
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class CodeForm(PhoneForm):
    """The second step: the code from the text message. The number travels along, so no step is kept anywhere."""

    code = forms.CharField(
        label=_("The code from the text message"),
        help_text=_("Six digits. It holds for 10 minutes."),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
        ),
        error_messages={"required": _("Please type the six digits from the text message.")},
    )
    field_order = ["code", "phone"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["phone"].widget = forms.HiddenInput()

    def clean_code(self) -> str:
        """The digits alone, also when they were typed full-width or with a space."""
        wide = str.maketrans("０１２３４５６７８９", "0123456789")
        return "".join(str(self.cleaned_data["code"]).translate(wide).split())


class MessageCodeForm(forms.Form):
    """The code that stands at the end of each message of ours."""

    code = forms.CharField(
        label=_("The code in the message"),
        help_text=_("Eight letters and digits, such as K7M2 9PQR."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Please type the code from the message.")},
    )
