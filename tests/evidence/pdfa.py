"""What can be seen of PDF/A-3b (ISO 19005-3) without a validator of its own, after the seal as before it.

It looks at what a seal, an attachment or a font can spoil; it is no proof of conformance. The numbers are those of
the clauses.
"""

import io
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

XMP_ID = "{http://www.aiim.org/pdfa/ns/id/}"
RELATIONSHIPS = {"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"}
ACTIONS = {
    "/Launch",
    "/Sound",
    "/Movie",
    "/ResetForm",
    "/ImportData",
    "/JavaScript",
    "/Hide",
    "/Rendition",
    "/Trans",
}
FONTS = {"/TrueType", "/Type1", "/CIDFontType0", "/CIDFontType2"}
HIDDEN, PRINT = 0b1 | 0b10 | 0b100000 | 0b100000000, 0b100


def flaws(pdf: bytes) -> list[str]:
    """What keeps these bytes from being PDF/A-3b, as far as it is looked at here."""
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    if "/Encrypt" in reader.trailer:
        return ["6.1.3 encrypted"]
    root, everything = reader.trailer["/Root"], list(_objects(reader))
    return [
        *_flaws_of_file(pdf, reader),
        *_flaws_of_metadata(root),
        *_flaws_of_colour(root),
        *(flaw for one in everything for flaw in _flaws_of_object(one)),
        *_flaws_of_attachments(root, everything),
        *(
            flaw
            for page in reader.pages
            for note in page.get("/Annots", [])
            for flaw in _flaws_of_note(note.get_object())
        ),
        *_flaws_of_form(root),
    ]


def _objects(reader: PdfReader) -> Iterator[Any]:
    """Every dictionary and stream that can be reached, once."""
    seen: set[int] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            yield one
            waiting.extend(dict.__getitem__(one, key) for key in one)
        elif isinstance(one, ArrayObject):
            waiting.extend(list.__iter__(one))


def _flaws_of_file(pdf: bytes, reader: PdfReader) -> Iterator[str]:
    second = pdf.split(b"\n", 2)[1]
    if not pdf.startswith(b"%PDF-1.") or second[:1] != b"%" or min(second[1:5]) < 128:
        yield "6.1.2 the header"
    if len(reader.trailer.get("/ID", [])) != 2:
        yield "6.1.3 no ID"
    if not pdf.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "6.1.3 something after the end"


def _flaws_of_metadata(root: Any) -> Iterator[str]:
    if "/Metadata" not in root:
        yield "6.6.2 no metadata"
        return
    tree = ElementTree.fromstring(root["/Metadata"].get_data())  # noqa: S314 — it comes from our own press
    told = {name.tag: (name.text or "").strip() for name in tree.iter()}
    told |= {key: value for name in tree.iter() for key, value in name.attrib.items()}
    if (told.get(XMP_ID + "part"), told.get(XMP_ID + "conformance")) != ("3", "B"):
        yield "6.6.4 it does not say that it is PDF/A-3b"


def _flaws_of_colour(root: Any) -> Iterator[str]:
    intents = [
        one.get_object() for one in root.get("/OutputIntents", []) if one.get_object()["/S"] == "/GTS_PDFA1"
    ]
    if len(intents) != 1 or "/DestOutputProfile" not in intents[0]:
        yield "6.2.3 no output intent"
        return
    profile = intents[0]["/DestOutputProfile"]
    data = profile.get_data()
    if data[36:40] != b"acsp" or {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}.get(data[16:20]) != profile["/N"]:
        yield "6.2.3 the output intent is no ICC profile"


def _flaws_of_object(one: Any) -> Iterator[str]:
    if isinstance(one, StreamObject):
        yield from _flaws_of_stream(one)
    if one.get("/S") in ACTIONS or "/AA" in one:
        yield "6.5.1 an action"
    if one.get("/Type") == "/Font" and one.get("/Subtype") in FONTS:
        yield from _flaws_of_font(one)


def _flaws_of_stream(one: Any) -> Iterator[str]:
    filters = one.get("/Filter", [])
    named = [filters] if isinstance(filters, NameObject) else list(filters)
    if {"/LZWDecode", "/Crypt"} & set(named):
        yield "6.1.7 a filter that is not allowed"
    if {"/F", "/FFilter", "/FDecodeParms"} & set(one):
        yield "6.1.7 a stream outside the file"
    if one.get("/Subtype") == "/Image" and one.get("/Interpolate"):
        yield "6.2.8 an image is smoothed"
    if one.get("/Subtype") in {"/PS", "/Ref"}:
        yield "6.2.9 a form that is not allowed"


def _flaws_of_font(one: Any) -> Iterator[str]:
    if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(one.get("/FontDescriptor", {})):
        yield f"6.2.11.4 the font {one.get('/BaseFont')} is not inside"
    if one["/Subtype"] == "/CIDFontType2" and "/CIDToGIDMap" not in one:
        yield f"6.2.11.3 the font {one.get('/BaseFont')} does not say which glyphs"


def _flaws_of_attachments(root: Any, everything: list[Any]) -> Iterator[str]:
    tied = {id(one.get_object()) for one in root.get("/AF", [])}
    for one in everything:
        if "/EF" not in one:
            continue
        name = one.get("/UF")
        if not name or not one.get("/F"):
            yield "6.8 an attachment without a name"
        if one.get("/AFRelationship") not in RELATIONSHIPS:
            yield f"6.8 {name} does not say what it is to the document"
        if id(one) not in tied:
            yield f"6.8 {name} belongs to nothing"
        if not str(one["/EF"]["/F"].get("/Subtype", "")).removeprefix("/"):
            yield f"6.8 {name} has no media type"


def _flaws_of_note(note: Any) -> Iterator[str]:
    flags = int(note.get("/F", 0))
    if note["/Subtype"] == "/Popup":
        return
    if not flags & PRINT or flags & HIDDEN:
        yield f"6.3.2 the flags of {note['/Subtype']}"
    box = [float(side) for side in note["/Rect"]]
    if "/AP" not in note and note["/Subtype"] != "/Link" and (box[0] != box[2] or box[1] != box[3]):
        yield f"6.3.3 {note['/Subtype']} has no looks"


def _flaws_of_form(root: Any) -> Iterator[str]:
    form = root.get("/AcroForm", {})
    if form.get("/NeedAppearances"):
        yield "6.4.1 the form asks for looks"
    if "/XFA" in form or root.get("/NeedsRendering"):
        yield "6.4.2 an XFA form"
    if "/OCProperties" in root and "/D" not in root["/OCProperties"]:
        yield "6.9 layers without a default"
    if "/Requirements" in root:
        yield "6.12 requirements"
