"""The log as anybody may read it (tlog-tiles), the policy and the checkers to take along, the check of a receipt."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

import evidence.verify
from cases.errors import Refusal
from evidence.log import reading
from evidence.log.receipts import still_holds
from evidence.tlog.merkle import ProofRefused
from evidence.tlog.proofs import LARGEST_RECEIPT, Checked, Receipt
from mediation.entrance.gate import count_or_refuse
from mediation.http import page, refusals_shown_on

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
LONGEST_PASTED = 2 * LARGEST_RECEIPT
FOREVER_S = 365 * 24 * 3600
TO_TAKE_ALONG = {"verify.html": "text/html; charset=utf-8", "verify.py": "text/x-python; charset=utf-8"}


@require_GET
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """The newest published checkpoint, with the lines of the witnesses. 404 before the first."""
    note = reading.checkpoint()
    if note is None:
        raise Http404
    response = HttpResponse(note, content_type=TEXT)
    patch_cache_control(response, public=True, max_age=1)
    return response


@require_GET
def tile(_request: HttpRequest, path: str) -> HttpResponse:
    """A tile of hashes or a bundle of entries, whole or (`.p/W`) its first W. 404 for what no checkpoint needs."""
    found = reading.resource(f"tile/{path}")
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type=BYTES)
    patch_cache_control(response, public=True, max_age=FOREVER_S, immutable=True)
    return response


@require_GET
def policy(_request: HttpRequest) -> HttpResponse:
    """The policy of this log. A court compares it with its own copy."""
    return HttpResponse(reading.policy_bytes(), content_type=TEXT)


@require_GET
def checker(_request: HttpRequest, name: str) -> FileResponse:
    """A checker, to be saved and used without a network. It is never run from here."""
    if name not in TO_TAKE_ALONG:
        raise Http404
    file = Path(evidence.verify.__file__).with_name(name)
    return FileResponse(file.open("rb"), as_attachment=True, content_type=TO_TAKE_ALONG[name], filename=name)


class ReceiptForm(forms.Form):
    """A receipt, pasted or as a file."""

    text = forms.CharField(
        label=gettext_lazy("The receipt as text"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        required=False,
        strip=False,
        max_length=LONGEST_PASTED,
    )
    file = forms.FileField(label=gettext_lazy("Or the file (.tlog-proof)"), required=False)

    def receipt(self) -> bytes:
        """The bytes of the receipt. Raises Refusal in plain words."""
        if file := self.cleaned_data.get("file"):
            if file.size > LONGEST_PASTED:
                raise Refusal(
                    _("This file is too large to be a receipt. Please choose the file of the receipt.")
                )
            return bytes(file.read())
        text = str(self.cleaned_data.get("text") or "").replace("\r\n", "\n").strip("\n")
        if not text:
            raise Refusal(_("Please paste the text of the receipt, or choose its file."))
        return (text + "\n").encode()


@never_cache
def check_receipt(request: HttpRequest) -> HttpResponse:
    """核验回执: anybody checks a receipt here, or takes the checker along and trusts nobody."""
    form = ReceiptForm(request.POST or None, request.FILES or None)
    found, why = None, ""
    if request.method == "POST" and form.is_valid():
        with refusals_shown_on(form):
            count_or_refuse(request, "receipts")
            try:
                found = _told(Receipt.parse(form.receipt()).check(reading.policy_bytes()))
            except ProofRefused as error:
                why = str(error)
    return page(
        request,
        "front/check_receipt.html",
        form=form,
        found=found,
        why=why,
        fingerprint=hashlib.sha256(reading.policy_bytes()).hexdigest(),
    )


def _told(checked: Checked) -> dict[str, Any]:
    """What a good receipt says, in words and instants."""
    envelope = json.loads(checked.envelope)
    return {
        "at": parse_datetime(str(envelope.get("at", ""))),
        "seq": envelope.get("seq"),
        "still_holds": still_holds(checked),
        "log": envelope.get("log"),
        "index": checked.index,
        "size": checked.accepted.checkpoint.size,
        "witnesses": [
            (name, datetime.fromtimestamp(at_s, UTC))
            for name, at_s in sorted(checked.accepted.witnesses.items())
        ],
    }
