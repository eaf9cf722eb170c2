"""Every kind of document, by code. The code is also the name of its template."""

from mediation.documents.kinds import agreement, court, intake, mediation
from mediation.documents.needs import Kind

KINDS: dict[str, Kind] = {
    kind.code: kind for room in (intake, mediation, agreement, court) for kind in room.KINDS
}
