"""Captions: grey while they may change, never rewritten once final, taken over when their program is killed."""

import itertools
import threading
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cases.models import User
from mediation.hearings.hints import hints_for
from mediation.hearings.live import captioning, captions, microphone, streams
from mediation.hearings.live.agreement import Agreement
from mediation.hearings.live.captioning import Captioner
from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.live.models import Caption, Stream
from mediation.hearings.live.vad import CHUNK, Listener, Stretch
from mediation.hearings.models import Hearing
from mediation.hearings.room import seats
from mediation.hearings.speech import NeverWill, Segment, TryLater, a_moment

RATE = 16_000


class Loud:
    """Speech is what is loud."""

    def __call__(self, samples: Any) -> Any:
        return (np.abs(samples.reshape(-1, CHUNK)).mean(axis=1) > 0.05).astype(np.float32)


class Counting:
    """Says how many tenths of a second it was given; fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.calls: list[tuple[bool, int]] = []
        self.failures = failures

    def hear_short(self, samples: Any, *, dialect: str, final: bool, terms: Sequence[str] = ()) -> Segment:
        if self.failures:
            self.failures -= 1
            raise TryLater("later")
        self.calls.append((final, samples.size))
        return a_moment(samples.size / RATE, "字" * round(samples.size / RATE), 0.9 if final else 0.5)

    def make_ready(self) -> None:
        pass

    def problems(self) -> list[str]:
        return []


def sound(*lengths: float) -> bytes:
    """Loud and silent stretches of so many seconds in turn, loud first."""
    parts = [
        np.full(int(seconds * RATE), 9000 if loud else 0, "<i2")
        for seconds, loud in zip(lengths, itertools.cycle([True, False]), strict=False)
    ]
    return np.concatenate(parts).tobytes()


def ended(stretches: list[Stretch]) -> list[tuple[float, float]]:
    return [(one.start / RATE, one.end / RATE) for one in stretches if one.is_over]


def heard_in(pcm: bytes, step: int = 1600) -> list[Stretch]:
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    listener, found = Listener(likely=Loud()), list[Stretch]()
    for at in range(0, samples.size, step):
        found += [one for one in listener.feed(samples[at : at + step]) if one.is_over]
    return found + list(listener.finish())


def test_speech_is_cut_at_its_pauses_and_silence_is_nothing() -> None:
    first, second = ended(heard_in(sound(2, 1, 1.5, 1)))
    assert [*first, *second] == pytest.approx([0, 2.5, 2.7, 5.0], abs=0.1)
    assert heard_in(bytes(2 * 60 * RATE)) == []
    assert ended(heard_in(sound(2)))[0] == pytest.approx((0, 2), abs=0.1)


def test_a_speech_without_pause_is_cut_so_that_nothing_is_lost_or_doubled() -> None:
    cuts = ended(heard_in(sound(25, 1)))
    assert len(cuts) == 3
    assert all(before[1] == after[0] for before, after in itertools.pairwise(cuts))
    assert all(end - start <= 10.1 for start, end in cuts)


def test_who_takes_over_does_not_reach_back_before_what_is_told() -> None:
    at = 10 * CHUNK
    loud = np.full(RATE, 0.3, np.float32)

    stretches = [*Listener(at=at, likely=Loud()).feed(loud)]

    assert stretches[0].start == at


@given(st.lists(st.floats(0.3, 4), min_size=1, max_size=6), st.integers(100, 9000))
def test_the_cuts_do_not_depend_on_how_the_sound_comes(lengths: list[float], step: int) -> None:
    assert ended(heard_in(sound(*lengths), step)) == ended(heard_in(sound(*lengths)))


@given(st.lists(st.text("我不同意还", max_size=8), max_size=8))
def test_what_was_agreed_on_is_not_taken_back(guesses: list[str]) -> None:
    agreement, before = Agreement(), ""
    for guess in guesses:
        shown = agreement.add(guess)
        assert shown.startswith(agreement.stable)
        assert agreement.stable.startswith(before)
        before = agreement.stable


def test_two_guesses_in_a_row_make_words_stable() -> None:
    agreement = Agreement()
    assert (agreement.add("我去年"), agreement.stable) == ("我去年", "")
    assert (agreement.add("我去年借了"), agreement.stable) == ("我去年借了", "我去年")
    assert (agreement.add("我去"), agreement.stable) == ("我去年", "我去年")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Everything that is told to pages."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(
        captions.Teller, "_send", lambda _self, hearing, place, event: found.append(event | {"place": place})
    )
    monkeypatch.setattr(microphone, "Listener", lambda at: Listener(at=at, likely=Loud()))
    return found


def spoken(hearing: Hearing, person: User, pcm: bytes, *, dialect: str = "mandarin") -> Stream:
    stream = streams.begin_stream(
        hearing_id=hearing.pk, person=person, stream_id=uuid.uuid4(), dialect=dialect
    )
    say(stream, 0, pcm)
    return stream


def say(stream: Stream, offset: int, pcm: bytes) -> None:
    file = SoundFile(stream.pk)
    file.open(make=True)
    file.append(offset, pcm)
    file.close()


def work(captioner: Captioner, *, until: Any, patience_s: float = 60.0) -> None:
    """Rounds of the program until something is so."""
    end = time.monotonic() + patience_s
    while not until():
        assert time.monotonic() < end, "it never came"
        captioner._looked = 0.0
        captioner.work()
        time.sleep(0.005)


def lines(told: list[dict[str, Any]], state: str) -> list[dict[str, Any]]:
    return [event["caption"] for event in told if event.get("caption", {}).get("state") == state]


@pytest.mark.django_db(transaction=True)
def test_a_program_that_was_slow_goes_on_and_does_not_begin_anew(
    sitting: Hearing, citizen: User, told: list[dict[str, Any]]
) -> None:
    stream = spoken(sitting, citizen, sound(3))
    captioner = Captioner(Counting())
    work(captioner, until=lambda: captioner.microphones)
    listening = captioner.microphones[stream.pk]

    Stream.objects.update(caption_beat_at=timezone.now() - timedelta(minutes=1))
    captioner._looked = 0.0
    captioner.work()

    assert captioner.microphones[stream.pk] is listening


@pytest.mark.django_db(transaction=True)
def test_what_two_people_say_is_captioned_for_each(
    sitting: Hearing, citizen: User, lender: User, told: list[dict[str, Any]]
) -> None:
    one, other = spoken(sitting, citizen, sound(3, 1)), spoken(sitting, lender, sound(2, 1, 2, 1))
    captioner = Captioner(Counting())
    work(captioner, until=lambda: Caption.objects.count() == 3)

    finals = lines(told, "final")
    assert {line["speaker"] for line in finals} == {citizen.role, lender.role}
    assert len({line["id"] for line in finals}) == 3
    assert all(line["stable"] == line["text"] for line in finals)
    kept = captions.captions_of(hearing_id=sitting.pk)
    assert sorted(line["text"] for line in kept) == sorted(line["text"] for line in finals)
    assert {line["stream"] for line in kept} == {str(one.pk), str(other.pk)}
    for number in {line["id"] for line in finals}:
        states = [event["caption"]["state"] for event in told if event.get("caption", {}).get("id") == number]
        assert states[-1] == "final"
        assert states.count("final") == 1


@pytest.mark.django_db(transaction=True)
def test_a_killed_program_is_followed_by_another_from_the_last_final(
    sitting: Hearing, citizen: User, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captioning, "LOST_AFTER_S", 0.3)
    stream = spoken(sitting, citizen, sound(3, 1))
    killed = Captioner(Counting())
    work(killed, until=lambda: Caption.objects.exists())
    say(stream, 4 * RATE, sound(2, 1))

    time.sleep(0.4)
    work(Captioner(Counting()), until=lambda: len(lines(told, "final")) == 2)
    first, second = lines(told, "final")
    assert (first["text"], second["text"]) == ("字字字。", "字字字。")
    assert second["start"] >= first["end"]
    assert Caption.objects.count() >= 1


class HearsHoliday(Counting):
    """Hears 节庆 in every stretch; the sound of a final speaks for 结清."""

    def __init__(self) -> None:
        super().__init__()
        self.hinted: set[tuple[str, ...]] = set()

    def hear_short(self, samples: Any, *, dialect: str, final: bool, terms: Sequence[str] = ()) -> Segment:
        self.hinted.add(tuple(terms))
        pairs = frozenset({("节庆", "结清")}) if final else frozenset()
        return a_moment(samples.size / RATE, "我已经节庆了", 0.7, meant=pairs)


@pytest.mark.django_db(transaction=True)
def test_a_final_has_the_term_that_its_sound_speaks_for_and_a_guess_has_not(
    sitting: Hearing, citizen: User, told: list[dict[str, Any]]
) -> None:
    spoken(sitting, citizen, sound(2))
    engine = HearsHoliday()
    captioner = Captioner(engine)
    work(captioner, until=lambda: lines(told, "partial"))
    say(Stream.objects.get(), 2 * RATE, sound(1, 1))
    work(captioner, until=lambda: lines(told, "final"))

    assert lines(told, "partial")[0]["text"] == "我已经节庆了"
    assert lines(told, "final")[0]["text"] == "我已经结清了。"
    lender = sitting.case.respondent.institution
    assert engine.hinted == {hints_for(sitting.case)}
    assert lender.short_name in hints_for(sitting.case)


class HearsDialect(Counting):
    """Hears two words of Sichuan speech in every stretch."""

    def hear_short(self, samples: Any, *, dialect: str, final: bool, terms: Sequence[str] = ()) -> Segment:
        return a_moment(samples.size / RATE, "他不认账我咋个办他就是不认账", 0.7)


@pytest.mark.parametrize(
    ("dialect", "meant"), [("sichuan", (("不认账", "不承认"), ("咋个", "怎么"))), ("mandarin", ())]
)
@pytest.mark.django_db(transaction=True)
def test_a_final_says_what_its_dialect_words_mean_and_changes_none_of_them(
    dialect: str,
    meant: tuple[tuple[str, str], ...],
    sitting: Hearing,
    citizen: User,
    told: list[dict[str, Any]],
) -> None:
    stream = spoken(sitting, citizen, sound(2), dialect=dialect)
    captioner = Captioner(HearsDialect())
    work(captioner, until=lambda: lines(told, "partial"))
    say(stream, 2 * RATE, sound(1, 1))
    work(captioner, until=lambda: Caption.objects.exists())

    final = lines(told, "final")[0]
    kept = captions.captions_of(hearing_id=sitting.pk)[0]  # for who comes later
    assert (final["glosses"], kept["glosses"]) == (meant, meant)
    assert "不认账" in final["text"]
    assert "咋个" in kept["text"]
    assert all(not line["glosses"] for line in lines(told, "partial"))


@pytest.mark.django_db(transaction=True)
def test_an_engine_that_fails_is_asked_again_and_nothing_is_left_out(
    sitting: Hearing, citizen: User, told: list[dict[str, Any]]
) -> None:
    spoken(sitting, citizen, sound(2, 1))
    work(Captioner(Counting(failures=3)), until=lambda: lines(told, "final"))
    assert lines(told, "final")[0]["text"]


class Refusing(Counting):
    """Cannot ever hear what comes first."""

    def hear_short(self, samples: Any, *, dialect: str, final: bool, terms: Sequence[str] = ()) -> Segment:
        if not self.calls:
            self.calls.append((final, samples.size))
            raise NeverWill("no")
        return super().hear_short(samples, dialect=dialect, final=final)


@pytest.mark.django_db(transaction=True)
def test_what_can_never_be_heard_does_not_keep_what_follows_from_being_heard(
    sitting: Hearing, citizen: User, told: list[dict[str, Any]]
) -> None:
    spoken(sitting, citizen, sound(2, 1, 3, 1))
    work(Captioner(Refusing(), side_by_side=1), until=lambda: Caption.objects.exists())
    assert [line["text"] for line in lines(told, "final")] == ["字字字字。"]


@pytest.mark.django_db(transaction=True)
def test_an_engine_that_is_gone_is_not_asked_without_pause(
    sitting: Hearing, citizen: User, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captioning, "AGAIN_AFTER_S", 60)
    spoken(sitting, citizen, sound(2, 1))
    engine = Counting(failures=99)
    captioner = Captioner(engine)
    work(captioner, until=lambda: engine.failures < 99)
    for _round in range(50):
        captioner.work()
    assert engine.failures == 98


@pytest.mark.django_db(transaction=True)
def test_words_of_a_private_talk_are_told_there_and_kept_nowhere(
    sitting: Hearing, citizen: User, mediator: User, told: list[dict[str, Any]]
) -> None:
    seats.begin_caucus(hearing_id=sitting.pk, mediator=mediator, side="claimant")
    spoken(sitting, citizen, sound(2, 1))
    work(Captioner(Counting()), until=lambda: lines(told, "final"))
    assert {event["place"] for event in told} == {"claimant"}
    assert not Caption.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_pages_are_told_when_captions_are_late_and_when_they_are_not_any_more(
    sitting: Hearing, citizen: User, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captioning, "TELL_BEHIND_EACH_S", 0.0)
    spoken(sitting, citizen, sound(*[2, 1] * 20))
    work(
        Captioner(Counting()),
        until=lambda: any(event.get("behind", {}).get("seconds") == 0 for event in told),
    )
    seconds = [event["behind"]["seconds"] for event in told if "behind" in event]
    assert max(seconds) >= 3
    assert seconds[-1] == 0


class Waiting(Counting):
    """Hears nothing until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()

    def hear_short(self, samples: Any, *, dialect: str, final: bool, terms: Sequence[str] = ()) -> Segment:
        self.may.wait(30)
        return super().hear_short(samples, dialect=dialect, final=final)


