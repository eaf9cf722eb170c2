"""Taking an uploaded packet in for a check: to a temporary file, never further, and no more than may be."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from mediation.bench.forms import LARGEST_BYTES


class UpTo(TemporaryFileUploadHandler):
    """Writes an upload to a temporary file and stops writing beyond the largest size; the form then says so."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write while there is room; one byte too many is kept as the sign that the file is too large."""
        room = LARGEST_BYTES + 1 - start
        if room > 0:
            super().receive_data_chunk(raw_data[:room], start)
        return None


@contextmanager
def stored(uploaded: "UploadedFile[bytes]") -> Iterator[Path]:
    """A path where the upload lies while the block runs; gone afterwards."""
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        for piece in uploaded.chunks():
            file.write(piece)
        file.flush()
        yield Path(file.name)
