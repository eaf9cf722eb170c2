"""文书: every kind of paper made here, with what it must contain, who says so, and how far that was checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from cases.roles import Role
from cases.rules.tables import Status
from mediation.documents.kinds import KINDS
from mediation.documents.needs import Kind, Need
from mediation.dossier.places import PLACES
from mediation.http import HouseRequest, open_to, page

BINDING = _("What holds the file together, and goes with a packet")


@dataclass(frozen=True, slots=True)
class Content:
    """One required content. `depth` is 0 for the paper itself, 1 for what each row of it must have, and so on."""

    need: Need
    depth: int

    @property
    def status(self) -> Status | None:
        """How far its source was checked; None where no rule asks for it."""
        return Status(self.need.status) if self.need.article else None


@dataclass(frozen=True, slots=True)
class Sample:
    """One kind of paper with all its contents."""

    kind: Kind
    contents: Sequence[Content]

    @property
    def wording(self) -> Status:
        """How far the fixed sentences were compared with an official specimen."""
        return Status(self.kind.wording)

    @property
    def unchecked(self) -> int:
        """How many of its contents rest on a source nobody has checked yet."""
        return sum(bool(one.status and one.status.needs_check) for one in self.contents)


@dataclass(frozen=True, slots=True)
class Group:
    """The papers of one place in the case file."""

    key: str
    label: str | Promise
    samples: Sequence[Sample]


def groups() -> list[Group]:
    """Every kind in the order of the case file; each exactly once."""
    left = dict(KINDS)
    found = []
    for place in PLACES:
        here = [left.pop(code) for code in list(left) if code in place.papers]
        if here:
            found.append(Group(place.key, place.label, [_sample(kind) for kind in here]))
    return [*found, Group("binding", BINDING, [_sample(kind) for kind in left.values()])]


def _sample(kind: Kind) -> Sample:
    return Sample(kind, list(_contents(kind.needs, 0)))


def _contents(needs: Sequence[Need], depth: int) -> Iterator[Content]:
    for need in needs:
        yield Content(need, depth)
        yield from _contents(need.each, depth + 1)


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def paper_kinds(request: HouseRequest) -> HttpResponse:
    """Every kind of paper with its required contents."""
    return page(request, "desk/paper_kinds.html", groups=groups(), statuses=list(Status), count=len(KINDS))
