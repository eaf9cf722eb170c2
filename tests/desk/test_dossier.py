"""The file of a case: each place in its order, what is missing, papers made at the desk, one PDF, copies for Word."""

import io

import docx
import pypdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cases.models import Case, Exhibit
from cases.roles import Role
from cases.services import closing
from cases.services.exhibits import add_exhibit, exhibits_for
from evidence import ledger
from evidence.deposits import open_deposit
from mediation.dossier import services
from mediation.dossier.delivery import deliveries_of
from mediation.dossier.models import Dossier
from mediation.dossier.places import PLACES, file_of
from mediation.notices.models import Notice
from mediation.papers import services as papers
from tests import factories
from tests.desk.conftest import case_url, signed_in
from tests.test_whole_way import agree, make_effective

pytestmark = pytest.mark.django_db


def url(name: str, case: Case, *more: object) -> str:
    return reverse(f"desk:{name}", args=[case.docket, *more])


def words_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]


def kept(exhibit: Exhibit) -> bytes:
    with open_deposit(exhibit.deposit) as stream:
        return stream.read()


def hand_in(case: Case, name: str, content: bytes, **more: object) -> Exhibit:
    return add_exhibit(
        case_id=case.pk, file=io.BytesIO(content), name=name, by=None, role=Role.CITIZEN, title=name, **more
    )


def locked_pdf() -> bytes:
    writer, file = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    writer.write(file)
    return file.getvalue()


def picture(size: tuple[int, int] = (60, 40)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, format="PNG")
    return file.getvalue()


@pytest.fixture
def accepted(accepted_case) -> Case:
    papers.render_due()
    return Case.objects.get(pk=accepted_case.pk)


def filled(case: Case) -> dict[str, list[str]]:
    return {one.place.key: [item.exhibit.title for item in one.items] for one in file_of(case).places}


def test_every_place_is_named_in_order_with_what_must_be_there(as_officer: Client, accepted: Case) -> None:
    page = as_officer.get(url("dossier", accepted))

    assert page.status_code == 200
    assert [one.place.key for one in page.context["file"].places] == [one.key for one in PLACES]
    assert [one.place.key for one in page.context["file"].missing] == ["identity"]
    there = filled(accepted)
    assert {"调解申请书", "受理登记表", "受理通知书"} <= set(there["application"])
    assert "当事人权利义务告知书" in there["rights"]
    starred = [one.printed for one in PLACES if one.is_starred]
    assert starred == [
        "调解申请书、受理登记表", "当事人权利义务告知书", "当事人身份证明", "调解记录", "调解协议书",
    ]  # fmt: skip


def test_what_is_handed_in_finds_its_place_and_private_papers_stay_apart(accepted: Case) -> None:
    hand_in(accepted, "借款合同.png", picture(), kind=Exhibit.Kind.CONTRACT)
    hand_in(accepted, "身份证.png", picture((50, 50)), kind=Exhibit.Kind.IDENTITY)
    hand_in(accepted, "病历.png", picture((40, 50)), kind=Exhibit.Kind.OTHER, is_private=True)
    there, file = filled(accepted), file_of(accepted)

    assert there["evidence"] == ["借款合同.png"]
    assert there["identity"] == ["身份证.png"]
    assert [one.title for one in file.apart] == ["病历.png"]
    assert file.missing == []


def test_an_agreement_stands_once_and_the_talks_need_their_record(
    case_in_mediation, mediator, citizen, lender
) -> None:
    agreement = agree(case_in_mediation, mediator, citizen, lender)
    make_effective(agreement, citizen, lender, mediator)
    there = filled(case_in_mediation)
    assert there["agreement"] == ["调解协议书（已签）"]
    assert {one.place.key for one in file_of(case_in_mediation).missing} >= {"talks", "identity"}


