"""From the talks to the last instalment, through the services alone."""

import io
import subprocess
import sys
import zipfile
from datetime import timedelta

import pypdfium2
import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from cases.errors import Refusal
from cases.models import Case, User
from cases.roles import Side
from cases.services.people import complete_party
from cases.services.working_off import work_off
from cases.workflow import Ending, Stage
from evidence import ledger
from evidence.deposits import open_deposit
from evidence.log.policy import policy_bytes
from evidence.models import Entry
from mediation.agreements import services as agreements
from mediation.agreements.models import Agreement, Proposal, Term
from mediation.court import services as court
from mediation.court.models import JointApplication, Ruling
from mediation.court.packet import read_packet
from mediation.court.tasks import deliver
from mediation.hearings.services import offer_facts
from mediation.performance import services as performance
from mediation.performance.models import Instalment

pytestmark = pytest.mark.django_db

ACCOUNT = {"holder": "杨小满", "bank": "样例银行", "number": "6200000000000000"}
SECRET = "我们最多只肯退八百元"


def offer(case: Case, mediator: User) -> Proposal:
    day = timezone.localdate() + timedelta(days=20)
    return agreements.offer_proposal(
        case_id=case.pk,
        person=mediator,
        terms=[
            agreements.TermDraft(Term.Kind.PAY, Side.RESPONDENT, day, 120_000, 3, ACCOUNT),
            agreements.TermDraft(
                Term.Kind.STOP_COLLECTION, Side.RESPONDENT, day, words="不再致电申请人及其亲友"
            ),
        ],
        wording=agreements.Wording(note=SECRET),
    )


def agree(case: Case, mediator: User, citizen: User, lender: User) -> Agreement:
    complete_party(case_id=case.pk, person=citizen, id_number="11010519491231002X", address="样例市平安里2号")
    proposal = offer(case, mediator)
    agreements.respond(proposal_id=proposal.pk, person=citizen, accepts=True)
    agreements.respond(proposal_id=proposal.pk, person=lender, accepts=True)
    return agreements.draft_agreement(
        case_id=case.pk, mediator=mediator, facts="借款一万元，到账九千元。", issues="服务费应否退还。",
        responsibility="公司退还部分服务费。",
    )  # fmt: skip


def make_effective(agreement: Agreement, *people: User) -> Agreement:
    for person in people:
        agreements.sign(agreement_id=agreement.pk, person=person, read_to_end=True)
    agreement.refresh_from_db()
    return agreement


def apply(case: Case, citizen: User, lender: User) -> JointApplication:
    """Both sides apply, the log does its work, and the court has it."""
    court.apply_jointly(case_id=case.pk, person=citizen)
    application = court.apply_jointly(case_id=case.pk, person=lender)
    with override_settings(EVIDENCE_WAIT_S=5):
        assert deliver() == 1
    application.refresh_from_db()
    return application


def confirm(case: Case, judge: User, citizen: User, lender: User) -> Ruling:
    application = apply(case, citizen, lender)
    court.accept_application(application_id=application.pk, judge=judge)
    return court.rule(
        application_id=application.pk,
        judge=judge,
        verdict=court.Verdict("confirm", "协议自愿、内容明确。", "符合法定条件。", "唐书记员"),
        checks=dict.fromkeys(court.CHECKS, True),
    )


@pytest.fixture
def signed_case(case_in_mediation, mediator, citizen, lender) -> Case:
    agreement = agree(case_in_mediation, mediator, citizen, lender)
    make_effective(agreement, citizen, lender, mediator)
    return Case.objects.get(pk=case_in_mediation.pk)


def test_the_agreement_takes_effect_on_the_last_signature(
    case_in_mediation, mediator, citizen, lender
) -> None:
    agreement = agree(case_in_mediation, mediator, citizen, lender)
    make_effective(agreement, citizen, mediator)
    assert agreement.effective_at is None
    assert Case.objects.get(pk=case_in_mediation.pk).stage == Stage.SIGNING

    make_effective(agreement, lender)
    case = Case.objects.get(pk=case_in_mediation.pk)
    assert agreement.effective_at is not None
    assert case.stage == Stage.CONFIRMATION
    assert case.clocks.get(state="running").limit == "confirmation_window"


def test_a_no_keeps_the_talks_open_and_a_newer_version_replaces(
    case_in_mediation, mediator, citizen, lender
) -> None:
    first = offer(case_in_mediation, mediator)
    agreements.respond(proposal_id=first.pk, person=citizen, accepts=True)
    second = offer(case_in_mediation, mediator)
    with pytest.raises(Refusal):
        agreements.respond(proposal_id=first.pk, person=lender, accepts=True)

    agreements.respond(proposal_id=second.pk, person=lender, accepts=False, words="金额太高")
    assert Case.objects.get(pk=case_in_mediation.pk).stage == Stage.MEDIATION


def test_unclear_terms_are_refused_all_at_once(case_in_mediation, mediator) -> None:
    with pytest.raises(Refusal) as refusal:
        agreements.offer_proposal(
            case_id=case_in_mediation.pk, person=mediator, wording=agreements.Wording(),
            terms=[agreements.TermDraft(Term.Kind.PAY, "nobody", timezone.localdate() - timedelta(days=1), 0)],
        )  # fmt: skip
    assert len(refusal.value.messages) == 4


def test_one_side_alone_cannot_go_to_court(signed_case, citizen) -> None:
    application = court.apply_jointly(case_id=signed_case.pk, person=citizen)
    again = court.apply_jointly(case_id=signed_case.pk, person=citizen)

    assert application == again
    assert again.state == JointApplication.State.GATHERING


