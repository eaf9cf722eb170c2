"""A hearing from the call to the paper: nothing assumed, nothing overwritten, nothing confirmed unread."""

import io

import pypdfium2
import pytest

from cases.errors import Refusal
from cases.models import Exhibit, User
from cases.roles import Role, Side
from evidence import ledger
from evidence.deposits import open_deposit
from evidence.models import Entry
from mediation.hearings import marks, services
from mediation.hearings.models import Hearing, Recording, Segment
from tests.factories import UserFactory
from tests.hearings.conftest import add_sound
from tests.hearings.sounds import tone

pytestmark = pytest.mark.django_db


def events(hearing: Hearing) -> list[str]:
    return list(Entry.objects.of(hearing.case.chain).order_by("seq").values_list("event", flat=True))


def words_of(exhibit: Exhibit) -> str:
    with open_deposit(exhibit.deposit) as stream:
        document = pypdfium2.PdfDocument(io.BytesIO(stream.read()))
    return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)


def test_only_the_two_sides_and_the_mediator_sit_down(called: Hearing, citizen: User) -> None:
    services.join_hearing(hearing_id=called.pk, person=citizen)
    for stranger in (UserFactory.create(citizen=True), UserFactory.create(officer=True)):
        with pytest.raises(Refusal):
            services.join_hearing(hearing_id=called.pk, person=stranger)


def test_silence_is_no_yes_to_recording(called: Hearing, mediator: User, citizen: User, lender: User) -> None:
    for person in (mediator, citizen, lender):
        services.join_hearing(hearing_id=called.pk, person=person)
    services.answer_recording(hearing_id=called.pk, person=citizen, agrees=True)

    assert not services.may_record(called)
    with pytest.raises(Refusal):
        add_sound(called, mediator)
    services.answer_recording(hearing_id=called.pk, person=lender, agrees=True)
    assert services.may_record(called)


def test_a_yes_can_be_taken_back(hearing: Hearing, mediator: User, citizen: User) -> None:
    services.answer_recording(hearing_id=hearing.pk, person=citizen, agrees=False)

    with pytest.raises(Refusal):
        add_sound(hearing, mediator)
    assert events(hearing)[-1] == "hearing.refuse_recording"


@pytest.mark.parametrize("content", [b"RIFF\x24\x00\x00\x00WAVEfmt ", b"not a sound at all" * 40, b""])
def test_a_file_without_sound_is_refused_and_leaves_no_trace(
    hearing: Hearing, mediator: User, content: bytes
) -> None:
    before = events(hearing)
    with pytest.raises(Refusal):
        services.add_recording(
            hearing_id=hearing.pk,
            person=mediator,
            file=io.BytesIO(content),
            name="会.wav",
            dialect="mandarin",
        )
    assert not Recording.objects.exists()
    assert events(hearing) == before


def test_the_length_is_known_at_once(hearing: Hearing, mediator: User) -> None:
    assert Recording.objects.get(pk=add_sound(hearing, mediator, seconds=2.5).pk).total_s == pytest.approx(
        2.5
    )


def test_without_recording_the_mediator_writes(hearing: Hearing, mediator: User) -> None:
    services.write_line(hearing_id=hearing.pk, mediator=mediator, speaker=Role.CITIZEN, text="到账只有九千。")
    services.write_line(hearing_id=hearing.pk, mediator=mediator, speaker=Role.MEDIATOR, text="记下了。")

    assert [line.text for line in services.lines_of(hearing)] == ["到账只有九千。", "记下了。"]
    assert marks.count_unchecked(services.lines_of(hearing)) == 0


def test_what_was_heard_stays_beside_the_correction(heard: Hearing, mediator: User) -> None:
    line = services.lines_of(heard)[1]
    services.correct_segment(segment_id=line.pk, mediator=mediator, text="每个月多收一百元服务费，我不同意。")

    again = Segment.objects.get(pk=line.pk)
    assert again.heard == "每个月多收两百元服务费，我不同意。"
    assert again.text == "每个月多收一百元服务费，我不同意。"
    assert events(heard)[-1] == "transcript.correct"


