"""Where a file comes from 来源: how, where, by whom, with what and when it was captured (在线诉讼规则 第十八条).

A chain proves nothing about the time before it. So this is written down with every file at the moment it is taken
in, in the same entry as its hash, and never changed. It keeps apart what we saw ourselves, what the person says, what
the sender's device said, and what the file says of itself; only the first is ours to vouch for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from evidence.models import Deposit
from evidence.origin.devices import LONGEST_AGENT, Device, read_agent
from evidence.origin.filesays import FileSays

LONGEST_NAME = 255
LONGEST_WORDS = 200
SAME, NOT_SENT = "same", "not sent"


class Way(TextChoices):
    """How a file reached us."""

    PIECES = "pieces", _("sent from the page")
    FORM = "form", _("sent with a form")
    RECORDER = "recorder", _("recorded in the page and sent from there")
    HEARING = "hearing", _("recorded at the hearing")
    API = "api", _("sent by another program over the interface")
    PRINTED = "printed", _("made by this site from the record")
    DEMO = "demo", _("invented for the demo")


class Origin(TextChoices):
    """这份材料是怎么来的, as the person says."""

    PHOTO = "photo", _("I took a photo")
    SCREENSHOT = "screenshot", _("I took a screenshot")
    APP = "app", _("I saved it from an app")
    OTHER_SIDE = "other_side", _("The other side gave it to me")
    RECORDING = "recording", _("I recorded it")
    OTHER = "other", _("In another way")


@dataclass(frozen=True, slots=True)
class BeforeSending:
    """What the sender's own device said before the first byte left it.

    `sha256` of the file (hex, empty where it could not be computed), `modified_at` as the device has it (ISO 8601,
    UTC), `chosen_by`: camera, picture, file or recorder; `clock_off_s`: how many seconds its clock was ahead of ours;
    `automated`: the browser was driven by a program.
    """

    sha256: str = ""
    modified_at: str = ""
    chosen_by: str = ""
    clock_off_s: int | None = None
    automated: bool | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What we looked at when it arrived: `kind` by its bytes, `sent_hash` (same, or not sent), what else the bytes
    could be read as (`also`), whether the connection was encrypted, and the version of this program.
    """

    kind: str = ""
    sent_hash: str = ""
    also: tuple[str, ...] = ()
    encrypted: bool | None = None
    software: str = ""


_NOTHING_SAID, _SILENT, _UNCHECKED = BeforeSending(), FileSays(), Checked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Everything that is known of a file from before its hash entered the chain. All texts may be empty: not known.

    The sender's side fills the first block, `deposits.take_in` the second one.
    """

    how: Way
    where: str = ""  # the door or room: portal, counter, desk, bench, hearing, api, system
    role: str = ""  # by whom: the role of whoever handed it in
    account: str = ""  # the number of the account that was signed in; no name
    helper: str = ""  # who helped, as that person called themselves
    agent: str = ""  # with what: the User-Agent header, cut short
    made_with: str = ""  # of papers made here: the program and the kind of paper
    origin: str = ""  # what the person says: an Origin
    words: str = ""  # … in one line of their own: when, where, from whom; no device is asked for a place
    before: BeforeSending = _NOTHING_SAID

    name: str = ""  # the file's name as it was sent
    at: str = ""  # when the last byte reached us, by our clock (ISO 8601 with offset)
    says: FileSays = _SILENT
    checked: Checked = _UNCHECKED

    @property
    def device(self) -> Device:
        """The device behind `agent`."""
        return read_agent(self.agent)

    def as_record(self) -> dict[str, Any]:
        """For the entry of the chain: canonical values alone, by the five questions of Art 18; what is not known is
        left out.
        """
        by = {"role": self.role, "account": self.account, "helper": self.helper}
        device = self.device
        tool = {
            "device": " ".join(filter(None, (device.sort, device.system, device.model))),
            "program": device.program,
            "agent": self.agent[:LONGEST_AGENT],
            "made_with": self.made_with,
        }
        record = {
            "how": str(self.how),
            "where": self.where,
            "by": by,
            "with": tool,
            "at": self.at,
            "name": self.name[:LONGEST_NAME],
            "person_says": {"origin": str(self.origin), "words": self.words[:LONGEST_WORDS]},
            "device_said": _known(self.before),
            "file_says": _known(self.says),
            "checked": _known(self.checked),
        }
        return _without_nothing(record)

    def finished(self, *, name: str, at: str, says: FileSays, checked: Checked) -> "Provenance":
        """With what was seen when the file was taken in."""
        return replace(self, name=name, at=at, says=says, checked=checked)


def from_record(record: Mapping[str, Any]) -> Provenance:
    """What `as_record` wrote. Unknown keys are left aside, so that older and newer records can be read."""
    by, tool = _part(record, "by"), _part(record, "with")
    said = _part(record, "person_says")
    how = str(record.get("how", ""))
    return Provenance(
        how=Way(how) if how in Way.values else Way.FORM,
        where=str(record.get("where", "")),
        role=str(by.get("role", "")),
        account=str(by.get("account", "")),
        helper=str(by.get("helper", "")),
        agent=str(tool.get("agent", "")),
        made_with=str(tool.get("made_with", "")),
        origin=str(said.get("origin", "")),
        words=str(said.get("words", "")),
        before=_made(BeforeSending, _part(record, "device_said")),
        name=str(record.get("name", "")),
        at=str(record.get("at", "")),
        says=_made(FileSays, _part(record, "file_says")),
        checked=_made(Checked, _part(record, "checked")),
    )


def provenance_of(deposit: Deposit) -> Provenance | None:
    """Where the file of a deposit comes from; None once it was erased."""
    return None if deposit.captured is None else from_record(deposit.captured)


def _known(part: Any) -> dict[str, Any]:
    return {one.name: getattr(part, one.name) for one in fields(part)}


def _made(kind: Any, record: Mapping[str, Any]) -> Any:
    known = {one.name: record[one.name] for one in fields(kind) if one.name in record}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in known.items()})


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = record.get(name)
    return part if isinstance(part, Mapping) else {}


def _without_nothing(record: Mapping[str, Any]) -> dict[str, Any]:
    """Leaves out empty texts, empty lists, None and what holds nothing else; False and 0 say something."""
    kept = {
        key: _without_nothing(value) if isinstance(value, Mapping) else value for key, value in record.items()
    }
    return {key: value for key, value in kept.items() if value is not None and value not in ("", (), [], {})}
