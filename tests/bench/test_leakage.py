"""A long dispute full of things said in confidence, and every byte of what reaches the court.

Concessions may not be used against anybody (在线调解规则 Art 18, 特邀调解规定 Art 22). So no such word, sum, file or
name may stand in the packet, and of the entries that tell of them not even what they are about.
"""

import base64
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import timedelta

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from cases.models import Case, Exhibit
from cases.money import format_yuan, in_capitals
from cases.roles import Role, Side
from cases.services import pauses
from cases.services.exhibits import add_exhibit, withdraw_exhibit
from cases.services.people import complete_party
from evidence.models import Entry
from mediation.agreements import services as agreements
from mediation.agreements.models import Term
from mediation.court.packet import OPEN_CLOCKS, OPEN_EVENTS, read_packet
from mediation.hearings import services as hearings
from mediation.hearings import transcripts
from mediation.hearings.models import Recording, Segment
from mediation.suggestions import services as suggestions
from tests.evidence.samples import picture, sound
from tests.suggestions.test_suggestions import shelf  # noqa: F401 — a fixture
from tests.test_whole_way import agree, apply, make_effective

pytestmark = pytest.mark.django_db

GIVEN_UP_FEN, GIVEN_UP_DRAFT_FEN = 876_541, 654_322
WORDS = {
    "note of a proposal": "折中九成五的底线",
    "answer to a proposal": "再少三百也行别告诉对方",
    "private statement": "私下讲给调解员的苦处",
    "recording": "录音里没有确认过的这句话",
    "written line": "手记里没有确认过的那句话",
    "correction": "更正以后仍然没有确认的话",
    "objection to the transcript": "笔录这一行不是我说的",
    "result of a hearing": "双方口头谈到接近九折",
    "facts nobody confirmed": "一方单独主张的待定事实",
    "reason of a pause": "等当事人筹钱的内情",
    "reason of an extension": "机构还要内部审批让利",
    "reason for going back": "发现首期金额谈错了",
    "adoption of a suggestion": "照顾申请人失业的考虑",
    "title of a private paper": "催收对话截屏留底",
    "title of a withdrawn paper": "撤回的收入证明件",
    "facts of a draft given up": "作废协议里的事实表述",
}
CLOSED_FILES = ("talk-7f3a.webp", "secret-91bc.wav", "withdrawn-55d2.jpg")
FILES = {"webp": picture("WEBP"), "wav": sound(), "jpg": picture("JPEG"), "png": picture("PNG")}


@pytest.fixture
def told(case_in_mediation, shelf, mediator, citizen, lender) -> Case:  # noqa: F811
    """Everything that may be said in confidence is said, and then they agree."""
    case = case_in_mediation
    hand_in(
        case, citizen, CLOSED_FILES[0], Exhibit.Kind.CHAT, WORDS["title of a private paper"], private=True
    )
    gone = hand_in(
        case, citizen, CLOSED_FILES[2], Exhibit.Kind.STATEMENT, WORDS["title of a withdrawn paper"]
    )
    withdraw_exhibit(exhibit_id=gone.pk, by=citizen, role=Role.CITIZEN)
    hand_in(case, citizen, "contract.png", Exhibit.Kind.CONTRACT, "借款合同")
    pauses.pause_case(
        case_id=case.pk, staff=mediator, reason=WORDS["reason of a pause"], waiting_for="citizen"
    )
    pauses.resume_case(case_id=case.pk, staff=mediator)
    pauses.ask_extension(case_id=case.pk, mediator=mediator, days=5, reason=WORDS["reason of an extension"])
    sit(case, mediator, citizen, lender)
    made = suggestions.propose(case_id=case.pk, mediator=mediator)
    suggestions.adopt(
        suggestion_id=made.pk,
        mediator=mediator,
        amount_fen=made.middle_fen,
        reason=WORDS["adoption of a suggestion"],
    )
    first = propose(case, mediator, GIVEN_UP_FEN)
    agreements.respond(
        proposal_id=first.pk, person=citizen, accepts=False, words=WORDS["answer to a proposal"]
    )
    give_up_a_draft(case, mediator, citizen, lender)
    agreement = agree(case, mediator, citizen, lender)
    make_effective(agreement, citizen, lender, mediator)
    return Case.objects.get(pk=case.pk)


def hand_in(case, by, name: str, kind: str, title: str, *, private: bool = False) -> Exhibit:
    file = io.BytesIO(FILES[name.rpartition(".")[2]])
    return add_exhibit(
        case_id=case.pk, file=file, name=name, by=by, role=Role.CITIZEN, kind=kind, title=title, is_private=private,
    )  # fmt: skip


