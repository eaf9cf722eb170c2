"""Who spoke in a recording of one channel, as the page of the transcript shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from mediation.hearings.content import short_name
from mediation.hearings.diarization import proposing, services
from mediation.hearings.diarization.models import SpeakerProposal, VoiceMatching
from mediation.hearings.diarization.prints import printer
from mediation.hearings.models import Recording, Segment


@dataclass(frozen=True, slots=True)
class Voices:
    """What the head of a recording says about its voices. `lacks`: why they cannot be compared now."""

    last: VoiceMatching | None
    lacks: str
    proposed: int
    confirmed: int
    left: int
    urls: dict[str, str]


def voices_of(recording: Recording, lines: Sequence[Segment]) -> Voices | None:
    """Nothing to say where each voice has its own channel, or where nothing was asked and nothing is open."""
    if recording.state != Recording.State.DONE or not services.is_one_channel(recording):
        return None
    last = recording.voice_matchings.last()
    left = sum(1 for line in lines if line.text and not line.speaker)
    if not left and not last:
        return None
    proposals = list(services.proposals_of(recording))
    return Voices(
        last,
        _lack(recording) if left else "",
        sum(1 for one in proposals if not one.segment.speaker),
        sum(1 for one in proposals if _is_confirmed(one)),
        left,
        {
            name: reverse(f"desk:{name}", args=[recording.pk])
            for name in ("compare_voices", "voices_news", "confirm_voices", "reopen_voices")
        },
    )


def _lack(recording: Recording) -> str:
    if printer().problems():
        return _("Voices are not compared here: that part is not installed. Please say yourself who spoke.")
    if not services.open_lines_of(recording):
        return _("The open lines are too short to know a voice by. Please say yourself who spoke.")
    if not proposing.may_compare(services.samples_of(recording).values()):
        return _(
            "Name two longer lines of each person first. Then the machine can propose who spoke in the others."
        )
    return ""


def _is_confirmed(proposal: SpeakerProposal) -> bool:
    return proposal.confirmed_at is not None and proposal.segment.speaker == proposal.speaker


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the machine proposes for one line, or proposed before a person confirmed it (`by`)."""

    role: str
    name: str
    is_very_sure: bool
    by: str


def proposed_for(recordings: Sequence[Recording]) -> dict[int, Proposed]:
    """By segment: proposals that are open or confirmed; those of lines named otherwise are gone from the page."""
    return {
        one.segment_id: Proposed(
            one.speaker,
            short_name(recording.case, one.speaker),
            one.margin >= proposing.SURE_MARGIN,
            str(one.confirmed_by or ""),
        )
        for recording in recordings
        for one in services.proposals_of(recording)
        if not one.segment.speaker or _is_confirmed(one)
    }