def test_the_desk_makes_what_is_missing_or_says_what_it_lacks(
    as_officer: Client, accepted: Case, officer
) -> None:
    as_officer.post(url("dossier_make", accepted, "identity"))
    assert "identity" not in {one.place.key for one in file_of(accepted).missing}

    empty = as_officer.post(
        url("dossier_make", accepted, "fact_finding"), {"place": "电话", "words": "问到一半"}
    )
    assert empty.status_code == 422
    assert "问到一半" in empty.content.decode()
    content = {
        "held_on": timezone.localdate(),
        "place": "电话",
        "asked": "银行客户经理",
        "words": "到账九千元。",
    }
    answer = as_officer.post(url("dossier_make", accepted, "fact_finding"), content)
    assert answer.headers["Location"].endswith("#place-fact_finding")
    assert filled(accepted)["fact_finding"] == ["调查记录"]

    assert as_officer.post(url("dossier_make", accepted, "transfer"), {"to": "x"}).status_code == 404
    assert as_officer.post(url("dossier_make", accepted, "nothing")).status_code == 404
    closing.end_mediation(
        case_id=accepted.pk,
        staff=officer,
        ending="unreachable",
        reason="a",
        cost_conduct="无",
        court_notes="无",
    )
    sent = {"to": "样例市人民法院", "raised_costs": "no", "has_notes": "no"}
    as_officer.post(url("dossier_make", accepted, "transfer"), sent)
    assert "移送函" in filled(accepted)["explanation"]
    assert (
        as_officer.post(
            url("dossier_make", accepted, "explanation"), {"subject": "a", "words": "b"}
        ).status_code
        == 302
    )
    assert as_officer.post(url("dossier_make", accepted, "time_proof")).status_code == 302
    assert {"情况说明", "诉讼时效中断证明"} <= set(filled(accepted)["explanation"])


def make_file(case: Case, client: Client) -> Dossier:
    client.post(url("dossier_make", case, "all"))
    assert services.build_due() == 1
    return case.dossiers.all()[0]


def test_the_whole_file_is_one_pdf_with_cover_contents_numbers_and_back(as_officer, accepted: Case) -> None:
    hand_in(accepted, "合同照片.png", picture((900, 1400)), kind=Exhibit.Kind.CONTRACT)
    hand_in(accepted, "催收短信.txt", "再不还款就通知你的单位。".encode(), kind=Exhibit.Kind.CHAT)
    hand_in(accepted, "只给调解员.png", picture((30, 90)), is_private=True)
    made = make_file(accepted, as_officer)

    assert (made.state, made.done) == (Dossier.State.DONE, made.total)
    with open_deposit(made.deposit) as stream:
        pages = words_of(stream.read())
    assert len(pages) == made.pages
    assert "人民调解卷宗" in pages[0]
    assert f"{made.pages}页" in pages[0]
    contents = "".join(pages[1:3])
    assert "卷内目录" in contents
    assert "当事人身份证明（必须）" in contents
    assert "缺少" in contents
    assert "另册保存" in contents
    assert "只给调解员" not in "".join(pages)
    number = next(n for n, words in enumerate(pages, start=1) if "受理登记表" in words and n > 3)
    assert f"受理登记表{timezone.localdate().year}" in contents
    assert pages[number - 1].endswith(str(number)) or str(number) in pages[number - 1]
    assert any("催收短信" in words and "不能印在纸上" in words for words in pages)
    assert "备考表" in pages[-1]
    assert ledger.first_break(accepted.chain) is None


def test_its_progress_is_shown_and_only_the_office_reads_it(
    as_officer, as_lender, citizen, accepted: Case
) -> None:
    as_officer.post(url("dossier_make", accepted, "all"))
    as_officer.post(url("dossier_make", accepted, "all"))  # twice asks once
    assert accepted.dossiers.count() == 1
    news = as_officer.get(url("dossier_news", accepted)).json()
    assert (news["state"], news["done"]) == ("waiting", 0)
    assert "data-poll" in as_officer.get(url("dossier", accepted)).content.decode()

    services.build_due()
    news = as_officer.get(url("dossier_news", accepted)).json()
    assert news["state"] == "done"
    made = accepted.dossiers.get()
    file = as_officer.get(url("dossier_file", accepted, made.pk))
    assert b"".join(file.streaming_content)[:5] == b"%PDF-"
    for other in (as_lender, signed_in(citizen)):
        assert other.get(url("dossier_file", accepted, made.pk)).status_code == 404
        assert other.get(url("dossier", accepted)).status_code == 404
    assert not [one for one in exhibits_for(accepted, citizen, Role.CITIZEN) if "卷宗" in one.title]


