"""Papers that somebody brought, posted or sent to the office: taken in by the desk, with who gave them and how."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import Case, Exhibit
from cases.roles import Role
from evidence.origin.provenance import LONGEST_WORDS, Way
from mediation.desk.case_views import own_case
from mediation.entrance import gate
from mediation.fields import FilesField
from mediation.files import held
from mediation.files.captured import ORIGINS, captured_from, said_by_person
from mediation.files.taking import take_files
from mediation.files.uploading import refused_files
from mediation.http import HouseRequest, open_to, page, refusals_shown_on

FORM = "hand-in"
KINDS = (
    Exhibit.Kind.CONTRACT,
    Exhibit.Kind.SCHEDULE,
    Exhibit.Kind.STATEMENT,
    Exhibit.Kind.CHAT,
    Exhibit.Kind.RECORDING,
    Exhibit.Kind.IDENTITY,
    Exhibit.Kind.OTHER,
)


class HandInForm(forms.Form):
    """Files, what they are, and where they come from; that much the desk has to say."""

    file = FilesField(
        label=_("Files"),
        help_text=_("A scan or a photo of the paper; or the file as it was sent to the office."),
        error_messages={"required": _("Please choose a photo or a file.")},
    )
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        initial=Exhibit.Kind.OTHER,
    )
    title = forms.CharField(label=_("A short name for it"), required=False, max_length=80)
    origin = forms.ChoiceField(label=_("How did it come about?"), choices=ORIGINS, required=False)
    origin_words = forms.CharField(
        label=_("Who gave it, when and how"),
        help_text=_("For example: the claimant brought the original on 12 March; scanned at the desk."),
        max_length=LONGEST_WORDS,
        error_messages={"required": _("Please write who gave it, when and how.")},
    )
    is_private = forms.BooleanField(label=_("For the mediator only, neither side sees it"), required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person.role != Role.MEDIATOR:
            del self.fields["is_private"]


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.OFFICER, Role.MEDIATOR)
def hand_in(request: HouseRequest, docket: str) -> HttpResponse:
    """The page, and what it sends."""
    case = own_case(request, docket)
    form = HandInForm(person=request.user)
    if request.method == "POST":
        files = held.brought_by(request, case, request.user, FORM)
        form = HandInForm(request.POST, files, person=request.user)
        for message in refused_files(request):
            form.add_error(None, message)
        if form.is_valid() and _taken(request, case, form):
            messages.success(request, str(_("Received. It is kept safely.")))
            return redirect(reverse("desk:case", args=[docket]) + "#exhibits")
    held.dress(
        form,
        case=case,
        person=request.user,
        name=FORM,
        create_url=reverse("desk:files", args=[docket]),
        one_way=True,
    )
    return page(request, "desk/hand_in.html", form=form, case=case)


def _taken(request: HouseRequest, case: Case, form: HandInForm) -> bool:
    data = form.cleaned_data
    origin, words = said_by_person(data["origin"], data["origin_words"])
    came = captured_from(request, how=Way.FORM, where="desk")
    with refusals_shown_on(form):
        gate.count_bytes_or_refuse(request, held.plain_bytes(form.files))
        take_files(
            data["file"],
            case_id=case.pk,
            person=request.user,
            captured=replace(came, origin=origin, words=words),
            kind=data["kind"],
            title=data["title"],
            private=bool(data.get("is_private")),
        )
    return not form.errors


@require_POST
@open_to(Role.OFFICER, Role.MEDIATOR)
def files(request: HouseRequest, docket: str) -> HttpResponse:
    """Announce a file."""
    case = own_case(request, docket)
    return held.announce(request, case, url_of=lambda key: reverse("desk:file_piece", args=[docket, key]))


@require_http_methods(["PATCH", "HEAD", "DELETE"])
@open_to(Role.OFFICER, Role.MEDIATOR)
def file_piece(request: HouseRequest, docket: str, upload_id: str) -> HttpResponse:
    """One piece of it."""
    return held.piece(request, own_case(request, docket), upload_id)