def test_figures_need_an_ear_until_somebody_has_listened(heard: Hearing, mediator: User) -> None:
    first, second = services.lines_of(heard)
    assert [piece.text for piece in marks.pieces_of(first) if piece.doubtful] == [
        "去年三月",
        "三万元",
        "十二期",
    ]
    assert marks.is_unsure(second)
    assert not marks.is_unsure(first)

    services.correct_segment(segment_id=first.pk, mediator=mediator, text=first.text, checked=True)
    assert marks.count_unchecked(services.lines_of(heard)) == 1
    assert events(heard)[-1] == "transcript.check"


def test_an_undone_reading_is_kept_and_the_line_needs_an_ear_again(heard: Hearing, mediator: User) -> None:
    line = services.lines_of(heard)[0]
    services.correct_segment(segment_id=line.pk, mediator=mediator, text="改错了。")
    services.correct_segment(segment_id=line.pk, mediator=mediator, text="又改错了。")

    once = services.take_reading_back(segment_id=line.pk, mediator=mediator)
    assert once.text == "改错了。"
    raw = services.take_reading_back(segment_id=line.pk, mediator=mediator)
    assert (raw.text, marks.is_unchecked(raw)) == (line.heard, True)
    assert [one.text for one in raw.corrections.all()] == ["改错了。", "又改错了。"]
    assert events(heard)[-2:] == ["transcript.take_back"] * 2

    with pytest.raises(Refusal):
        services.take_reading_back(segment_id=line.pk, mediator=mediator)


def test_marked_words_point_into_the_sound(heard: Hearing) -> None:
    line = services.lines_of(heard)[0]
    places = [piece.at for piece in marks.pieces_of(line) if piece.doubtful]
    assert line.start_s <= places[0] < places[1] < places[2] <= line.end_s


def test_only_the_mediator_of_the_case_corrects(heard: Hearing) -> None:
    with pytest.raises(Refusal):
        services.correct_segment(
            segment_id=services.lines_of(heard)[0].pk, mediator=UserFactory.create(mediator=True), text="别的"
        )


def test_both_sides_are_asked_only_about_a_whole_transcript(heard: Hearing, mediator: User) -> None:
    services.end_hearing(hearing_id=heard.pk, mediator=mediator, result="谈拢了。")
    with pytest.raises(Refusal, match="2"):
        services.ask_to_read(hearing_id=heard.pk, mediator=mediator)
    services.name_speakers(recording_id=heard.recordings.get().pk, mediator=mediator, speaker=Role.CITIZEN)
    services.ask_to_read(hearing_id=heard.pk, mediator=mediator)
    services.ask_to_read(hearing_id=heard.pk, mediator=mediator)
    assert events(heard).count("transcript.ready") == 1


def test_a_later_correction_asks_again(ended: Hearing, mediator: User, citizen: User, lender: User) -> None:
    for person in (citizen, lender):
        services.read_back(hearing_id=ended.pk, person=person, confirmed=True)
    assert services.confirmed_sides(ended) == set(Side.values)

    services.correct_segment(segment_id=services.lines_of(ended)[0].pk, mediator=mediator, text="改过的话。")
    assert services.confirmed_sides(ended) == set()
    with pytest.raises(Refusal):
        services.issue_transcript(hearing_id=ended.pk, mediator=mediator)


def test_nobody_confirms_a_text_that_changed_under_their_eyes(
    ended: Hearing, mediator: User, citizen: User
) -> None:
    seen = services.digest_of(ended)
    services.correct_segment(segment_id=services.lines_of(ended)[0].pk, mediator=mediator, text="改过的话。")
    with pytest.raises(Refusal):
        services.read_back(hearing_id=ended.pk, person=citizen, confirmed=True, digest=seen)


def test_an_objection_needs_words(ended: Hearing, citizen: User) -> None:
    with pytest.raises(Refusal):
        services.read_back(hearing_id=ended.pk, person=citizen, confirmed=False)
    services.read_back(hearing_id=ended.pk, person=citizen, confirmed=False, objection="不是两百，是一百")
    assert services.confirmed_sides(ended) == set()


