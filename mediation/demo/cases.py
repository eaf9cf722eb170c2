"""A dozen invented disputes, each led to its stage by the services themselves, on days that lie in the past."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from pathlib import Path
from time import sleep as pause

import time_machine
from django.utils import timezone

from cases.models import Answer, Case, Centre, Exhibit, Institution, User
from cases.roles import Role, Side
from cases.services import acceptance, answering, assignment, closing, intake, pauses
from cases.services.exhibits import add_exhibit
from cases.services.people import complete_party
from cases.workflow import Ending
from evidence.log.integrator import integrate
from evidence.log.publishing import publish
from evidence.log.stamping import stamp_newest
from evidence.origin.provenance import Provenance, Way
from mediation.agreements import services as agreements
from mediation.agreements.models import Agreement, Term
from mediation.court import services as court
from mediation.court.models import JointApplication
from mediation.court.tasks import deliver
from mediation.demo import houses, samples
from mediation.demo.stories import STORIES, Story
from mediation.hearings import services as hearings
from mediation.performance import services as performance

RECORDING = Path(__file__).resolve().parents[1] / "hearings" / "demo" / "hearing.ogg"
NO_MORE_CALLS = "不再联系申请人的单位和家人"
TOO_FAR_APART = "双方对是否解除贷款分歧较大，两次调解未能一致。"
ASKED_FOR = "请补充培训合同和扣款短信。"
ID_NUMBER = "11010519491231002X"  # the specimen of the standard, nobody's


class Stage:
    """The people of one demo case, and the steps they take together."""

    def __init__(self, key: str, centre: Centre) -> None:
        self.key, self.story, self.centre = key, STORIES[key], centre
        self.citizen = houses.citizen(self.story.who)
        self.officer = User.objects.get(username="officer")
        self.mediator = User.objects.get(username="mediator")
        self.judge = User.objects.get(username="judge")
        self.lender = User.objects.get(institution__name=houses.LENDERS[self.story.lender][0])
        self.case: Case = intake.draft_case()

    def file(self) -> None:
        """The citizen files, with a paper or two."""
        story, lender = self.story, self.lender.institution
        if not isinstance(lender, Institution):
            raise TypeError("the lender of a demo case has no institution")
        intake.save_answers(case_id=self.case.pk, **answers(story, self.citizen, lender))
        self.exhibit(Exhibit.Kind.STATEMENT, "还款流水", samples.statement(story), Role.CITIZEN, self.citizen)
        self.case = intake.file_case(case_id=self.case.pk)

    def exhibit(self, kind: str, title: str, picture: bytes, role: Role, by: User) -> None:
        """Hand a picture of a paper in."""
        add_exhibit(
            case_id=self.case.pk,
            file=samples.as_file(picture),
            name=f"{title}.png",
            by=by,
            role=role,
            kind=kind,
            title=title,
            captured=Provenance(how=Way.DEMO, where="system", made_with="mediation.demo.samples"),
        )

    def accept(self) -> None:
        """The officer takes the dispute on."""
        self.case = acceptance.accept_case(case_id=self.case.pk, officer=self.officer)

    def answer(self) -> None:
        """The institution hands its papers in and answers each claim."""
        story = self.story
        self.exhibit(
            Exhibit.Kind.CONTRACT, "借款合同", samples.contract(story), Role.INSTITUTION, self.lender
        )
        answering.state_loan(
            case_id=self.case.pk,
            person=self.lender,
            principal_fen=story.principal_fen,
            received_fen=story.received_fen,
            payments=story.payments,
            contract_no=f"HT-{self.case.docket}",
            product=story.product,
            contract_on=date.fromisoformat(story.contract_on),
            account="",
        )
        words = "费用写在电子合同里，申请人点击过同意；愿意在调解中协商。"
        position = Answer.Position.PARTLY
        replies = {claim.number: answering.Reply(position, words) for claim in self.case.claims.all()}
        self.case = answering.answer_claims(case_id=self.case.pk, person=self.lender, replies=replies)

    def assign(self) -> None:
        """The office appoints, the mediator discloses and takes on, both sides go on knowing it."""
        pk = self.case.pk
        assignment.assign_mediator(case_id=pk, officer=self.officer, mediator_id=self.mediator.pk)
        assignment.take_on(case_id=pk, mediator=self.mediator, has_relation=False)
        for party in (self.citizen, self.lender):
            assignment.reply_to_disclosure(case_id=pk, person=party, accepts=True)

    def talk(self) -> None:
        """The talks begin."""
        self.case = assignment.open_mediation(case_id=self.case.pk, mediator=self.mediator)

    def sit(self, *, starts_in: timedelta) -> None:
        """A hearing is called and everyone has joined and answered about recording."""
        hearing = hearings.call_hearing(
            case_id=self.case.pk, mediator=self.mediator, starts_at=timezone.now() + starts_in
        )
        for person in (self.citizen, self.lender, self.mediator):
            hearings.join_hearing(hearing_id=hearing.pk, person=person)
            hearings.answer_recording(hearing_id=hearing.pk, person=person, agrees=True)
        with RECORDING.open("rb") as sound:
            hearings.add_recording(
                hearing_id=hearing.pk,
                person=self.mediator,
                file=sound,
                name="hearing.ogg",
                dialect="mandarin",
            )

    def offer(self, fen: int, parts: int, payer: Side = Side.RESPONDENT) -> int:
        """The mediator offers terms: money, and an act."""
        day = timezone.localdate() + timedelta(days=15)
        payee = self.case.claimant if payer == Side.RESPONDENT else self.case.respondent
        account = {
            "holder": payee.name if payee else "",
            "bank": "江州农商银行",
            "number": "6200 0000 0000 0226",
        }
        proposal = agreements.offer_proposal(
            case_id=self.case.pk,
            person=self.mediator,
            terms=[
                agreements.TermDraft(Term.Kind.PAY, payer, day, fen, parts, account),
                agreements.TermDraft(
                    Term.Kind.STOP_COLLECTION, Side.RESPONDENT, day, words="不再联系申请人的单位和家人"
                ),
            ],
            wording=agreements.Wording(note="按实际到账本金和年化上限重新计算后的折中。"),
        )
        return proposal.pk

    def agree(self, fen: int, parts: int, payer: Side = Side.RESPONDENT) -> Agreement:
        """Both accept the same version and the mediator draws it up."""
        complete_party(
            case_id=self.case.pk, person=self.citizen, id_number=ID_NUMBER, address="江州市平安里2号"
        )
        proposal = self.offer(fen, parts, payer)
        for person in (self.citizen, self.lender):
            agreements.respond(proposal_id=proposal, person=person, accepts=True)
        return agreements.draft_agreement(
            case_id=self.case.pk,
            mediator=self.mediator,
            facts=self.story.text,
            issues=f"申请人要求：{self.story.wanted}。双方对费用是否应当收取、如何计算发生争议。",
            responsibility="被申请人未以醒目方式说明全部费用，同意按下列条款处理；申请人继续履行合同其他义务。",
        )

    def sign(self, agreement: Agreement, *people: User) -> None:
        """These people sign."""
        for person in people:
            agreements.sign(agreement_id=agreement.pk, person=person, read_to_end=True)

    def apply(self) -> int:
        """Both sides apply for confirmation."""
        court.apply_jointly(case_id=self.case.pk, person=self.citizen)
        return court.apply_jointly(case_id=self.case.pk, person=self.lender).pk

    def wait_for_arrival(self, application: int) -> None:
        """The packet is sealed before the court has it."""
        on_its_way = JointApplication.objects.filter(pk=application, delivered_at__isnull=True)
        for _look in range(120):
            if not on_its_way.exists():
                return
            deliver()
            pause(0.5)

    def confirm(self) -> None:
        """The court takes the application up and confirms."""
        application = self.apply()
        self.wait_for_arrival(application)
        court.accept_application(application_id=application, judge=self.judge)
        court.rule(
            application_id=application,
            judge=self.judge,
            verdict=court.Verdict(
                "confirm", "调解协议由双方自愿签署，内容明确。", "符合司法确认调解协议的法定条件。", "唐果"
            ),
            checks=dict.fromkeys(court.CHECKS, True),
        )


def answers(story: Story, citizen: User, lender: Institution) -> dict[str, object]:
    """The story as answers to the eight questions."""
    return {
        "respondent": lender.name,
        "institution": lender.pk,
        "licence": lender.licence,
        "kind": story.kind,
        "amount_fen": story.amount_fen,
        "principal_fen": story.principal_fen,
        "received_fen": story.received_fen,
        "story": story.text,
        "contract_on": story.contract_on,
        "product": story.product,
        "place": "江州市",
        "remedies": list(story.remedies),
        "wanted": story.wanted,
        "name": citizen.name,
        "phone": citizen.phone,
        "address": "江州市平安里2号",
        "e_delivery": True,
        "agreed": True,
    }


def on_day(days_ago: int, hour: int = 10) -> time_machine.travel:
    """A morning so many days ago, in the centre's time zone."""
    day = timezone.localdate() - timedelta(days=days_ago)
    at = datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone())
    return time_machine.travel(min(at, timezone.now()), tick=True)


