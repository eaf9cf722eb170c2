"""Which kinds of file can be taken in, and how each is recognised by its own bytes, never by its name
alone.
"""

import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

import filetype
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image

from evidence.errors import DepositRefused

HEAD_BYTES = 8192
TAIL_BYTES = 66_000  # a ZIP may end with a comment of 65,535 bytes
MOST_PIXELS = 64_000_000  # decoded: 256 MB of memory in the worst case
Check = Callable[[BinaryIO, bytes], bool]
_MARKUP = (b"<script", b"<html", b"<!doctype", b"<svg", b"<iframe", b"<body", b"<?php", b"<%@")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: the ends of names it may bear, its media type, and how to see that it is whole."""

    name: str
    endings: tuple[str, ...]
    media_type: str
    is_whole: Check


def recognise(stream: BinaryIO, *, name: str, hint: str = "") -> Kind:
    """The kind of the file in `stream` (seekable). Raises DepositRefused in words that say what to do."""
    head = _head(stream)
    ending = PurePath(name).suffix.lower().lstrip(".")
    kind = _by_signature(stream, head, ending)
    if kind is None:
        raise DepositRefused(_why_not(head, ending))
    if ending not in ("", *kind.endings) or not _agrees(hint, kind):
        raise DepositRefused(
            _(
                "The name ends in “%(ending)s”, but the file inside is of the kind “%(kind)s”. "
                "Please choose the original file, with its own name."
            )
            % {"ending": ending or hint, "kind": kind.name}
        )
    stream.seek(0)
    if not kind.is_whole(stream, head):
        raise DepositRefused(
            _("The file cannot be opened; perhaps only a part of it arrived. Please choose it again.")
        )
    return kind


def media_type_of(kind: Kind, hint: str) -> str:
    """The media type to remember: a sound recording may come in a container made for film."""
    if kind.media_type.startswith("video/") and hint.startswith("audio/"):
        return kind.media_type.replace("video/", "audio/")
    return kind.media_type


def also_inside(stream: BinaryIO, kind: Kind) -> list[str]:
    """What else a picture, a sound, a film or a PDF could be read as: markup, zip, pdf; empty for a plain one.

    Such a file is kept like any other, byte for byte, but never shown inside a page.
    """
    if not kind.media_type.startswith(("image/", "audio/", "video/")) and kind is not PDF:
        return []
    head, size = _head(stream), stream.seek(0, 2)
    stream.seek(max(0, size - TAIL_BYTES))
    tail = stream.read()
    found = []
    if any(mark in part.lower() for part in (head, tail[-HEAD_BYTES:]) for mark in _MARKUP):
        found.append("markup")
    if b"PK\x05\x06" in tail:  # the end of a ZIP stands at the end of the file
        found.append("zip")
    if kind is not PDF and b"%PDF-" in head[:1024]:
        found.append("pdf")
    return found


def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(HEAD_BYTES)


def _decodes(stream: BinaryIO, _head: bytes) -> bool:
    """Whether Pillow can read the whole picture; a photograph is read at an eighth of its size.

    Of a picture too large to be held in memory only the outer shape is looked at.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(stream) as image:
                image.verify()
                if image.width * image.height > MOST_PIXELS:
                    return True
            stream.seek(0)
            with Image.open(stream) as image:
                image.draft("L", (image.width // 8 or 1, image.height // 8 or 1))
                image.load()
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return False
    return True


def _ends_as_pdf(stream: BinaryIO, _head: bytes) -> bool:
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 2048))
    return b"%%EOF" in stream.read()