def test_after_thirty_days_the_court_cannot_be_asked(signed_case, citizen) -> None:
    last = signed_case.clocks.get(limit="confirmation_window").overdue_on
    with time_machine.travel(f"{last + timedelta(days=1)}T09:00:00+08:00"), pytest.raises(Refusal):
        court.apply_jointly(case_id=signed_case.pk, person=citizen)


def test_the_packet_holds_and_says_nothing_of_the_talks(
    signed_case, mediator, citizen, lender, judge, tmp_path
) -> None:
    Case.objects.filter(pk=signed_case.pk).update(stage=Stage.MEDIATION)
    offer_facts(case_id=signed_case.pk, mediator=mediator, facts="无人确认的说法")
    Case.objects.filter(pk=signed_case.pk).update(stage=Stage.CONFIRMATION)
    confirm(signed_case, judge, citizen, lender)
    application = signed_case.applications.get()
    packet = tmp_path / "packet.zip"
    packet.write_bytes(b"".join(read_packet(application)))
    with zipfile.ZipFile(packet) as archive:
        (tmp_path / "verify.py").write_bytes(archive.read("verify.py"))
        inside = b"".join(archive.read(name) for name in archive.namelist())
    (tmp_path / "policy.txt").write_bytes(policy_bytes())  # as a court got it once
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", packet, "--policy", "policy.txt"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout.decode()
    assert SECRET.encode() not in inside
    assert "服务费有合同依据".encode() not in inside
    assert "无人确认的说法".encode() not in inside
    assert ledger.first_break(signed_case.chain) is None


def test_a_ruling_needs_every_check(signed_case, citizen, lender, judge) -> None:
    application = apply(signed_case, citizen, lender)
    court.accept_application(application_id=application.pk, judge=judge)
    checks = dict.fromkeys(court.CHECKS, True) | {"clear": False}
    with pytest.raises(Refusal):
        court.rule(application_id=application.pk, judge=judge, checks=checks,
                   verdict=court.Verdict("confirm", "一", "二", "三"))  # fmt: skip


def test_a_dismissal_goes_back_to_the_talks(signed_case, citizen, lender, judge) -> None:
    application = apply(signed_case, citizen, lender)
    court.accept_application(application_id=application.pk, judge=judge)
    court.rule(application_id=application.pk, judge=judge, checks={},
               verdict=court.Verdict("dismiss", "金额不明", "内容不明确", "唐书记员", "unclear"))  # fmt: skip
    assert Case.objects.get(pk=signed_case.pk).stage == Stage.MEDIATION


def test_paid_to_the_last_fen_closes_the_case(signed_case, citizen, lender, judge) -> None:
    confirm(signed_case, judge, citizen, lender)
    today = timezone.localdate()
    for instalment in signed_case.instalments.all():
        payment = performance.record_payment(
            instalment_id=instalment.pk, person=lender, paid_on=today, amount_fen=instalment.amount_fen
        )
        performance.confirm_payment(payment_id=payment.pk, person=citizen)

    case = Case.objects.get(pk=signed_case.pk)
    assert (case.stage, case.ending) == (Stage.CLOSED, Ending.AGREEMENT)
    assert performance.balance(case) == {"agreed": 120_000, "paid": 120_000, "open": 0}
    assert ledger.first_break(case.chain) is None


def test_a_default_leads_to_a_prefilled_application(signed_case, citizen, lender, judge) -> None:
    confirm(signed_case, judge, citizen, lender)
    first = signed_case.instalments.filter(amount_fen__isnull=False)[0]
    with time_machine.travel(timezone.now() + timedelta(days=45)):
        work_off()
        told = Entry.objects.of(signed_case.chain).filter(event__startswith="performance.late").count()
        assert told >= 2
        work_off()
        assert (
            Entry.objects.of(signed_case.chain).filter(event__startswith="performance.late").count() == told
        )
        enforcement = performance.declare_default(case_id=signed_case.pk, person=citizen)

    first.refresh_from_db()
    assert first.state == Instalment.State.DEFAULT
    assert enforcement.owed_fen == 40_000
    assert enforcement.paper.deposit.media_type == "application/pdf"


def test_a_disputed_payment_does_not_count(signed_case, citizen, lender, judge) -> None:
    confirm(signed_case, judge, citizen, lender)
    first = signed_case.instalments.filter(amount_fen__isnull=False)[0]
    payment = performance.record_payment(
        instalment_id=first.pk, person=lender, paid_on=timezone.localdate(), amount_fen=40_000
    )
    performance.dispute_payment(payment_id=payment.pk, person=citizen, words="没有收到")

    first.refresh_from_db()
    assert first.paid_fen == 0


def test_an_objection_has_its_window(signed_case, citizen, lender, judge) -> None:
    ruling = confirm(signed_case, judge, citizen, lender)
    court.object_to_ruling(ruling_id=ruling.pk, person=citizen, words="金额有误")
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        with pytest.raises(Refusal):
            court.object_to_ruling(ruling_id=ruling.pk, person=citizen, words="还是有误")
        work_off()
    assert not signed_case.clocks.filter(limit="objection", state="running").exists()
    assert Case.objects.get(pk=signed_case.pk).due_on == ruling.third_party_until


def test_the_signed_paper_reads_well(signed_case, tmp_path) -> None:
    agreement = agreements.effective(signed_case)
    assert agreement is not None
    with open_deposit(agreement.final.deposit) as stream:
        pdf = pypdfium2.PdfDocument(io.BytesIO(stream.read()))
    text = "".join(page.get_textpage().get_text_range() for page in pdf).replace(" ", "")
    pdf.close()
    assert "调解协议书" in text
    assert "壹仟贰佰元整" in text.replace("\r\n", "")
