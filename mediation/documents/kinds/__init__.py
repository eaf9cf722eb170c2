"""Every kind of document, by code. The code is also the name of its template."""

from mediation.documents.kinds import agreement, asked, court, dossier, intake, mediation, office
from mediation.documents.needs import Kind

KINDS: dict[str, Kind] = {
    kind.code: kind
    for room in (intake, mediation, agreement, court, asked, office, dossier)
    for kind in room.KINDS
}
