"""One application: what a judge sees of it, what stays closed, and what can be done."""

import hashlib
import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext

from cases.models import Exhibit
from cases.roles import Role
from cases.services.exhibits import add_exhibit, describe_exhibit
from evidence.origin.provenance import Provenance, Way
from mediation.agreements.enforceability import review_of
from mediation.court import services as court
from mediation.court.checking import check_application
from mediation.court.models import JointApplication, Ruling
from mediation.court.packet import read_packet
from mediation.hearings.models import Attendance, Hearing, Recording, Segment
from tests.evidence.samples import picture
from tests.test_whole_way import SECRET

pytestmark = pytest.mark.django_db
SAID = "我最多让到八百五"
RULING = {
    "kind": "confirm",
    "checks": list(court.CHECKS),
    "findings": "协议自愿。",
    "reasons": "符合法定条件。",
    "clerk": "唐书记员",
}


def url(name: str, application: JointApplication, *more: int) -> str:
    return reverse(f"bench:{name}", args=[application.pk, *more])


@pytest.fixture
def talked_case(case_in_mediation, citizen, mediator, lender):
    """Talks took place: a chat was handed in, a recording was written down."""
    chat = add_exhibit(
        case_id=case_in_mediation.pk, file=io.BytesIO(picture("PNG")), name="chat.png", by=citizen, role=Role.CITIZEN,
        kind=Exhibit.Kind.CHAT, title="催收聊天截图",
    )  # fmt: skip
    hearing = Hearing.objects.create(
        case=case_in_mediation, number=1, starts_at=chat.at, called_by=mediator, result="双方谈到八百元"
    )
    Attendance.objects.create(hearing=hearing, person=citizen, records_agreed=True, answered_at=chat.at)
    recording = Recording.objects.create(case=case_in_mediation, hearing=hearing, exhibit=chat)
    Segment.objects.create(recording=recording, index=0, start_s=0, end_s=2, heard=SAID, confidence=0.9)
    return case_in_mediation


def test_nothing_of_the_talks_reaches_the_judge(talked_case, application, bench) -> None:
    shown = bench.get(url("application", application)).content.decode()

    assert application.agreement.number in shown
    for closed in (
        SECRET,
        SAID,
        "催收聊天截图",
        "双方谈到八百元",
        "服务费有合同依据",
        "proposal.",
        "suggestion.",
    ):
        assert closed not in shown


@pytest.fixture
def described_case(case_in_mediation, citizen):
    """A contract was handed in, and said to come from somewhere, and later said so more exactly."""
    contract = add_exhibit(
        case_id=case_in_mediation.pk,
        file=io.BytesIO(picture("PNG")),
        name="合同.png",
        by=citizen,
        role=Role.CITIZEN,
        kind=Exhibit.Kind.CONTRACT,
        captured=Provenance(how=Way.PIECES, where="portal", words="对方发来的"),
    )
    describe_exhibit(
        exhibit_id=contract.pk,
        by=citizen,
        role=Role.CITIZEN,
        kind="contract",
        origin="app",
        words="从某App里存下来",
    )
    return case_in_mediation


def test_a_judge_reads_where_each_file_comes_from_on_the_page_and_in_the_packet(
    described_case, application, bench
) -> None:
    shown = bench.get(url("application", application)).content.decode()
    with zipfile.ZipFile(io.BytesIO(b"".join(read_packet(application)))) as packet:
        bodies = "".join(
            packet.read(name).decode() for name in packet.namelist() if name.startswith("data/bodies/")
        )

    assert "从某App里存下来" in shown
    assert '"words":"对方发来的"' in bodies, "the first word stays"
    assert '"words":"从某App里存下来"' in bodies, "and the later one is there, too"


def test_each_of_the_five_things_leads_to_its_material(application, bench) -> None:
    shown = bench.get(url("application", application)).content.decode()
    for key, article in court.CHECKS.items():
        assert f'href="#{key}"' in shown
        assert f'id="{key}"' in shown
        assert article in shown
    assert "壹仟贰佰元整" in shown
    assert "6200000000000000" in shown
    assert application.court.name in shown


def test_the_check_stands_first_and_holds(application, bench) -> None:
    page = bench.get(url("application", application))
    assert page.context["found"].verdict == "holds"
    assert {check.name: check.state for check in page.context["checks"] if check.state != "yes"} == {}
    assert len(page.context["checks"]) == 10
    shown = page.content.decode()
    assert "核验一致" in shown
    for overclaim in ("真实", "被篡改"):
        assert overclaim not in shown


def test_stored_bytes_that_no_longer_open_are_named(application, bench) -> None:
    with default_storage.open(application.packet_stored, "rb+") as stored:
        stored.seek(4000)
        byte = stored.read(1)
        stored.seek(4000)
        stored.write(bytes([byte[0] ^ 1]))
    found = check_application(application, anew=True)
    assert found.verdict == "unclear"
    assert bench.get(url("application", application)).status_code == 200


