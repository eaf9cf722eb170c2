"""Doing one thing that needs no form of its own."""

from collections.abc import Callable

from django.forms import Form

from mediation.http import refusals_shown_on


def tried(act: Callable[[], object]) -> Form:
    """Do it. The form returned has errors when it was refused, fit for components/form_errors.html."""
    form = Form({})
    form.is_valid()
    with refusals_shown_on(form):
        act()
    return form
