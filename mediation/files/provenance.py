"""Where a file comes from, in the words of the reader: for pages, and for the papers that a court gets."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Exhibit, User
from cases.roles import Role
from evidence.origin.provenance import SAME, Checked, Origin, Provenance, Way, provenance_of
from mediation.templatetags.house import day, when

Words = str | Promise
DOORS = {
    "portal": gettext_lazy("the pages for citizens"),
    "counter": gettext_lazy("the pages for institutions"),
    "desk": gettext_lazy("the pages of the office"),
    "bench": gettext_lazy("the pages of the court"),
    "api": gettext_lazy("the interface for programs"),
}
SORTS = {
    "phone": gettext_lazy("phone"),
    "tablet": gettext_lazy("tablet"),
    "computer": gettext_lazy("computer"),
}
CHOSEN = {
    "camera": gettext_lazy("with the button “Take a photo”"),
    "picture": gettext_lazy("with the button “Choose pictures”"),
    "recorder": gettext_lazy("with the recorder of the page"),
}
ALSO = {
    "markup": gettext_lazy("There is a page of code in it; it is only given out as a file."),
    "zip": gettext_lazy("There is an archive in it; it is only given out as a file."),
    "pdf": gettext_lazy("There is a PDF in it, too; it is only given out as a file."),
}
PROGRAMS = {
    "WeChat": gettext_lazy("WeChat"),
    "Alipay": gettext_lazy("Alipay"),
    "DingTalk": gettext_lazy("DingTalk"),
}
NOTABLE_S = 120


@dataclass(frozen=True, slots=True)
class Line:
    """One line about where a file comes from. `whose` says who vouches for it: us, person, device or file."""

    label: str
    words: str
    whose: str


def sees_all(exhibit: Exhibit, person: User | None) -> bool:
    """Whether this reader sees the device and the helper, too: its own side, the office, the mediator and the court."""
    if person is None or not person.is_authenticated:
        return True  # the browser that is drafting; nobody else gets there
    return person.role in {Role.OFFICER, Role.MEDIATOR, Role.COURT} or person.role == exhibit.by_role


def lines_of(exhibit: Exhibit, *, full: bool = True) -> list[Line]:
    """All that is known of where the file of this exhibit comes from; nothing for an erased one.

    Without `full` the device, its name for the file, and who helped stay out: the other side needs none of them.
    """
    came = provenance_of(exhibit.deposit)
    if came is None:
        return []
    if came.how == Way.PRINTED:
        return list(_ours(came, full=full))
    return [
        *_ours(came, full=full),
        *_theirs(exhibit),
        *(_from_device(came) if full else ()),
        *_from_file(came),
    ]


def _ours(came: Provenance, *, full: bool) -> Iterator[Line]:
    yield Line(_("How it came in"), " · ".join(filter(None, [str(came.how.label), _door(came)])), "us")
    if came.at:
        yield Line(_("Reached us"), _moment(came.at), "us")
    if full and came.helper:
        yield Line(_("Helped by"), came.helper, "us")
    if checked := _checked(came.checked):
        yield Line(_("Checked on arrival"), checked, "us")


def _door(came: Provenance) -> str:
    door, _space, _rest = came.where.partition(" ")
    return str(DOORS.get(door, ""))


def _checked(checked: Checked) -> str:
    told = []
    if checked.kind:
        told.append(_("a %(kind)s file by its content") % {"kind": checked.kind.upper()})
    if checked.sent_hash == SAME:
        told.append(_("the same bytes as on the sender's device"))
    if checked.encrypted:
        told.append(_("sent encrypted"))
    return "；".join([*told, *(str(ALSO[one]) for one in checked.also if one in ALSO)])


def _theirs(exhibit: Exhibit) -> Iterator[Line]:
    origin, words = exhibit.origin, exhibit.origin_words
    said = [str(Origin(origin).label) if origin in Origin.values else "", words]
    if any(said):
        yield Line(_("The person says"), "；".join(filter(None, said)), "person")


def _from_device(came: Provenance) -> Iterator[Line]:
    device = came.device
    name, _space, version = device.program.rpartition(" ")
    program = f"{PROGRAMS.get(name, name)} {version}".strip()
    told = [str(SORTS.get(device.sort, "")), device.system, device.model, program]
    if any(told):
        yield Line(_("Sent with"), " · ".join(filter(None, told)), "device")
    before = came.before
    if before.chosen_by in CHOSEN:
        yield Line(_("Chosen"), str(CHOSEN[before.chosen_by]), "device")
    if before.modified_at:
        yield Line(_("Last changed on the device"), _moment(before.modified_at), "device")
    if before.clock_off_s is not None and abs(before.clock_off_s) > NOTABLE_S:
        minutes = round(before.clock_off_s / 60)
        yield Line(_("Clock of the device"), _("%(n)d minutes off ours") % {"n": minutes}, "device")
    if came.name:
        yield Line(_("Name of the file"), came.name, "device")


def _from_file(came: Provenance) -> Iterator[Line]:
    says = came.says
    told = [_moment(says.made_at) if says.made_at else "", says.device, says.program]
    if any(told):
        yield Line(_("The file says (not checked)"), " · ".join(filter(None, told)), "file")


def _moment(text: str) -> str:
    """An instant of ISO 8601 with the year; in the file's own time where it names no zone."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{day(moment)} {when(moment)[-5:]}"