def test_the_packet_comes_down_as_it_was_sent(application, bench) -> None:
    answer = bench.get(url("packet", application))
    sent = b"".join(answer.streaming_content)
    assert hashlib.sha256(sent).hexdigest() == application.packet_sha256
    assert int(answer["Content-Length"]) == len(sent)


def test_pages_of_the_agreement_are_pictures_and_of_the_chat_are_not(talked_case, application, bench) -> None:
    final = application.agreement.final
    page = bench.get(url("paper_page", application, final.number, 1))
    assert page["Content-Type"] == "image/png"
    assert "no-store" in page["Cache-Control"]
    assert bench.get(url("paper_page", application, final.number, 99)).status_code == 404
    chat = talked_case.exhibits.get(kind=Exhibit.Kind.CHAT)
    assert bench.get(url("paper_page", application, chat.number, 1)).status_code == 404
    assert bench.get(reverse("exhibit_file", args=[chat.pk])).status_code == 404


def test_taking_up_gives_a_number_and_can_be_done_once(application, bench) -> None:
    bench.post(url("take_up", application))
    application.refresh_from_db()
    assert application.state == JointApplication.State.ACCEPTED
    again = bench.post(url("take_up", application), follow=True)
    assert "notice error" in again.content.decode()


def test_asking_for_papers_needs_words(application, bench) -> None:
    empty = bench.post(url("ask", application), {"what": " "})
    assert empty.status_code == 422
    assert "data-error-summary" in empty.content.decode()
    bench.post(url("ask", application), {"what": "请补交身份证复印件"})
    application.refresh_from_db()
    assert application.asked_for == "请补交身份证复印件"


def test_the_judge_reads_the_same_review_of_the_terms_as_the_mediator(application, bench) -> None:
    """民诉法解释 Arts 358(5), 461: who, what, how much, when, where to, and what follows."""
    report = review_of(application.agreement)
    shown = bench.get(url("application", application)).content.decode()
    assert report.is_clear
    assert report.checked == application.agreement.proposal.terms.count()
    assert gettext("A court could enforce this as it is written.") in shown
    for finding in report.findings:
        assert escape(str(finding.says)) in shown

    application.agreement.proposal.terms.filter(kind="pay").update(words="尽快支付，具体金额双方另行协商")
    vague = review_of(application.agreement).must
    assert vague
    shown = bench.get(url("application", application)).content.decode()
    for finding in vague:
        assert escape(str(finding.says)) in shown


def test_nothing_is_chosen_for_the_judge(application, bench) -> None:
    bench.post(url("take_up", application))
    form = bench.get(url("application", application)).context["rule_form"]
    assert not form["checks"].value()
    assert not form["kind"].value()
    assert application.agreement.number in form["findings"].value()


def test_confirming_with_a_check_left_open_is_refused_and_keeps_what_was_written(application, bench) -> None:
    bench.post(url("take_up", application))
    answer = bench.post(url("rule", application), {**RULING, "checks": ["identity"], "findings": "写了很久"})
    assert answer.status_code == 422
    assert "写了很久" in answer.content.decode()
    assert not Ruling.objects.exists()


def test_a_dismissal_needs_its_ground(application, bench) -> None:
    bench.post(url("take_up", application))
    told = {**RULING, "kind": "dismiss", "checks": []}
    assert bench.post(url("rule", application), told).status_code == 422
    bench.post(url("rule", application), {**told, "ground": "unclear"})
    assert Ruling.objects.get().kind == Ruling.Kind.DISMISS


def test_a_ruling_is_given_and_its_objection_answered(application, bench, citizen) -> None:
    bench.post(url("take_up", application))
    assert bench.post(url("rule", application), RULING).status_code == 302
    ruling = Ruling.objects.get()
    objection = court.object_to_ruling(ruling_id=ruling.pk, person=citizen, words="金额有误")
    shown = bench.get(url("application", application)).content.decode()
    assert "金额有误" in shown
    assert ruling.number in shown
    assert bench.get(reverse("exhibit_file", args=[ruling.paper_id])).status_code == 200

    assert bench.post(url("answer", application, objection.pk), {"answer": ""}).status_code == 422
    bench.post(url("answer", application, objection.pk), {"answer": "经审查，异议不成立。"})
    objection.refresh_from_db()
    assert objection.answer == "经审查，异议不成立。"


def test_ruling_before_taking_up_is_refused_in_words(application, bench) -> None:
    answer = bench.post(url("rule", application), RULING)
    assert answer.status_code == 422
    assert not Ruling.objects.exists()
