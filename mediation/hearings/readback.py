"""Reading a transcript back: each side confirms it, by a button or aloud, or says what is wrong with it."""

from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Exhibit, Party, User
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from cases.services.steps import remember
from evidence.origin.provenance import Provenance
from mediation.hearings.handed_in import as_file
from mediation.hearings.models import Hearing, ReadBack
from mediation.hearings.speech import SpeechError
from mediation.hearings.transcripts import LONGEST_LINE, digest_of

LONGEST_S = 120.0
SHORTEST_S = 0.4
QUIETEST = 0.01  # of full scale: below it nobody has spoken


@transaction.atomic
def read_back(
    *,
    hearing_id: int,
    person: User,
    confirmed: bool,
    objection: str = "",
    digest: str = "",
    voice: Exhibit | None = None,
) -> ReadBack:
    """A party read the transcript back and confirms it, or says what is wrong. Silence is neither.

    `digest` is that of the text on the reader's screen; when it was changed meanwhile, the answer is refused. `voice`
    is the recording in which they say yes: see `confirm_aloud`.
    """
    hearing, party, now = reading_of(hearing_id, person, digest)
    if not confirmed and not objection.strip():
        raise Refusal(_("Please write what is not right."))
    said = hearing.readbacks.filter(party=party).last()
    words = objection.strip()[:LONGEST_LINE]
    if not voice and said and (said.digest, said.confirmed, said.objection) == (now, confirmed, words):
        return said
    back = ReadBack.objects.create(
        hearing=hearing,
        party=party,
        person=person,
        digest=now,
        confirmed=confirmed,
        objection=words,
        voice=voice,
    )
    event = "transcript.confirm" if confirmed else "transcript.object"
    spoken: dict[str, Any] = {"voice": voice.number, "voice_sha256": voice.deposit.sha256} if voice else {}
    remember(
        hearing.case,
        event,
        by=person,
        number=hearing.number,
        sha256=now,
        objection=back.objection,
        **spoken,
    )
    return back


def reading_of(hearing_id: int, person: User, digest: str) -> tuple[Hearing, Party, str]:
    """The hearing, locked, the side this person answers for, and the digest of the text as it reads now.

    Raises Refusal for who is no side, before the hearing has ended, and where `digest` is of an older text.
    """
    hearing = Hearing.objects.select_for_update(of=("self",)).select_related("case").get(pk=hearing_id)
    party = hearing.case.party_of(person)
    if party is None:
        raise Refusal(_("Only the two sides confirm the transcript."))
    if hearing.state != Hearing.State.ENDED:
        raise Refusal(_("The transcript can be confirmed after the hearing has ended."))
    now = digest_of(hearing)
    if digest and digest != now:
        raise Refusal(_("The text was changed while you were reading. Please read it once more."))
    return hearing, party, now


def confirm_aloud(
    *,
    hearing_id: int,
    person: User,
    digest: str,
    file: BinaryIO,
    name: str,
    captured: Provenance,
    media_type: str = "",
) -> ReadBack:
    """A side confirms the transcript as it reads now, and its spoken words are kept as a recording of its own.

    `digest` is that of the text on the reader's screen. The words are evidence beside the yes, which is the sending of
    them; they are not written down by the machine. Raises Refusal as `read_back`, for a recording in which nothing can
    be heard or that is longer than two minutes, and DepositRefused for a file that is not whole.
    """
    _refuse_unheard(file)
    with transaction.atomic():
        hearing, party, now = reading_of(hearing_id, person, digest)
        last = hearing.readbacks.filter(party=party).last()
        if last and last.confirmed and last.voice_id and last.digest == now:
            return last
        voice = add_exhibit(
            case_id=hearing.case_id,
            file=file,
            name=name,
            by=person,
            role=Role(person.role),
            kind=Exhibit.Kind.RECORDING,
            title=_("Spoken confirmation of the transcript, hearing %(number)s") % {"number": hearing.number},
            captured=captured,
            media_type=media_type,
        )
        return read_back(hearing_id=hearing_id, person=person, confirmed=True, digest=digest, voice=voice)


def _refuse_unheard(file: BinaryIO) -> None:
    """Before anything is kept or locked."""
    from mediation.hearings import audio  # the decoder is loaded where sound is read, and nowhere else

    with as_file(file) as path:
        try:
            seconds = audio.probe(path).duration_s
            if seconds > LONGEST_S:
                raise Refusal(_("This recording is too long. A few words are enough."))
            samples = audio.decode(path)
        except SpeechError as problem:
            raise Refusal(str(problem)) from problem
    if seconds < SHORTEST_S or abs(samples).max(initial=0.0) < QUIETEST:
        raise Refusal(_("Nothing can be heard in this recording. Please speak again, or press the button."))
