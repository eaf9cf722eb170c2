"""What a file says of itself: when it was made and with what. Read only, never trusted: anybody can write it there.

Where a photo was taken (GPS) is not read at all: nobody is asked for a place in silence.
"""

import datetime as dt
import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from PIL import ExifTags, Image

from evidence.origin.filekinds import Kind, boxes

LONGEST = 80
SEARCHED_BYTES = 1024 * 1024
EARLIEST, LATEST = 1990, 2100  # years; anything else is a clock that was never set
_FILM_EPOCH = dt.datetime(1904, 1, 1, tzinfo=dt.UTC)
_WEBM_EPOCH = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
_DATE_UTC = b"\x44\x61\x88"  # EBML: DateUTC, eight bytes long
_EXIF_STARTS = (b"Exif\x00\x00MM\x00*", b"Exif\x00\x00II*\x00")
_PDF_DATE = re.compile(rb"/CreationDate\s*\(D:(\d{14})(Z|[+-]\d{2}'?\d{2})?")
_OFFICE_DATE = re.compile(rb"<dcterms:created[^>]*>([\d:TZ.+-]{19,30})<")


@dataclass(frozen=True, slots=True)
class FileSays:
    """When it was made (ISO 8601, with an offset from UTC only where the file names one), and with what, in its own
    words.
    """

    made_at: str = ""
    device: str = ""
    program: str = ""

    def __bool__(self) -> bool:
        return bool(self.made_at or self.device or self.program)


def what_it_says(stream: BinaryIO, kind: Kind) -> FileSays:
    """What the file in `stream` (seekable, already recognised as `kind`) says of itself; nothing where it is silent.

    A file that is damaged in such a place is silent, too. Leaves the stream anywhere.
    """
    reader = _READERS.get(kind.name)
    if reader is None:
        return FileSays()
    try:
        stream.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return reader(stream)
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, OverflowError, zipfile.BadZipFile):
        return FileSays()


def _of_picture(stream: BinaryIO) -> FileSays:
    with Image.open(stream) as image:
        return _of_exif(image.getexif())


def _of_heic(stream: BinaryIO) -> FileSays:
    """Apple's container: the Exif block is looked up by its own beginning."""
    head = stream.read(SEARCHED_BYTES)
    places = [place for start in _EXIF_STARTS if (place := head.find(start)) >= 0]
    if not places:
        return FileSays()
    exif = Image.Exif()
    exif.load(head[min(places) : min(places) + 65536])
    return _of_exif(exif)


def _of_exif(exif: Image.Exif) -> FileSays:
    taken = exif.get_ifd(ExifTags.IFD.Exif)
    told = str(taken.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "")
    offset = str(taken.get(ExifTags.Base.OffsetTimeOriginal) or "")
    maker, model = _plain(exif.get(ExifTags.Base.Make)), _plain(exif.get(ExifTags.Base.Model))
    device = model if model.lower().startswith(maker.lower()) else f"{maker} {model}".strip()
    try:
        made = dt.datetime.strptime(told[:19].strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 — as the file has it
    except ValueError:
        made = None
    when = _written(made)
    if when and re.fullmatch(r"[+-]\d{2}:\d{2}", offset.strip("\x00 ")):
        when += offset.strip("\x00 ")
    return FileSays(when, device, _plain(exif.get(ExifTags.Base.Software)))


def _of_film(stream: BinaryIO) -> FileSays:
    """ISO media: `creation_time` of the movie header, seconds since 1904 in UTC."""
    for name, start, end in boxes(stream):
        if name == b"moov":
            for inner, at, _after in boxes(stream, start, end):
                if inner == b"mvhd":
                    stream.seek(at)
                    head = stream.read(12)
                    seconds = int.from_bytes(head[4:12] if head[:1] == b"\x01" else head[4:8], "big")
                    return FileSays(_written(_FILM_EPOCH + dt.timedelta(seconds=seconds)) if seconds else "")
    return FileSays()


def _of_webm(stream: BinaryIO) -> FileSays:
    head = stream.read(65536)
    place = head.find(_DATE_UTC)
    if place < 0 or len(head) < place + 11:
        return FileSays()
    nanoseconds = int.from_bytes(head[place + 3 : place + 11], "big", signed=True)
    return FileSays(_written(_WEBM_EPOCH + dt.timedelta(microseconds=nanoseconds // 1000)))


def _of_pdf(stream: BinaryIO) -> FileSays:
    size = stream.seek(0, io.SEEK_END)
    for place in (0, max(0, size - SEARCHED_BYTES)):
        stream.seek(place)
        if found := _PDF_DATE.search(stream.read(SEARCHED_BYTES)):
            made = dt.datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S")  # noqa: DTZ007 — as the file has it
            zone = (found[2] or b"").decode().replace("'", "")
            zone = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[3:5]}" if zone else ""
            when = _written(made)
            return FileSays(when + zone if when else "")
    return FileSays()


def _of_office(stream: BinaryIO) -> FileSays:
    with zipfile.ZipFile(stream) as archive, archive.open("docProps/core.xml") as core:
        found = _OFFICE_DATE.search(core.read(65536))
    return FileSays(_written(dt.datetime.fromisoformat(found[1].decode())) if found else "")


def _written(made: dt.datetime | None) -> str:
    if made is None or not EARLIEST <= made.year <= LATEST:
        return ""
    return made.isoformat(timespec="seconds")


def _plain(value: object) -> str:
    """One short line without control characters."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST]


_READERS = {
    **dict.fromkeys(("jpg", "png", "webp"), _of_picture),
    "heic": _of_heic,
    **dict.fromkeys(("m4a", "mp4", "mov", "3gp"), _of_film),
    "webm": _of_webm,
    "pdf": _of_pdf,
    **dict.fromkeys(("xlsx", "docx"), _of_office),
}
