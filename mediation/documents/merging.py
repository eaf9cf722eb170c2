"""Several PDFs as one, with a running number on each page; pictures as pages of their own."""

import ctypes
from collections.abc import Iterator, Sequence
from io import BytesIO

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageOps, UnidentifiedImageError

from mediation.documents.render import PRESS, NotReadable

A4 = (595.276, 841.89)  # points
MARGIN = 42.0
NUMBER_SIZE = 9.0
NUMBER_RIGHT, NUMBER_TOP = 34.0, 24.0
PICTURE_PIXELS = 1600  # the longer side: readable, and small enough for a file of many
FACE = b"Helvetica"  # digits alone; one of the faces that every reader has


def merge(parts: Sequence[bytes], *, first_number: int = 1) -> bytes:
    """All pages of all parts in order, numbered from `first_number` at the upper right.

    Raises NotReadable for a part that is no PDF, or that is locked.
    """
    with PRESS:
        whole = pypdfium2.PdfDocument.new()
        try:
            for part in parts:
                _append(whole, part)
            for index in range(len(whole)):
                _write_number(whole, whole[index], str(first_number + index))
            written = BytesIO()
            whole.save(written)
        finally:
            whole.close()
    return written.getvalue()


def picture_page(picture: bytes) -> bytes:
    """A picture on a page of its own, upright, as large as it fits. Raises NotReadable for what is no picture."""
    try:
        with Image.open(BytesIO(picture)) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise NotReadable(str(error)) from error
    upright.thumbnail((PICTURE_PIXELS, PICTURE_PIXELS))
    width, height = A4
    scale = min((width - 2 * MARGIN) / upright.width, (height - 2 * MARGIN) / upright.height)
    return _on_a_page(upright, scale)


def _on_a_page(picture: Image.Image, scale: float) -> bytes:
    """A page with the picture in its middle; `scale` in points a pixel."""
    width, height = A4
    jpeg = BytesIO()
    picture.save(jpeg, format="JPEG", quality=85)
    with PRESS:
        document = pypdfium2.PdfDocument.new()
        try:
            page = document.new_page(width, height)
            image = pypdfium2.PdfImage.new(document)
            jpeg.seek(0)
            image.load_jpeg(jpeg, pages=[page], autoclose=False)
            shown = (picture.width * scale, picture.height * scale)
            matrix = pypdfium2.PdfMatrix().scale(*shown)
            matrix = matrix.translate((width - shown[0]) / 2, (height - shown[1]) / 2)
            image.set_matrix(matrix)
            page.insert_obj(image)
            page.gen_content()
            written = BytesIO()
            document.save(written)
        finally:
            document.close()
    return written.getvalue()


def _append(whole: pypdfium2.PdfDocument, part: bytes) -> None:
    try:
        document = pypdfium2.PdfDocument(part)
    except pypdfium2.PdfiumError as error:
        raise NotReadable(str(error)) from error
    try:
        whole.import_pages(document)
    except pypdfium2.PdfiumError as error:
        raise NotReadable(str(error)) from error
    finally:
        document.close()


def _write_number(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, number: str) -> None:
    """Digits at the upper right, whatever way the page is turned round."""
    text = pdfium.FPDFPageObj_NewTextObj(document.raw, FACE, NUMBER_SIZE)
    words = ctypes.create_string_buffer((number + "\x00").encode("utf-16-le"))
    pdfium.FPDFText_SetText(text, ctypes.cast(words, pdfium.FPDF_WIDESTRING))
    width, height = page.get_size()
    along = NUMBER_SIZE * 0.56 * len(number)
    for matrix in _placed(page, width, height, along):
        pdfium.FPDFPageObj_Transform(text, *matrix)
    pdfium.FPDFPage_InsertObject(page.raw, text)
    pdfium.FPDFPage_GenerateContent(page.raw)


def _placed(
    page: pypdfium2.PdfPage, width: float, height: float, along: float
) -> Iterator[tuple[float, float, float, float, float, float]]:
    """The movement that brings text from the corner of the sheet to its place, for each quarter turn."""
    left, bottom, _right, _top = page.get_mediabox()
    x, y = width - NUMBER_RIGHT - along, height - NUMBER_TOP
    match page.get_rotation():
        case 90:
            yield (0, 1, -1, 0, left + height - y, bottom + x)
        case 180:
            yield (-1, 0, 0, -1, left + width - x, bottom + height - y)
        case 270:
            yield (0, -1, 1, 0, left + y, bottom + width - x)
        case _:
            yield (1, 0, 0, 1, left + x, bottom + y)
