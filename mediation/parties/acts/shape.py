"""What an act is: when it is open, what it asks, which service it calls."""

import hashlib
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext

from cases.errors import Refusal
from cases.models import Exhibit
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from cases.services.steps import lock_case
from evidence.provenance import Provenance
from mediation.held import HeldFile, done_with, provenance_for
from mediation.parties.forms.common import ActForm
from mediation.parties.situation import Situation

Words = str | Promise
FILES_A_CASE = 200
CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Done:
    """What came in with an act: the form's data, the one thing it is about, the files that were taken in."""

    data: Mapping[str, Any]
    target: Any = None
    exhibits: Sequence[Exhibit] = ()


def always(_situation: Situation, _done: Done) -> bool:
    """For acts that do no harm twice."""
    return False


def never(_situation: Situation) -> bool:
    """For acts that are possible but never waited for."""
    return False


def not_looked_up(_situation: Situation, _pk: int) -> Any:
    """For acts about the case as a whole."""
    return None


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a side can do.

    `is_open` says whether it can be done now, `is_due` whether the case waits for it; `ask` is then the sentence that
    says so, and `limit` the time limit behind it. `was_done` recognises a form sent twice. An act about one thing
    of the case looks it up with `find`. `shows` is the template of what stands above the form, `lays_out` that of the
    fields themselves where one below the other will not do.
    """

    name: str
    title: Words
    offer: Words
    button: Words
    told: Words
    form: type[ActForm]
    is_open: Callable[[Situation], bool]
    run: Callable[[Situation, Done], object]
    is_due: Callable[[Situation], bool] = never
    was_done: Callable[[Situation, Done], bool] = always
    find: Callable[[Situation, int], Any] | None = None
    ask: Words = ""
    limit: str = ""
    hint: Words = ""
    shows: str = ""
    lays_out: str = ""
    icon: str = "next"
    part: str = ""
    grave: bool = False
    private_field: str = ""
    kind_field: str = ""
    by: Set[Role] = field(default_factory=lambda: {Role.CITIZEN, Role.INSTITUTION})


def take_files(
    situation: Situation,
    files: "Sequence[UploadedFile[Any]]",
    *,
    captured: Provenance,
    kind: str = "",
    title: str = "",
    private: bool = False,
) -> list[Exhibit]:
    """Take files in as evidence of this side. The same bytes handed in again give the exhibit they already are.

    `captured` is what is known of how the form and its files came in. Raises Refusal for a file that is empty, too
    large or not what it says; those before it stay.
    """
    taken = []
    for number, file in enumerate(files, start=1):
        name = title if len(files) == 1 else f"{title} {number}".strip() if title else ""
        came = provenance_for(file, captured)
        exhibit = _taken_before(situation, file) or _take(
            situation, file, _digest(file), captured=came, kind=kind, title=name, private=private
        )
        done_with(file, exhibit)
        taken.append(exhibit)
    return taken


def _taken_before(situation: Situation, file: "UploadedFile[Any]") -> Exhibit | None:
    """What a file that came piece by piece became, when its form was sent before."""
    if not isinstance(file, HeldFile) or file.became is None:
        return None
    return situation.case.exhibits.filter(pk=file.became, by_role=situation.role).first()


@transaction.atomic
def _take(
    situation: Situation,
    file: "UploadedFile[Any]",
    digest: str,
    *,
    captured: Provenance,
    kind: str,
    title: str,
    private: bool,
) -> Exhibit:
    lock_case(situation.case.pk)
    mine = situation.case.exhibits.filter(by_role=situation.role)
    if same := mine.filter(withdrawn_at__isnull=True, deposit__sha256=digest).first():
        return same
    if mine.count() >= FILES_A_CASE:
        raise Refusal(
            gettext("You have handed in %(most)d files, that is the most. Please call us: %(phone)s.")
            % {"most": FILES_A_CASE, "phone": settings.HELP_PHONE}
        )
    return add_exhibit(
        case_id=situation.case.pk,
        file=file,  # type: ignore[arg-type]
        name=file.name or gettext("file"),
        by=situation.person,
        role=situation.role,
        kind=kind or Exhibit.Kind.OTHER,
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
