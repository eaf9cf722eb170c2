"""An institution's inbox and its cases."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cases.roles import Role
from mediation.counter.answering import ANSWER
from mediation.counter.rows import closed_cases, grouped, open_cases, row_of
from mediation.http import HouseRequest, open_to, page
from mediation.parties.acts import ACTS
from mediation.parties.doors import Door
from mediation.parties.inbox import unread_count

COUNTER = Door("counter", Role.INSTITUTION, "counter", {ANSWER.name: ANSWER, **ACTS})
A_PAGE = 50


@open_to(Role.INSTITUTION)
@require_safe
def inbox(request: HouseRequest) -> HttpResponse:
    """The cases of this institution by what they wait for, overdue first; `?show=closed` for the others."""
    query, show = request.GET.get("q", "")[:80], request.GET.get("show", "")
    find = closed_cases if show == "closed" else open_cases
    shown = Paginator(find(request.user, query=query), A_PAGE).get_page(request.GET.get("page"))
    rows = [row_of(case, request.user, COUNTER) for case in shown]
    return page(
        request,
        "counter/inbox.html",
        shown=shown,
        rows=rows,
        groups=grouped(rows),
        late=sum(row.is_late for row in rows),
        soon=sum(row.is_soon for row in rows),
        mine=sum(row.now.mine for row in rows),
        query=query,
        show=show,
        unread=unread_count(request.user),
    )
