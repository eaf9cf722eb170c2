"""Comparing the voices of a recording, from the page of its transcript: asked for, followed, confirmed, undone."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from cases.models import Case
from mediation.hearings.diarization import services
from mediation.hearings.diarization.models import VoiceMatching
from mediation.hearings.models import Recording
from mediation.hearings.pages import reading
from mediation.hearings.pages.acting import tried
from mediation.http import HouseRequest


def compare(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Ask for proposals. `agreed` says that everybody who speaks there agrees to it."""
    agreed = request.POST.get("agreed") == "on"
    return _act(
        request,
        door,
        pk,
        lambda person: services.ask_for_proposals(recording_id=pk, mediator=person, agreed=agreed),
    )


def confirm(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Confirm all that is proposed."""
    return _act(
        request, door, pk, lambda person: services.confirm_proposals(recording_id=pk, mediator=person)
    )


def reopen(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Undo all that was confirmed."""
    return _act(request, door, pk, lambda person: services.reopen_proposals(recording_id=pk, mediator=person))


def news(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """How far the comparing is, for progress.js."""
    matching = _found(request, pk).voice_matchings.last()
    if matching is None:
        return HttpResponse(status=404)
    return JsonResponse(
        {
            "state": "waiting" if matching.state == VoiceMatching.State.PENDING else matching.state,
            "done": matching.done_s,
            "total": matching.recording.total_s,
            "message": matching.problem or matching.get_state_display(),
        }
    )


def _found(request: HouseRequest, pk: int) -> Recording:
    return get_object_or_404(
        Recording.objects.select_related("hearing__case"),
        pk=pk,
        hearing__case__in=Case.objects.visible_to(request.user),
    )


def _act(request: HouseRequest, door: str, pk: int, act: Callable[[Any], object]) -> HttpResponse:
    hearing = _found(request, pk).hearing
    assert hearing is not None  # noqa: S101 - looked for by its case
    form = tried(lambda: act(request.user))
    if form.errors:
        return reading.show(request, door, hearing, form=form)
    return redirect(reverse(f"{door}:transcript", args=[hearing.pk]) + f"#recording-{pk}")
