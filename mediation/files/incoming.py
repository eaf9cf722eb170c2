"""Files on their way in, piece by piece, so that a lost network costs one piece and not the file.

Each piece is sealed as it lands. The folder of an upload is gone a day after its last piece, whatever became of it.
A file may also be held: whole and looked at, until the form that it belongs to is sent.
"""

import errno
import fcntl
import json
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.utils.translation import gettext as _

from cases.errors import Refusal
from evidence.safe.storage import storage_answers
from evidence.sealing import seal, unseal

LARGEST_PIECE = 1024 * 1024
KEPT_S = 24 * 3600
AT_ONCE_OF_A_CASE = 12
HELD_OF_A_CASE = 100
SPARE_BYTES = 256 * 1024**2  # of the disk, so that the site can go on working
IN_MEMORY_BYTES = 4 * 1024 * 1024
NAME = re.compile(r"[0-9a-f]{32}")


class WrongOffset(Exception):
    """The piece does not begin where the last one ended; `reached` says where to go on."""

    def __init__(self, reached: int) -> None:
        super().__init__(reached)
        self.reached = reached


@dataclass
class Incoming:
    """One file on its way: what was announced, how far it is, and what it became."""

    id: str
    case: str
    name: str
    size: int
    media_type: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    reached: int = 0
    pieces: int = 0
    result: dict[str, Any] | None = None

    @property
    def folder(self) -> Path:
        """Where its pieces lie."""
        return _folder_of(self.case) / self.id

    @property
    def is_held(self) -> bool:
        """Whether it is whole and waits for its form."""
        return bool(self.result and self.result.get("held"))

    @property
    def is_whole(self) -> bool:
        """Whether every byte has arrived."""
        return self.reached >= self.size

    def keep(self) -> None:
        """Write down how far it is."""
        draft = self.folder / "state.new"
        draft.write_bytes(seal(json.dumps(asdict(self)).encode(), about=f"upload {self.id}"))
        draft.replace(self.folder / "state")


def incoming_folder() -> Path:
    """The folder of all uploads on their way."""
    return Path(settings.VAR_DIR) / "incoming"


def announce(
    *, case_id: uuid.UUID, name: str, size: int, media_type: str, extra: Mapping[str, str]
) -> Incoming:
    """Begin an upload of `size` bytes.

    Raises Refusal for one that is empty, too large, one too many at once, or more than there is room for.
    """
    if size <= 0:
        raise Refusal(_("The file is empty. Please choose it again."))
    if size > settings.MAX_UPLOAD_BYTES:
        raise Refusal(too_large())
    clear_old()
    others = _of_case(case_id)
    if sum(not other.result for other in others) >= AT_ONCE_OF_A_CASE:
        raise Refusal(_("Many files are still on their way. Please wait until they have arrived."))
    if sum(other.is_held for other in others) >= HELD_OF_A_CASE:
        raise Refusal(_("Many files wait to be handed in. Please hand them in first."))
    upload = Incoming(uuid.uuid4().hex, str(case_id), name[:200], size, media_type[:100], dict(extra))
    with storage_answers():
        upload.folder.mkdir(mode=0o700, parents=True)
        if shutil.disk_usage(upload.folder).free < 2 * size + SPARE_BYTES:  # the pieces, and then the file
            drop(upload)
            raise OSError(errno.ENOSPC, "too little room on the disk")
        upload.keep()
    return upload


def too_large() -> str:
    """What to say about a file beyond settings.MAX_UPLOAD_BYTES."""
    return _("The file is larger than %(limit)d MB. Please send it in parts, or a shorter recording.") % {
        "limit": settings.MAX_UPLOAD_BYTES // 1024**2
    }


def held_by(*, case_id: uuid.UUID, **extra: str) -> list[Incoming]:
    """The files of this case that are held and bear these words beside them, in the order they came."""
    ours = [one for one in _of_case(case_id) if one.is_held and extra.items() <= one.extra.items()]
    return sorted(ours, key=lambda one: (one.result or {})["at"])


def find(*, upload_id: str, case_id: uuid.UUID) -> Incoming | None:
    """The upload of this case, or None."""
    upload = _read(_folder_of(case_id) / upload_id) if NAME.fullmatch(upload_id) else None
    return upload if upload and upload.case == str(case_id) else None


@contextmanager
def held(upload: Incoming) -> Iterator[Incoming]:
    """The upload as it stands now, with nobody else writing to it."""
    with (upload.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield _read(upload.folder) or upload


def append(upload: Incoming, *, offset: int, piece: bytes) -> None:
    """Add one piece, inside `held`. Raises WrongOffset, and Refusal for more than was announced or a full disk."""
    if offset != upload.reached:
        raise WrongOffset(upload.reached)
    if len(piece) > LARGEST_PIECE or offset + len(piece) > upload.size:
        raise Refusal(_("More arrived than was announced. Please choose the file again."))
    if not piece:
        return
    about = f"upload {upload.id} {upload.pieces}"
    with storage_answers():
        (upload.folder / f"{upload.pieces:06d}").write_bytes(seal(piece, about=about))
        upload.pieces += 1
        upload.reached += len(piece)
        upload.keep()


@contextmanager
def opened(upload: Incoming) -> Iterator[BinaryIO]:
    """The whole file, readable and seekable."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as whole:
        with storage_answers():
            for index in range(upload.pieces):
                sealed = (upload.folder / f"{index:06d}").read_bytes()
                whole.write(unseal(sealed, about=f"upload {upload.id} {index}"))
        whole.seek(0)
        yield cast("BinaryIO", whole)


def hold(upload: Incoming, **told: Any) -> dict[str, Any]:
    """The result of a file that is held: `settle` with it lets the pieces lie."""
    return {"held": upload.id, "at": time.time_ns(), **told}


def settle(upload: Incoming, result: dict[str, Any]) -> None:
    """It was taken in: let the pieces go, keep the answer for a client that did not hear it."""
    upload.result = result
    upload.keep()
    if upload.is_held:
        return
    for index in range(upload.pieces):
        (upload.folder / f"{index:06d}").unlink(missing_ok=True)


def drop(upload: Incoming) -> None:
    """Let an upload go."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def clear_old() -> None:
    """Let go of every upload that has been still for a day."""
    for case in _named(incoming_folder()):
        for folder in _named(case):
            if _is_old(folder):
                shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # there are others in it
            if _is_old(case):
                case.rmdir()


def _is_old(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime > KEPT_S
    except FileNotFoundError:
        return False


def _folder_of(case_id: uuid.UUID | str) -> Path:
    """All uploads of a case lie in one folder, so that nobody has to look through those of others."""
    return incoming_folder() / uuid.UUID(str(case_id)).hex


def _named(root: Path) -> list[Path]:
    return [folder for folder in root.iterdir() if NAME.fullmatch(folder.name)] if root.is_dir() else []


def _of_case(case_id: uuid.UUID) -> list[Incoming]:
    return [upload for folder in _named(_folder_of(case_id)) if (upload := _read(folder))]


def _read(folder: Path) -> Incoming | None:
    try:
        sealed = (folder / "state").read_bytes()
        return Incoming(**json.loads(unseal(sealed, about=f"upload {folder.name}")))
    except (OSError, ValueError, TypeError):
        return None
