"""Judicial confirmation 司法确认: applied for jointly, checked by one judge, ruled on, open to objection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Clock, Court, User
from cases.roles import Role
from cases.rules import limits
from cases.services.steps import lock_case, meet, refresh_due, remember, start, take
from cases.workflow import APPLY, CONFIRM, DISMISS, GO_WITHOUT_RULING, Stage
from mediation.agreements.services import effective
from mediation.court import content
from mediation.court.models import Consent, JointApplication, Objection, Ruling
from mediation.court.tasks import deliver as deliver_later
from mediation.papers.services import file_paper

# What the judge looks at, one by one (民诉法解释 Arts 353–358): key → article.
CHECKS = {
    "jurisdiction": "民诉法解释 353、355",
    "identity": "民诉法解释 354",
    "voluntary": "民诉法解释 358(4)",
    "lawful": "民诉法解释 358(1)(2)(3)",
    "clear": "民诉法解释 358(5)",
}
DISMISSAL_GROUNDS = {
    "illegal": "违反法律强制性规定",
    "harm": "损害国家利益、社会公共利益、他人合法权益",
    "morals": "违背公序良俗",
    "involuntary": "违反自愿原则",
    "unclear": "内容不明确",
    "other": "其他不能进行司法确认的情形",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge writes down."""

    kind: str
    findings: str
    reasons: str
    clerk: str
    ground: str = ""


def live_application(case: Case) -> JointApplication | None:
    """The application that is under way, if there is one."""
    State = JointApplication.State  # noqa: N806 — an enum
    return case.applications.filter(
        state__in=[State.GATHERING, State.SENT, State.SUPPLEMENT, State.ACCEPTED]
    ).first()


@transaction.atomic
def apply_jointly(*, case_id: UUID, person: User) -> JointApplication:
    """Sign the joint application. With both sides' signatures it is sent, and reaches the court with its packet as soon
    as an accepted checkpoint covers every act of the case.

    Within 30 days of the agreement taking effect (民事诉讼法 Art 205). One side alone cannot apply.
    """
    case = lock_case(case_id)
    party, agreement = case.party_of(person), effective(case)
    if party is None or agreement is None or case.stage != Stage.CONFIRMATION:
        raise Refusal(_("Confirmation can be applied for once the agreement is in force."))
    window = case.clocks.filter(limit="confirmation_window").last()
    live = {Clock.State.RUNNING, Clock.State.EXPIRED}
    if window and window.state in live and timezone.localdate() > window.overdue_on:
        raise Refusal(
            _("The 30 days to apply ended on %(day)s. The agreement still binds both sides.")
            % {"day": window.overdue_on}
        )
    application = live_application(case)
    if application is None:
        application = JointApplication.objects.create(case=case, agreement=agreement, court=_court_of(case))
    if application.state != JointApplication.State.GATHERING:
        return application
    _consent, made = Consent.objects.get_or_create(
        application=application, party=party, defaults={"person": person}
    )
    if made:
        remember(case, "court.consent", by=person, agreement=agreement.number)
    if application.consents.count() == 2:
        _send(application, case, person)
    return application


def _court_of(case: Case) -> Court:
    court = case.centre.court if case.centre else None
    if court is None:
        raise Refusal(_("No court is set for this centre. Please tell the office."))
    return court


def _send(application: JointApplication, case: Case, person: User) -> None:
    application.paper = file_paper(
        case=case,
        kind="joint_application",
        content=content.joint_application(application),
        title="司法确认申请书",
        by=None,
        role=Role.SYSTEM,
    )
    application.state, application.sent_at = JointApplication.State.SENT, timezone.now()
    application.save()
    case.applied_at = application.sent_at
    take(APPLY, case, by=person, court=application.court.name, agreement=application.agreement.number)
    # The packet is made afterwards, once the log covers what stands here (court.tasks).
    transaction.on_commit(lambda: deliver_later.delay())


def _on_the_bench(application_id: int, judge: User) -> tuple[JointApplication, Case]:
    application = JointApplication.objects.select_related("case", "court").get(pk=application_id)
    case = lock_case(application.case_id)
    application.refresh_from_db()
    if judge.role != Role.COURT or judge.court_id != application.court_id:
        raise Refusal(_("This application lies with another court."))
    return application, case