def test_a_file_that_cannot_be_opened_is_stood_for_by_its_fingerprint(as_officer, accepted: Case) -> None:
    broken = hand_in(accepted, "上锁的流水.pdf", locked_pdf(), kind=Exhibit.Kind.STATEMENT)
    made = make_file(accepted, as_officer)
    with open_deposit(made.deposit) as stream:
        pages = words_of(stream.read())
    (sheet,) = [words for words in pages if "无法打开" in words]
    assert broken.deposit.sha256[:8] in sheet.replace("\u200b", "")


def test_a_worker_that_fails_leaves_the_debt_and_says_why(as_officer, accepted: Case, monkeypatch) -> None:
    def fails(*args: object, **more: object) -> None:
        raise OSError("no room on the disk")

    as_officer.post(url("dossier_make", accepted, "all"))
    with monkeypatch.context() as patched:
        patched.setattr(services, "build", fails)
        for _try in range(services.MOST_TRIES):
            assert services.build_due() == 0
            Dossier.objects.update(next_try_at=timezone.now())
    made = accepted.dossiers.get()
    assert (made.state, made.deposit) == (Dossier.State.FAILED, None)
    assert "no room" in as_officer.get(url("dossier", accepted)).content.decode()
    assert make_file(accepted, as_officer).state == Dossier.State.DONE


def test_contents_that_run_over_a_page_still_name_the_right_pages(as_officer, accepted: Case) -> None:
    for n in range(40):
        hand_in(accepted, f"流水第{n + 1}张.png", picture((20 + n, 30)), kind=Exhibit.Kind.STATEMENT)
    made = make_file(accepted, as_officer)
    with open_deposit(made.deposit) as stream:
        pages = words_of(stream.read())
    first = next(n for n, words in enumerate(pages) if words.startswith("调解申请书"))
    assert first > 2  # cover, and contents of more than one page
    listed = "".join(pages[1:first])
    assert f"调解申请书{today()}{first + 1}—" in listed
    assert f"封底（备考表）{made.pages}" in listed
    assert "备考表" in pages[made.pages - 1]


def today() -> str:
    day = timezone.localdate()
    return f"{day.year}年{day.month}月{day.day}日"


def test_what_was_delivered_and_when_is_proven_from_the_notices(as_officer, accepted: Case, citizen) -> None:
    (one,) = [d for d in deliveries_of(accepted) if d.event == "case.accept" and d.party.side == "claimant"]
    assert one.effective_at is None
    at = timezone.now()
    Notice.objects.filter(pk__in=[n.pk for n in one.notices], channel="inbox").update(
        state="sent", sent_at=at
    )
    Notice.objects.filter(pk__in=[n.pk for n in one.notices], channel="sms").update(state="sent", sent_at=at)
    as_officer.post(url("dossier_make", accepted, "delivery"), {"delivery": one.key})
    made = next(e for e in accepted.exhibits.all() if e.title == "电子送达凭证")
    words = "".join(words_of(kept(made)))
    assert "受理通知书" in words
    assert "已到达平台账号" in words
    assert "已交付通信服务商" in words
    assert "本次送达的时间为" in words
    assert "应调通知书" not in words  # that went to the other side
    assert citizen.phone not in words
    assert as_officer.post(url("dossier_make", accepted, "delivery"), {"delivery": "x"}).status_code == 422


def test_without_consent_only_an_answer_counts_and_silence_proves_nothing(
    lender, as_officer, accepted: Case
) -> None:
    (one,) = [d for d in deliveries_of(accepted) if d.event == "case.accept" and d.party.side == "respondent"]
    Notice.objects.filter(pk__in=[n.pk for n in one.notices]).update(state="sent", sent_at=timezone.now())
    as_officer.post(url("dossier_make", accepted, "delivery"), {"delivery": one.key})
    words = "".join(words_of(kept(accepted.exhibits.last())))
    assert "没有可以认定送达的记录" in words
    Notice.objects.filter(pk__in=[n.pk for n in one.notices], channel="inbox").update(read_at=timezone.now())
    as_officer.post(url("dossier_make", accepted, "delivery"), {"delivery": one.key})
    words = "".join(words_of(kept(accepted.exhibits.last())))
    assert "没有可以认定送达的记录" in words, "opened is not agreed to"
    assert "不认定为电子送达" in words
    factories.answer(accepted, lender)
    as_officer.post(url("dossier_make", accepted, "delivery"), {"delivery": one.key})
    assert "本次送达的时间为" in "".join(words_of(kept(accepted.exhibits.last())))


