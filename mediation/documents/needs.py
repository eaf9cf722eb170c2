"""What a document must contain, who says so, and how we say what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.errors import Refusal


@dataclass(frozen=True, slots=True)
class Need:
    """One required content.

    `key` is where it stands in the content; "a|b" means that either will do. `name` is what people call it.
    `article` is the rule that asks for it; "" when only good practice does. `status` says how far that source was
    checked: T full text read, P part of it read, M from memory and unverified. `each` are the contents of every row
    (or of the one mapping) found there. `when` = (key, value) limits the need to rows where that sibling has that
    value. `must_hold` asks for True, not merely for an answer. An `optional` content may be absent, but once there it
    must be whole.
    """

    key: str
    name: str | Promise
    article: str = ""
    status: str = "T"
    each: "tuple[Need, ...]" = ()
    when: tuple[str, object] | None = None
    must_hold: bool = False
    optional: bool = False

    def applies_to(self, content: Mapping[str, Any]) -> bool:
        return self.when is None or content.get(self.when[0]) == self.when[1]

    def value_in(self, content: Mapping[str, Any]) -> object:
        """The first usable value among the alternatives, else None."""
        for key in self.key.split("|"):
            value = content.get(key)
            if value is True if self.must_hold else not is_blank(value):
                return value
        return None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document.

    `title` is printed on the paper, `label` names it on screens. `wording` is the status of the fixed sentences in
    the template: M means that nobody has yet compared them with the official specimen. `standard` is the kind of
    PDF/A; only a-3b may carry another file inside. An `is_exact` paper is signed or enforced: what the fonts cannot
    print is refused there, never marked.
    """

    code: str
    title: str
    label: str | Promise
    needs: tuple[Need, ...]
    wording: str = "M"
    standard: Literal["a-2b", "a-3b"] = "a-2b"
    is_exact: bool = False


class MissingContent(Refusal):
    """A document that would lack something the law asks for: every lacking content at once, in plain words."""

    def __init__(self, kind: Kind, missing: Sequence[str]) -> None:
        self.kind = kind
        self.missing = tuple(missing)
        message = _("“%(document)s” cannot be made yet. Please fill in: %(contents)s.")
        super().__init__(message % {"document": kind.label, "contents": gettext("; ").join(self.missing)})


class UnknownCharacter(Refusal):
    """A letter that the document fonts cannot print; printing a box in its place would falsify a name."""

    def __init__(self, character: str) -> None:
        self.character = character
        message = _(
            "The character “%(character)s” (%(code)s) cannot be printed. Check it; if it is right, "
            "type the spelling from the identity card's pinyin and tell the office."
        )
        super().__init__(message % {"character": character, "code": f"U+{ord(character):04X}"})


def lacking(content: Mapping[str, Any], needs: Sequence[Need]) -> Iterator[str]:
    """Name every required content that is absent or blank, row by row."""
    for need in needs:
        if not need.applies_to(content):
            continue
        value = need.value_in(content)
        if value is None:
            if not need.optional:
                yield str(need.name)
        elif need.each:
            yield from _lacking_inside(value, need)


def is_blank(value: object) -> bool:
    """Nothing a reader could read. Zero and False are answers, not blanks."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Mapping | list | tuple) and not value)


def _lacking_inside(value: object, need: Need) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name in lacking(value, need.each):
            yield gettext("%(group)s: %(content)s") % {"group": need.name, "content": name}
    elif isinstance(value, list | tuple):
        for number, row in enumerate(value, start=1):
            if not isinstance(row, Mapping):
                continue
            for name in lacking(row, need.each):
                yield gettext("%(group)s, no. %(number)s: %(content)s") % {
                    "group": need.name,
                    "number": number,
                    "content": name,
                }
