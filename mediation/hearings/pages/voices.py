"""Who spoke in a recording of one channel, as the page of the transcript shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.roles import Role
from mediation.hearings.content import short_name
from mediation.hearings.diarization import proposing, services
from mediation.hearings.diarization.models import SpeakerProposal, VoiceMatching
from mediation.hearings.diarization.prints import printer
from mediation.hearings.models import Recording, Segment

SPEAKING = (Role.CITIZEN, Role.INSTITUTION, Role.MEDIATOR)  # who can be named


@dataclass(frozen=True, slots=True)
class Voices:
    """What the page says about the voices of a recording. `lacks`: why they cannot be compared now; `named`: how many
    lines are named that a voice can be known by, of each who can be named; `by_line`: what is proposed, by segment.
    """

    last: VoiceMatching | None
    lacks: str
    named: str
    proposed: int
    confirmed: int
    left: int
    by_line: dict[int, "Proposed"]
    urls: dict[str, str]


def voices_of(recording: Recording, lines: Sequence[Segment]) -> Voices | None:
    """Nothing to say where each voice has its own channel, or where nothing was asked and nothing is open."""
    if recording.state != Recording.State.DONE or not services.is_one_channel(recording):
        return None
    last = recording.voice_matchings.last()
    left = sum(1 for line in lines if line.text and not line.speaker)
    if not left and not last:
        return None
    samples = services.samples_of(recording)
    proposals = [one for one in services.proposals_of(recording) if one.is_open or one.is_confirmed]
    names = {role: short_name(recording.case, role) for role in SPEAKING}
    return Voices(
        last,
        _lack(recording, samples) if left else "",
        "，".join(f"{name} {len(samples.get(role, ()))}" for role, name in names.items()),
        sum(1 for one in proposals if one.is_open),
        sum(1 for one in proposals if one.is_confirmed),
        left,
        {one.segment_id: _proposed(one, names) for one in proposals},
        {
            name: reverse(f"desk:{name}", args=[recording.pk])
            for name in ("compare_voices", "voices_news", "confirm_voices", "reopen_voices")
        },
    )


def _lack(recording: Recording, samples: Mapping[str, Sequence[Segment]]) -> str:
    if printer().problems():
        return _("Voices are not compared here: that part is not installed. Please say yourself who spoke.")
    if not services.open_lines_of(recording):
        return _("The open lines are too short to know a voice by. Please say yourself who spoke.")
    if not proposing.may_compare(samples.values()):
        return _(
            "Name two longer lines of each person first. Then the machine can propose who spoke in the others."
        )
    return ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the machine proposes for one line, or proposed before a person confirmed it (`by`)."""

    role: str
    name: str
    is_very_sure: bool
    by: str


def _proposed(proposal: SpeakerProposal, names: Mapping[Role, str]) -> Proposed:
    return Proposed(
        proposal.speaker,
        names[Role(proposal.speaker)],
        proposal.margin >= proposing.SURE_MARGIN,
        str(proposal.confirmed_by or ""),
    )
