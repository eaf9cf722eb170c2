"""Small honest files of each kind, and dishonest ones."""

import io
import math
import struct
import wave
import zipfile

from PIL import Image


def picture(form: str) -> bytes:
    target = io.BytesIO()
    image = Image.new("RGB", (64, 48), (14, 92, 77))
    image.putpixel((3, 3), (255, 255, 255))
    image.save(target, form)
    return target.getvalue()


def sound() -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n / 9))) for n in range(1600)))
    return target.getvalue()


def boxes(brand: bytes, *names: bytes) -> bytes:
    start = struct.pack(">I", 16) + b"ftyp" + brand + bytes(4)
    return start + b"".join(struct.pack(">I", 24) + name + bytes(16) for name in names)


def office(part: str, *more: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return target.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
HONEST = {
    "还款截图.jpg": (picture("JPEG"), "image/jpeg"),
    "合同.png": (picture("PNG"), "image/png"),
    "合同.webp": (picture("WEBP"), "image/webp"),
    "照片.HEIC": (boxes(b"heic", b"meta", b"mdat"), "image/heic"),
    "合同.pdf": (PDF, "application/pdf"),
    "讲述.wav": (sound(), "audio/wav"),
    "讲述.mp3": (b"ID3\x04" + bytes(500), "audio/mpeg"),
    "讲述.m4a": (boxes(b"M4A ", b"moov", b"mdat"), "audio/mp4"),
    "讲述.aac": (b"\xff\xf1" + bytes(range(200)), "audio/aac"),
    "讲述.amr": (b"#!AMR\n" + bytes(100), "audio/amr"),
    "讲述.ogg": (b"OggS" + bytes(200), "audio/ogg"),
    "讲述.webm": (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + bytes(100), "video/webm"),
    "经过.mp4": (boxes(b"isom", b"moov", b"mdat"), "video/mp4"),
    "经过.mov": (boxes(b"qt  ", b"moov", b"mdat"), "video/quicktime"),
    "经过.3gp": (boxes(b"3gp4", b"moov", b"mdat"), "video/3gpp"),
    "说明.txt": ("借款一万元，到账九千元。".encode(), "text/plain"),
    "流水.csv": ("日期,金额\n2025-03-07,943.56\n".encode("gb18030"), "text/csv"),
    "流水.xlsx": (
        office("xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "说明.docx": (
        office("word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "没有后缀": (PDF, "application/pdf"),
}
REFUSED = {
    "程序.exe": (b"MZ" + bytes(500), "Programs"),
    "合同.pdf": (b"MZ" + bytes(500), "Programs"),
    "合同.jpg": (b"\x7fELF" + bytes(500), "Programs"),
    "run.txt": (b"#!/bin/sh\nrm -rf /\n", "Programs"),
    "照片.png": (picture("JPEG"), "original file"),
    "照片.jpg": (PDF, "original file"),
    "半张.jpg": (picture("JPEG")[:-200], "only a part"),
    "半张.png": (picture("PNG")[:-30], "only a part"),
    "半份.pdf": (PDF[:-10], "only a part"),
    "半段.mp4": (boxes(b"isom", b"mdat"), "only a part"),
    "空.jpg": (b"", "empty"),
    "大.txt": (b"a" * 3_000_000, "larger than"),
    "压缩.zip": (office("x.txt"), "cannot be taken in"),
    "宏.xlsx": (office("xl/workbook.xml", "xl/vbaProject.bin"), "cannot be taken in"),
    "假.docx": (office("x.txt"), "cannot be taken in"),
    "旧.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be taken in"),
    "乱码.txt": (bytes(range(256)) * 4, "cannot be taken in"),
    "动图.gif": (picture("GIF"), "cannot be taken in"),
    "网页.html": (b"<script>alert(1)</script>", "cannot be taken in"),
    "图.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be taken in"),
}
