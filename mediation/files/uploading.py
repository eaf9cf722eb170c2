"""Files of plain forms on their way in, at every door: none beyond the limit is read; a full disk is no error page."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

from evidence.errors import DepositRefused
from evidence.safe.storage import storage_answers
from mediation.files.incoming import too_large

FORM_BYTES = 2 * 1024 * 1024  # what a form may weigh beside its files


class LargestFile(FileUploadHandler):
    """Lets no file beyond the limit through, and keeps the names of those it held back."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.held_back: list[str] = []
        self.count = 0
        self.all_too_large = False

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """The sender says how much is coming: beyond the limit no file is even begun."""
        self.all_too_large = content_length > settings.MAX_UPLOAD_BYTES + FORM_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count."""
        super().new_file(*args, **kwargs)
        self.count = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass the bytes on, up to the limit."""
        self.count += len(raw_data)
        if self.all_too_large or self.count > settings.MAX_UPLOAD_BYTES:
            self.held_back.append(str(self.file_name or ""))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Others make the file."""


class DiskFile(TemporaryFileUploadHandler):
    """Writes a file to the disk; one for which there is no room is let go, with the words why."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.no_room: list[str] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin one."""
        try:
            with storage_answers():
                super().new_file(*args, **kwargs)
        except DepositRefused as refusal:
            self._let_go(refusal)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write on."""
        try:
            with storage_answers():
                super().receive_data_chunk(raw_data, start)
                self.file.flush()
        except DepositRefused as refusal:
            self._let_go(refusal)

    def _let_go(self, refusal: DepositRefused) -> None:
        self.no_room.append(f"{self.file_name}: {refusal}")
        raise SkipFile from refusal


def refused_files(request: HttpRequest) -> list[str]:
    """For each file of this form that was not read: its name and why."""
    _read_now = request.FILES
    told = []
    for handler in request.upload_handlers:
        if isinstance(handler, LargestFile):
            told += [f"{name}: {too_large()}" for name in handler.held_back]
        elif isinstance(handler, DiskFile):
            told += handler.no_room
    return told
