"""笔录: what was heard, corrected beside the kept original, read back by both sides, confirmed, issued."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Exhibit, User
from cases.roles import Role, Side
from cases.services.steps import remember
from mediation.documents.kinds import KINDS
from mediation.hearings import content
from mediation.hearings.live.models import Stream
from mediation.hearings.models import Correction, Hearing, ReadBack, Recording, Segment
from mediation.papers.services import file_paper

SPEAKERS = {"", Role.CITIZEN, Role.INSTITUTION, Role.MEDIATOR}
LONGEST_LINE = 2000
SAME_FORM = timedelta(seconds=5)  # the same line again so soon is the same form sent twice


def own_hearing(hearing_id: int, mediator: User) -> Hearing:
    """The hearing, locked. Raises Refusal for another's, and once its transcript is issued."""
    hearing = Hearing.objects.select_for_update(of=("self",)).select_related("case").get(pk=hearing_id)
    if hearing.case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if hearing.transcript_id:
        raise Refusal(_("The transcript has been issued; it can no longer be changed."))
    return hearing


def _own_line(segment_id: int, mediator: User) -> Segment:
    """The line, locked after its hearing: whoever changes many lines at once locks them in this order, too.

    Raises Refusal as `own_hearing`.
    """
    segment = Segment.objects.select_related("hearing", "recording__hearing").get(pk=segment_id)
    if hearing := hearing_of(segment):
        own_hearing(hearing.pk, mediator)
    elif segment.case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    return Segment.objects.select_for_update(of=("self",)).get(pk=segment_id)


@transaction.atomic
def correct_segment(
    *,
    segment_id: int,
    mediator: User,
    text: str | None = None,
    speaker: str | None = None,
    checked: bool = False,
) -> Segment:
    """Correct what the machine heard, beside the kept original, or say who spoke.

    `checked` says that the mediator has listened: the same words are then kept as a human reading, too.
    """
    segment = _own_line(segment_id, mediator)
    case = segment.case
    exhibit = segment.recording.exhibit.number if segment.recording else 0
    if speaker is not None and speaker in SPEAKERS and speaker != segment.speaker:
        segment.speaker = speaker
        segment.save(update_fields=["speaker"])
        remember(case, "transcript.name_speaker", by=mediator, segment=segment.pk, speaker=speaker)
    old = segment.text
    new = old if text is None else text.strip()[:LONGEST_LINE]
    if new != old or (checked and segment.latest is None):
        Correction.objects.create(segment=segment, text=new, by=mediator)
        event = "transcript.correct" if new != old else "transcript.check"
        remember(case, event, by=mediator, exhibit=exhibit, segment=segment.index, old=old, new=new)
    return segment


@transaction.atomic
def take_reading_back(*, segment_id: int, mediator: User) -> Segment:
    """Undo the last correction, or the last “heard, and right”, of a line; what was undone is kept as a layer, too.

    The line then reads as before, and needs an ear again if nobody else has read it. Raises Refusal if there is
    nothing to undo.
    """
    segment = _own_line(segment_id, mediator)
    case = segment.case
    latest = segment.latest
    if latest is None:
        raise Refusal(_("Nothing was corrected in this line."))
    latest.taken_back_at = timezone.now()
    latest.save(update_fields=["taken_back_at"])
    segment = Segment.objects.get(pk=segment.pk)
    exhibit = segment.recording.exhibit.number if segment.recording else 0
    undone = {"exhibit": exhibit, "segment": segment.index, "old": latest.text, "new": segment.text}
    remember(case, "transcript.take_back", by=mediator, **undone)
    return segment


@transaction.atomic
def name_speakers(*, recording_id: int, mediator: User, speaker: str) -> int:
    """Say who spoke wherever it is not yet said in this recording. Returns in how many places it was not."""
    recording = Recording.objects.select_related("case").get(pk=recording_id)
    if recording.hearing_id is None or speaker not in SPEAKERS - {""}:
        raise Refusal(_("Please choose who spoke."))
    own_hearing(recording.hearing_id, mediator)
    named = recording.segments.filter(speaker="").update(speaker=speaker)
    if named:
        remember(
            recording.case,
            "transcript.name_speaker",
            by=mediator,
            exhibit=recording.exhibit.number,
            lines=named,
            speaker=speaker,
        )
    return named


@transaction.atomic
def write_line(*, hearing_id: int, mediator: User, speaker: str, text: str) -> Segment:
    """The mediator writes down what was said, where nothing is recorded."""
    hearing = own_hearing(hearing_id, mediator)
    if not text.strip():
        raise Refusal(_("Please write what was said."))
    if speaker not in SPEAKERS - {""}:
        raise Refusal(_("Please choose who spoke."))
    if hearing.state == Hearing.State.CALLED:
        raise Refusal(_("Please open the hearing first."))
    words = text.strip()[:LONGEST_LINE]
    newest = hearing.written_lines.filter(written_at__gt=timezone.now() - SAME_FORM).last()
    if newest and (newest.speaker, newest.heard) == (speaker, words):
        return newest
    return keep_line(hearing, by=mediator, speaker=speaker, words=words)


