"""Readers for the demo and for tests: one that says what it is told to, one that fails as told."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _
from PIL import Image

from cases.analysis.rows import Line
from mediation.pictures.ocr import NeverWill, TryLater


class ScriptedReader:
    """Reads the same lines off every picture, one below the other."""

    name = "scripted"
    version = "1"

    def __init__(self, cells: Sequence[Sequence[str]] = ()) -> None:
        self.cells = cells

    def read(self, picture: Image.Image, *, on_progress: Callable[[float], None] | None = None) -> list[Line]:
        """Each cell in a box of 100 by 20 pixels."""
        lines = [
            Line(
                text,
                (
                    (100.0 * x, 30.0 * y),
                    (100.0 * x + 90, 30.0 * y),
                    (100.0 * x + 90, 30.0 * y + 20),
                    (100.0 * x, 30.0 * y + 20),
                ),
                0.95,
            )
            for y, row in enumerate(self.cells)
            for x, text in enumerate(row)
        ]
        if on_progress:
            on_progress(1.0)
        return lines

    def problems(self) -> list[str]:
        """None."""
        return []


class FailingReader:
    """Raises TryLater (`how="later"`) or NeverWill (`how="never"`)."""

    name = "failing"
    version = "1"

    def __init__(self, how: str = "later") -> None:
        self.how = how

    def read(self, picture: Image.Image, *, on_progress: Callable[[float], None] | None = None) -> list[Line]:
        """Fail."""
        if self.how == "never":
            raise NeverWill(_("This is not a picture that we can open."))
        raise TryLater(_("Reading pictures is busy. We will try again."))

    def problems(self) -> list[str]:
        """Say that this reader is not for use."""
        return [str(_("This reader always fails; it is for tests only."))]