Act = Callable[[Stage], object]


def _signed(stage: Stage, fen: int, parts: int, payer: Side = Side.RESPONDENT) -> None:
    stage.sign(stage.agree(fen, parts, payer), stage.citizen, stage.lender, stage.mediator)


def _half_signed(stage: Stage) -> None:
    stage.sign(stage.agree(50_000, 1), stage.lender)


def _lender_accepts(stage: Stage) -> None:
    agreements.respond(proposal_id=stage.offer(78_000, 1), person=stage.lender, accepts=True)


def _first_paid(stage: Stage) -> None:
    first = stage.case.instalments.filter(amount_fen__isnull=False)[0]
    payment = performance.record_payment(
        instalment_id=first.pk, person=stage.lender, paid_on=timezone.localdate(), amount_fen=first.amount_fen
    )
    performance.confirm_payment(payment_id=payment.pk, person=stage.citizen)


def _act_done(stage: Stage) -> None:
    act = stage.case.instalments.filter(amount_fen__isnull=True)[0]
    payment = performance.record_payment(
        instalment_id=act.pk, person=stage.lender, paid_on=timezone.localdate()
    )
    performance.confirm_payment(payment_id=payment.pk, person=stage.citizen)


# Each case: (days ago, act) in order.
WAYS: dict[str, list[tuple[int, Act]]] = {
    "acceptance_today": [(1, Stage.file)],
    "acceptance_late": [(8, Stage.file)],
    "supplement": [
        (3, Stage.file),
        (2, lambda s: acceptance.ask_to_supplement(case_id=s.case.pk, officer=s.officer, items=ASKED_FOR)),
    ],
    "to_answer": [(4, Stage.file), (3, Stage.accept)],
    "to_assign": [(7, Stage.file), (6, Stage.accept), (4, Stage.answer)],
    "paused": [
        (20, Stage.file), (19, Stage.accept), (16, Stage.answer), (15, Stage.assign),
        (9, lambda s: pauses.pause_case(
            case_id=s.case.pk, staff=s.mediator, reason="等申请人补银行流水", waiting_for=Role.CITIZEN)),
    ],
    "hearing": [
        (12, Stage.file), (11, Stage.accept), (9, Stage.answer), (8, Stage.assign), (6, Stage.talk),
        (0, lambda s: s.sit(starts_in=timedelta(hours=1))),
    ],
    "proposal": [
        (24, Stage.file), (23, Stage.accept), (20, Stage.answer), (19, Stage.assign), (15, Stage.talk),
        (1, _lender_accepts),
    ],
    "signing": [
        (26, Stage.file), (25, Stage.accept), (22, Stage.answer), (21, Stage.assign), (18, Stage.talk),
        (0, _half_signed),
    ],
    "consent": [
        (30, Stage.file), (29, Stage.accept), (27, Stage.answer), (26, Stage.assign), (22, Stage.talk),
        (10, lambda s: _signed(s, 420_000, 6, Side.CLAIMANT)),
        (2, lambda s: court.apply_jointly(case_id=s.case.pk, person=s.lender)),
    ],
    "court": [
        (34, Stage.file), (33, Stage.accept), (30, Stage.answer), (29, Stage.assign), (25, Stage.talk),
        (8, lambda s: _signed(s, 50_000, 1)),
        (1, Stage.apply),
    ],
    "performing": [
        (110, Stage.file), (109, Stage.accept), (106, Stage.answer), (105, Stage.assign), (100, Stage.talk),
        (85, lambda s: _signed(s, 300_000, 3)),
        (80, Stage.confirm), (70, _first_paid), (69, _act_done),
    ],
    "failed": [
        (40, Stage.file), (39, Stage.accept), (36, Stage.answer), (35, Stage.assign), (30, Stage.talk),
        (12, lambda s: closing.end_mediation(
            case_id=s.case.pk, staff=s.mediator, ending=Ending.TOO_FAR_APART, reason=TOO_FAR_APART,
            cost_conduct="没有导致调解成本增加的情形。", court_notes="没有需要提请人民法院注意的其他事项。")),
    ],
    "withdrawn": [
        (15, Stage.file), (14, Stage.accept),
        (11, lambda s: closing.withdraw_case(
            case_id=s.case.pk, person=s.citizen, settled=True, reason="银行已退款")),
    ],
}  # fmt: skip


def build(keys: Sequence[str], centre: Centre) -> list[Case]:
    """Lead these cases to their stages, day by day over all of them: the log has one order for all cases."""
    acts = sorted(
        ((days_ago, key, act) for key in keys for days_ago, act in WAYS[key]), key=lambda one: -one[0]
    )
    stages: dict[str, Stage] = {}
    left = Counter(key for _days_ago, key, _act in acts)
    for (days_ago, key, act), after in zip_longest(acts, acts[1:]):
        with on_day(days_ago):
            stage = stages.get(key) or stages.setdefault(key, Stage(key, centre))
            stage.case.refresh_from_db()
            act(stage)
            if after and after[0] != days_ago:
                _seal()
        left[key] -= 1
        if not left[key]:
            Case.objects.filter(pk=stage.case.pk).update(is_sample=True)  # whole only now
    _seal()  # by the true clock: the witness reads its own, and a difference is an alarm
    return [stages[key].case for key in keys]


def _seal() -> None:
    """The log does its work at the end of each day, so that what is proven lies near what is told."""
    integrate()
    publish()
    stamp_newest()
