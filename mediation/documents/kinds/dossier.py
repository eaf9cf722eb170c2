"""What holds a case file together (卷宗): cover, table of contents, a sheet before what is no paper, the back."""

from django.utils.translation import gettext_lazy as _

from mediation.documents.kinds.common import FORMS, FROM_OFFICE
from mediation.documents.needs import Kind, Need

COVER = Kind(
    "dossier_cover",
    "人民调解卷宗",
    _("Cover of the case file"),
    (
        *FROM_OFFICE,
        Need("subject", _("the name of the case"), FORMS, "P"),
        Need("dispute_type", _("the kind of dispute"), FORMS, "P"),
        Need("claimant", _("the claimant"), FORMS, "P"),
        Need("respondent", _("the respondent"), FORMS, "P"),
        Need("mediator", _("the mediator"), FORMS, "P"),
        Need("accepted_on", _("the date of acceptance"), FORMS, "P"),
        Need("ended", _("when and how it ended"), FORMS, "P"),
        Need("kept_for", _("how long it is kept"), FORMS, "M"),
        Need("filed_by", _("who put the file together"), FORMS, "P"),
        Need("pages", _("how many pages"), FORMS, "P"),
    ),
)

CONTENTS = Kind(
    "dossier_contents",
    "卷内目录",
    _("Contents of the case file"),
    (
        *FROM_OFFICE,
        Need(
            "rows",
            _("the papers in order"),
            FORMS,
            "P",
            each=(Need("name", _("the name"), FORMS, "P"), Need("pages", _("its pages"), FORMS, "P")),
        ),
    ),
)

SHEET = Kind(
    "dossier_sheet",
    "随卷材料",
    _("Sheet for a material that is no paper"),
    (
        *FROM_OFFICE,
        Need("name", _("the name"), FORMS, "P"),
        Need("given_by", _("who gave it"), FORMS, "P"),
        Need("fingerprint", _("its fingerprint")),
        Need("says", _("where the material itself is"), FORMS, "P"),
    ),
)

BACK = Kind(
    "dossier_back",
    "备考表",
    _("Back of the case file"),
    (
        *FROM_OFFICE,
        Need("papers", _("how many papers"), FORMS, "P"),
        Need("pages", _("how many pages"), FORMS, "P"),
        Need("remarks", _("what is missing or kept apart, or that nothing is"), FORMS, "P"),
        Need("filed_by", _("who put the file together"), FORMS, "P"),
    ),
)

KINDS = (COVER, CONTENTS, SHEET, BACK)
