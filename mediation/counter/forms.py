"""What the institution writes: its answer to each claim, and the figures of the loan."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Answer, Claim, Exhibit, Loan
from cases.money import format_yuan
from cases.services.answering import Reply
from mediation.counter.schedule_reading import ScheduleError, read_file, read_rows
from mediation.fields import AmountField, DateField
from mediation.forms import OptionText
from mediation.parties.forms.common import ActForm, files_field

EQUAL, ROWS, FILE = "equal", "rows", "file"
LONGEST_MONTHS = 600
PAPERS = {
    "contract_file": Exhibit.Kind.CONTRACT,
    "schedule_paper": Exhibit.Kind.SCHEDULE,
    "statement_file": Exhibit.Kind.STATEMENT,
}
NUMBER = {"inputmode": "decimal", "autocomplete": "off", "class": "num"}


class AnswerForm(ActForm):
    """答辩: a position and words to each claim; the loan, with every payment that the borrower makes, fees too."""

    principal = AmountField(label=_("Principal in the contract"))
    received = AmountField(
        label=_("Really paid out to the borrower"),
        help_text=_("After everything that was taken off at once."),
    )
    plan = forms.ChoiceField(
        label=_("How it is paid back"),
        choices=[
            (EQUAL, OptionText(_("The same amount each month"))),
            (ROWS, OptionText(_("Different amounts: paste the rows"))),
            (FILE, OptionText(_("Different amounts: a CSV or XLSX file"))),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how it is paid back.")},
    )
    payment = AmountField(label=_("Each payment, all fees in it"), required=False)
    months = forms.IntegerField(
        label=_("How many months"),
        required=False,
        min_value=1,
        max_value=LONGEST_MONTHS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Write the number of months, such as 12.")
        ),
    )
    rows = forms.CharField(
        label=_("Rows: month and amount"),
        required=False,
        max_length=20_000,
        help_text=_("One payment a line, such as: 1 943.56"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "num"}),
    )
    schedule_file = forms.FileField(label=_("File with the payments"), required=False)
    contract_no = forms.CharField(label=_("Contract number"), required=False, max_length=60)
    product = forms.CharField(label=_("Product"), required=False, max_length=60)
    contract_on = DateField(label=_("Day of the contract"), required=False)
    rate = forms.DecimalField(
        label=_("Yearly rate in the contract, %"),
        required=False,
        min_value=0,
        max_value=1000,
        decimal_places=4,
        widget=forms.TextInput(attrs=NUMBER),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_decimal_places", "max_digits"),
            _("Write the rate as a number, such as 23.9."),
        ),
    )
    account = forms.CharField(
        label=_("Account that takes payments: holder, bank, number"), required=False, max_length=200
    )
    contract_file = files_field(_("The contract and papers on fees"))
    schedule_paper = files_field(_("The repayment plan as agreed"))
    statement_file = files_field(_("Proof of the pay-out, and statements"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claims = list(self.situation.case.claims.select_related("answer"))
        for claim in self.claims:
            self._add_claim(claim)
        if loan := cast("Loan | None", getattr(self.situation.case, "loan", None)):
            self.initial = {**_initial_of(loan), **self.initial}

    def _add_claim(self, claim: Claim) -> None:
        said = getattr(claim, "answer", None)
        self.fields[f"position_{claim.number}"] = forms.ChoiceField(
            label=_("Our position"),
            choices=Answer.Position.choices,
            widget=forms.RadioSelect,
            initial=said.position if said else None,
            error_messages={"required": _("Please choose your position on this claim.")},
        )
        self.fields[f"amount_{claim.number}"] = AmountField(
            label=_("What we admit, in money"),
            required=False,
            initial=format_yuan(said.amount_fen) if said and said.amount_fen else None,
        )
        self.fields[f"words_{claim.number}"] = forms.CharField(
            label=_("Our answer in words"),
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 3}),
            initial=said.words if said else None,
            error_messages={"required": _("Please answer this claim in words.")},
        )

    def claim_fields(self) -> Iterator[tuple[Claim, list[forms.BoundField]]]:
        """Each claim with the fields that answer it."""
        for claim in self.claims:
            yield claim, [self[f"{name}_{claim.number}"] for name in ("position", "amount", "words")]

    def group(self, *names: str) -> list[forms.BoundField]:
        """Some fields by name."""
        return [self[name] for name in names]

    @property
    def money_fields(self) -> list[forms.BoundField]:
        """Principal and pay-out."""
        return self.group("principal", "received")

    @property
    def contract_fields(self) -> list[forms.BoundField]:
        """What the contract says besides."""
        return self.group("contract_no", "product", "contract_on", "rate", "account")

    @property
    def paper_fields(self) -> list[forms.BoundField]:
        """Papers to hand in."""
        return self.group(*PAPERS)

    def clean(self) -> dict[str, Any]:
        """Read the plan of payments into `payments`: pairs of month and fen."""
        data: dict[str, Any] = super().clean() or {}
        match data.get("plan"):
            case "equal":
                data["payments"] = self._equal(data)
            case "rows":
                data["payments"] = self._read("rows", lambda: read_rows(data.get("rows", "")))
            case "file":
                data["payments"] = self._from_file(data)
        return data

    def _equal(self, data: dict[str, Any]) -> list[tuple[int, int]]:
        if not data.get("payment") and "payment" not in self.errors:
            self.add_error("payment", gettext("Please write the amount of each payment."))
        if not data.get("months") and "months" not in self.errors:
            self.add_error("months", gettext("Write the number of months, such as 12."))
        fen, months = data.get("payment"), data.get("months")
        return [(month, fen) for month in range(1, months + 1)] if fen and months else []

    def _from_file(self, data: dict[str, Any]) -> list[tuple[int, int]]:
        file = data.get("schedule_file")
        if not file:
            self.add_error("schedule_file", gettext("Please choose the file with the payments."))
            return []
        return self._read("schedule_file", lambda: read_file(file, name=file.name))

    def _read(self, name: str, read: Any) -> list[tuple[int, int]]:
        try:
            return list(read())
        except ScheduleError as error:
            self.add_error(name, str(error))
            return []

    def replies(self) -> dict[int, Reply]:
        """The answers by the number of the claim."""
        data = self.cleaned_data
        return {
            claim.number: Reply(
                Answer.Position(data[f"position_{claim.number}"]),
                data[f"words_{claim.number}"],
                data[f"amount_{claim.number}"],
            )
            for claim in self.claims
        }


def _initial_of(loan: Loan) -> dict[str, Any]:
    """What is already known of the loan, as it would be typed."""
    known: dict[str, Any] = {
        "principal": format_yuan(loan.principal_fen) if loan.principal_fen else "",
        "received": format_yuan(loan.received_fen) if loan.received_fen else "",
        "contract_no": loan.contract_no,
        "product": loan.product,
        "contract_on": loan.contract_on,
        "rate": (loan.nominal_rate * 100).normalize() if loan.nominal_rate is not None else None,
        "account": loan.account,
    }
    amounts = {one["fen"] for one in loan.schedule}
    if len(amounts) == 1:
        known |= {"plan": EQUAL, "payment": format_yuan(amounts.pop()), "months": len(loan.schedule)}
    elif amounts:
        lines = [f"{one['month']} {format_yuan(one['fen'])}" for one in loan.schedule]
        known |= {"plan": ROWS, "rows": "\n".join(lines)}
    return known


def as_fraction(percent: Decimal | None) -> Decimal | None:
    """23.9 → 0.239."""
    return None if percent is None else percent / 100
