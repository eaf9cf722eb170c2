"""Run in a process of its own against the servers: one act of one person; prints what came of it as JSON."""

import json
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
django.setup()

from cases.errors import Refusal  # noqa: E402
from cases.models import Case, Centre, Exhibit, User  # noqa: E402
from cases.roles import Role  # noqa: E402
from cases.services.acceptance import accept_case  # noqa: E402
from cases.services.exhibits import add_exhibit  # noqa: E402
from mediation.demo.people import PASSWORD  # noqa: E402
from mediation.hearings import transcription  # noqa: E402

STORY = Path(transcription.__file__).parent / "demo" / "story.ogg"


def hire(username: str) -> dict[str, object]:
    """One officer more."""
    person = User.objects.create_user(
        username=username, password=PASSWORD, name="新受理", role=Role.OFFICER, centre=Centre.objects.get()
    )
    return {"pk": person.pk}


def accept(docket: str, username: str) -> dict[str, object]:
    """Accept, or hear why not."""
    case, officer = Case.objects.get(docket=docket), User.objects.get(username=username)
    try:
        accept_case(case_id=case.pk, officer=officer)
    except Refusal as refusal:
        return {"refused": [str(words) for words in refusal]}
    return {"accepted": docket}


def record(docket: str) -> dict[str, object]:
    """Hand a recording in and ask for its text."""
    case = Case.objects.get(docket=docket)
    with STORY.open("rb") as sound:
        exhibit = add_exhibit(
            case_id=case.pk,
            file=sound,
            name="story.ogg",
            by=case.claimant.person,
            role=Role.CITIZEN,
            kind=Exhibit.Kind.STORY,
        )
    return {"recording": transcription.request_transcription(exhibit=exhibit).pk}


if __name__ == "__main__":
    name, *words = sys.argv[1:]
    sys.stdout.write(json.dumps({"hire": hire, "accept": accept, "record": record}[name](*words)))
