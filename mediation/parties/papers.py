"""文书: a paper page by page as pictures, for phones that open no PDF, and the PDF itself."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control

from cases.models import Case, Exhibit
from cases.services.exhibits import exhibits_for
from evidence.deposits import open_deposit
from evidence.errors import Erased
from mediation.documents.render import NotReadable, count_pages, page_image
from mediation.http import HouseRequest
from mediation.parties.doors import Door

PDF = "application/pdf"
MOST_PAGES = 60
SHOWN_DPI = 100


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to read: its title, its pages as addresses of pictures, the address of the file."""

    title: str
    pages: list[str]
    url: str
    exhibit: Exhibit


def paper_of(case: Case, exhibit: Exhibit, door: Door) -> Paper:
    """An exhibit as a paper; without pages when it is no PDF, or one that cannot be opened."""
    url = reverse("exhibit_file", args=[exhibit.pk])
    where = f"{door.name}:paper_image"
    pages = [reverse(where, args=[case.docket, exhibit.number, n + 1]) for n in range(_count(exhibit))]
    return Paper(exhibit.title, pages, url, exhibit)


def exhibit_numbered(request: HouseRequest, case: Case, number: int) -> Exhibit:
    """An exhibit of the case that this person may see. Raises Http404."""
    seen = exhibits_for(case, request.user, request.user.role)  # type: ignore[arg-type]
    for exhibit in seen:
        if exhibit.number == number:
            return exhibit
    raise Http404


def paper_image(request: HouseRequest, case: Case, number: int, page_number: int) -> HttpResponse:
    """One page of a paper as a picture."""
    exhibit = exhibit_numbered(request, case, number)
    try:
        picture = page_image(_bytes(exhibit), page_number, dots_per_inch=SHOWN_DPI)
    except (IndexError, NotReadable, Erased, FileNotFoundError) as error:
        raise Http404 from error
    response = HttpResponse(picture, content_type="image/png")
    patch_cache_control(response, private=True, max_age=600)
    return response


def _count(exhibit: Exhibit) -> int:
    if exhibit.deposit.media_type != PDF:
        return 0
    try:
        return min(MOST_PAGES, count_pages(_bytes(exhibit)))
    except (NotReadable, Erased, FileNotFoundError):
        return 0


def _bytes(exhibit: Exhibit) -> bytes:
    with open_deposit(exhibit.deposit) as file:
        return file.read()
