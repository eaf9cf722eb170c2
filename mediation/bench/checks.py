"""Each thing that is checked in a packet: its name, how far it holds, and how it is done."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.roles import Role, Side
from evidence.ledger import read
from evidence.models import ChainHead, Entry
from evidence.packet import EXPORT
from mediation.court.checking import DIFFERS, HOLDS, Finding, Step
from mediation.templatetags.house import when

MEMBER = re.compile(r"data/files/(\d+)-(.+)")
RECORD = re.compile(r"record (\d+)|data/bodies/(\d+)\.json")
SIGNATURES = 3
SIDES: dict[str, Side] = {Role.CITIZEN: Side.CLAIMANT, Role.INSTITUTION: Side.RESPONDENT}
STATES = {HOLDS: "yes", DIFFERS: "no"}
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
    if not found.steps:
        return []
    return [
        _archive(found),
        _files(found),
        _chain(found),
        _bodies(found),
        _in_the_log(found),
        _witnessed(found),
        _by_sm3(found),
        _time(found),
        _signed(found),
        register,
    ]


def _together(found: Finding, *names: str) -> tuple[str, list[Step]]:
    """The state of several of the verifier's steps as one: no where one differs, yes where all hold."""
    steps = [found.steps[name] for name in names if name in found.steps]
    states = {step.state for step in steps}
    if DIFFERS in states:
        return "no", steps
    return ("yes" if states == {HOLDS} and len(steps) == len(names) else "unknown"), steps


def _count(steps: Sequence[Step]) -> str:
    return f"{sum(step.good for step in steps)} / {sum(step.of for step in steps)}"


def _archive(found: Finding) -> Check:
    state, steps = _together(found, "archive", "lists")
    text = {
        "yes": _("Every byte of the archive is accounted for"),
        "no": _("The archive or its lists do not match the form they were written in"),
    }.get(state, _not_reached())
    return Check(
        _("Archive"),
        state,
        text,
        _count(steps),
        _(
            "A packet has only one way to be written, and its lists name every file with two fingerprints (SHA-256,"
            " SM3). One byte more, less or different, and it no longer matches. A packet that was unpacked and"
            " packed again does not match either."
        ),
    )


def _files(found: Finding) -> Check:
    bad = [file for file in found.files if not file.holds]
    good = len(found.files) - len(bad)
    if not found.files:
        state, text = "unknown", _("No file could be compared")
    elif bad:
        state, text = "no", _("%(item)s differs, the others match") % {"item": item_in_words(bad[0].path)}
    else:
        state, text = "yes", _("Every file matches its recorded hash")
    return Check(
        _("Files"),
        state,
        text,
        f"{good} / {len(found.files)}",
        _(
            "SHA-256 and SM3 of each file, compared with the fingerprints in the entry by which the file was taken in."
        ),
    )


def _chain(found: Finding) -> Check:
    state, steps = _together(found, "chain")
    if state == "no" and found.broken_at:
        text = _("Entry %(number)s does not follow from the one before") % {"number": found.broken_at}
    elif state == "no":
        text = _("The entries do not follow from one another")
    else:
        text = (
            _("Each entry follows from the one before, none is missing in between")
            if state == "yes"
            else _not_reached()
        )
    return Check(
        _("Unbroken record"),
        state,
        text,
        _count(steps),
        _("Each entry holds the hash of the one before. Order, numbers and the last hash are compared."),
    )


def _bodies(found: Finding) -> Check:
    state, steps = _together(found, "bodies")
    closed = sum(not record.is_open for record in found.records)
    text = {
        "yes": _("All enclosed contents match; %(closed)s entries are enclosed without their content")
        % {"closed": closed},
        "no": _("A content does not match its entry"),
    }.get(state, _not_reached())
    return Check(
        _("Contents"),
        state,
        text,
        _count(steps),
        _(
            "Each content is compared with the two fingerprints in its entry. What was said in the talks is not"
            " enclosed: the law keeps it out (Rules on Online Mediation, Art 18). Such an entry shows only that"
            " something was written, and when."
        ),
    )


def _in_the_log(found: Finding) -> Check:
    state, steps = _together(found, "inclusion", "ending")
    text = {
        "yes": _("Every entry stands in the log; none was cut off at the end"),
        "no": _("The log does not hold the record in this way"),
    }.get(state, _not_reached())
    return Check(
        _("In the log"),
        state,
        text,
        _count(steps),
        _(
            "One log holds the entries of all cases in a tree of hashes. From the entries and the proof the root of the"
            " tree is computed anew. A map in the log says how many entries the case has and which is the last:"
            " so no entry can be left out at the end."
        ),
    )


