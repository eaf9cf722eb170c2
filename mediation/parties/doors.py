"""What the rooms of both parties know about the door a person came through."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from cases.models import Case
from cases.roles import Role
from mediation.parties.acts.shape import Act


@dataclass(frozen=True, slots=True)
class Door:
    """Where a side comes in: the namespace of its addresses, who comes, its folder of templates, what can be done."""

    name: str
    role: Role
    folder: str
    acts: Mapping[str, Act]

    def template(self, name: str) -> str:
        """The template of one page behind this door."""
        return f"{self.folder}/{name}.html"

    def url(self, act: str, case: Case, pk: int | None = None) -> str:
        """The page of an act."""
        if pk is None:
            return reverse(f"{self.name}:act", args=[case.docket, act])
        return reverse(f"{self.name}:act_on", args=[case.docket, act, pk])

    def files_url(self, case: Case) -> str:
        """Where upload.js announces a file for a form of this case."""
        return reverse(f"{self.name}:files", args=[case.docket])

    def case_url(self, case: Case, part: str = "") -> str:
        """The page of the case, at one of its parts."""
        return reverse(f"{self.name}:case", args=[case.docket]) + (f"#{part}" if part else "")
