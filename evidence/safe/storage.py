"""Where sealed files lie: a folder or an S3 bucket, under names made from their own hash. All or nothing of each file.

A name is the hash of the sealed bytes, and every sealing has its own salt: so two equal uploads have two names, and
a name that is there already stands for the very same bytes.
"""

import errno
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext_lazy as _

from evidence.errors import DepositRefused, StorageUnreachable

log = logging.getLogger(__name__)
CONTENT_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")
UNFINISHED = ".unfinished-"
COPY_BYTES = 256 * 1024
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
BROKEN = {errno.EIO, errno.EROFS, errno.ESTALE, errno.ETIMEDOUT}

_NOT_NOW = _("Your file could not be kept just now. Please try again in a few minutes.")
_NO_ROOM = _("There is no room for more files just now. Please try again later, or call us.")


@contextmanager
def storage_answers() -> Iterator[None]:
    """Turns a full disk and a storage that does not answer into a DepositRefused that says what to do."""
    try:
        yield
    except StorageUnreachable as error:
        log.exception("the storage of evidence does not answer")
        raise DepositRefused(_NOT_NOW) from error
    except OSError as error:
        if error.errno not in FULL | BROKEN:
            raise
        log.exception("the storage of evidence is full or broken")
        raise DepositRefused(_NO_ROOM if error.errno in FULL else _NOT_NOW) from error


class SealedFolder(FileSystemStorage):
    """A folder on a disk. A file is written beside its place, brought to the disk, and then put there in one step."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself where it stands for the content: what is there is the same file. Else a free one."""
        return name if CONTENT_NAME.fullmatch(name) else super().get_available_name(name, max_length)

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        place = Path(self.path(name))
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, written = tempfile.mkstemp(dir=place.parent, prefix=UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in content.chunks(COPY_BYTES):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            Path(written).replace(place)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(written).unlink()
            raise
        for folder in (place.parent, place.parent.parent):
            _settle(folder)
        return name

    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """The names below a folder of the first level (`ab`) with their last change, unfinished files too."""
        for path in Path(self.path(prefix)).glob("*/*"):
            with suppress(FileNotFoundError):
                changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                yield path.relative_to(self.location).as_posix(), changed


def _settle(folder: Path) -> None:
    """Wait until the folder's own list is on the disk: an entry must not outlive its file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