def test_the_paper_says_who_sat_what_was_said_and_who_confirmed(
    ended: Hearing, mediator: User, citizen: User, lender: User
) -> None:
    services.read_back(hearing_id=ended.pk, person=citizen, confirmed=False, objection="少了一句")
    for person in (citizen, lender):
        services.read_back(hearing_id=ended.pk, person=person, confirmed=True)
    paper = services.issue_transcript(hearing_id=ended.pk, mediator=mediator)

    words = words_of(paper)
    for said in (
        "杨小满",
        "林调解",
        "我去年三月借了三万元",
        "双方同意退还服务费",
        "第三调解室",
        "少了一句",
        "核验身份",
    ):
        assert said in words
    ended.refresh_from_db()
    assert ended.transcript == paper
    assert services.issue_transcript(hearing_id=ended.pk, mediator=mediator) == paper
    assert events(ended)[-1] == "transcript.issue"
    assert ledger.first_break(ended.case.chain) is None
    with pytest.raises(Refusal):
        services.correct_segment(segment_id=services.lines_of(ended)[0].pk, mediator=mediator, text="再改")


def test_no_paper_without_an_identity_check(
    ended: Hearing, mediator: User, citizen: User, lender: User
) -> None:
    ended.attendances.update(identity_checked_at=None)
    for person in (citizen, lender):
        services.read_back(hearing_id=ended.pk, person=person, confirmed=True)
    with pytest.raises(Refusal, match=str(lender)):
        services.issue_transcript(hearing_id=ended.pk, mediator=mediator)


def test_facts_become_a_paper_when_both_have_confirmed_the_latest_version(
    hearing: Hearing, mediator: User, citizen: User, lender: User
) -> None:
    case = hearing.case
    first = services.offer_facts(case_id=case.pk, mediator=mediator, facts="借款一万元。")
    services.confirm_facts(sheet_id=first.pk, person=citizen)
    second = services.offer_facts(case_id=case.pk, mediator=mediator, facts="借款一万元。\n到账九千元。")
    with pytest.raises(Refusal):
        services.confirm_facts(sheet_id=first.pk, person=lender)
    services.confirm_facts(sheet_id=second.pk, person=lender)
    with pytest.raises(Refusal):
        services.issue_facts(case_id=case.pk, mediator=mediator)

    services.confirm_facts(sheet_id=second.pk, person=citizen)
    paper = services.issue_facts(case_id=case.pk, mediator=mediator)
    assert "到账九千元" in words_of(paper)
    assert services.issue_facts(case_id=case.pk, mediator=mediator) == paper


def test_a_hearing_that_was_never_opened_cannot_end(called: Hearing, mediator: User) -> None:
    with pytest.raises(Refusal):
        services.end_hearing(hearing_id=called.pk, mediator=mediator, result="没开成")


def test_a_minute_of_silence_is_a_recording_too(hearing: Hearing, mediator: User) -> None:
    made = services.add_recording(
        hearing_id=hearing.pk, person=mediator, file=tone(1, loud=0), name="静.wav", dialect="mandarin"
    )
    assert made.exhibit.kind == Exhibit.Kind.RECORDING


def test_words_that_nobody_listened_to_become_no_fact(heard: Hearing, mediator: User) -> None:
    case, line = (
        heard.case,
        next(line for line in services.lines_of(heard) if marks.is_unchecked(line) and len(line.text) > 8),
    )
    fact = f"申请人说：{line.text}"

    with pytest.raises(Refusal, match="没有人听过"):
        services.offer_facts(case_id=case.pk, mediator=mediator, facts=f"双方签过合同。\n{fact}")
    assert not case.fact_sheets.exists()

    services.correct_segment(segment_id=line.pk, mediator=mediator, checked=True)
    sheet = services.offer_facts(case_id=case.pk, mediator=mediator, facts=f"双方签过合同。\n{fact}")
    assert line.text in sheet.facts