def sit(case, mediator, citizen, lender) -> None:
    """A hearing with a recording that nobody confirms."""
    hearing = hearings.call_hearing(case_id=case.pk, mediator=mediator, starts_at=timezone.now())
    for person in (citizen, lender, mediator):
        hearings.join_hearing(hearing_id=hearing.pk, person=person)
        hearings.answer_recording(hearing_id=hearing.pk, person=person, agrees=True)
    heard = hand_in(
        case, citizen, CLOSED_FILES[1], Exhibit.Kind.RECORDING, WORDS["private statement"], private=True
    )
    recording = Recording.objects.create(case=case, hearing=hearing, exhibit=heard)
    segment = Segment.objects.create(
        recording=recording, index=0, start_s=0, end_s=2, heard=WORDS["recording"], confidence=0.9
    )
    transcripts.correct_segment(segment_id=segment.pk, mediator=mediator, text=WORDS["correction"])
    transcripts.write_line(
        hearing_id=hearing.pk, mediator=mediator, speaker="citizen", text=WORDS["written line"]
    )
    hearings.end_hearing(hearing_id=hearing.pk, mediator=mediator, result=WORDS["result of a hearing"])
    hearings.read_back(
        hearing_id=hearing.pk, person=citizen, confirmed=False, objection=WORDS["objection to the transcript"]
    )
    hearings.offer_facts(case_id=case.pk, mediator=mediator, facts=WORDS["facts nobody confirmed"])


def propose(case, mediator, fen: int):
    day = timezone.localdate() + timedelta(days=20)
    account = {"holder": "杨小满", "bank": "样例银行", "number": "6200000000000000"}
    return agreements.offer_proposal(
        case_id=case.pk,
        person=mediator,
        terms=[agreements.TermDraft(Term.Kind.PAY, Side.RESPONDENT, day, fen, 1, account)],
        wording=agreements.Wording(note=WORDS["note of a proposal"]),
    )


def give_up_a_draft(case, mediator, citizen, lender) -> None:
    """One version is accepted, drawn up and half signed, and then it is given up."""
    complete_party(case_id=case.pk, person=citizen, id_number="11010519491231002X", address="样例市平安里2号")
    proposal = propose(case, mediator, GIVEN_UP_DRAFT_FEN)
    for person in (citizen, lender):
        agreements.respond(proposal_id=proposal.pk, person=person, accepts=True)
    drawn = agreements.draft_agreement(
        case_id=case.pk,
        mediator=mediator,
        facts=WORDS["facts of a draft given up"],
        issues="无",
        responsibility="无",
    )
    agreements.sign(agreement_id=drawn.pk, person=citizen, read_to_end=True)
    agreements.reopen_talks(case_id=case.pk, mediator=mediator, reason=WORDS["reason for going back"])


@pytest.fixture
def packet(told, citizen, lender) -> bytes:
    return b"".join(read_packet(apply(told, citizen, lender)))


def alone(text: str) -> str:
    """A pattern for the text; figures count only where they are no part of a longer number or a hash."""
    return rf"(?<![0-9a-f]){text}(?![0-9a-f])" if text.isdigit() else re.escape(text)


def secrets(case: Case) -> dict[str, str]:
    """All that must not come out, by what it is."""
    made = case.suggestions.get()
    sums = {"given up": GIVEN_UP_FEN, "in the draft given up": GIVEN_UP_DRAFT_FEN}
    sums |= {"low": made.low_fen or 0, "middle": made.middle_fen or 0, "high": made.high_fen or 0}
    assert all(sums.values())
    found = dict(WORDS)
    for what, fen in sums.items():
        found |= {
            f"{what}, in fen": str(fen),
            f"{what}, in yuan": format_yuan(fen),
            f"{what}, plain": f"{fen / 100:.2f}",
            f"{what}, in capitals": in_capitals(fen),
        }
    for name in CLOSED_FILES:
        found[f"name of {name}"] = name.partition(".")[0]
    closed = case.exhibits.filter(is_private=True) | case.exhibits.filter(withdrawn_at__isnull=False)
    found |= {f"hash of {exhibit.title}": exhibit.deposit.sha256 for exhibit in closed}
    for drawn in case.agreements.filter(set_aside_at__isnull=False):
        found[f"hash of {drawn.number}"] = drawn.draft.deposit.sha256
        found[f"number {drawn.number}"] = drawn.number
    return found


