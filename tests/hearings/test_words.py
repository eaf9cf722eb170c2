"""When each word was said, and which terms the sound speaks for: carried, weighed, and never invented."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import User
from mediation.hearings import exports, marks, models, services, speech, transcription
from mediation.hearings.engines.alignment import Group, Listening, words_of
from mediation.hearings.engines.scripted import ScriptedEngine
from mediation.hearings.engines.weighing import meant
from mediation.hearings.hints import hints_for
from mediation.hearings.models import Hearing
from mediation.hearings.speech import Segment, Word
from mediation.hearings.wording.terms import suggestions
from mediation.hearings.wording.words import carried, second_at
from mediation.hearings.wording.writing import write_out
from tests.hearings.conftest import add_sound


def spoken(*signs: str, sure: float = 0.9) -> tuple[Word, ...]:
    """Each half a second, one behind another."""
    return tuple(Word(text, at / 2, at / 2 + 0.5, sure) for at, text in enumerate(signs))


def groups(text: str, likely: float = 0.9, doubt: str = "") -> list[Group]:
    """One group for each sign; those of `doubt` have a likelihood of a half."""
    return [
        Group(
            sign,
            1,
            at / 2,
            at / 2 + 0.5,
            math.log(0.5 if sign in doubt else likely),
            0.5 if sign in doubt else likely,
        )
        for at, sign in enumerate(text)
    ]


def test_what_stays_keeps_its_time_and_a_mark_belongs_to_the_word_before_it() -> None:
    words = carried(spoken("我", "还", "了", "两万"), "我还了，两万。")
    assert [word.text for word in words] == ["我", "还", "了，", "两万。"]
    assert [word.start_s for word in words] == [0.0, 0.5, 1.0, 1.5]


def test_a_term_takes_the_time_of_what_was_heard_and_its_doubt() -> None:
    before = (*spoken("要"), Word("节", 0.5, 1.0, 0.4), Word("庆", 1.0, 1.5, 0.8), Word("了", 1.5, 2.0, 0.9))
    assert carried(before, "要结清了")[1] == Word("结清", 0.5, 1.5, 0.4)


def test_without_times_there_are_none_and_nothing_is_made_up() -> None:
    assert carried((), "我还了两万") == ()
    assert carried(spoken("我"), "") == ()
    assert second_at((), 3) is None


@pytest.mark.parametrize("text", ["我还了两万", "，我还两万三", "全不一样的话", "了", "我我我还了两万两万"])
def test_whatever_the_text_becomes_its_words_are_exactly_the_text(text: str) -> None:
    assert "".join(word.text for word in carried(spoken("我", "还", "了", "两万"), text)) == text


def test_the_second_within_a_long_word_is_between_its_ends() -> None:
    assert second_at((Word("2400", 1.0, 2.0, 0.9),), 2) == 1.5


def test_signs_of_several_tokens_and_figures_stand_together_in_simplified_characters() -> None:
    class Model:
        def align(self, *_args: Any, **_more: Any) -> list[Any]:
            path = [(0, 0), (0, 40), (1, 55), (2, 60), (3, 80), (4, 95), (5, 100), (6, 110)]
            return [SimpleNamespace(alignments=path, text_token_probs=[0.9, 0.8, 0.3, 0.7, 0.6, 0.9])]

    pieces = ["還", "\N{REPLACEMENT CHARACTER}", "\N{REPLACEMENT CHARACTER}", "24", "00", ","]
    cut = {(1, 2): "款"}

    def decode(tokens: list[int]) -> str:
        return cut.get(tuple(tokens), "".join(pieces[token] for token in tokens))

    decoder: Any = SimpleNamespace(model=Model(), words=SimpleNamespace(decode=decode), prompt=[])
    words = words_of(Listening(decoder, None, 200, 4.0).align(range(6)), 10.0)
    assert [word.text for word in words] == ["还", "款", "2400,"]
    assert [word.sure for word in words] == [0.9, 0.3, 0.6]
    assert words[0].start_s == pytest.approx(10.83), (
        "the first word does not begin with the silence before it"
    )
    assert (words[1].start_s, words[2].end_s) == (11.33, 12.0)


def read_as(likely: float) -> Any:
    asked = list[str]()

    def read(text: str) -> Sequence[Group]:
        asked.append(text)
        return groups(text, likely)

    read.asked = asked  # type: ignore[attr-defined]
    return read


def test_a_word_gives_way_to_a_term_of_the_same_sound_only_where_the_sound_bears_it() -> None:
    heard = groups("本金和利息都节庆", doubt="节庆")
    assert ("节庆", "结清") in meant(heard, read_as(0.5))
    assert not meant(heard, read_as(1e-6)), "too unlikely"
    assert not meant(groups("本金和利息都节庆"), read_as(0.5)), "the engine was sure of it"
    assert not meant(groups("昨天我们都节庆", doubt="节庆"), read_as(0.5)), "nobody speaks of money here"


def test_the_engine_is_asked_in_its_own_script_and_signs_of_denial_stay() -> None:
    read = read_as(0.5)
    assert ("结情", "结清") in meant(groups("現在結情", doubt="結情"), read)
    assert read.asked == ["現在結清"]
    assert not any(term == "还款" for _, term in meant(groups("我不款了", doubt="不款"), read_as(0.9)))


def test_the_name_of_the_lender_is_likely_where_it_is_a_party(hearing: Hearing) -> None:
    lender = hearing.case.respondent.institution
    assert lender
    lender.name, lender.short_name = "安信消费金融有限责任公司", "安信消金"
    lender.save()
    hints = hints_for(hearing.case)
    assert {"安信消金", "安信消费金融", "逾期"} <= set(hints)

    heard = groups("我在安心消费金融借的")
    assert not meant(heard, read_as(0.5))
    pairs = meant(heard, read_as(0.5), hints)
    assert ("安心消费金融", "安信消费金融") in pairs
    line = Segment(timedelta(0), timedelta(seconds=5), "我在安心消费金融借的", 0.9, meant=pairs)
    assert write_out(line).text == "我在安信消费金融借的。"


def test_a_term_that_the_sound_speaks_for_is_written_and_the_heard_stands_beside_it() -> None:
    line = Segment(
        timedelta(0),
        timedelta(seconds=5),
        "本金都节庆",
        0.9,
        "本金都节庆",
        words=spoken("本", "金", "都", "节", "庆"),
        meant=frozenset({("节庆", "结清")}),
    )
    written = write_out(line)
    assert (written.text, written.heard_raw) == ("本金都结清。", "本金都节庆")
    assert [(term.shown, term.other) for term in written.terms] == [("结清", "节庆")]
    assert "".join(word.text for word in written.words) == written.text
    assert second_at(written.words, 3) == 1.5


def test_no_word_is_cut_for_a_term_where_another_reading_cuts_none() -> None:
    assert [(one.heard, one.term) for one in suggestions("有没有记受福利")] == [("福利", "复利")]
    assert not suggestions("去年三月公司停发了搬迁款")


def timed(line: models.Segment, *words: tuple[str, float, float | None]) -> models.Segment:
    """The line as an engine would have left it that says when each of these was said, and how sure it was."""
    line.heard = "".join(text for text, _start, _sure in words)
    line.notes = {**line.notes, "words": [[text, start, start + 0.4, sure] for text, start, sure in words]}
    line.save()
    return models.Segment.objects.get(pk=line.pk)


def test_words_of_which_the_engine_was_not_sure_need_an_ear_at_their_own_second(heard: Hearing) -> None:
    line = timed(
        services.lines_of(heard)[0],
        ("我", 1.0, 0.9),
        ("愿", 3.2, 0.3),
        ("意，", 3.5, 0.4),
        ("好。", 3.9, 0.9),
    )
    assert [(piece.text, piece.kind, piece.at) for piece in marks.pieces_of(line) if piece.doubtful] == [
        ("愿意", "word", 3.2)
    ]
    assert marks.times_of(line) == "0 1 1 3.2 2 3.5 4 3.9"
    assert marks.is_unchecked(line)


def test_a_corrected_line_still_plays_each_word_from_its_second_and_is_in_no_doubt(
    heard: Hearing, mediator: User
) -> None:
    line = timed(
        services.lines_of(heard)[0], ("我", 1.0, 0.9), ("见", 2.0, 0.3), ("面", 2.4, 0.3), ("了。", 3.0, 0.9)
    )
    services.correct_segment(segment_id=line.pk, mediator=mediator, text="我减免了。")
    line = models.Segment.objects.get(pk=line.pk)
    assert marks.times_of(line) == "0 1 1 2 3 3"
    assert not [piece for piece in marks.pieces_of(line) if piece.doubtful]
    assert [word["text"] for word in exports._layers(line, 0.0)["heard"]["words"]] == [
        "我",
        "见",
        "面",
        "了。",
    ]


def test_an_engine_that_gives_times_alone_leaves_no_word_in_doubt(heard: Hearing) -> None:
    line = timed(services.lines_of(heard)[0], ("我", 1.0, None), ("愿意。", 3.2, None))
    assert marks.times_of(line)
    assert not marks.is_unchecked(line)


def test_the_desk_shows_each_word_in_doubt_and_tells_the_player_all_seconds(
    heard: Hearing, mediator: User, client: Client
) -> None:
    timed(services.lines_of(heard)[0], ("我", 1.0, 0.9), ("愿意", 3.2, 0.3), ("。", 3.9, 0.9))
    client.force_login(mediator)
    page = client.get(reverse("desk:transcript", args=[heard.pk])).content.decode()
    assert 'data-times="0 1 1 3.2 3 3.9"' in page
    assert '<button class="doubt word" type="button" data-at="3.20">愿意</button>' in page


def test_what_was_heard_is_kept_with_its_words(hearing: Hearing, mediator: User) -> None:
    class Timed(ScriptedEngine):
        def transcribe(self, *args: Any, **options: Any) -> Any:
            for segment in super().transcribe(*args, **options):
                yield replace(segment, words=(Word(segment.text, segment.start_s, segment.end_s, 0.7),))

    with patch.object(speech, "engine", Timed):
        recording = add_sound(hearing, mediator)
        transcription.transcribe(recording.pk)
    line = recording.segments.first()
    assert line is not None
    assert line.notes["words"] == [[line.heard, line.start_s, line.end_s, 0.7]]