@transaction.atomic
def accept_application(*, application_id: int, judge: User) -> JointApplication:
    """Take the application up under a number of the court (司法确认程序规定 Art 4: within 3 days).

    The days to rule count from here (Art 5); until now their clock ran from the application, as a first estimate.
    """
    application, case = _on_the_bench(application_id, judge)
    if application.state not in {JointApplication.State.SENT, JointApplication.State.SUPPLEMENT}:
        raise Refusal(_("This application is not waiting to be taken up."))
    if application.is_being_sealed:
        raise Refusal(_("The packet is still being sealed. Please wait a moment, then open this page again."))
    application.state, application.accepted_at = JointApplication.State.ACCEPTED, timezone.now()
    application.number = _court_number(application.court)
    application.save()
    meet(case, "court_acceptance")
    start(case, "court_decision")
    refresh_due(case)
    case.save()
    remember(case, "court.accept", by=judge, number=application.number)
    return application


def _court_number(court: Court) -> str:
    year = timezone.localdate().year
    Court.objects.select_for_update().get(pk=court.pk)
    taken = JointApplication.objects.filter(court=court, number__startswith=f"（{year}）").count()
    return f"（{year}）{court.code}民特{taken + 1}号"


@transaction.atomic
def ask_for_papers(*, application_id: int, judge: User, what: str) -> JointApplication:
    """Ask both sides for missing papers (民诉法解释 Art 354)."""
    application, case = _on_the_bench(application_id, judge)
    if application.state not in {JointApplication.State.SENT, JointApplication.State.ACCEPTED}:
        raise Refusal(_("Papers cannot be asked for now."))
    if not what.strip():
        raise Refusal(_("Please write what is missing."))
    application.state, application.asked_for = JointApplication.State.SUPPLEMENT, what.strip()
    application.save()
    remember(case, "court.supplement", by=judge, what=what.strip())
    return application


@transaction.atomic
def supply_papers(*, application_id: int, person: User, words: str) -> JointApplication:
    """A side has added what the court asked for (files go in as exhibits first)."""
    application = JointApplication.objects.select_for_update().get(pk=application_id)
    case = lock_case(application.case_id)
    if case.party_of(person) is None or application.state != JointApplication.State.SUPPLEMENT:
        raise Refusal(_("The court is not waiting for papers."))
    if not words.strip():
        raise Refusal(_("Please say what you added."))
    application.supplied = f"{application.supplied}\n{words.strip()}".strip()
    application.state = JointApplication.State.ACCEPTED if application.number else JointApplication.State.SENT
    application.save()
    remember(case, "court.supply", by=person, words=words.strip())
    return application


@transaction.atomic
def rule(*, application_id: int, judge: User, verdict: Verdict, checks: Mapping[str, bool]) -> Ruling:
    """Give the ruling: confirm or dismiss (民事诉讼法 Art 206). In force at once.

    A confirmation opens the windows for objections (民诉法解释 Art 372); after a dismissal the ways are new talks or
    a suit (Art 206). Confirming needs every check ticked; dismissing a ground of 民诉法解释 Art 358 and reasons.
    """
    application, case = _on_the_bench(application_id, judge)
    if application.state != JointApplication.State.ACCEPTED:
        raise Refusal(_("Please take the application up first."))
    if problems := _problems_of(verdict, checks):
        raise Refusal(*problems)
    application.checks = {key: bool(checks.get(key)) for key in CHECKS}
    confirms = verdict.kind == Ruling.Kind.CONFIRM
    today = timezone.localdate()
    ruling = Ruling(
        application=application,
        kind=verdict.kind,
        number=application.number,
        judge=judge,
        clerk=verdict.clerk.strip(),
        findings=verdict.findings.strip(),
        reasons=verdict.reasons.strip(),
        objection_until=_window(case, "objection", today) if confirms else None,
        third_party_until=_window(case, "interested_objection", today) if confirms else None,
    )
    ruling.paper = file_paper(
        case=case,
        kind="ruling",
        content=content.ruling(ruling, ground=DISMISSAL_GROUNDS.get(verdict.ground, "")),
        title=f"民事裁定书 {ruling.number}",
        by=judge,
        role=Role.COURT,
    )
    ruling.save()
    application.state = JointApplication.State.CONFIRMED if confirms else JointApplication.State.DISMISSED
    application.save()
    take(
        CONFIRM if confirms else DISMISS,
        case,
        by=judge,
        number=ruling.number,
        sha256=ruling.paper.deposit.sha256,
        ground=verdict.ground,
    )
    return ruling


