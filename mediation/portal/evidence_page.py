"""What the page of question 6 shows: the files that were handed in, each with what it is."""

from typing import Any

from django.urls import reverse

from cases.models import Case, Exhibit
from cases.roles import Role
from cases.services.exhibits import describe_exhibit
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
        "message": "",
        "field": None,
    }


def context_of(form: EvidenceForm, case: Case | None) -> dict[str, Any]:
    """The rows of this draft, each with what was chosen or, for a file that came just now, with what it is."""
    exhibits = drafts.files_of(case) if case else []
    fresh = EvidenceForm(case=case, exhibits=exhibits)
    rows = []
    for exhibit in exhibits:
        name = f"kind_{exhibit.number}"
        chosen = name in form.fields and (not form.is_bound or name in form.data)
        rows.append({**row_of(exhibit), "field": form[name] if chosen else fresh[name]})
    return {"files": rows, "create_url": reverse("portal:upload_create"), "most": FILES_A_CASE}


def keep_kinds(form: EvidenceForm) -> None:
    """Write down what the person says each file is."""
    kinds = form.kinds()
    for exhibit in form.exhibits:
        kind = kinds.get(exhibit.number, exhibit.kind)
        if kind != exhibit.kind:
            describe_exhibit(exhibit_id=exhibit.pk, by=None, role=Role.CITIZEN, kind=kind)
