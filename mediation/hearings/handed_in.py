"""Sound that somebody hands in, as a file that the decoder can open."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

AT_ONCE = 1 << 20  # bytes


@contextmanager
def as_file(sound: BinaryIO) -> Iterator[Path]:
    """A copy of all of it with a path, gone afterwards; `sound` then stands at its beginning again."""
    with tempfile.NamedTemporaryFile(prefix="sound-") as copy:
        sound.seek(0)
        shutil.copyfileobj(sound, copy, AT_ONCE)
        copy.flush()
        sound.seek(0)
        yield Path(copy.name)
