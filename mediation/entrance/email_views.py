"""Messages by e-mail: name an address, type the code that was sent there, take it back. For anybody who signed in."""

from typing import cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.models import User
from mediation.entrance.gate import count_or_refuse
from mediation.http import page, refusals_shown_on
from mediation.notices import addresses


class AddressForm(forms.Form):
    """Where to write to."""

    address = forms.CharField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("We send a code of six digits to it."),
        max_length=addresses.LONGEST,
        widget=forms.TextInput(attrs={"type": "email", "inputmode": "email", "autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Please type your e-mail address.")},
    )


class CodeForm(forms.Form):
    """The code that came by e-mail."""

    code = forms.CharField(
        label=gettext_lazy("The code from the e-mail"),
        help_text=gettext_lazy("Six digits. It holds for 30 minutes."),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": gettext_lazy("Please type the six digits from the e-mail.")},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def email_settings(request: HttpRequest) -> HttpResponse:
    """Three small forms on one page; without script, and what was typed stays when it is refused."""
    person = cast("User", request.user)
    address_form, code_form = AddressForm(), CodeForm()
    done = False
    if request.method == "POST" and "remove" in request.POST:
        addresses.remove_address(person=person)
        messages.success(request, _("We no longer write to you by e-mail."))
        done = True
    elif request.method == "POST" and "code" in request.POST:
        code_form = CodeForm(request.POST)
        done = code_form.is_valid() and _confirm(request, person, code_form)
    elif request.method == "POST":
        address_form = AddressForm(request.POST)
        done = address_form.is_valid() and _name(request, person, address_form)
    if done:
        return redirect("email_settings")
    response = page(
        request,
        "front/email.html",
        form=code_form if code_form.is_bound else address_form,
        address_form=address_form,
        code_form=code_form,
        confirmed=addresses.address_of(person),
        waiting=addresses.waiting_address(person),
        demo=settings.USE_DEMO,
    )
    patch_cache_control(response, private=True, no_store=True)
    return response


def _name(request: HttpRequest, person: User, form: forms.Form) -> bool:
    with refusals_shown_on(form):
        count_or_refuse(request, "codes")
        addresses.name_address(person=person, address=form.cleaned_data["address"])
        messages.success(request, _("A code is on its way. Please type it below."))
    return not form.errors


def _confirm(request: HttpRequest, person: User, form: forms.Form) -> bool:
    with refusals_shown_on(form):
        count_or_refuse(request, "code tries")
        addresses.confirm_address(person=person, code=form.cleaned_data["code"])
        messages.success(request, _("Your address is confirmed. Messages go there from now on."))
    return not form.errors
