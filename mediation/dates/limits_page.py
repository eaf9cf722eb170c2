"""办事期限: which time limits there are, in plain words, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cases.rules import limits
from mediation.dates.shelves import shelves_of
from mediation.http import page


@require_GET
def limits_in_words(request: HttpRequest) -> HttpResponse:
    """Every limit in force today: what it means, by which article, how far that was checked, since when."""
    asked = request.GET.get("track", "")
    track = asked if asked in limits.TRACKS else limits.TRACKS[0]
    tracks = [(name, limits.profile_title(name), name == track) for name in limits.TRACKS]
    shelves = shelves_of(timezone.localdate(), [track])
    return page(request, "front/limits.html", tracks=tracks, shelves=shelves)
