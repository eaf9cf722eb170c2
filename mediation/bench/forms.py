"""The forms of the court's door, and the wording that the judge begins from."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mediation.bench.materials import QUESTIONS
from mediation.court.models import JointApplication, Ruling
from mediation.court.services import CHECKS, DISMISSAL_GROUNDS, Verdict
from mediation.forms import OptionText
from mediation.templatetags.house import capitals, day

LARGEST_BYTES = 200 * 1024 * 1024
ZIP_START, EMPTY_ZIP_START = b"PK\x03\x04", b"PK\x05\x06"
TOO_LARGE: Promise = gettext_lazy(
    "This file is larger than 200 MB. Please check it with verify.py on your own computer."
)


class PacketForm(forms.Form):
    """A packet to check. The file is looked at and not kept."""

    packet = forms.FileField(
        label=gettext_lazy("The packet (.zip)"),
        help_text=gettext_lazy("As it was downloaded, up to 200 MB. It is checked and not kept."),
        error_messages={
            "required": gettext_lazy("Please choose the packet first."),
            "empty": gettext_lazy("This file is empty. Please download the packet again and choose it here."),
        },
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )

    def clean_packet(self) -> "UploadedFile[bytes]":
        """Refuse in plain words what is no packet at all."""
        file: UploadedFile[bytes] = self.cleaned_data["packet"]
        if (file.size or 0) > LARGEST_BYTES:
            raise forms.ValidationError(str(TOO_LARGE))
        start = file.read(4)
        file.seek(0)
        if start == EMPTY_ZIP_START:
            raise forms.ValidationError(_("This ZIP is empty. Please download the packet again."))
        if start != ZIP_START:
            raise forms.ValidationError(
                _(
                    "This is no ZIP file. Please choose the packet as it was downloaded, not a file from inside it."
                )
            )
        return file


class AskForm(forms.Form):
    """What the court wants to see."""

    what = forms.CharField(
        label=gettext_lazy("What is missing"),
        help_text=gettext_lazy("Name each paper and what it should show. Both sides read this."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Please write what is missing.")},
    )


class AnswerForm(forms.Form):
    """The court's answer to an objection."""

    answer = forms.CharField(
        label=gettext_lazy("The court's answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Please write the answer.")},
    )


class Ticks(forms.MultipleChoiceField):
    """Boxes of which none need be ticked here; what the ruling needs is said by the form as a whole."""

    def validate(self, value: Any) -> None:
        """Only what was ticked is looked at."""
        if value:
            super().validate(value)


class Ground(forms.ChoiceField):
    """A choice that only a dismissal needs."""

    def validate(self, value: Any) -> None:
        """Only what was chosen is looked at."""
        if value:
            super().validate(value)


class RuleForm(forms.Form):
    """The ruling. The judge ticks, chooses and writes; the wording is a beginning to be changed."""

    use_required_attribute = False

    checks = Ticks(
        label=gettext_lazy("Looked at, one by one"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(key, OptionText(name, hint=CHECKS[key])) for key, (name, _about) in QUESTIONS.items()],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("The ruling"),
        widget=forms.RadioSelect,
        choices=[
            (
                Ruling.Kind.CONFIRM,
                OptionText(Ruling.Kind.CONFIRM.label, hint="民事诉讼法 206"),
            ),
            (Ruling.Kind.DISMISS, OptionText(Ruling.Kind.DISMISS.label, hint="民诉法解释 358")),
        ],
        error_messages={"required": gettext_lazy("Please choose whether to confirm or to dismiss.")},
    )
    ground = Ground(
        label=gettext_lazy("Ground for dismissing"),
        help_text=gettext_lazy("Only for a dismissal (Interpretation of the Civil Procedure Law, Art 358)."),
        choices=[("", "—"), *DISMISSAL_GROUNDS.items()],
    )
    findings = forms.CharField(
        label=gettext_lazy("Findings"),
        help_text=gettext_lazy("Printed after “经审查查明：”. Please change the wording to what you found."),
        max_length=6000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Please write the findings.")},
    )
    reasons = forms.CharField(
        label=gettext_lazy("Reasons"),
        help_text=gettext_lazy(
            "Printed after “本院认为，”. The article and the order of the court follow by themselves."
        ),
        max_length=6000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Please write the reasons.")},
    )
    clerk = forms.CharField(
        label=gettext_lazy("Court clerk"),
        max_length=40,
        error_messages={"required": gettext_lazy("Please name the court clerk.")},
    )

    def clean(self) -> dict[str, Any]:
        """Say at once what the chosen outcome still needs; the service asks for the same."""
        told: dict[str, Any] = self.cleaned_data
        if told.get("kind") == Ruling.Kind.CONFIRM and len(told.get("checks", [])) < len(CHECKS):
            self.add_error("checks", _("Confirming needs every check ticked."))
        if told.get("kind") == Ruling.Kind.DISMISS and not told.get("ground"):
            self.add_error("ground", _("Please choose the ground for dismissing."))
        return told

    def verdict(self) -> Verdict:
        """What the judge wrote, for the service."""
        told: dict[str, Any] = self.cleaned_data
        ground = told["ground"] if told["kind"] == Ruling.Kind.DISMISS else ""
        return Verdict(told["kind"], told["findings"], told["reasons"], told["clerk"], ground)

    def ticks(self) -> dict[str, bool]:
        """Each of the five things, ticked or not."""
        return {key: key in self.cleaned_data["checks"] for key in CHECKS}


def beginning(application: JointApplication, *, total_fen: int) -> dict[str, Any]:
    """Neutral wording to begin from: what the file shows, no outcome chosen, nothing ticked.

    Rulings are written in Chinese whatever language the screen speaks.
    """
    agreement, case = application.agreement, application.case
    names = "、".join(party.name for party in case.parties.all())
    centre = case.centre.name if case.centre else ""
    effective = day(agreement.effective_at)
    money = (
        f"，协议约定的给付款项合计人民币{total_fen / 100:,.2f}元（{capitals(total_fen)}）"
        if total_fen
        else ""
    )
    return {
        "findings": (
            f"{names}经{centre}主持调解，达成调解协议（编号：{agreement.number}）{money}。"
            f"该协议经双方当事人和调解员签署，于{effective}生效。"
            f"双方于{day(application.sent_at)}共同向本院申请司法确认。"
        ),
        "reasons": "经审查，",
    }