def _window(case: Case, key: str, given_on: date) -> date | None:
    """The last day of a window that the ruling opens, by the rule of that day; received on the day it is given."""
    limit = limits.rule_for(case.profile, key, start_on=given_on)
    return limits.due(limit, given_on).due_on if limit else None


def _problems_of(verdict: Verdict, checks: Mapping[str, bool]) -> list[str]:
    problems = []
    if verdict.kind not in Ruling.Kind.values:
        problems.append(_("Please choose whether to confirm or to dismiss."))
    if verdict.kind == Ruling.Kind.CONFIRM and not all(checks.get(key) for key in CHECKS):
        problems.append(_("Confirming needs every check ticked."))
    if verdict.kind == Ruling.Kind.DISMISS and verdict.ground not in DISMISSAL_GROUNDS:
        problems.append(_("Please choose the ground for dismissing."))
    for text, problem in (
        (verdict.findings, _("Please write the findings.")),
        (verdict.reasons, _("Please write the reasons.")),
        (verdict.clerk, _("Please name the court clerk.")),
    ):
        if not text.strip():
            problems.append(problem)
    return problems


@transaction.atomic
def object_to_ruling(*, ruling_id: int, person: User, words: str) -> Objection:
    """A party objects to a confirmation within 15 days of receipt (民诉法解释 Art 372)."""
    ruling = Ruling.objects.select_related("application").get(pk=ruling_id)
    case = lock_case(ruling.application.case_id)
    party = case.party_of(person)
    if party is None:
        raise Refusal(_("This step is not yours to take."))
    if ruling.objection_until is None:
        raise Refusal(
            _("The court did not confirm. You can talk again or go to court; no objection is needed.")
        )
    if timezone.localdate() > ruling.objection_until:
        raise Refusal(_("The window for objections ended on %(day)s.") % {"day": ruling.objection_until})
    if not words.strip():
        raise Refusal(_("Please write what is wrong with the ruling."))
    objection = ruling.objections.create(party=party, person=person, words=words.strip())
    file_paper(
        case=case,
        kind="objection",
        content=content.objection(objection),
        title=f"异议书 {ruling.number}",
        by=person,
        role=Role(person.role),
    )
    remember(case, "court.objection", by=person, number=ruling.number, words=words.strip())
    return objection


@transaction.atomic
def answer_objection(*, objection_id: int, judge: User, answer: str) -> Objection:
    """The court answers an objection."""
    objection = Objection.objects.select_related("ruling__application").get(pk=objection_id)
    _application, case = _on_the_bench(objection.ruling.application_id, judge)
    objection.refresh_from_db()
    if not answer.strip():
        raise Refusal(_("Please write the answer."))
    if objection.answered_at and objection.answer == answer.strip():
        return objection
    if objection.answered_at:
        raise Refusal(_("This objection has been answered."))
    objection.answer, objection.answered_by, objection.answered_at = answer.strip(), judge, timezone.now()
    objection.save()
    remember(case, "court.answer_objection", by=judge, number=objection.ruling.number, answer=answer.strip())
    return objection


@transaction.atomic
def go_without_ruling(*, case_id: UUID, staff: User) -> Case:
    """Go on to performance without a ruling: both sides chose not to apply, or the 30 days are over."""
    case = lock_case(case_id)
    if live_application(case):
        raise Refusal(_("An application is under way."))
    take(GO_WITHOUT_RULING, case, by=staff)
    return case


def for_bench(court_user: User) -> list[JointApplication]:
    """Everything that lies with this judge's court, what waits first."""
    shown = JointApplication.objects.filter(court=court_user.court).filter(
        ~Q(state=JointApplication.State.GATHERING)
    )
    return list(
        shown.select_related("case__centre", "agreement__proposal", "court", "ruling").prefetch_related(
            "case__parties__institution", "case__clocks", "agreement__proposal__terms"
        )
    )