def test_performance_is_recorded_as_it_stands(case_in_mediation, mediator, citizen, lender) -> None:
    make_effective(agree(case_in_mediation, mediator, citizen, lender), citizen, lender, mediator)
    client = signed_in(mediator)
    assert (
        client.post(url("dossier_make", case_in_mediation, "performance")).status_code == 422
    )  # not due yet
    from mediation.court.services import go_without_ruling

    go_without_ruling(case_id=case_in_mediation.pk, staff=mediator)
    client.post(url("dossier_make", case_in_mediation, "performance"))
    words = "".join(words_of(kept(case_in_mediation.exhibits.last())))
    assert "第1期400.00元" in words
    assert "尚有4项" in words


def word(client: Client, case: Case, kind: str, number: int = 0) -> str:
    answer = client.get(url("word", case, kind, number))
    assert answer.status_code == 200, answer.headers.get("Location")
    document = docx.Document(io.BytesIO(answer.content))
    header = document.sections[0].header.paragraphs[0].text
    assert "没有法律效力" in header
    told = [paragraph.text for paragraph in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*told, *cells])


def test_the_agreement_can_be_worked_on_in_word_and_comes_back_as_a_file(
    as_officer, case_in_mediation, mediator, citizen, lender
) -> None:
    agree(case_in_mediation, mediator, citizen, lender)
    client = signed_in(mediator)
    assert (
        url("word", case_in_mediation, "agreement", 0)
        in client.get(url("dossier", case_in_mediation)).content.decode()
    )
    words = word(client, case_in_mediation, "agreement")
    assert "借款一万元，到账九千元" in words
    assert "壹仟贰佰元整" in words
    assert "400.00" in words
    assert "时间：" not in words  # signatures stand on the signed paper alone
    assert as_officer.get(url("word", case_in_mediation, "agreement", 0)).status_code == 404

    copy = client.get(url("word", case_in_mediation, "agreement", 0)).content
    file = SimpleUploadedFile("改过的协议.docx", copy)
    client.post(
        url("hand_in", case_in_mediation), {"file": file, "kind": "other", "origin_words": "调解员在外部修改"}
    )
    taken = case_in_mediation.exhibits.last()
    assert taken.kind == Exhibit.Kind.OTHER
    assert taken.by_role == Role.MEDIATOR
    assert "改过的协议.docx" in filled(case_in_mediation)["evidence"]


def test_what_a_copy_lacks_is_named(case_in_mediation, mediator, citizen, lender) -> None:
    from mediation.agreements import services as agreements
    from tests.test_whole_way import offer

    proposal = offer(case_in_mediation, mediator)
    for person in (citizen, lender):
        agreements.respond(proposal_id=proposal.pk, person=person, accepts=True)
    client = signed_in(mediator)
    answer = client.get(url("word", case_in_mediation, "agreement", 0), follow=True)
    assert answer.redirect_chain
    assert any(str(message) for message in answer.context["messages"])


def test_the_end_and_nothing_else_can_be_copied_by_the_office(as_officer, accepted: Case, officer) -> None:
    assert as_officer.get(url("word", accepted, "failure_notice", 0)).status_code == 404
    closing.end_mediation(
        case_id=accepted.pk,
        staff=officer,
        ending="other",
        reason="另案处理。",
        cost_conduct="无。",
        court_notes="无。",
    )
    assert "另案处理" in word(as_officer, accepted, "failure_notice")
    assert as_officer.get(url("word", accepted, "ruling", 0)).status_code == 404


def test_closing_a_case_warns_of_what_is_missing(as_officer, accepted: Case, officer) -> None:
    assert as_officer.get(case_url(accepted)).context["file"].missing_papers == [
        str(one.label) for one in PLACES if one.key == "identity"
    ]
    form = as_officer.get(case_url(accepted)).context["forms"]["end"][1]
    assert str(PLACES[2].label) in str(form.fields["ending"].help_text)
    closing.end_mediation(
        case_id=accepted.pk, staff=officer, ending="other", reason="a", cost_conduct="b", court_notes="c"
    )
    assert url("dossier", accepted) in as_officer.get(case_url(accepted)).content.decode()
