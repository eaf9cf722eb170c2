"""Reading with rapidocr: its models (PP-OCRv6, small) come inside its package, so it works without a network."""

import importlib.util
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import version
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _
from PIL import Image

from cases.analysis.rows import Line
from mediation.pictures.ocr import TryLater

PACKAGE = "rapidocr"


class RapidReader:
    """One process loads the models once: half a gigabyte of memory, so it belongs in the worker."""

    name = PACKAGE

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads

    @property
    def version(self) -> str:
        """Of the package; the models belong to it."""
        return version(PACKAGE) if self._is_here else ""

    @property
    def _is_here(self) -> bool:
        return importlib.util.find_spec(PACKAGE) is not None

    @cached_property
    def _engine(self) -> Any:
        from rapidocr import RapidOCR  # heavy: only where pictures are read

        return RapidOCR(
            params={
                "Global.log_level": "error",
                "EngineConfig.onnxruntime.intra_op_num_threads": self.threads,
            }
        )

    def read(self, picture: Image.Image, *, on_progress: Callable[[float], None] | None = None) -> list[Line]:
        """The lines from top to bottom. Raises TryLater where the package is not installed."""
        if not self._is_here:
            raise TryLater(_("Reading pictures is not set up here yet. People read it for you."))
        found = self._engine(np.asarray(picture)[:, :, ::-1])
        if on_progress:
            on_progress(1.0)
        if found.txts is None:
            return []
        lines = [
            Line(text, tuple((float(x), float(y)) for x, y in box), round(float(score), 3))
            for text, box, score in zip(found.txts, found.boxes, found.scores, strict=True)
            if text.strip()
        ]
        return sorted(lines, key=lambda line: line.centre[1])

    def problems(self) -> list[str]:
        """The package that is missing, with the way to get it."""
        if self._is_here:
            return []
        return [str(_("Pictures are not read: install the packages of requirements-ocr.txt."))]
