"""Stages and lawful steps, as data (流程). A new rule is a new row; one test walks every step × stage × role."""

from collections.abc import Set
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.errors import StepRefused
from cases.roles import Role


class Stage(TextChoices):
    """Where a case stands."""

    INTAKE = "intake", _("Application")  # 申请
    ACCEPTANCE = "acceptance", _("Acceptance")  # 受理
    SUPPLEMENT = "supplement", _("Supplement")  # 补正
    FACT_FINDING = "fact_finding", _("Fact-finding")  # 调查
    MEDIATION = "mediation", _("Mediation")  # 调解
    SIGNING = "signing", _("Signing")  # 签约
    CONFIRMATION = "confirmation", _("Judicial confirmation")  # 司法确认
    PERFORMANCE = "performance", _("Performance")  # 履行
    CLOSED = "closed", _("Closed")  # 结案


class Ending(TextChoices):
    """The eight grounds on which online mediation ends (人民法院在线调解规则 Art 25)."""

    AGREEMENT = "agreement", _("The parties reached an agreement")  # 达成调解协议
    SETTLED = "settled", _("The parties settled, the application was withdrawn")  # 自行和解并撤回
    UNREACHABLE = "unreachable", _("The other side could not be reached")  # 无法取得联系
    UNWILLING = "unwilling", _("One side does not want mediation")  # 一方不愿调解
    TOO_FAR_APART = "too_far_apart", _("The sides are too far apart")  # 分歧较大
    PERIOD_OVER = "period_over", _("The time limit ran out")  # 期限届满
    REFUSES_TO_SIGN = "refuses_to_sign", _("One side refused to sign")  # 拒绝签字
    OTHER = "other", _("Another reason")  # 其他


@dataclass(frozen=True, slots=True)
class Step:
    """One lawful move: from where, to where, by whom, which time limits it starts and which it meets."""

    name: str
    source: Set[Stage]
    target: Stage
    by: Set[Role]
    starts: tuple[str, ...] = ()
    meets: tuple[str, ...] = field(default=())

    def check(self, stage: str, role: str) -> None:
        """Raise StepRefused unless a person of this role may take this step from this stage."""
        if stage not in self.source:
            raise StepRefused(
                _(
                    "This cannot be done now: the case is at “%(stage)s”. Reload the page to see what comes next."
                )
                % {"stage": Stage(stage).label}
            )
        if role not in self.by:
            raise StepRefused(_("This step is not yours to take."))


OPEN = {
    Stage.ACCEPTANCE,
    Stage.SUPPLEMENT,
    Stage.FACT_FINDING,
    Stage.MEDIATION,
    Stage.SIGNING,
}
STAFF = {Role.OFFICER, Role.MEDIATOR}
PARTIES = {Role.CITIZEN, Role.INSTITUTION}

FILE = Step("file", {Stage.INTAKE}, Stage.ACCEPTANCE, by={Role.CITIZEN}, starts=("acceptance",))
ASK_SUPPLEMENT = Step(
    "ask_supplement",
    {Stage.ACCEPTANCE},
    Stage.SUPPLEMENT,
    by={Role.OFFICER},
    starts=("supplement",),
    meets=("acceptance",),
)
SUPPLEMENT = Step(
    "supplement",
    {Stage.SUPPLEMENT},
    Stage.ACCEPTANCE,
    by={Role.CITIZEN},
    starts=("acceptance",),
    meets=("supplement",),
)
DECLINE = Step(
    "decline", {Stage.ACCEPTANCE, Stage.SUPPLEMENT}, Stage.CLOSED, by={Role.OFFICER}, meets=("acceptance",)
)
ACCEPT = Step(
    "accept",
    {Stage.ACCEPTANCE},
    Stage.FACT_FINDING,
    by={Role.OFFICER},
    starts=("contact", "answer", "choice", "mediation"),
    meets=("acceptance",),
)
ANSWER = Step(
    "answer",
    {Stage.FACT_FINDING},
    Stage.FACT_FINDING,
    by={Role.INSTITUTION},
    meets=("contact", "answer"),
)
ASSIGN = Step(
    "assign",
    {Stage.FACT_FINDING, Stage.MEDIATION},
    Stage.FACT_FINDING,
    by={Role.OFFICER},
    starts=("assignment",),
    meets=("choice",),
)
TAKE_ON = Step("take_on", {Stage.FACT_FINDING}, Stage.FACT_FINDING, by={Role.MEDIATOR}, meets=("assignment",))
OPEN_MEDIATION = Step("open_mediation", {Stage.FACT_FINDING}, Stage.MEDIATION, by={Role.MEDIATOR})
AGREE = Step("agree", {Stage.MEDIATION}, Stage.SIGNING, by=PARTIES)
REOPEN = Step("reopen", {Stage.SIGNING}, Stage.MEDIATION, by={Role.MEDIATOR})
TAKE_EFFECT = Step(
    "take_effect",
    {Stage.SIGNING},
    Stage.CONFIRMATION,
    by=PARTIES | {Role.MEDIATOR},
    starts=("confirmation_window",),
    meets=("mediation",),
)
APPLY = Step(
    "apply",
    {Stage.CONFIRMATION},
    Stage.CONFIRMATION,
    by=PARTIES,
    starts=("court_acceptance", "court_decision"),
    meets=("confirmation_window",),
)
CONFIRM = Step(
    "confirm",
    {Stage.CONFIRMATION},
    Stage.PERFORMANCE,
    by={Role.COURT},
    starts=("objection", "interested_objection"),
    meets=("court_acceptance", "court_decision"),
)
DISMISS = Step(
    "dismiss",
    {Stage.CONFIRMATION},
    Stage.MEDIATION,
    by={Role.COURT},
    meets=("court_acceptance", "court_decision"),
)
GO_WITHOUT_RULING = Step(
    "go_without_ruling",
    {Stage.CONFIRMATION},
    Stage.PERFORMANCE,
    by={Role.MEDIATOR, Role.SYSTEM},
    meets=("confirmation_window",),
)
FULFIL = Step(
    "fulfil",
    {Stage.PERFORMANCE},
    Stage.CLOSED,
    by=PARTIES | {Role.MEDIATOR, Role.SYSTEM},
)
WITHDRAW = Step("withdraw", OPEN, Stage.CLOSED, by={Role.CITIZEN})
REFUSE = Step("refuse", {Stage.FACT_FINDING, Stage.MEDIATION, Stage.SIGNING}, Stage.CLOSED, by=PARTIES)
END = Step(
    "end",
    {Stage.FACT_FINDING, Stage.MEDIATION, Stage.SIGNING},
    Stage.CLOSED,
    by={Role.MEDIATOR, Role.OFFICER},
)
EXPIRE = Step(
    "expire",
    {Stage.FACT_FINDING, Stage.MEDIATION, Stage.SIGNING},
    Stage.CLOSED,
    by={Role.OFFICER, Role.MEDIATOR, Role.SYSTEM},
)

STEPS: dict[str, Step] = {step.name: step for step in list(globals().values()) if isinstance(step, Step)}
