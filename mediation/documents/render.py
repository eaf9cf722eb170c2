"""From content to paper: PDF/A by typst, and pictures of the pages for showing on screen.

Text reaches the page as data, never as markup: what a person typed comes out letter for letter.
The same content gives the same bytes, on any machine, because only our own fonts are used and the
creation date is the content's `made_at`.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import typst

from cases.money import format_yuan, in_capitals
from mediation.documents.characters import Press
from mediation.documents.dates import (
    chinese_clock,
    chinese_date,
    chinese_moment,
    chinese_numeral_date,
    office_time,
)
from mediation.documents.kinds import KINDS
from mediation.documents.needs import MissingContent, lacking

FONTS = Path(__file__).resolve().parent / "fonts"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "documents"
MOST_PAGES = 60
MOST_PIXELS = 16_000_000
FORGIVING = {"address", "electronic"}  # a mark there changes neither a name nor an obligation
FOR_MACHINES = {"machine", "qr"}  # never seen as text

PRESS = threading.Lock()  # neither typst nor pdfium may be used by two threads at once


class NotReadable(ValueError):
    """The bytes are no PDF that can be opened."""


def render(kind: str, content: Mapping[str, Any]) -> bytes:
    """Set one document and return it as PDF/A-2b (the record sheet as PDF/A-3b).

    Keys end in `_fen` (int), `_on` (date or ISO text), `_at` or plain `at` (aware datetime or ISO text); they
    are written out here, amounts also in capitals. `is_draft` prints 草稿 across the page; a draft still needs
    its contents.
    A letter that no font of ours has leaves a visible mark, and the paper says so at its end (see characters.Press).
    Raises MissingContent with every lacking content, UnknownCharacter for such a letter in a paper that people sign,
    KeyError for an unknown kind.
    """
    chosen = KINDS[kind]
    written, _unprinted = written_out(kind, content)
    made_at = _instant(content["made_at"])
    inputs = {"content": json.dumps(written, ensure_ascii=False)}
    with PRESS:
        pdf = _compiler().compile(
            input=TEMPLATES / f"{kind}.typ",
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=chosen.standard,
            timestamp=int(made_at.timestamp()),
        )
    if not isinstance(pdf, bytes):
        message = f"typst gave no single file for {kind}"
        raise TypeError(message)
    return pdf


def written_out(
    kind: str, content: Mapping[str, Any], *, as_typed: bool = False
) -> tuple[dict[str, Any], dict[str, int]]:
    """The content as the template takes it, checked and in words; and the letters that cannot be printed, counted.

    `as_typed` keeps those letters, for papers that are not set in our own fonts. Raises as `render` does.
    """
    chosen = KINDS[kind]
    if missing := list(lacking(content, chosen.needs)):
        raise MissingContent(chosen, missing)
    press = Press(is_exact=chosen.is_exact and not as_typed, keeps_all=as_typed)
    written = {**_all_written(content, press), "title": chosen.title}
    return ({**written, "unprinted": press.note} if press.unprinted else written), dict(press.unprinted)


def page_images(pdf: bytes, *, dots_per_inch: int = 110) -> list[bytes]:
    """Each page as a PNG, first page first, MOST_PAGES at most. Raises NotReadable for a broken PDF."""
    with PRESS, _opened(pdf) as document:  # pdfium is not thread-safe
        return [_png(document[n], dots_per_inch) for n in range(min(MOST_PAGES, len(document)))]


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF has. Raises NotReadable for what is no PDF after all."""
    with PRESS, _opened(pdf) as document:
        return len(document)


def page_image(pdf: bytes, number: int, *, dots_per_inch: int = 110) -> bytes:
    """One page as a PNG, the first being 1. Raises IndexError beyond the last, NotReadable for a broken PDF."""
    with PRESS, _opened(pdf) as document:
        if not 1 <= number <= len(document):
            raise IndexError(number)
        return _png(document[number - 1], dots_per_inch)


@contextmanager
def _opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise NotReadable(str(error)) from error


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)


def _png(page: pypdfium2.PdfPage, dots_per_inch: int) -> bytes:
    picture, (width, height) = BytesIO(), page.get_size()
    scale = min(
        dots_per_inch / 72, MOST_PIXELS**0.5 / max(width, height, 1)
    )  # a page may call itself a mile wide
    page.render(scale=scale).to_pil().save(picture, format="PNG", optimize=True)
    return picture.getvalue()


def _all_written(content: Mapping[str, Any], press: Press) -> dict[str, Any]:
    return {key: _written(key, value, press) for key, value in content.items()}


def _written(key: str, value: Any, press: Press) -> Any:
    match value:
        case None | bool():
            return value
        case Mapping():
            return _all_written(value, press)
        case list() | tuple():
            return [_written(key, item, press) for item in value]
    if key.endswith("_fen"):
        return {"figures": format_yuan(value), "capitals": in_capitals(value)}
    if key.endswith("_on"):
        day = value if isinstance(value, date) else date.fromisoformat(value)
        return {"date": chinese_date(day), "numeral": chinese_numeral_date(day)}
    if key == "at" or key.endswith("_at"):
        return _moment(_instant(value))
    if not isinstance(value, str):
        return value
    return value if key in FOR_MACHINES else press.set(value, is_exact=False if key in FORGIVING else None)


def _moment(instant: datetime) -> dict[str, str]:
    day = instant.date()
    return {
        "date": chinese_date(day),
        "clock": chinese_clock(instant),
        "moment": chinese_moment(instant),
        "numeral": chinese_numeral_date(day),
    }


def _instant(value: datetime | str) -> datetime:
    return office_time(value if isinstance(value, datetime) else datetime.fromisoformat(value))
