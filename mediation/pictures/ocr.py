"""The port of what reads pictures, and opening a picture without being harmed by it."""

import io
import warnings
from collections.abc import Callable
from typing import BinaryIO, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from cases.analysis.rows import Line

MOST_PIXELS = 60_000_000  # a photo of a good phone has 50 million
LONGEST_SIDE = 2_400  # pixels that are read; larger pictures are made smaller first
SMALLEST_SIDE = 12


class PictureError(Exception):
    """Why a picture gave no text, in one plain translated sentence fit for anybody."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


class TryLater(PictureError):
    """It may work later: keep the debt and try again."""


class NeverWill(PictureError):
    """It cannot work with this picture: say so and let a person look."""


class PictureReader(Protocol):
    """What reads the words off a picture. The caller runs it outside the request: it takes seconds."""

    name: str
    version: str  # of the models, written beside every reading

    def read(self, picture: Image.Image, *, on_progress: Callable[[float], None] | None = None) -> list[Line]:
        """The lines from top to bottom, in pixels of `picture`. Raise TryLater or NeverWill.

        `on_progress(share)` goes from 0 to 1 and never back.
        """
        ...

    def problems(self) -> list[str]:
        """What an operator must mend before this reader can serve; empty when ready. Changes nothing."""
        ...


def open_picture(file: BinaryIO) -> Image.Image:
    """The picture upright, in colour, no larger than is read. Raises NeverWill for what is none or would do harm."""
    data = file.read()
    if not data:
        raise NeverWill(_("This file is empty. Please hand it in once more."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise NeverWill(_("This picture is too large. Please send it smaller."))
                if min(found.size) < SMALLEST_SIDE:
                    raise NeverWill(_("This picture is too small to read."))
                found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(found).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NeverWill(_("This picture is too large. Please send it smaller.")) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise NeverWill(_("This is not a picture that we can open.")) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return upright