@pytest.mark.django_db(transaction=True)
def test_who_speaks_now_does_not_wait_for_all_that_others_bring_after_a_cut(
    sitting: Hearing, mediator: User, citizen: User, lender: User, told: list[dict[str, Any]]
) -> None:
    late = [spoken(sitting, person, sound(*[1, 1] * 20)) for person in (citizen, lender)]
    engine = Waiting()
    captioner = Captioner(engine, side_by_side=1)
    work(
        captioner,
        until=lambda: (
            len(captioner.microphones) == 2
            and all(len(one.waiting) == 20 for one in captioner.microphones.values())
        ),
    )
    now = spoken(sitting, mediator, sound(1, 1))
    work(captioner, until=lambda: now.pk in captioner.microphones and captioner.microphones[now.pk].waiting)
    engine.may.set()
    work(captioner, until=lambda: len(lines(told, "final")) == 41)

    order = [line["stream"] for line in lines(told, "final")]
    assert order.index(str(now.pk)) <= 3
    assert {order.count(str(stream.pk)) for stream in late} == {20}, "and nothing of theirs is left out"


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_stream_is_heard_to_its_last_word(
    sitting: Hearing, citizen: User, told: list[dict[str, Any]]
) -> None:
    stream = spoken(sitting, citizen, sound(1.5))
    captioner = Captioner(Counting())
    work(captioner, until=lambda: lines(told, "partial"))
    streams.end_stream(stream_id=stream.pk)
    assert not SoundFile(stream.pk).path.exists()
    work(captioner, until=lambda: not captioner.microphones)
    assert lines(told, "final")
