"""Proposing who spoke: asked for by the mediator, computed by a worker, confirmed by the mediator, undone at will."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.errors import Refusal
from cases.models import User
from cases.reminders import remind_after_commit
from cases.services.steps import remember
from evidence.deposits import open_deposit
from evidence.errors import CannotUnseal, Erased, StorageUnreachable
from mediation.hearings.content import short_name
from mediation.hearings.diarization import proposing
from mediation.hearings.diarization.models import SpeakerProposal, VoiceMatching
from mediation.hearings.diarization.prints import Prints, printer
from mediation.hearings.handed_in import as_file
from mediation.hearings.models import Recording, Segment
from mediation.hearings.speech import NeverWill, SpeechError
from mediation.hearings.transcription import lost_after
from mediation.hearings.transcripts import own_hearing

log = logging.getLogger(__name__)

SIGN_OF_LIFE_S = 1.0
LONGEST_S = 10.0  # heard of one line: more tells no more of a voice
MOST_SAMPLES = 12  # named lines heard of each speaker, the longest
LATER = gettext_lazy("Voices could not be compared just now. Please press again, or say yourself who spoke.")


def is_one_channel(recording: Recording) -> bool:
    """Whether several people may speak in the one channel of this recording: no microphone of one person's own."""
    first = recording.segments.first()
    return recording.stream_id is None and first is not None and not first.notes.get("channel")


def samples_of(recording: Recording) -> dict[str, list[Segment]]:
    """The lines long enough to know a voice by whose speaker a person has said, by speaker.

    What the machine proposed and a person confirmed teaches it nothing: it would only repeat itself. Once a person has
    named such a line otherwise, it does.
    """
    found: dict[str, list[Segment]] = {}
    by_machine = SpeakerProposal.objects.filter(
        segment=OuterRef("pk"), speaker=OuterRef("speaker"), confirmed_at__isnull=False
    )
    for line in recording.segments.exclude(speaker="").exclude(Exists(by_machine)):
        if line.end_s - line.start_s >= proposing.SHORTEST_S:
            found.setdefault(line.speaker, []).append(line)
    return found


def open_lines_of(recording: Recording) -> list[Segment]:
    """The lines long enough to be compared whose speaker nobody has said."""
    return [
        line
        for line in recording.segments.filter(speaker="")
        if line.end_s - line.start_s >= proposing.SHORTEST_S
    ]


@transaction.atomic
def ask_for_proposals(*, recording_id: int, mediator: User, agreed: bool) -> VoiceMatching:
    """Have the open lines compared with the named ones. Asking while it goes on gives the same.

    `agreed`: the mediator says that everybody who speaks here was asked for it and said yes (个人信息保护法 Art 29).
    Raises Refusal without that, where too few lines are named, and where voices cannot be compared here.
    """
    recording = Recording.objects.select_for_update(of=("self",)).select_related("case").get(pk=recording_id)
    if recording.hearing_id is None or recording.state != Recording.State.DONE:
        raise Refusal(_("This recording is not written down yet."))
    own_hearing(recording.hearing_id, mediator)
    if printer().problems():
        raise Refusal(_("Comparing voices is not set up here. Please say yourself who spoke."))
    if not is_one_channel(recording):
        raise Refusal(_("Each voice of this recording is already written down by itself."))
    if not agreed:
        raise Refusal(_("Please ask everybody who speaks here first, and tick that they agree."))
    samples = samples_of(recording)
    if not proposing.may_compare(samples.values()):
        raise Refusal(_("Please name two longer lines of each person first: of a second and a half or more."))
    last = recording.voice_matchings.last()
    if last and last.is_going_on:
        return last
    matching = VoiceMatching.objects.create(recording=recording, asked_by=mediator)
    remember(
        recording.case,
        "transcript.ask_speakers",
        by=mediator,
        exhibit=recording.exhibit.number,
        agreed=True,
        named={speaker: len(lines) for speaker, lines in samples.items()},
    )
    _queue(matching)
    return matching


def _queue(matching: VoiceMatching) -> None:
    from mediation.hearings.tasks import match_voices as task

    remind_after_commit(task, matching.pk)


def give_up_lost() -> int:
    """Say of what a silent worker had begun that it failed. It is not tried again unasked: a person presses again."""
    lost = _silent(VoiceMatching.State.RUNNING)
    return lost.update(state=VoiceMatching.State.FAILED, problem=str(LATER)[:200])


