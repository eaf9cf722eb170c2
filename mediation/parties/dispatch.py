"""How an act is done from a page: found, asked, run once, answered. Both doors use it."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case
from cases.roles import Role
from cases.services.steps import lock_case
from evidence.origin.provenance import Way
from mediation.entrance import gate
from mediation.files import held
from mediation.files.captured import captured_from, said_by_person
from mediation.files.taking import take_files
from mediation.files.uploading import refused_files
from mediation.http import HouseRequest, page, refusals_shown_on
from mediation.parties.acts.shape import Act, Done
from mediation.parties.beside import beside
from mediation.parties.doors import Door
from mediation.parties.forms.common import ActForm
from mediation.parties.situation import Situation
from mediation.seals import acknowledge, last_seq

FILE_FIELDS = ("photo", "file", "proof")


def act_page(
    request: HouseRequest, case: Case, *, door: Door, name: str, pk: int | None = None, **context: Any
) -> HttpResponse:
    """Show the page of an act, or do it. A refusal answers 422 with everything still typed in.

    Not there (404): an act that is none of this role's, or about a thing that is not in this case. An act that is not
    open (any more) leads back to the case with a word about it.
    """
    situation = Situation(case, request.user)
    act = door.acts.get(name)
    if act is None or situation.role not in act.by or (act.find is None) != (pk is None):
        raise Http404
    target = act.find(situation, pk) if act.find and pk is not None else None
    if act.find and target is None:
        raise Http404
    if request.method == "POST":
        files = held.brought_by(request, case, request.user, name)
        form = act.form(request.POST, files, situation=situation, target=target)
        form.captured = captured_from(request, how=Way.FORM, where=door.name)
        for message in refused_files(request):
            form.add_error(None, message)
        since = last_seq(case)
        if form.is_valid() and _do(act, form, request):
            acknowledge(request, case, since=since, told=act.told)
            return redirect(door.case_url(case, act.part))
    elif not act.is_open(situation):
        messages.info(request, _("This is not possible now. Here you see where the case stands."))
        return redirect(door.case_url(case, act.part))
    else:
        form = act.form(situation=situation, target=target)
    held.dress(
        form,
        case=case,
        person=request.user,
        name=name,
        create_url=door.files_url(case),
        one_way=situation.role != Role.CITIZEN,
    )
    return page(
        request,
        door.template("act"),
        form=form,
        act=act,
        case=case,
        situation=situation,
        target=target,
        door=door,
        back_url=door.case_url(case, act.part),
        **beside(name, situation, door),
        **context,
    )


def _do(act: Act, form: ActForm, request: HouseRequest) -> bool:
    """Files first, so that they stay even when the act is refused; then the act, under the lock, once."""
    situation, data = form.situation, {**form.cleaned_data, "form": form}
    with refusals_shown_on(form):
        gate.count_bytes_or_refuse(request, held.plain_bytes(form.files))
        origin, words = said_by_person(data.get("origin", ""), data.get("origin_words", ""))
        exhibits = take_files(
            [file for name in FILE_FIELDS for file in data.get(name) or []],
            case_id=situation.case.pk,
            person=situation.person,
            captured=replace(form.captured, origin=origin, words=words),
            kind=data.get(act.kind_field, ""),
            title=data.get("title", ""),
            private=bool(data.get(act.private_field)),
        )
        perform(act, situation, Done(data, form.target, exhibits))
    return not form.errors


@transaction.atomic
def perform(act: Act, situation: Situation, done: Done) -> None:
    """Do it, unless this very thing has been done already. Raises Refusal."""
    lock_case(situation.case.pk)
    case = Case.objects.for_desk().get(pk=situation.case.pk)
    now = Situation(case, situation.person)
    if done.target is not None:
        done.target.refresh_from_db()
    if act.was_done(now, done):
        return
    was_open = act.is_open(now)
    act.run(now, done)  # the service knows best why not
    if not was_open:
        raise Refusal(_("This is not possible now. Here you see where the case stands."))
