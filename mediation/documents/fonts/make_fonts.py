"""Cut the two document fonts out of Noto Serif CJK SC, reproducibly.

Run once by whoever maintains the fonts; the results are committed, so nobody else needs the source files:

    apt-get install fonts-noto-cjk
    python mediation/documents/fonts/make_fonts.py /usr/share/fonts/opentype/noto

“Mediation Song” (regular) keeps every Han ideograph of the source, because people's names need them
(喆, 婳, 𬱖), with GBK's signs. “Mediation Title” (bold) is for our own headings and keeps GB 2312; where a
heading meets any other character it falls back to the regular face. The families carry names of their own,
although the source reserves none. `covered.txt` lists what the regular face can print, as ranges of code points.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

HERE = Path(__file__).resolve().parent
SIMPLIFIED = 2  # the face of the collection drawn to mainland standards
PRINTABLE = range(0x20, 0x7F)
SIGNS = "·—–‘’“”…‰℃№①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳○●◎◇◆□■△▲☆★〇←↑→↓√×÷±≤≥≠¥￥€£\u00a0\u3000"
HAN_BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
UNUSED_TABLES = ["GSUB", "GPOS", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
SOURCE_DATE = 3_726_086_400  # seconds since 1904: a fixed moment, so that two runs give the same bytes


def charset(codec: str) -> set[int]:
    """Every character of a two-byte codec."""
    found = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                found.add(ord(bytes((lead, trail)).decode(codec)))
            except UnicodeDecodeError:
                continue
    return found


def is_han(code: int) -> bool:
    return any(first <= code <= last for first, last in HAN_BLOCKS)


def cut(source: Path, wanted: Iterable[int], *, family: str, target: Path) -> None:
    font = TTFont(source, fontNumber=SIMPLIFIED, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += UNUSED_TABLES
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    rename(font, family)
    font["head"].modified = SOURCE_DATE
    font.save(target)


def rename(font: TTFont, family: str) -> None:
    """Give the cut its own name; copyright, trademark, designers and licence stay as they were."""
    postscript = family.replace(" ", "")
    names = {1: family, 2: "Regular", 3: f"{postscript};cut from Noto Serif CJK SC", 4: family, 6: postscript}
    table = font["name"]
    table.names = [entry for entry in table.names if entry.nameID in {0, 5, 7, 8, 9, 10, 11, 12, 13, 14}]
    for name_id, text in names.items():
        table.setName(text, name_id, 3, 1, 0x409)
    outlines = font["CFF "].cff
    outlines.fontNames = [postscript]
    outlines.topDictIndex[0].FullName = family
    outlines.topDictIndex[0].FamilyName = family
    # Each family has one face: without this typst would look for the bold one by weight.
    font["OS/2"].usWeightClass = 400
    font["OS/2"].fsSelection = 0x40
    font["head"].macStyle = 0


def write_coverage(font: Path, target: Path) -> None:
    """One range of code points a line: first and last, in hexadecimal."""
    ranges: list[list[int]] = []
    for code in sorted(TTFont(font).getBestCmap()):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    target.write_text("".join(f"{first:X} {last:X}\n" for first, last in ranges), encoding="ascii")


def main(folder: Path) -> None:
    regular, bold = folder / "NotoSerifCJK-Regular.ttc", folder / "NotoSerifCJK-Bold.ttc"
    signs = {*PRINTABLE, *map(ord, SIGNS)}
    every_han = {code for code in TTFont(regular, fontNumber=SIMPLIFIED).getBestCmap() if is_han(code)}
    cut(
        regular,
        every_han | charset("gbk") | signs,
        family="Mediation Song",
        target=HERE / "MediationSong.otf",
    )
    write_coverage(HERE / "MediationSong.otf", HERE / "covered.txt")
    cut(
        bold,
        charset("gb2312") | signs,
        family="Mediation Title",
        target=HERE / "MediationTitle.otf",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
