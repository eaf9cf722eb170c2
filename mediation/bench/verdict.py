"""What a check found, in words for a court: one sentence, each thing with its count, what it shows and what not.

The words stay with 一致 and 对不上: a hash tells that bytes differ, never who changed them or what is true.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.models import Exhibit
from cases.roles import Role, Side
from evidence.ledger import read
from evidence.models import Entry
from evidence.packet import EXPORT
from mediation.bench.events import kind_of, name_of
from mediation.court.checking import FileFound, Finding, Link
from mediation.templatetags.house import fingerprint, when

MEMBER = re.compile(r"data/files/(\d+)-(.+)")
ENTRY = re.compile(r"第 (\d+) 条|data/bodies/(\d+)\.json")
SIGNATURES = 3
SIDES: dict[str, Side] = {Role.CITIZEN: Side.CLAIMANT, Role.INSTITUTION: Side.RESPONDENT}
REGISTER_UNKNOWN: Promise = gettext_lazy("This site has no record of this packet: nothing to compare with.")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list of checks; `state` is yes, no or unknown."""

    name: str
    state: str
    text: str
    count: str
    how: str


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


def item_in_words(item: str) -> str:
    """The thing that does not match as people call it: exhibit 07, entry 12, or its name in the packet."""
    if member := MEMBER.fullmatch(item):
        return _("Exhibit %(number)s, %(name)s") % {
            "number": member[1],
            "name": PurePosixPath(member[2]).stem.strip("-_"),
        }
    if entry := ENTRY.search(item):
        return _("Entry %(number)s") % {"number": int(entry[1] or entry[2])}
    return item


def checks_of(found: Finding, *, register: Check) -> list[Check]:
    """Each check with its count and how it is done. Empty when the check came to no result."""
    if not found.is_clear:
        return []
    return [
        _archive(found),
        _files(found),
        _chain(found),
        _bodies(found),
        _signed(found),
        _time(found),
        register,
    ]


def _sign(holds: bool) -> str:
    return "yes" if holds else "no"


def _archive(found: Finding) -> Check:
    holds = found.archive_holds and found.lists_hold
    if holds:
        text = _("Every byte of the archive is accounted for")
    elif found.archive_holds:
        text = _("The lists inside do not match the files")
    else:
        text = _("The archive does not match the form it was written in")
    return Check(
        _("Archive"),
        _sign(holds),
        text,
        str(found.members),
        _(
            "A packet has only one way to be written. One byte more, less or different, and it no longer matches."
            " A packet that was unpacked and packed again does not match either."
        ),
    )


def _files(found: Finding) -> Check:
    good = sum(file.holds for file in found.files)
    bad = [file for file in found.files if not file.holds]
    text = (
        _("%(item)s differs, the others match") % {"item": item_in_words(bad[0].path)}
        if bad
        else _("Every file matches its recorded hash")
    )
    return Check(
        _("Files"),
        _sign(not bad) if found.files else "unknown",
        text if found.files else _("No file could be compared"),
        f"{good} / {len(found.files)}",
        _("SHA-256 of each file, compared with the hash in the entry by which the file was taken in."),
    )


def _chain(found: Finding) -> Check:
    whole, count = not found.broken_at and found.head_holds, len(found.links)
    if found.broken_at:
        text = _("Entry %(number)s does not follow from the one before") % {"number": found.broken_at}
    elif not found.head_holds:
        text = _("The entries follow one another, but the end is not the one that was written down")
    else:
        text = _("Each entry follows from the one before, none is missing in between")
    held = min(count, found.broken_at - 1) if found.broken_at else count
    return Check(
        _("Unbroken record"),
        _sign(whole),
        text,
        f"{held} / {count}",
        _("Each entry holds the hash of the one before. Order, numbers and the last hash are compared."),
    )


def _bodies(found: Finding) -> Check:
    good, closed = found.bodies - len(found.bad_bodies), len(found.links) - found.bodies
    if found.bad_bodies:
        text = _("The content of entry %(number)s does not match") % {"number": found.bad_bodies[0]}
    else:
        text = _("All enclosed contents match; %(closed)s entries are enclosed without their content") % {
            "closed": max(0, closed)
        }
    return Check(
        _("Contents"),
        _sign(not found.bad_bodies),
        text,
        f"{good} / {found.bodies}",
        _(
            "Each content is compared with the hash in its entry. What was said in the talks is not enclosed:"
            " the law keeps it out (Rules on Online Mediation, Art 18)."
        ),
    )


def _signed(found: Finding) -> Check:
    good = sum(signature.holds for signature in found.signatures)
    if not found.signatures:
        return Check(
            _("Signatures in the record"), "unknown", _("No signatures are enclosed"), "0", _how_signed()
        )
    roles = "、".join(str(role_name(signature.role)) for signature in found.signatures)
    text = (
        _("%(roles)s signed the same agreement") % {"roles": roles}
        if good == len(found.signatures)
        else _("A signature names another text than the enclosed agreement")
    )
    whole = good == len(found.signatures) == SIGNATURES
    return Check(_("Signatures in the record"), _sign(whole), text, f"{good} / {SIGNATURES}", _how_signed())


def _how_signed() -> str:
    return _(
        "Each signature entry names the hash of the text that was signed; it is compared with the enclosed agreement."
        " Signing is a click after signing in, kept by the site; it is no certificate of a licensed authority"
        " (Electronic Signature Law, Arts 13, 16)."
    )


def _time(found: Finding) -> Check:
    how = _(
        "Each time stamp names an entry; that hash is compared. The signature of the stamp is not checked here,"
        " and a stamp of the site itself is no proof by a third party."
    )
    if not found.anchors:
        return Check(
            _("Sealed when"), "unknown", _("No outside time stamp; times are those of the site"), "0", how
        )
    last = found.anchors[-1]
    text = _("Last time stamp %(at)s, by %(authority)s") % {
        "at": when(moment(str(last["at"]))),
        "authority": last["authority"],
    }
    return Check(_("Sealed when"), "yes", text, f"{len(found.anchors)} / {len(found.anchors)}", how)


def register_check(found: Finding) -> Check:
    """Compare with what this site wrote down when it gave the packet out, and with its own chain as it stands now."""
    how = _(
        "The fingerprint stands in the site's own chain since the packet was made."
        " The last entry of the packet must still stand at its place there."
    )
    exports = Entry.objects.of(found.chain).filter(event=EXPORT) if found.chain else Entry.objects.none()
    known = {str((read(entry) or {}).get("fingerprint")) for entry in exports}
    if not known:
        return Check(_("Register"), "unknown", str(REGISTER_UNKNOWN), "0 / 1", how)
    stands = Entry.objects.of(found.chain).filter(seq=len(found.links), hash=found.head).exists()
    if found.fingerprint in known and stands:
        return Check(_("Register"), "yes", _("The fingerprint is the one this site wrote down"), "1 / 1", how)
    return Check(_("Register"), "no", _("The fingerprint is not the one this site wrote down"), "0 / 1", how)


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


def role_name(role: str) -> str | Promise:
    """A role of an envelope in the court's words: the two sides by their side; an unknown one as it stands."""
    if role in SIDES:
        return SIDES[role].label
    return Role(role).label if role in Role.values else role or "—"


def moment(text: str) -> datetime:
    """An instant of an envelope. What is no instant becomes the beginning of time: the verifier has named it."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat("1970-01-01T00:00:00+00:00")
