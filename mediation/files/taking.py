"""Taking in the files of a form that somebody sent who is signed in: each becomes an exhibit of the case, once."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext

from cases.errors import Refusal
from cases.models import Case, Exhibit, User
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from cases.services.steps import lock_case
from evidence.origin.provenance import Provenance
from mediation.files.held import HeldFile, done_with, provenance_for

Files = Sequence["UploadedFile[Any]"]
FILES_A_CASE = 200
CHUNK_BYTES = 256 * 1024


def take_files(
    files: Files,
    *,
    case_id: UUID,
    person: User,
    captured: Provenance,
    kind: str = "",
    title: str = "",
    private: bool = False,
) -> list[Exhibit]:
    """Take files in as evidence of this person's side. The same bytes again give the exhibit they already are.

    `captured` is what is known of how the form and its files came in. Raises Refusal for a file that is empty, too
    large or not what it says; those before it stay.
    """
    taken = []
    for number, file in enumerate(files, start=1):
        name = title if len(files) == 1 else f"{title} {number}".strip() if title else ""
        exhibit = _taken_before(file, case_id=case_id, role=Role(person.role)) or _take(
            file,
            _digest(file),
            case_id=case_id,
            person=person,
            captured=provenance_for(file, captured),
            kind=kind or Exhibit.Kind.OTHER,
            title=name,
            private=private,
        )
        done_with(file, exhibit)
        taken.append(exhibit)
    return taken


def _taken_before(file: "UploadedFile[Any]", *, case_id: UUID, role: Role) -> Exhibit | None:
    """What a file that came piece by piece became, when its form was sent before."""
    if not isinstance(file, HeldFile) or file.became is None:
        return None
    return Exhibit.objects.filter(pk=file.became, case_id=case_id, by_role=role).first()


@transaction.atomic
def _take(
    file: "UploadedFile[Any]",
    digest: str,
    *,
    case_id: UUID,
    person: User,
    captured: Provenance,
    kind: str,
    title: str,
    private: bool,
) -> Exhibit:
    case: Case = lock_case(case_id)
    mine = case.exhibits.filter(by_role=person.role)
    if same := mine.filter(withdrawn_at__isnull=True, deposit__sha256=digest).first():
        return same
    if mine.count() >= FILES_A_CASE:
        raise Refusal(
            gettext("You have handed in %(most)d files, that is the most. Please call us: %(phone)s.")
            % {"most": FILES_A_CASE, "phone": settings.HELP_PHONE}
        )
    return add_exhibit(
        case_id=case.pk,
        file=file,  # type: ignore[arg-type]
        name=file.name or gettext("file"),
        by=person,
        role=Role(person.role),
        kind=kind,
        title=title,
        is_private=private,
        captured=captured,
        media_type=file.content_type or "",
    )


def _digest(file: "UploadedFile[Any]") -> str:
    digest = hashlib.sha256()
    for piece in file.chunks(CHUNK_BYTES):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()
