"""Files that came piece by piece and wait for the form they belong to, at every door where people are signed in.

Nobody but the sender sees them before the form is sent; then they are taken in as if the form had brought them. A
form that is sent twice finds what its files became. What is never handed in is gone a day later.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.datastructures import MultiValueDict

from cases.errors import Refusal
from cases.models import Case, Exhibit, User
from evidence.deposits import check_sent_hash
from evidence.origin.filekinds import recognise
from evidence.origin.provenance import BeforeSending, Provenance, Way
from mediation.fields import FilesInput
from mediation.files import incoming, receiving
from mediation.files.captured import said_by_browser
from mediation.files.incoming import Incoming
from mediation.http import HouseRequest

PREFIX = "held_"  # of the hidden fields that name held files: held_<field>
MOST_NAMED = 60


class HeldFile(UploadedFile):  # type: ignore[type-arg]
    """A held file as a form takes it; its bytes are opened when they are first read."""

    def __init__(self, upload: Incoming) -> None:
        self._stack, self._opened = ExitStack(), cast("Any", None)
        super().__init__(None, upload.name, upload.media_type, upload.size)
        self.upload = upload

    @property
    def file(self) -> Any:
        """The whole file, readable and seekable."""
        if self._opened is None:
            self._opened = self._stack.enter_context(incoming.opened(self.upload))
        return self._opened

    @file.setter
    def file(self, value: Any) -> None:
        self._opened = value

    @property
    def before(self) -> BeforeSending:
        """What the browser said of it before it sent it."""
        return said_by_browser(self.upload.extra)

    @property
    def became(self) -> int | None:
        """The exhibit that it is already, from a form that was sent before."""
        return cast("int | None", (self.upload.result or {}).get("exhibit"))

    def close(self) -> None:
        """Let the opened copy go."""
        self._stack.close()
        self._opened = None


def announce(request: HouseRequest, case: Case, *, url_of: Callable[[str], str]) -> HttpResponse:
    """Announce a file for a form of this case; POST form=<form>.<field>. `url_of(id)` is where its pieces go."""
    extra = {"form": request.POST.get("form", "")[:60], "by": str(request.user.pk)}
    try:
        upload = receiving.announced(request, case_id=case.pk, extra=extra)
    except Refusal as refusal:
        return receiving.refused(refusal)
    return receiving.begun(upload, url_of(upload.id))


def piece(request: HouseRequest, case: Case, upload_id: str) -> HttpResponse:
    """One piece, or (HEAD) how far it is, or (DELETE) let it go. A whole and sound file is held."""
    found = incoming.find(upload_id=upload_id, case_id=case.pk)
    if found and found.extra.get("by") != str(request.user.pk):
        found = None
    if found and request.method == "DELETE":
        incoming.drop(found)
        return HttpResponse(status=receiving.NO_CONTENT)
    return receiving.receive(
        request, found, take_in=_look_at, answer=lambda now: JsonResponse(now.result or {})
    )


def _look_at(now: Incoming) -> dict[str, Any]:
    """Refuse now what could not be taken in later: the wrong kind, half a file, other bytes than were announced."""
    with incoming.opened(now) as whole:
        check_sent_hash(whole, said_by_browser(now.extra).sha256)
        recognise(whole, name=now.name, hint=now.media_type)
    return incoming.hold(now, title=now.name)


def brought_by(request: HttpRequest, case: Case, person: User, form: str) -> "MultiValueDict[str, Any]":
    """The files of a form: those sent with it, and the held ones that it names."""
    files: MultiValueDict[str, Any] = MultiValueDict({name: list(got) for name, got in request.FILES.lists()})
    for name, ids in request.POST.lists():
        if not name.startswith(PREFIX):
            continue
        field = name.removeprefix(PREFIX)
        for upload_id in ids[:MOST_NAMED]:
            found = incoming.find(upload_id=str(upload_id), case_id=case.pk)
            if found and found.result and _is_for(found, person, f"{form}.{field}"):
                files.appendlist(field, HeldFile(found))
    return files


def _is_for(upload: Incoming, person: User, form: str) -> bool:
    return upload.extra.get("by") == str(person.pk) and upload.extra.get("form") == form


def dress(
    form: forms.BaseForm, *, case: Case, person: User, name: str, create_url: str, one_way: bool
) -> None:
    """Give each field for files of this form the uploader, with the rows of what is held for it."""
    for field, widget in _widgets(form).items():
        waiting = incoming.held_by(case_id=case.pk, by=str(person.pk), form=f"{name}.{field}")
        widget.upload = {
            "create_url": create_url,
            "extra": urlencode({"form": f"{name}.{field}"}),
            "into": PREFIX + field,
            "max_bytes": settings.MAX_UPLOAD_BYTES,
            "one_way": one_way,
            "held": [{"id": one.id, "title": one.name, "url": f"{create_url}{one.id}/"} for one in waiting],
        }


def _widgets(form: forms.BaseForm) -> Mapping[str, FilesInput]:
    return {name: field.widget for name, field in form.fields.items() if isinstance(field.widget, FilesInput)}


def waiting_for(case_id: UUID, person: User) -> dict[str, int]:
    """How many files of this person wait in each form of the case, by the form's name."""
    waiting = incoming.held_by(case_id=case_id, by=str(person.pk))
    return dict(Counter(one.extra.get("form", "").partition(".")[0] for one in waiting))


def provenance_for(file: "UploadedFile[Any]", captured: Provenance) -> Provenance:
    """Where one file of a form comes from: as the whole form, or piece by piece before it."""
    return replace(captured, how=Way.PIECES, before=file.before) if isinstance(file, HeldFile) else captured


def done_with(file: "UploadedFile[Any]", exhibit: Exhibit) -> None:
    """A held file was taken in: once that is certain its pieces go, and a form that is sent again finds the exhibit."""
    if isinstance(file, HeldFile):
        upload, result = file.upload, {"exhibit": exhibit.pk}
        transaction.on_commit(lambda: incoming.settle(upload, result))


def plain_bytes(files: "MultiValueDict[str, Any]") -> int:
    """How many bytes a form brought itself; those of held files were counted when they were announced."""
    brought: Sequence[UploadedFile[Any]] = [one for _name, got in files.lists() for one in got]
    return sum(one.size or 0 for one in brought if not isinstance(one, HeldFile))
