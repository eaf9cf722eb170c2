"""What an act is: when it is open, what it asks, which service it calls."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from cases.models import Exhibit
from cases.roles import Role
from mediation.parties.forms.common import ActForm
from mediation.parties.situation import Situation

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Done:
    """What came in with an act: the form's data, the one thing it is about, the files that were taken in."""

    data: Mapping[str, Any]
    target: Any = None
    exhibits: Sequence[Exhibit] = ()


def always(_situation: Situation, _done: Done) -> bool:
    """For acts that do no harm twice."""
    return False


def never(_situation: Situation) -> bool:
    """For acts that are possible but never waited for."""
    return False


def not_looked_up(_situation: Situation, _pk: int) -> Any:
    """For acts about the case as a whole."""
    return None


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a side can do.

    `is_open` says whether it can be done now, `is_due` whether the case waits for it; `ask` is then the sentence that
    says so, and `limit` the time limit behind it. `was_done` recognises a form sent twice. An act about one thing
    of the case looks it up with `find`. `shows` is the template of what stands above the form, `lays_out` that of the
    fields themselves where one below the other will not do. What is `aside` is offered with its part of the page, not
    among the next steps.
    """

    name: str
    title: Words
    offer: Words
    button: Words
    told: Words
    form: type[ActForm]
    is_open: Callable[[Situation], bool]
    run: Callable[[Situation, Done], object]
    is_due: Callable[[Situation], bool] = never
    was_done: Callable[[Situation, Done], bool] = always
    find: Callable[[Situation, int], Any] | None = None
    ask: Words = ""
    limit: str = ""
    hint: Words = ""
    shows: str = ""
    lays_out: str = ""
    icon: str = "next"
    part: str = ""
    grave: bool = False
    aside: bool = False
    private_field: str = ""
    kind_field: str = ""
    by: Set[Role] = field(default_factory=lambda: {Role.CITIZEN, Role.INSTITUTION})
