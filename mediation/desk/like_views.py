"""相似案例: the settled cases most like one at hand, filtered, each with its reasons and its passages."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from cases.roles import Role
from cases.similarity.search import Answer
from mediation.desk.case_views import own_case
from mediation.desk.like_forms import LikeForm
from mediation.http import HouseRequest, open_to, page
from mediation.suggestions.services import like_cases

SHOWN = 10


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def similar(request: HouseRequest, docket: str) -> HttpResponse:
    """The nearest cases that pass the filters. Those that are not near enough stand apart and say so."""
    case = own_case(request, docket)
    form = LikeForm(request.GET or None)
    valid = form.is_valid() if form.is_bound else True
    only = form.only() if form.is_bound and valid else None
    found = like_cases(case=case, only=only, k=SHOWN) if valid else Answer((), ())
    comparable = {hit.doc.key for hit in found.comparable}
    return page(
        request,
        "desk/similar.html",
        case=case,
        form=form,
        found=found,
        near=[hit for hit in found.hits if hit.doc.key in comparable],
        far=[hit for hit in found.hits if hit.doc.key not in comparable],
        is_filtered=bool(form.is_bound and any(request.GET.get(name) for name in form.fields)),
    )
