"""What a check found, in words for a court: one sentence, each thing with its count, what it shows and what not.

The words stay with 一致 and 对不上: a hash tells that bytes differ, never who changed them or what is true.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Exhibit
from mediation.bench.checks import MEMBER, Check, item_in_words, moment, role_name
from mediation.bench.events import kind_of, name_of
from mediation.court.checking import FileFound, Finding, Link
from mediation.templatetags.house import fingerprint, when


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of the packet beside what its entry says; `exhibit` where it is known here."""

    number: str
    title: str
    by: str
    at: datetime
    found: FileFound
    exhibit: Exhibit | None = None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One entry of the chain for the strip and the list."""

    seq: int
    kind: str
    name: str
    by: str
    at: datetime
    is_open: bool
    broken: bool


def state_of(found: Finding, register: Check) -> str:
    """The look of the banner: yes, no or unknown."""
    if found.holds:
        return "no" if register.state == "no" else "yes"
    return "no" if found.is_clear else "unknown"


def title_of(found: Finding, register: Check) -> str:
    """The verdict in a few words."""
    if found.holds:
        return _("Differs from the register") if register.state == "no" else _("Everything matches")
    if not found.is_clear:
        return _("The check came to no result")
    bad = sum(not file.holds for file in found.files)
    if bad and not found.broken_at:
        return ngettext("%(n)s file does not match", "%(n)s files do not match", bad) % {"n": bad}
    return _("Something does not match")


def text_of(found: Finding, register: Check) -> str:
    """The verdict in one sentence."""
    if not found.is_clear:
        return found.why
    if found.broken_at:
        return _("First: %(item)s. %(why)s.") % {
            "item": _("Entry %(number)s") % {"number": found.broken_at},
            "why": _("It does not follow from the one before"),
        }
    if not found.holds:
        return _("First: %(item)s. %(why)s.") % {"item": item_in_words(found.item), "why": found.why}
    if register.state == "no":
        return _("The packet holds together, but it is not one that this site gave out.")
    return _(
        "%(files)s files and %(entries)s entries are as they were when the packet was sealed on %(at)s."
    ) % {
        "files": len(found.files),
        "entries": len(found.links),
        "at": when(moment(found.made_at)) if found.made_at else "—",
    }


def facts_of(found: Finding) -> list[tuple[str, str]]:
    """What stands beside the verdict: where and when the check ran, and the fingerprint to compare."""
    told = [
        (_("Checked where"), _("On the server, by verify.py run on its own; nothing is kept")),
        (_("Checked at"), timezone.localtime(moment(found.checked_at)).strftime("%Y-%m-%d %H:%M:%S")),
    ]
    return [*told, (_("Fingerprint"), fingerprint(found.fingerprint))] if found.fingerprint else told


def shows(found: Finding, register: Check) -> list[str]:
    """What this check shows. Where the record is broken, nothing ties a file to the day it was taken in."""
    if found.broken_at or not found.head_holds or register.state == "no":
        return []
    bad = [item_in_words(file.path) for file in found.files if not file.holds]
    if found.holds:
        lines = [_("Since it was sealed nothing was changed, added or left out")]
    elif bad:
        lines = [_("Apart from %(items)s the files are as they were recorded") % {"items": "、".join(bad)}]
    else:
        lines = [_("The files are as they were recorded")]
    lines.append(_("The entries are in their order, each holding the hash of the one before"))
    if found.signatures and all(signature.holds for signature in found.signatures):
        lines.append(_("Whoever signed had this very text before them"))
    return lines


def does_not_show() -> list[str]:
    """What no such check shows; it stays with the judge."""
    return [
        _("Whether what the papers tell is so, and where a file came from before it was handed in"),
        _("Whether the parties agree of their own will, and whether the terms are lawful"),
        _("What the entries say whose content is not enclosed"),
        _("Whether there is another chain, or later entries: compare the fingerprint"),
    ]


def advice() -> str:
    """What to do when something does not match."""
    return _(
        "Please download the packet once more and check it again; use the file as it came, not one that was packed"
        " anew. If it still differs, do not rely on this item, keep the file, and tell the mediation centre."
    )


def file_rows(found: Finding, exhibits: Sequence[Exhibit] = ()) -> list[FileRow]:
    """The files for the table, with a link where the reader may open them."""
    known = {exhibit.deposit.seq: exhibit for exhibit in exhibits}
    rows = []
    for file in found.files:
        member, exhibit = MEMBER.fullmatch(file.path), known.get(file.seq)
        rows.append(
            FileRow(
                number=member[1] if member else str(file.seq),
                title=str(exhibit.title)
                if exhibit
                else PurePosixPath(member[2] if member else file.path).stem,
                by=str(role_name(file.role)),
                at=moment(file.at),
                found=file,
                exhibit=exhibit,
            )
        )
    return rows


def first_bad(found: Finding) -> FileRow | None:
    """The first file that differs, for the box under the verdict."""
    return next((row for row in file_rows(found) if not row.found.holds), None)


def link_rows(links: Sequence[Link]) -> list[LinkRow]:
    """The entries for the strip and the list. What was said in the talks appears as a closed entry and no more."""
    broken = next((link.seq for link in links if not link.holds), 0)
    return [
        LinkRow(
            seq=link.seq,
            kind=kind_of(link.event),
            name=str(name_of(link.event)),
            by=str(role_name(link.role)),
            at=moment(link.at),
            is_open=link.is_open,
            broken=link.seq == broken,
        )
        for link in links
    ]


def strip_label(links: Sequence[Link]) -> str:
    """The strip in words, for readers who do not see it."""
    broken = next((link.seq for link in links if not link.holds), 0)
    if broken:
        return _("%(n)s entries; from entry %(broken)s on they do not follow") % {
            "n": len(links),
            "broken": broken,
        }
    return ngettext(
        "%(n)s entry, each linked to the one before",
        "%(n)s entries, each linked to the one before",
        len(links),
    ) % {"n": len(links)}
