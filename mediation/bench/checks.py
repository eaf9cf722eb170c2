"""Each thing that is checked in a packet: its name, how far it holds, and how it is done."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.roles import Role, Side
from evidence.ledger import read
from evidence.models import Entry
from evidence.packet import EXPORT
from mediation.court.checking import Finding
from mediation.templatetags.house import when

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
