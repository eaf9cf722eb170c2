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
from mediation.court.checking import HOLDS, FileFound, Finding, Record
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
    after: datetime | None
    before: datetime | None
    index: int
    body: str
    broken: bool


@dataclass(frozen=True, slots=True)
class StampRow:
    """The time stamps under one certificate: how many, the first and the last."""

    certificate: str
    count: int
    first: datetime
    last: datetime


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
    if not found.holds:
        return _("First: %(item)s. %(why)s.") % {"item": item_in_words(found.item), "why": found.why}
    if register.state == "no":
        return _("The packet holds together, but it is not one that this site gave out.")
    return _(
        "%(files)s files and %(entries)s entries are as they were when the packet was sealed on %(at)s."
    ) % {
        "files": len(found.files),
        "entries": found.count,
        "at": when(moment(found.made_at)) if found.made_at else "—",
    }


def facts_of(found: Finding) -> list[tuple[str, str]]:
    """What stands beside the verdict: where and when the check ran, under which policy, and the fingerprint."""
    told = [
        (_("Checked where"), _("On the server, by verify.py run on its own; nothing is kept")),
        (_("Checked at"), timezone.localtime(moment(found.checked_at)).strftime("%Y-%m-%d %H:%M:%S")),
    ]
    if found.policy:
        told.append((_("Policy of this site"), fingerprint(found.policy)))
    return [*told, (_("Fingerprint"), fingerprint(found.fingerprint))] if found.fingerprint else told


def shows(found: Finding, register: Check) -> list[str]:
    """What this check shows. Where the record is broken, nothing ties a file to the day it was taken in."""
    rests = [found.steps.get(name) for name in ("chain", "checkpoint", "inclusion", "ending")]
    if not all(step and step.state == HOLDS for step in rests) or register.state == "no":
        return []
    bad = [item_in_words(file.path) for file in found.files if not file.holds]
    if found.holds:
        lines = [_("Since they were written nothing was changed, added or left out")]
    elif bad:
        lines = [_("Apart from %(items)s the files are as they were recorded") % {"items": "、".join(bad)}]
    else:
        lines = [_("The entries are as they were recorded")]
    lines.append(_("The record is whole to its end: the log says how many entries there are"))
    if found.witnesses:
        lines.append(_("The witnesses named below hold the same state of the log"))
    if found.times:
        lines.append(_("When at the latest each entry existed, on the word of the time authority"))
    if found.signatures and all(signature.holds for signature in found.signatures):
        lines.append(_("Whoever signed had this very text before them"))
    return lines


def does_not_show(found: Finding) -> list[str]:
    """What no such check shows; it stays with the judge."""
    lines = [
        _("Whether what the papers tell is so, and where a file came from before it was handed in"),
        _("Whether the parties agree of their own will, and whether the terms are lawful"),
        _("What the entries say whose content is not enclosed"),
        _("Whether there are later entries, after this packet was made"),
    ]
    if not found.witnesses:
        lines.append(_("Whether the site keeps another log beside this one: nobody outside has signed it"))
    return lines


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


def first_bad(found: Finding, exhibits: Sequence[Exhibit] = ()) -> FileRow | None:
    """The first file that differs, for the box under the verdict."""
    return next((row for row in file_rows(found, exhibits) if not row.found.holds), None)


def link_rows(records: Sequence[Record]) -> list[LinkRow]:
    """The entries for the strip and the list. An entry without its content appears as that and no more."""
    broken = next((record.seq for record in records if not record.holds), 0)
    return [
        LinkRow(
            seq=record.seq,
            kind=kind_of(record.event, record.typ),
            name=str(name_of(record.event, record.typ)),
            by=str(role_name(record.role)),
            at=moment(record.at),
            after=moment(record.not_before) if record.not_before else None,
            before=moment(record.not_after) if record.not_after else None,
            index=record.index,
            body=record.body,
            broken=record.seq == broken,
        )
        for record in records
    ]


def stamp_rows(found: Finding) -> list[StampRow]:
    """The time stamps, by the certificate that stamped."""
    by_certificate: dict[str, list[datetime]] = {}
    for seen in found.times:
        by_certificate.setdefault(seen.name, []).append(moment(seen.at))
    return [StampRow(name, len(at), min(at), max(at)) for name, at in by_certificate.items()]


def strip_label(records: Sequence[Record]) -> str:
    """The strip in words, for readers who do not see it."""
    broken = next((record.seq for record in records if not record.holds), 0)
    if broken:
        return _("%(n)s entries; entry %(broken)s does not match") % {"n": len(records), "broken": broken}
    return ngettext(
        "%(n)s entry, each linked to the one before",
        "%(n)s entries, each linked to the one before",
        len(records),
    ) % {"n": len(records)}
