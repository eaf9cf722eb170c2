"""How a line of the transcript is shown: which words need an ear, where in the sound they are, what is unchecked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from mediation.hearings import speech
from mediation.hearings.models import Segment
from mediation.hearings.wording import text
from mediation.hearings.wording.glosses import glosses_in
from mediation.hearings.wording.words import carried, places, second_at


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words. `kind` says why it needs an ear ("" where it does not); `at` is the second at which it was said,
    or about so where the engine gave no times.

    `note` stands beside it: a figure in digits, another word of the same sound, or what a dialect word means (大意).
    """

    text: str
    kind: str = ""
    at: float = 0.0
    note: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether a person must listen to it."""
        return bool(self.kind)


def pieces_of(line: Segment) -> list[Piece]:
    """The words of a line as they read now; marked only where no person has read it yet."""
    words = line.text
    spans = text.needs_ear(_as_heard(line)) if _is_raw(line) else []
    pieces, reached, said = list[Piece](), 0, words_of(line)
    for span in spans:
        pieces += glossed(words[reached : span.start], line)
        second = second_at(said, span.start)
        at = _about(line, span.start, len(words)) if second is None else second
        pieces.append(Piece(span.text, span.kind, at, span.beside))
        reached = span.end
    return pieces + glossed(words[reached:], line)


def words_of(line: Segment) -> tuple[speech.Word, ...]:
    """When each word was said, of the line as it reads now; none where the engine gave no times."""
    return carried([speech.Word(*word) for word in line.notes.get("words", [])], line.text)


def times_of(line: Segment) -> str:
    """“place second place second …”: where in the text each word begins, and when it was said. For the player."""
    return " ".join(f"{start} {word.start_s:g}" for start, _end, word in places(words_of(line)))


def glossed(words: str, line: Segment) -> list[Piece]:
    """Plain words; those of the dialect of the line's recording with what they mean (大意)."""
    dialect = line.recording.dialect if line.recording else speech.Dialect.MANDARIN
    pieces, reached = list[Piece](), 0
    for gloss in glosses_in(words, dialect):
        pieces += [Piece(words[reached : gloss.start])] if gloss.start > reached else []
        pieces.append(Piece(words[gloss.start : gloss.end], note=gloss.entry.meaning))
        reached = gloss.end
    return pieces + ([Piece(words[reached:])] if reached < len(words) else [])


def is_unsure(line: Segment) -> bool:
    """Whether the machine was in doubt and no person has read the line yet."""
    return _is_raw(line) and text.doubtful(_as_heard(line))


def is_unchecked(line: Segment) -> bool:
    """Whether something in the line still needs an ear."""
    return _is_raw(line) and (is_unsure(line) or bool(text.needs_ear(_as_heard(line))))


def count_unchecked(lines: Sequence[Segment]) -> int:
    """How many lines still need an ear."""
    return sum(map(is_unchecked, lines))


def _is_raw(line: Segment) -> bool:
    return line.recording_id is not None and not line.readings


def _as_heard(line: Segment) -> speech.Segment:
    return speech.Segment(
        timedelta(seconds=line.start_s),
        timedelta(seconds=line.end_s),
        line.text,
        line.confidence,
        terms=tuple(speech.Term(*term) for term in line.notes.get("terms", [])),
        words=tuple(speech.Word(*word) for word in line.notes.get("words", [])),
    )


def _about(line: Segment, place: int, length: int) -> float:
    """About when the character at `place` was said: people speak evenly enough for a player."""
    return round(line.start_s + (line.end_s - line.start_s) * place / max(length, 1), 2)