def keep_line(hearing: Hearing, *, by: User, speaker: str, words: str) -> Segment:
    """Put a written line behind those that are there, and remember it. The caller has locked the hearing."""
    last = hearing.written_lines.aggregate(n=Max("index"))["n"]
    line = hearing.written_lines.create(
        index=0 if last is None else last + 1,
        heard=words,
        speaker=speaker,
        written_by=by,
        written_at=timezone.now(),
    )
    remember(
        hearing.case,
        "transcript.write",
        by=by,
        number=hearing.number,
        segment=line.index,
        speaker=speaker,
        text=words,
    )
    return line


def hearing_of(segment: Segment) -> Hearing | None:
    """The hearing in which this was said; None for a story told at home."""
    return segment.hearing or (segment.recording.hearing if segment.recording else None)


def lines_of(hearing: Hearing) -> list[Segment]:
    """Everything that was said, in order of time, corrections prefetched."""
    heard = (
        Segment.objects.filter(recording__hearing=hearing)
        .select_related("recording__exhibit", "recording__case")
        .prefetch_related("corrections__by")
    )
    written = hearing.written_lines.select_related("hearing__case").prefetch_related("corrections__by")
    return sorted([*heard, *written], key=_place_of)


def _place_of(line: Segment) -> tuple[float, int, int]:
    """By the clock, so that what several people said into their own microphones stands in its order."""
    if line.recording and line.recording.began_at:
        return (line.recording.began_at.timestamp() + line.start_s, line.recording_id or 0, line.index)
    began = line.recording.asked_at if line.recording else line.written_at
    return (began.timestamp() if began else 0.0, line.recording_id or 0, line.index)


def digest_of(hearing: Hearing, lines: list[Segment] | None = None) -> str:
    """SHA-256 of the transcript as it reads now: a later correction makes a new one, to be read again."""
    lines = lines_of(hearing) if lines is None else lines
    text = "\n".join(f"{line.speaker}|{line.text}" for line in lines) + f"\n{hearing.result}"
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def ask_to_read(*, hearing_id: int, mediator: User) -> Hearing:
    """Ask both sides to read the transcript as it stands now; after a correction, ask again."""
    hearing = own_hearing(hearing_id, mediator)
    if hearing.state != Hearing.State.ENDED:
        raise Refusal(_("Please end the hearing first."))
    if hearing.streams.exclude(state=Stream.State.SEALED).exclude(place__gt="").exists():
        raise Refusal(_("Sound of this hearing is still coming in. Please wait until it is kept."))
    if hearing.recordings.filter(state__in=[Recording.State.PENDING, Recording.State.RUNNING]).exists():
        raise Refusal(_("A recording is still being written down. Please wait until it is done."))
    lines = lines_of(hearing)
    if unnamed := sum(1 for line in lines if line.text and not line.speaker):
        raise Refusal(_("Please say who spoke; it is open in %(count)s places.") % {"count": unnamed})
    if not any(line.text for line in lines):
        raise Refusal(_("The transcript is still empty. Add a recording, or write down what was said."))
    digest = digest_of(hearing, lines)
    if hearing.read_asked_digest != digest:
        hearing.read_asked_at, hearing.read_asked_digest = timezone.now(), digest
        hearing.save(update_fields=["read_asked_at", "read_asked_digest"])
        remember(hearing.case, "transcript.ready", by=mediator, number=hearing.number, sha256=digest)
    return hearing


def last_words(hearing: Hearing) -> dict[str, ReadBack]:
    """The last answer of each side, by side."""
    return {
        back.party.side: back
        for back in hearing.readbacks.select_related("party", "person", "voice__deposit")
    }


def confirmed_sides(hearing: Hearing) -> set[str]:
    """The sides whose last word on the transcript, as it reads now, is yes."""
    digest = digest_of(hearing)
    return {side for side, back in last_words(hearing).items() if back.confirmed and back.digest == digest}


@transaction.atomic
def issue_transcript(*, hearing_id: int, mediator: User) -> Exhibit:
    """Make the transcript 调解笔录 as a paper of the case, once both sides have confirmed it as it reads now (Art 22).

    Issuing twice gives the same paper. Raises Refusal, naming whose identity was not checked (Art 17), and
    MissingContent, naming what else the paper would lack.
    """
    hearing = (
        Hearing.objects.select_for_update(of=("self",)).select_related("case__centre").get(pk=hearing_id)
    )
    if hearing.case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if hearing.transcript is not None:
        return hearing.transcript
    if hearing.state != Hearing.State.ENDED or confirmed_sides(hearing) != set(Side.values):
        raise Refusal(_("Both sides must first confirm the transcript as it reads now."))
    seats = hearing.attendances.filter(identity_checked_at=None).exclude(person__role=Role.MEDIATOR)
    if unchecked := [str(seat.person) for seat in seats.select_related("person")]:
        said = _("Please say on the page of the hearing that you have checked the identity of %(names)s.")
        raise Refusal(said % {"names": ", ".join(unchecked)})
    exhibit = file_paper(
        case=hearing.case,
        kind="transcript",
        content=content.transcript(hearing, lines_of(hearing), digest_of(hearing)),
        title=f"{KINDS['transcript'].title}（第{hearing.number}次调解会）",
        by=mediator,
        role=Role.MEDIATOR,
    )
    hearing.transcript = exhibit
    hearing.save(update_fields=["transcript"])
    remember(
        hearing.case,
        "transcript.issue",
        by=mediator,
        number=hearing.number,
        exhibit=exhibit.number,
        sha256=exhibit.deposit.sha256,
    )
    return exhibit
