"""放行 release desk: an officer reads each settled case, original beside cleaned text, before it may be found."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.models import Precedent
from cases.roles import Role
from cases.services import releasing
from cases.services.indexing import progress
from cases.similarity.doubts import in_bits
from cases.similarity.passages import pieces
from cases.tasks import index_after_commit
from mediation.desk.release_forms import ReleaseForm
from mediation.http import HouseRequest, open_to, page, refusals_shown_on

ON_A_PAGE = 30


@require_GET
@open_to(Role.OFFICER)
def release(request: HouseRequest) -> HttpResponse:
    """Cases that nobody has looked at yet, the last decisions, and how far the index is."""
    return page(
        request,
        "desk/release.html",
        rows=Paginator(releasing.waiting(), ON_A_PAGE).get_page(request.GET.get("page", "1")),
        decided=Precedent.every.filter(decided_at__isnull=False)
        .select_related("decided_by")
        .order_by("-decided_at")[:10],
        progress=progress(),
    )


@require_http_methods(["GET", "POST"])
@open_to(Role.OFFICER)
def release_one(request: HouseRequest, key: str) -> HttpResponse:
    """One case: release it as edited here, or keep it out with a reason. Then the next one."""
    row = get_object_or_404(releasing.waiting(), key=key)
    form = ReleaseForm(request.POST or None, initial={"story": row.story, "terms": "\n".join(row.terms)})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with refusals_shown_on(form):
            if told["answer"] == "release":
                releasing.release_precedent(
                    precedent_id=row.pk, officer=request.user, story=told["story"], terms=told["terms"]
                )
                messages.success(request, _("%(key)s is in the library now.") % {"key": row.key})
                index_after_commit()
            else:
                releasing.refuse_precedent(precedent_id=row.pk, officer=request.user, reason=told["reason"])
                messages.success(request, _("%(key)s stays out of the library.") % {"key": row.key})
            following = releasing.waiting().first()
            return redirect("desk:release_one", following.key) if following else redirect("desk:release")
    words = sorted({found for _kind, found in row.taken_out}, key=len, reverse=True)
    shown = "\n".join(str(form[name].value() or "") for name in ("story", "terms")).strip()
    bits = in_bits(shown)
    return page(
        request,
        "desk/release_one.html",
        precedent=row,
        form=form,
        original=pieces(row.original or "", words),
        cleaned=bits,
        doubts=sorted({(bit.text, str(bit.why)) for bit in bits if bit.why and not bit.is_mark}),
    )
