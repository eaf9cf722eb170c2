"""What the page of question 6 shows: the files that were handed in, each with what it is."""

from typing import Any

from django.urls import reverse

from cases.models import Case, Exhibit
from cases.roles import Role
from cases.services.exhibits import describe_exhibit
from mediation.pictures.services import can_read, is_picture
from mediation.portal import drafts
from mediation.portal.intake_files import FILES_A_CASE
from mediation.portal.intake_forms import EvidenceForm

ICONS = {
    Exhibit.Kind.CONTRACT: "file",
    Exhibit.Kind.SCHEDULE: "calendar",
    Exhibit.Kind.STATEMENT: "card",
    Exhibit.Kind.CHAT: "chat",
    Exhibit.Kind.RECORDING: "sound",
    Exhibit.Kind.STORY: "sound",
    Exhibit.Kind.IDENTITY: "user",
}


def row_of(exhibit: Exhibit) -> dict[str, Any]:
    """One file for components/file_row.html."""
    file_url = reverse("exhibit_file", args=[exhibit.pk])
    return {
        "title": exhibit.title,
        "number": f"{exhibit.number:02d}",
        "icon": ICONS.get(Exhibit.Kind(exhibit.kind), "file"),
        "thumb": "",
        "url": file_url,
        "remove_url": reverse("portal:remove_file", args=[exhibit.number]),
        "read_url": reverse("portal:picture", args=[exhibit.number])
        if is_picture(exhibit) and can_read()
        else "",
        "message": "",
        "field": None,
        "origin": None,
        "words": None,
    }


def fields_of(form: EvidenceForm, fresh: EvidenceForm, number: int) -> dict[str, Any]:
    """The questions about one file, for portal/intake/file_item.html: as they were sent, or as it is known."""
    chosen = f"kind_{number}" in form.fields and (not form.is_bound or f"kind_{number}" in form.data)
    asks = form if chosen else fresh
    return {
        "field": asks[f"kind_{number}"],
        "origin": asks[f"origin_{number}"],
        "words": asks[f"words_{number}"],
    }


def context_of(form: EvidenceForm, case: Case | None) -> dict[str, Any]:
    """The rows of this draft, each with what was chosen or, for a file that came just now, with what it is."""
    exhibits = drafts.files_of(case) if case else []
    fresh = EvidenceForm(case=case, exhibits=exhibits)
    rows = [{**row_of(exhibit), **fields_of(form, fresh, exhibit.number)} for exhibit in exhibits]
    return {"files": rows, "create_url": reverse("portal:upload_create"), "most": FILES_A_CASE}


def keep_kinds(form: EvidenceForm) -> None:
    """Write down what the person says each file is, and how it came about."""
    told = form.told()
    for exhibit in form.exhibits:
        kind, origin, words = told[exhibit.number]
        if (kind, origin, words) != (exhibit.kind, exhibit.origin, exhibit.origin_words):
            describe_exhibit(
                exhibit_id=exhibit.pk, by=None, role=Role.CITIZEN, kind=kind, origin=origin, words=words
            )
