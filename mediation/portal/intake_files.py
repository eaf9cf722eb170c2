"""Taking in the files of an application: evidence as it is, and the spoken story, which is then written down."""

import hashlib
import shutil
import tempfile
from pathlib import Path, PurePath
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from cases.services.steps import lock_case
from cases.workflow import Stage
from evidence.errors import DepositRefused
from evidence.origin.filekinds import recognise
from evidence.origin.provenance import Provenance
from mediation.hearings.audio import probe
from mediation.hearings.models import Recording
from mediation.hearings.speech import Dialect, NeverWill, TryLater
from mediation.hearings.transcription import request_transcription

FILES_A_CASE = 40
GRACE_S = 15  # a recorder that stops at five minutes may be late
READ_BYTES = 256 * 1024
SOUND_ENDINGS = {".mp3", ".m4a", ".aac", ".amr", ".wav", ".ogg", ".opus", ".oga", ".weba"}
Stream = BinaryIO | File  # type: ignore[type-arg]


def take_in_evidence(
    *, case_id: UUID, file: Stream, name: str, captured: Provenance, media_type: str = "", kind: str = ""
) -> Exhibit:
    """Take one file in; the same bytes again give the exhibit they already are. Raises Refusal in plain words."""
    sound = PurePath(name).suffix.lower() in SOUND_ENDINGS or media_type.startswith("audio/")
    guess = Exhibit.Kind.RECORDING if sound else Exhibit.Kind.OTHER
    known = {Exhibit.Kind.CONTRACT, Exhibit.Kind.SCHEDULE, Exhibit.Kind.STATEMENT, Exhibit.Kind.CHAT}
    return _take_in(case_id, file, name, kind if kind in known else guess, captured, media_type)


def take_in_story(
    *, case_id: UUID, file: Stream, name: str, dialect: str, captured: Provenance, media_type: str = ""
) -> Recording:
    """Take a spoken story in and ask for its text. Raises Refusal for what holds no sound, or lasts too long."""
    _check_sound(file, name)
    with transaction.atomic():
        exhibit = _take_in(case_id, file, name, Exhibit.Kind.STORY, captured, media_type)
        return request_transcription(
            exhibit=exhibit,
            dialect=dialect if dialect in Dialect.values else Dialect.MANDARIN,
            speaker=Role.CITIZEN,
        )


@transaction.atomic
def _take_in(
    case_id: UUID, file: Stream, name: str, kind: str, captured: Provenance, media_type: str
) -> Exhibit:
    case = lock_case(case_id)
    if case.stage != Stage.INTAKE:
        raise Refusal(_("This dispute has been filed. You can follow it under “My cases”."))
    if same := _same_file(case, file, kind):
        return same
    if case.exhibits.count() >= FILES_A_CASE:
        raise Refusal(
            _("You have handed in %(most)d files, that is the most. Please call us: %(phone)s.")
            % {"most": FILES_A_CASE, "phone": settings.HELP_PHONE}
        )
    return add_exhibit(
        case_id=case_id,
        file=file,  # type: ignore[arg-type]
        name=name or "file",
        by=None,
        role=Role.CITIZEN,
        kind=kind,
        captured=captured,
        media_type=media_type,
    )


def _same_file(case: Case, file: Stream, kind: str) -> Exhibit | None:
    """The exhibit that these bytes already are: a form sent twice gives one exhibit."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(READ_BYTES):
        digest.update(piece)
    file.seek(0)
    same = case.exhibits.filter(
        deposit__sha256=digest.hexdigest(), withdrawn_at__isnull=True, by_role=Role.CITIZEN
    )
    same = same.filter(kind=kind) if kind == Exhibit.Kind.STORY else same.exclude(kind=Exhibit.Kind.STORY)
    return same.first()


def _check_sound(file: Stream, name: str) -> None:
    """Raises Refusal unless there is sound in it, of the length that is written down."""
    file.seek(0)
    if not file.read(1):
        raise DepositRefused(_("The file is empty. Please choose it again."))
    kind = recognise(file, name=name)  # type: ignore[arg-type]
    if not kind.media_type.startswith(("audio/", "video/")):
        raise Refusal(_("This is not a recording. Hand pictures and papers in at question 6."))
    with tempfile.TemporaryDirectory(prefix="sound-") as folder:
        path = Path(folder) / "sound"
        file.seek(0)
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy, READ_BYTES)
        try:
            seconds = probe(path).duration_s
        except NeverWill as problem:
            raise Refusal(str(problem)) from problem
        except TryLater:
            return  # the transcription will say what is the matter
    if seconds > settings.MAX_RECORDING_SECONDS + GRACE_S:
        raise Refusal(
            _(
                "This recording is longer than %(minutes)d minutes. Please send it in parts, "
                "or hand it in as evidence at question 6."
            )
            % {"minutes": settings.MAX_RECORDING_SECONDS // 60}
        )
