"""Putting a case file together: cover, contents with page numbers, the papers in their order, the back."""

import logging
from collections.abc import Callable

from django.utils import translation

from evidence.deposits import open_deposit
from evidence.errors import CannotUnseal, Erased
from mediation.documents.merging import merge, picture_page
from mediation.documents.render import NotReadable, count_pages, render
from mediation.dossier import content
from mediation.dossier.models import Dossier
from mediation.dossier.places import File, Item

log = logging.getLogger(__name__)
PDF = "application/pdf"
FRAME = 3  # cover, contents, back: steps beside the papers


def build(dossier: Dossier, file: File, *, went_on: Callable[[int], None]) -> tuple[bytes, int]:
    """The whole file as one PDF, and how many pages it has. `went_on` hears how many papers are in.

    A paper that cannot be opened, and what is no paper at all, is stood for by a sheet with its fingerprint.
    """
    with translation.override("zh-hans"):
        parts: list[tuple[int, bytes, int]] = []
        for done, item in enumerate((item for place in file.places for item in place.items), start=1):
            pdf = _pages_of(dossier, item)
            parts.append((item.exhibit.pk, pdf, count_pages(pdf)))
            went_on(done)
        return _bound(dossier, file, parts)


def _bound(dossier: Dossier, file: File, parts: list[tuple[int, bytes, int]]) -> tuple[bytes, int]:
    """The contents name pages that depend on how long the contents are: they are set until both agree."""
    inside = sum(count for _pk, _pdf, count in parts)
    length = 1
    while True:
        pages, number = {}, 1 + length + 1
        for pk, _pdf, count in parts:
            pages[pk] = (number, number + count - 1)
            number += count
        listed = render("dossier_contents", content.contents(dossier, file, pages, last=number))
        if (found := count_pages(listed)) == length:
            break
        length = found
    total = 1 + length + inside + 1
    cover = render("dossier_cover", content.cover(dossier, pages=total))
    back = render("dossier_back", content.back(dossier, file, pages=total))
    return merge([cover, listed, *(pdf for _pk, pdf, _count in parts), back]), total


def _pages_of(dossier: Dossier, item: Item) -> bytes:
    """One paper as PDF: as it is, as a picture, or as the sheet that stands for it."""
    exhibit = item.exhibit
    media_type = exhibit.deposit.media_type
    if media_type != PDF and not media_type.startswith("image/"):
        return render("dossier_sheet", content.sheet(dossier, exhibit, says=content.ON_THE_SITE))
    try:
        with open_deposit(exhibit.deposit) as stream:
            kept = stream.read()
        pdf = kept if media_type == PDF else picture_page(kept)
        merge([pdf])  # it opens, is not locked, and can be bound
    except (NotReadable, Erased, CannotUnseal, FileNotFoundError) as error:
        log.info("exhibit %s cannot stand in its file: %s", exhibit.pk, error)
        return render("dossier_sheet", content.sheet(dossier, exhibit, says=content.UNREADABLE))
    return pdf