def still_waiting() -> list[int]:
    """What was asked for and nobody took up, as when every worker writes down a long recording: to be queued again."""
    waiting = _silent(VoiceMatching.State.PENDING)
    return [
        pk
        for pk in list(waiting.values_list("pk", flat=True))
        if waiting.filter(pk=pk).update(beat_at=timezone.now())
    ]


def _silent(state: VoiceMatching.State) -> QuerySet[VoiceMatching]:
    return VoiceMatching.objects.filter(state=state, beat_at__lt=timezone.now() - lost_after())


def match_voices(matching_id: int) -> None:
    """Compare the voices of one recording. Safe to call twice: only one caller gets the row."""
    mine = VoiceMatching.objects.filter(pk=matching_id)
    pending = mine.filter(state=VoiceMatching.State.PENDING)
    if not pending.update(state=VoiceMatching.State.RUNNING, beat_at=timezone.now()):
        return
    matching = VoiceMatching.objects.select_related("recording__exhibit__deposit", "recording__case").get(
        pk=matching_id
    )
    try:
        found, compared = _compared(matching)
    except SpeechError as problem:
        _fail(mine, str(problem))
    except StorageUnreachable:
        _fail(mine, str(LATER))
    except (CannotUnseal, Erased, FileNotFoundError):
        log.exception("the recording of matching %s cannot be read", matching_id)
        _fail(mine, _("This recording cannot be opened any more. Please call us."))
    else:
        _keep(matching, found, compared)


def _fail(mine: QuerySet[VoiceMatching], problem: str) -> None:
    mine.filter(state=VoiceMatching.State.RUNNING).update(
        state=VoiceMatching.State.FAILED, problem=problem[:200]
    )


def _compared(matching: VoiceMatching) -> tuple[dict[int, proposing.Proposal], int]:
    """What is proposed, by segment, and how many lines were compared. The voice prints end with this function.

    Raises NeverWill where the lines named somebody's are silent: that person's others would be taken for another's.
    """
    recording = matching.recording
    samples = {
        speaker: sorted(lines, key=lambda line: line.start_s - line.end_s)[:MOST_SAMPLES]
        for speaker, lines in samples_of(recording).items()
    }
    asked = open_lines_of(recording)
    speakers = {line.pk: speaker for speaker, lines in samples.items() for line in lines}
    wanted = sorted([*asked, *(line for lines in samples.values() for line in lines)], key=_begins)
    named: dict[str, list[Prints]] = {speaker: [] for speaker in samples}
    unnamed: dict[int, Prints] = {}
    beat = 0.0
    with open_deposit(recording.exhibit.deposit) as sound, as_file(sound) as path:
        for line, print_ in _prints_in(path, wanted):
            if line.pk in speakers:
                named[speakers[line.pk]].append(print_)
            else:
                unnamed[line.pk] = print_
            if time.monotonic() - beat > SIGN_OF_LIFE_S:
                beat = time.monotonic()
                VoiceMatching.objects.filter(pk=matching.pk).update(done_s=line.end_s, beat_at=timezone.now())
    for speaker, lines in samples.items():
        if len(lines) >= proposing.SAMPLES_EACH > len(named[speaker]):
            words = _("The lines named %(name)s are too quiet to know a voice by. Please name louder ones.")
            raise NeverWill(words % {"name": short_name(recording.case, speaker)})
    proposed = {pk: proposing.propose(named, print_) for pk, print_ in unnamed.items()}
    return {pk: one for pk, one in proposed.items() if one}, len(unnamed)


def _begins(line: Segment) -> float:
    return line.start_s


def _prints_in(path: Path, lines: list[Segment]) -> Iterator[tuple[Segment, Prints]]:
    """The prints of those lines that have voice in them; no more of the sound is held than the line needs."""
    from mediation.hearings import audio  # the decoder is loaded where sound is read, and nowhere else

    print_of = printer().prints_of
    blocks, held, begins = audio.decode_blocks(path), np.zeros(0, np.float32), 0
    for line in lines:
        first = int(line.start_s * audio.RATE_HZ)
        end = int(min(line.end_s, line.start_s + LONGEST_S) * audio.RATE_HZ)
        while begins + held.size < end and (block := next(blocks, None)) is not None:
            kept = held[max(first - begins, 0) :]
            begins += held.size - kept.size
            held = np.concatenate([kept, block])
        cut = held[max(first - begins, 0) : max(end - begins, 0)]
        if proposing.has_voice(cut):
            yield line, print_of(cut)