def spellings(text: str) -> Iterator[bytes]:
    """How bytes may hold the text."""
    yield text.encode()
    yield text.encode("utf-16-be")
    yield text.encode("utf-16-le")
    yield text.encode("gb18030")
    yield json.dumps(text)[1:-1].encode()
    yield text.encode().hex().encode()
    yield base64.b64encode(text.encode()).rstrip(b"=")[:-1]


def stands_in(text: str, data: bytes) -> bool:
    """Whether these bytes hold the text; a round sum may stand within an account number by chance."""
    if text.isdigit():
        return re.search(rf"(?<![0-9A-Fa-f]){text}(?![0-9A-Fa-f])".encode(), data) is not None
    return any(spelling in data for spelling in spellings(text))


def everything(packet: bytes) -> dict[str, bytes]:
    """Each member, and whatever is folded up in a PDF: streams, attachments, metadata, the words on its pages."""
    found = {"the archive": packet}
    with zipfile.ZipFile(io.BytesIO(packet)) as archive:
        for name in archive.namelist():
            found[name] = archive.read(name)
            if found[name].startswith(b"%PDF"):
                found |= {f"{name}: {part}": data for part, data in inside(found[name]).items()}
    return found


def inside(pdf: bytes) -> dict[str, bytes]:
    document = pypdfium2.PdfDocument(pdf)
    words = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    parts = {"words": re.sub(r"\s", "", words).encode()}
    reader = PdfReader(io.BytesIO(pdf))
    parts["about"] = repr(reader.metadata).encode()
    for name, contents in reader.attachments.items():
        parts |= {f"attached {name} {n}": content for n, content in enumerate(contents)}
    for n, found in enumerate(re.finditer(rb"stream\r?\n", pdf)):
        try:
            parts[f"stream {n}"] = zlib.decompressobj().decompress(pdf[found.end() :])
        except zlib.error:
            continue
    return parts


def test_nothing_that_was_said_in_confidence_stands_anywhere_in_the_packet(packet, told) -> None:
    parts = everything(packet)
    assert "杨小满".encode() in b"".join(parts.values())  # the net does catch fish
    assert "壹仟贰佰元整".encode() in b"".join(parts.values())
    leaks = [
        (what, where)
        for what, text in secrets(told).items()
        for where, data in parts.items()
        if stands_in(text, data)
    ]
    assert leaks == []


def test_the_entries_of_the_talks_do_not_even_tell_what_they_are(packet, told) -> None:
    events = set(Entry.objects.of(told.chain).values_list("event", flat=True))
    closed = events - OPEN_EVENTS - {"deposit.take_in", "packet.export"}
    assert {
        "proposal.offer",
        "suggestion.offer",
        "transcript.correct",
        "exhibit.add",
        "case.reopen",
    } <= closed
    data = {name: part for name, part in everything(packet).items() if name.startswith("data/")}
    assert [(event, name) for event in closed for name, part in data.items() if event.encode() in part] == []


def test_withheld_entries_all_look_alike(packet, told) -> None:
    with zipfile.ZipFile(io.BytesIO(packet)) as archive:
        envelopes = [json.loads(line) for line in archive.read("data/chain.jsonl").splitlines()]
        shown = {int(name[12:18]) for name in archive.namelist() if name.startswith("data/bodies/")}
    closed = [envelope for envelope in envelopes if envelope["seq"] not in shown]
    assert len(closed) > 20
    assert {tuple(sorted(envelope)) for envelope in closed} == {tuple(sorted(envelopes[0]))}
    assert {envelope["typ"] for envelope in closed} == {"record"}


def test_what_a_court_reads_on_its_pages_and_over_the_interface_tells_no_more(
    packet, told, judge, client
) -> None:
    application = told.applications.get()
    client.force_login(judge)
    pages = [
        reverse("bench:application", args=[application.pk]),
        reverse("bench:inbox"),
        reverse("api:application", args=[application.pk]),
        reverse("api:check", args=[application.pk]),
        reverse("api:chain", args=[told.docket]),
    ]
    closed = {"proposal.", "suggestion.", "transcript.", "recording.", "extension.", "facts.offer"}
    for url in pages:
        answer = client.get(url)
        assert answer.status_code in {200, 404}, url
        shown = answer.content.decode()
        for what, text in secrets(told).items():
            assert not re.search(alone(text), shown), (url, what)
        for event in closed:
            assert event not in shown, (url, event)


def test_the_clocks_go_along_without_a_word_of_why(packet: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(packet)) as archive:
        clocks = json.loads(archive.read("data/clocks.json"))["clocks"]

    by_limit = {one["limit"]: one for one in clocks}
    assert by_limit["mediation"]["explanation"]
    assert set(by_limit) <= OPEN_CLOCKS
