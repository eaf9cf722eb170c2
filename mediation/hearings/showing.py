"""Showing a transcript to the court: only where both sides say yes, each by itself (在线调解规则 Art 18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, User
from cases.roles import Side
from cases.services.steps import remember
from mediation.hearings.court_consents import CourtConsent
from mediation.hearings.models import Hearing, Recording

OF_A_HEARING = {"transcript.ready", "transcript.confirm", "transcript.issue", "transcript.open_to_court"}
OF_A_SOUND = {"recording.seal", "transcript.heard", "transcript.correct", "transcript.check"}
OF_A_SOUND |= {"transcript.take_back", "transcript.name_speaker", "transcript.propose_speakers"}
OF_A_SOUND |= {"transcript.confirm_speakers", "transcript.reopen_speakers"}


@transaction.atomic
def answer_showing(*, hearing_id: int, person: User, agrees: bool) -> CourtConsent:
    """A side says whether the court may read the transcript of this hearing. Without an answer it may not.

    With the first yes the other side is asked, with the second both are told; a no is told to nobody. A yes can be
    taken back; what was sent to the court before stays sent. Raises Refusal for who is no side, and before the
    transcript is a paper.
    """
    hearing = Hearing.objects.select_for_update(of=("self",)).select_related("case").get(pk=hearing_id)
    party = hearing.case.party_of(person)
    if party is None:
        raise Refusal(_("Only the two sides decide what the court may read."))
    if not hearing.transcript_id:
        raise Refusal(_("The transcript is not a paper yet. Please answer when it is."))
    said = hearing.court_consents.filter(party=party).first()
    if said and said.agrees == agrees:
        return said
    said, _made = CourtConsent.objects.update_or_create(
        hearing=hearing,
        party=party,
        defaults={"person": person, "agrees": agrees, "at": timezone.now()},
    )
    if agrees:
        both = sides_that_agree(hearing) == set(Side.values)
        remember(hearing.case, "transcript.open_to_court", by=person, number=hearing.number, both=both)
    else:
        remember(hearing.case, "transcript.close_to_court", by=person, number=hearing.number)
    return said


def sides_that_agree(hearing: Hearing) -> set[str]:
    """The sides that let the court read it."""
    return {side for side, agrees in answers_of(hearing).items() if agrees}


def answers_of(hearing: Hearing) -> dict[str, bool]:
    """What the sides have said so far; one that has not answered is not in it."""
    return {said.party.side: said.agrees for said in hearing.court_consents.select_related("party")}


def asks_for_answer(hearing: Hearing, side: str) -> bool:
    """Whether the other side lets the court read the transcript, and this one has said neither yes nor no."""
    if not hearing.transcript_id:
        return False
    answers = answers_of(hearing)
    return side not in answers and any(answers.values())


@dataclass(frozen=True, slots=True)
class Shown:
    """What a court may read of the talks: hearings by number, and the exhibit numbers and entries of their sound.

    `papers` are the transcripts themselves. The sound stays where it is: the court gets its fingerprint.
    """

    papers: frozenset[int]
    numbers: frozenset[int]
    sounds: frozenset[int]
    entries: frozenset[int]

    def covers(self, event: str, record: Mapping[str, Any]) -> bool:
        """Whether this entry is a layer of a transcript that is shown."""
        if event in OF_A_HEARING:
            return record.get("number") in self.numbers
        return event in OF_A_SOUND and record.get("exhibit") in self.sounds


def shown_to_court(case: Case) -> Shown:
    """What both sides agree to show; nothing where they have not both said yes."""
    hearings = [
        hearing
        for hearing in case.hearings.exclude(transcript=None)
        if sides_that_agree(hearing) == set(Side.values)
    ]
    sounds = list(
        Recording.objects.filter(hearing__in=hearings, exhibit__withdrawn_at=None)
        .exclude(exhibit__is_private=True)
        .values_list("exhibit__number", "exhibit__deposit__seq")
    )
    return Shown(
        frozenset(hearing.transcript_id for hearing in hearings if hearing.transcript_id),
        frozenset(hearing.number for hearing in hearings),
        frozenset(number for number, _seq in sounds),
        frozenset(seq for _number, seq in sounds),
    )
