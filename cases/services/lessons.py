"""Keeping what people corrected, to read the next story better: only where they say so, as long as they say so."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.analysis import mask_personal
from cases.models import Case, Lesson
from cases.services.steps import lock_case
from cases.similarity.deidentify import deidentify, every_place

LONGEST = 10_000  # characters that a lesson keeps: covering them takes some three seconds of CPU
OF_PERSONS = ("name", "phone", "id_number", "address", "helper", "agent_name", "place")
TOLD = ("guessed", "said")  # parts of a guess; some are words of the story: who lent the money
HAN = re.compile("[\u4e00-\u9fff]")
KEPT_KINDS = frozenset({"机构"})  # lenders: they are what is learnt


@transaction.atomic
def keep_lesson(*, case_id: UUID, story: str, guesses: Sequence[Mapping[str, Any]]) -> Lesson:
    """Keep the covered story and what its teller said of each guess; a later one takes the place of the first.

    Of a long story only its first 10,000 characters are kept, with the guesses in them.
    To be called only when the person has just agreed.
    """
    case = lock_case(case_id)
    lesson, _made = Lesson.objects.update_or_create(
        case=case,
        defaults={
            "text": cover_persons(story[:LONGEST], case.answers),
            "guesses": [dict(guess) for guess in guesses if guess["end"] <= LONGEST],
            "agreed_at": timezone.now(),
        },
    )
    return lesson


@transaction.atomic
def withdraw_lesson(*, case_id: UUID) -> bool:
    """The consent is taken back: what was kept is erased. False when there was nothing."""
    lock_case(case_id)
    count, _each = Lesson.objects.filter(case_id=case_id).delete()
    return count > 0


def lessons_for_training() -> Iterator[dict[str, Any]]:
    """All that people left us, without a case, a day or a name; covered once more by what we know by now."""
    for lesson in Lesson.objects.select_related("case").order_by("agreed_at").iterator():
        answers = lesson.case.answers
        yield {
            "text": cover_persons(lesson.text, answers),
            "guesses": [
                {**guess, **{part: _covered(str(guess.get(part, "")), answers) for part in TOLD}}
                for guess in lesson.guesses
            ],
        }


def has_lesson(case: Case) -> bool:
    """Whether the person lets us learn from this story."""
    return Lesson.objects.filter(case=case).exists()


def _covered(value: str, answers: Mapping[str, Any]) -> str:
    """Words are covered as the story is; sums, days and the like stand without any words."""
    return cover_persons(value, answers) if HAN.search(value) else mask_personal(value)


def cover_persons(text: str, answers: Mapping[str, Any]) -> str:
    """The text with numbers, names and places of persons covered by asterisks; every place in it stays where it is."""
    known = [str(answers.get(key) or "") for key in OF_PERSONS]
    names = tuple(word for word in known if len(word) > 1)
    covered = list(mask_personal(text))
    found = deidentify(text, names=names).found
    words = {one.words for one in found if one.kind not in KEPT_KINDS}
    for start, end in every_place({*words, *names}, "".join(covered)):
        covered[start:end] = "*" * (end - start)
    return "".join(covered)
