"""What the document fonts can print, and what becomes of everything else that people type."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from mediation.documents.needs import UnknownCharacter

COVERED = Path(__file__).resolve().parent / "fonts" / "covered.txt"
SHOWN_BY_CODE = 2  # a longer run of them is counted, not spelled: nobody reads forty codes
PRINTED, BETWEEN, STRANGE = "p", "b", "s"
RUN = re.compile(f"{STRANGE}(?:{BETWEEN}*{STRANGE})*")
GLUE = " .,;:!?()-'\"、，。；：！？（）\n"  # what may stand between the words of one such run


@dataclass(slots=True)
class Press:
    """Sets text letter for letter and remembers the letters that no font of ours has.

    Line ends are unified. Signs that cannot be seen, among them those that turn the reading direction, are left
    out. A letter or a picture that cannot be printed leaves a visible mark: its code ([U+1F642]), or, for a longer
    run, how many there were (〔此处12个字符无法印出〕). Where `is_exact`, a letter of that kind raises
    UnknownCharacter instead: in a paper that people sign, a mark would stand for a name or an obligation.
    """

    is_exact: bool = False
    keeps_all: bool = False  # for a paper that is not set in our fonts: only what nobody sees is left out
    unprinted: Counter[str] = field(default_factory=Counter)

    def set(self, text: str, *, is_exact: bool | None = None) -> str:
        """The text as it can be printed. `is_exact` overrides what the press does elsewhere."""
        plain = _unified(text)
        if self.keeps_all:
            return plain
        if self.is_exact if is_exact is None else is_exact:
            for letter in filter(_is_strange_letter, plain):
                raise UnknownCharacter(letter)
        classes = "".join(map(_class_of, plain))
        return self._marked(plain, classes)

    def _marked(self, plain: str, classes: str) -> str:
        pieces, at = [], 0
        for run in RUN.finditer(classes):
            pieces += [plain[at : run.start()], self._mark(plain[run.start() : run.end()])]
            at = run.end()
        return "".join([*pieces, plain[at:]])

    def _mark(self, run: str) -> str:
        """One run of strange signs with what stands between them."""
        strange = [sign for sign in run if _class_of(sign) == STRANGE]
        self.unprinted.update(strange)
        if len(strange) > SHOWN_BY_CODE:
            return f"〔此处{len(strange)}个字符无法印出〕"
        return "".join(f"[U+{ord(sign):04X}]" if _class_of(sign) == STRANGE else sign for sign in run)

    @property
    def note(self) -> str:
        """What the paper says of its marks; "" when everything could be printed."""
        if not self.unprinted:
            return ""
        return (
            f"本文书有{self.unprinted.total()}个字符不在文书字库内，以〔〕或者[U+……]标出，未作改写。"
            "原文完整保存在平台的案件记录中，可以在平台上查看；两者不一致的，以原文为准。"
        )


def printable(text: str) -> str:
    """One text as it can be set, with marks for what cannot (see Press)."""
    return Press().set(text)


def _unified(text: str) -> str:
    """One kind of line end and of blank; without what nobody sees: controls, joiners, marks that turn the writing."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_plain_sign(sign) for sign in lines)


def _plain_sign(sign: str) -> str:
    if sign == "\n" or sign in covered():
        return sign
    if sign.isspace():
        return " "
    is_hidden = unicodedata.category(sign) in {"Cc", "Cf", "Cs"}
    return "" if is_hidden or unicodedata.name(sign, "").startswith("VARIATION SELECTOR") else sign


def _class_of(sign: str) -> str:
    if sign in GLUE:
        return BETWEEN
    return PRINTED if sign in covered() else STRANGE


def _is_strange_letter(sign: str) -> bool:
    category = unicodedata.category(sign)
    return _class_of(sign) == STRANGE and (category.startswith("L") or category == "Mc")


@cache
def covered() -> frozenset[str]:
    """Every character of the regular face."""
    ranges = (line.split() for line in COVERED.read_text(encoding="ascii").splitlines())
    return frozenset(chr(code) for first, last in ranges for code in range(int(first, 16), int(last, 16) + 1))