@transaction.atomic
def _keep(matching: VoiceMatching, found: dict[int, proposing.Proposal], compared: int) -> None:
    """Proposals, state and chain entry, or none of them."""
    locked = (
        VoiceMatching.objects.select_for_update()
        .filter(pk=matching.pk, state=VoiceMatching.State.RUNNING)
        .first()
    )
    if locked is None:
        return
    still_open = list(matching.recording.segments.filter(pk__in=found, speaker=""))
    SpeakerProposal.objects.bulk_create(
        SpeakerProposal(
            matching=locked, segment=line, speaker=found[line.pk].speaker, margin=found[line.pk].margin
        )
        for line in still_open
    )
    locked.engine = f"{printer().name} {printer().version}"[:80]
    locked.state, locked.compared = VoiceMatching.State.DONE, compared
    locked.save()
    remember(
        matching.recording.case,
        "transcript.propose_speakers",
        by=None,
        exhibit=matching.recording.exhibit.number,
        engine=locked.engine,
        compared=compared,
        lines=[
            {
                "segment": line.index,
                "speaker": found[line.pk].speaker,
                "margin_thousandths": round(1000 * found[line.pk].margin),
            }
            for line in still_open
        ],
    )


@transaction.atomic
def confirm_proposals(*, recording_id: int, mediator: User, segment_id: int | None = None) -> int:
    """Take the machine's proposals for what they say: one line's, or all that are open. Returns how many lines.

    Raises Refusal where nothing is proposed, for another's hearing, and once the transcript is a paper.
    """
    recording = _own_recording(recording_id, mediator)
    open_ones = proposals_of(recording).filter(segment__speaker="")
    chosen = list(open_ones if segment_id is None else open_ones.filter(segment=segment_id))
    if not chosen:
        raise Refusal(_("Nothing is proposed here any more."))
    now = timezone.now()
    for proposal in chosen:
        proposal.confirmed_by, proposal.confirmed_at = mediator, now
        proposal.save(update_fields=["confirmed_by", "confirmed_at"])
        Segment.objects.filter(pk=proposal.segment_id).update(speaker=proposal.speaker)
    _remember_lines(recording, "transcript.confirm_speakers", mediator, chosen)
    return len(chosen)


@transaction.atomic
def reopen_proposals(*, recording_id: int, mediator: User, segment_id: int | None = None) -> int:
    """Undo what `confirm_proposals` did, of one line or of all: they are open as before. Returns how many lines.

    A line whose speaker was changed by hand since stays as it is. Raises Refusal if there is nothing to undo.
    """
    recording = _own_recording(recording_id, mediator)
    found = proposals_of(recording)
    chosen = [
        proposal
        for proposal in (found if segment_id is None else found.filter(segment=segment_id))
        if proposal.is_confirmed
    ]
    if not chosen:
        raise Refusal(_("No proposal was confirmed here."))
    for proposal in chosen:
        proposal.confirmed_by = proposal.confirmed_at = None
        proposal.save(update_fields=["confirmed_by", "confirmed_at"])
        Segment.objects.filter(pk=proposal.segment_id).update(speaker="")
    _remember_lines(recording, "transcript.reopen_speakers", mediator, chosen)
    return len(chosen)


def proposals_of(recording: Recording) -> QuerySet[SpeakerProposal]:
    """What was proposed when it was last asked for, and what was proposed before and is confirmed; one a line."""
    last = recording.voice_matchings.filter(state=VoiceMatching.State.DONE).last()
    confirmed = Q(confirmed_at__isnull=False, segment__speaker=F("speaker"))
    newer = SpeakerProposal.objects.filter(segment=OuterRef("segment"), pk__gt=OuterRef("pk"))
    return (
        SpeakerProposal.objects.filter(Q(matching=last) | confirmed, matching__recording=recording)
        .exclude(Exists(newer))
        .select_related("segment", "confirmed_by")
        .order_by("segment__index")
    )


def _own_recording(recording_id: int, mediator: User) -> Recording:
    recording = Recording.objects.select_for_update(of=("self",)).select_related("case").get(pk=recording_id)
    if recording.hearing_id is None:
        raise Refusal(_("Nothing is proposed here any more."))
    own_hearing(recording.hearing_id, mediator)
    return recording


def _remember_lines(recording: Recording, event: str, mediator: User, chosen: list[SpeakerProposal]) -> None:
    remember(
        recording.case,
        event,
        by=mediator,
        exhibit=recording.exhibit.number,
        lines=[{"segment": one.segment.index, "speaker": one.speaker} for one in chosen],
    )
