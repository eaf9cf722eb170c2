"""A picture beside what was read off it, for checking row by row."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import repeat
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.errors import Refusal
from cases.models import Exhibit
from cases.roles import Role
from mediation.dates.days import DayField
from mediation.desk.case_views import own_case
from mediation.files.showing import may_see
from mediation.http import UNPROCESSABLE, HouseRequest, open_to, page
from mediation.pictures.models import Reading
from mediation.pictures.services import DOUBTFUL, ask_for_reading, confirm_rows, findings_of, is_picture

MONEY = ("amount", "principal", "interest", "fee", "balance")


class RowForm(forms.Form):
    """One repayment, in yuan; a row that is wholly emptied is left out."""

    use_required_attribute = False
    date = DayField(label=gettext_lazy("Date"), may_be_ahead=True)
    amount = forms.DecimalField(label=gettext_lazy("Amount"), required=False, max_digits=12, decimal_places=2)
    principal = forms.DecimalField(
        label=gettext_lazy("Principal"), required=False, max_digits=12, decimal_places=2
    )
    interest = forms.DecimalField(
        label=gettext_lazy("Interest"), required=False, max_digits=12, decimal_places=2
    )
    fee = forms.DecimalField(label=gettext_lazy("Fee"), required=False, max_digits=12, decimal_places=2)
    balance = forms.DecimalField(
        label=gettext_lazy("Balance"), required=False, max_digits=12, decimal_places=2
    )

    def as_row(self) -> dict[str, Any]:
        """The row in fen, without what is empty."""
        told = self.cleaned_data
        money = {name: int(told[name] * 100) for name in MONEY if told.get(name) is not None}
        return ({"date": told["date"]} if told.get("date") else {}) | money


RowSet = forms.formset_factory(RowForm, extra=0, max_num=360, absolute_max=400)


@require_http_methods(["GET", "POST"])
@open_to(Role.OFFICER, Role.MEDIATOR)
def picture(request: HouseRequest, docket: str, pk: int) -> HttpResponse:
    """Show the picture and its words; have it read; keep the rows as they were checked."""
    case = own_case(request, docket)
    exhibit = get_object_or_404(Exhibit.objects.select_related("case", "deposit"), pk=pk, case=case)
    if not is_picture(exhibit) or not may_see(request, exhibit):
        raise Http404
    reading = Reading.objects.filter(exhibit=exhibit).first()
    rows = _rows_form(request, reading)
    status = None
    if request.method == "POST":
        try:
            if _done(request, exhibit, reading, rows):
                return redirect("desk:picture", docket, pk)
            status = UNPROCESSABLE
        except Refusal as refusal:
            status = UNPROCESSABLE
            for message in refusal:
                messages.error(request, str(message))
    return page(
        request,
        "desk/picture.html",
        status=status,
        case=case,
        exhibit=exhibit,
        reading=reading,
        rows=rows,
        checked=[*zip(rows, _doubts(reading), strict=False)],
        doubtful=DOUBTFUL,
        said=list(findings_of(reading)) if reading and reading.lines else [],
        percent=round(100 * reading.share) if reading else 0,
    )


def _doubts(reading: Reading | None) -> Iterator[set[str]]:
    """For each row the cells to look at; none where a person confirmed the rows."""
    if reading and reading.confirmed is None:
        for row in reading.rows:
            told = set(row.get("doubts", ()))
            yield told | {"amount"} if "sum" in told else told
    yield from repeat(set())


def _rows_form(request: HouseRequest, reading: Reading | None) -> Any:
    told = (reading.confirmed if reading.confirmed is not None else reading.rows) if reading else []
    shown = [
        {
            "date": row.get("date", ""),
            **{name: Decimal(row[name]) / 100 for name in MONEY if row.get(name) is not None},
        }
        for row in told
    ]
    posted = request.POST if request.method == "POST" and "form-TOTAL_FORMS" in request.POST else None
    return RowSet(posted, initial=shown)


def _done(request: HouseRequest, exhibit: Exhibit, reading: Reading | None, rows: Any) -> bool:
    """Whether the act was done; False where a row must be mended first."""
    if reading is None or "form-TOTAL_FORMS" not in request.POST:
        ask_for_reading(exhibit_id=exhibit.pk, person=request.user)
        messages.success(request, _("The picture is being read. It takes some seconds."))
        return True
    if not rows.is_valid():
        return False
    confirm_rows(
        reading_id=reading.pk,
        person=request.user,
        rows=[row for form in rows if (row := form.as_row())],
        use_for_loan="use_for_loan" in request.POST,
    )
    messages.success(request, _("The rows are kept as you checked them."))
    return True