def boxes(stream: BinaryIO, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of an ISO media file between two places: name, first byte of the content, first byte after it.

    Raises ValueError where one does not lie within its bounds.
    """
    end = stream.seek(0, 2) if end is None else end
    place = start
    while place + 8 <= end:
        stream.seek(place)
        header = stream.read(16)
        length, content = int.from_bytes(header[:4], "big"), 8
        if length == 1 and len(header) == 16:
            length, content = int.from_bytes(header[8:], "big"), 16
        elif length == 0:
            length = end - place
        if length < content or place + length > end:
            raise ValueError(f"the box at {place} does not lie within its bounds")
        yield header[4:8], place + content, place + length
        place += length


def _has_box(*wanted: bytes) -> Check:
    """Whether one of these boxes stands at the top level of an ISO media file, within its bounds."""

    def check(stream: BinaryIO, _head: bytes) -> bool:
        try:
            return any(name in wanted for name, _start, _end in boxes(stream))
        except ValueError:
            return False

    return check


def _has_part(part: str) -> Check:
    """Whether an office file (a ZIP) holds the part that makes it one, and no macros."""

    def check(stream: BinaryIO, _head: bytes) -> bool:
        try:
            with zipfile.ZipFile(stream) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False
        return part in names and not any(name.endswith("vbaProject.bin") for name in names)

    return check


def _longer_than(count: int) -> Check:
    return lambda stream, _head: stream.seek(0, 2) > count


def _is_text(stream: BinaryIO, head: bytes) -> bool:
    """UTF-16 by its mark, else UTF-8, else GB18030, as Chinese office programs write; and no control
    characters.
    """
    if head.startswith((b"#!", b"MZ")):
        return False
    data = stream.read()
    marked = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(character < " " and character not in "\t\n\r\f\x1a" for character in text)
    return False


JPG = Kind("jpg", ("jpg", "jpeg", "jfif"), "image/jpeg", _decodes)
PNG = Kind("png", ("png",), "image/png", _decodes)
WEBP = Kind("webp", ("webp",), "image/webp", _decodes)
HEIC = Kind("heic", ("heic", "heif"), "image/heic", _has_box(b"meta"))
PDF = Kind("pdf", ("pdf",), "application/pdf", _ends_as_pdf)
WAV = Kind("wav", ("wav",), "audio/wav", _longer_than(44))
MP3 = Kind("mp3", ("mp3",), "audio/mpeg", _longer_than(128))
AAC = Kind("aac", ("aac",), "audio/aac", _longer_than(64))
AMR = Kind("amr", ("amr",), "audio/amr", _longer_than(16))
OGG = Kind("ogg", ("ogg", "oga", "opus"), "audio/ogg", _longer_than(64))
FLAC = Kind("flac", ("flac",), "audio/flac", _longer_than(42))
WEBM = Kind("webm", ("webm", "weba"), "video/webm", _longer_than(64))
_FILM = _has_box(b"moov", b"moof")
_FILM_ENDINGS = ("mp4", "m4a", "m4v", "mov", "3gp")  # one family; recorders disagree on the ending
M4A = Kind("m4a", _FILM_ENDINGS, "audio/mp4", _FILM)
MP4 = Kind("mp4", _FILM_ENDINGS, "video/mp4", _FILM)
MOV = Kind("mov", _FILM_ENDINGS, "video/quicktime", _FILM)
GP3 = Kind("3gp", _FILM_ENDINGS, "video/3gpp", _FILM)
TXT = Kind("txt", ("txt",), "text/plain", _is_text)
CSV = Kind("csv", ("csv",), "text/csv", _is_text)
XLSX = Kind(
    "xlsx",
    ("xlsx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    _has_part("xl/workbook.xml"),
)
DOCX = Kind(
    "docx",
    ("docx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    _has_part("word/document.xml"),
)
ENDINGS = sorted(
    {"jpg", "png", "webp", "heic", "pdf", "wav", "mp3", "m4a", "aac", "amr", "ogg", "flac", "webm"}
    | {"mp4", "mov", "3gp", "txt", "csv", "xlsx", "docx"}
)

_STARTS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"\xff\xd8\xff", JPG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (8, b"WEBP", WEBP),
    (8, b"WAVE", WAV),
    (0, b"ID3", MP3),
    (0, b"\xff\xfb", MP3),
    (0, b"\xff\xfa", MP3),
    (0, b"\xff\xf3", MP3),
    (0, b"\xff\xf2", MP3),
    (0, b"\xff\xf1", AAC),
    (0, b"\xff\xf9", AAC),
    (0, b"#!AMR", AMR),
    (0, b"OggS", OGG),
    (0, b"fLaC", FLAC),
)
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def _by_signature(stream: BinaryIO, head: bytes, ending: str) -> Kind | None:
    for offset, start, kind in _STARTS:
        if head.startswith(start, offset) and (offset == 0 or head.startswith(b"RIFF")):
            return kind
    if head[:4] == b"\x1aE\xdf\xa3":
        return WEBM if b"webm" in head[:64] else None
    if _begins_as_pdf(head):
        return PDF
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return _by_brand(head)
    if head.startswith(b"PK\x03\x04"):
        return next(
            (kind for kind in (XLSX, DOCX) if ending in ("", kind.name) and _opens(stream, kind)), None
        )
    text = {"txt": TXT, "csv": CSV}.get(ending)
    return text if text and filetype.guess(head) is None and _is_plain(head) else None


def _begins_as_pdf(head: bytes) -> bool:
    """Some programs write a few bytes before the mark; a page of markup or a program before it is another file."""
    before, mark, _after = head[:1024].partition(b"%PDF-")
    return bool(mark) and b"<" not in before and not before.startswith((b"MZ", b"PK", b"\x7fELF", b"#!"))


def _by_brand(head: bytes) -> Kind | None:
    brand = head[8:12] if head[4:8] == b"ftyp" else b"qt  "
    if brand in _HEIC_BRANDS:
        return HEIC
    if brand == b"avif":
        return None
    return {b"M4A ": M4A, b"M4B ": M4A, b"qt  ": MOV}.get(brand) or (GP3 if brand[:2] == b"3g" else MP4)


def _opens(stream: BinaryIO, kind: Kind) -> bool:
    stream.seek(0)
    return kind.is_whole(stream, b"")


def _is_plain(head: bytes) -> bool:
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or not (b"\x00" in head or head.startswith(b"#!"))


def _agrees(hint: str, kind: Kind) -> bool:
    """Whether what the sender says of the type can be true. Only the broad families are believed."""
    said, found = hint.partition("/")[0], kind.media_type.partition("/")[0]
    heard = {"audio", "video"}
    return said not in {"image", "audio", "video"} or said == found or {said, found} == heard


def _why_not(head: bytes, ending: str) -> str | Promise:
    guess = filetype.guess(head)
    runs = {"exe", "elf", "wasm", "deb", "rpm", "crx"}
    if ending in {"exe", "msi", "apk", "bat", "cmd", "sh", "js", "scr", "com", "jar", "vbs", "ps1"} or (
        head.startswith((b"MZ", b"\x7fELF", b"#!")) or (guess and guess.extension in runs)
    ):
        return _("Programs are not taken in. Please send a picture, a recording or a document instead.")
    return _(
        "This kind of file cannot be taken in. Please take a screenshot or a photo of it and send that, "
        "or send one of these: %(endings)s."
    ) % {"endings": ", ".join(ENDINGS)}