def _witnessed(found: Finding) -> Check:
    state, steps = _together(found, "policy", "checkpoint")
    names = "、".join(dict.fromkeys(seen.name for seen in found.witnesses))
    if state == "yes" and names:
        text = _("The state of the log was seen and signed by %(names)s") % {"names": names}
    elif state == "yes":
        text = _("Signed by the log alone; the policy asks for no witness")
    else:
        text = _("The signatures under the log do not satisfy the policy") if state == "no" else _no_policy()
    return Check(
        _("Witnesses"),
        state,
        text,
        str(len(found.witnesses)) if found.witnesses else _count(steps),
        _(
            "The log signs its state; witnesses outside sign it too, after making sure that nothing that they saw"
            " before was changed. The policy says whose signatures are enough. Here it is this site's copy of the"
            " policy; a check with the court's own copy says more."
        ),
    )


def _by_sm3(found: Finding) -> Check:
    state, steps = _together(found, "sm3")
    text = {
        "yes": _("The same holds under SM3 and SM2"),
        "no": _("It does not hold under SM3 and SM2"),
    }.get(state, _not_reached())
    return Check(
        _("Chinese algorithms"),
        state,
        text,
        _count(steps),
        _(
            "A second tree over the same entries with SM3 (GB/T 32905), signed with SM2 (GB/T 32918);"
            " its root stands in the first tree."
        ),
    )


def _time(found: Finding) -> Check:
    state, _steps = _together(found, "times")
    bracketed = sum(bool(record.not_after) for record in found.records)
    if state == "yes" and found.times:
        text = _("Proven by time stamps: all of it existed before %(at)s") % {
            "at": when(moment(max(record.not_after for record in found.records))) if bracketed else "—"
        }
    elif state == "no":
        text = _("A time stamp does not hold")
    else:
        state, text = "unknown", _("No outside time stamp; times are those of the site")
    return Check(
        _("Proven time"),
        state,
        text,
        f"{bracketed} / {len(found.records)}",
        _(
            "A time authority signed states of the log (RFC 3161). An entry existed before the stamp of a state that"
            " holds it. Who the authority is, and whether it deserves trust, is not decided here: its certificate is"
            " named below."
        ),
    )


def _signed(found: Finding) -> Check:
    good = sum(signature.holds for signature in found.signatures)
    if not found.signatures:
        state, _steps = _together(found, "archive", "bodies")
        text = _("No signatures are enclosed") if state == "yes" else _not_reached()
        return Check(_("Signatures in the record"), "unknown", text, "0", _how_signed())
    roles = "、".join(str(role_name(signature.role)) for signature in found.signatures)
    text = (
        _("%(roles)s signed the same agreement") % {"roles": roles}
        if good == len(found.signatures)
        else _("A signature names another text than the enclosed agreement")
    )
    whole = good == len(found.signatures) == SIGNATURES
    return Check(
        _("Signatures in the record"), "yes" if whole else "no", text, f"{good} / {SIGNATURES}", _how_signed()
    )


def _how_signed() -> str:
    return _(
        "Each signature entry names the hash of the text that was signed; it is compared with the enclosed agreement."
        " Signing is a click after signing in, kept by the site; it is no certificate of a licensed authority"
        " (Electronic Signature Law, Arts 13, 16)."
    )


def _not_reached() -> str:
    return _("Not looked at: something it rests on does not hold")


def _no_policy() -> str:
    return _("Not checked: there is no policy to check it with")


def register_check(found: Finding) -> Check:
    """Compare with what this site wrote down when it gave the packet out, and with its own chain as it stands now."""
    how = _(
        "The fingerprint stands in the site's own chain since the packet was made."
        " The last entry of the packet must still stand at its place there."
    )
    head = ChainHead.objects.filter(tag=found.case).first() if found.case else None
    exports = Entry.objects.of(head.chain).filter(event=EXPORT) if head else Entry.objects.none()
    known = {str((read(entry) or {}).get("fingerprint")) for entry in exports}
    if not head or not known:
        return Check(_("Register"), "unknown", str(REGISTER_UNKNOWN), "0 / 1", how)
    stands = Entry.objects.of(head.chain).filter(seq=found.count, hash=found.head).exists()
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
    if entry := RECORD.fullmatch(item):
        return _("Entry %(number)s") % {"number": int(entry[1] or entry[2])}
    return item


def role_name(role: str) -> str | Promise:
    """A role of an entry in the court's words: the two sides by their side; an unknown one as it stands."""
    if role in SIDES:
        return SIDES[role].label
    return Role(role).label if role in Role.values else role or "—"


def moment(text: str) -> datetime:
    """An instant of the answer. What is no instant becomes the beginning of time: the verifier has named it."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat("1970-01-01T00:00:00+00:00")
