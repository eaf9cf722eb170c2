"""Papers that a side may ask for at any time; they stand beside the case, not in its way."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Exhibit
from cases.roles import Role
from cases.services.limitation import STATED, state_debt_dates
from cases.workflow import Stage
from mediation.documents.kinds import KINDS
from mediation.papers import asked, consent
from mediation.parties.acts.shape import Act, Done
from mediation.parties.forms.common import ActForm
from mediation.parties.forms.papers import AgentForm, CreditForm, DebtDatesForm, PrivacyForm
from mediation.parties.situation import Situation


def _made_today(s: Situation, kind: str) -> Exhibit | None:
    """The paper of this kind that this side has asked for today, if any: a form sent twice makes one paper."""
    mine = s.case.exhibits.filter(kind=Exhibit.Kind.DOCUMENT, by=s.person).order_by("-number")
    today = (one for one in mine if timezone.localdate(one.at) == s.today)
    return next((one for one in today if one.title == KINDS[kind].title), None)


PROOF = Act(
    name="time-proof",
    title=_("Proof that you asked in time"),
    offer=_("Proof that you asked in time"),
    button=_("Make the paper"),
    told=_("The paper is among your papers."),
    hint=_(
        "Your application stops the clock for your claims. This paper says since which day (诉讼时效规定 Art 12)."
    ),
    form=ActForm,
    is_open=lambda s: s.case.filed_at is not None,
    run=lambda s, _done: asked.ask_interruption_proof(case_id=s.case.pk, person=s.person),
    was_done=lambda s, _done: _made_today(s, "interruption_proof") is not None,
    icon="clock",
    part="papers",
    aside=True,
    by={Role.CITIZEN},
)

AGENT = Act(
    name="agent",
    title=_("Let somebody act for you"),
    offer=_("Let somebody act for you"),
    button=_("Make the paper"),
    told=_("The power of attorney is among the papers. An institution prints it and puts its seal on."),
    hint=_("You need nobody. If you name somebody: what is not written here, the agent may not do."),
    form=AgentForm,
    is_open=lambda s: not s.case.is_closed and s.stage != Stage.INTAKE,
    run=lambda s, done: asked.name_agent(case_id=s.case.pk, person=s.person, agent=done.data["form"].agent()),
    icon="users",
    part="papers",
    aside=True,
)

PRIVACY = Act(
    name="privacy",
    title=_("Your data: yes or no, one by one"),
    offer=_("Your data: yes or no, one by one"),
    button=_("Send my answers"),
    told=_("Your answers are kept. The paper about them follows."),
    hint=_("Each matter by itself. No answer is a no. You may change it at any time."),
    form=PrivacyForm,
    is_open=lambda s: s.stage != Stage.INTAKE,
    run=lambda s, done: consent.answer_privacy(
        case_id=s.case.pk, person=s.person, answers=done.data["form"].answers()
    ),
    icon="lock",
    part="papers",
    aside=True,
    by={Role.CITIZEN},
)


def _dates_said(s: Situation, done: Done) -> bool:
    said = (s.case.answers.get(STATED) or {}).get(str(s.role))
    return bool(said == done.data["form"].dates())


DEBT_DATES = Act(
    name="debt-dates",
    title=_("Is the debt old?"),
    offer=_("Is the debt old?"),
    button=_("Save"),
    told=_("Noted. If the time may be over, you are told before you promise anything."),
    hint=_(
        "After three years without payment or demand a debt can be too old to be sued for. "
        "Only you and the mediator see this."
    ),
    form=DebtDatesForm,
    is_open=lambda s: not s.case.is_closed,
    run=lambda s, done: state_debt_dates(case_id=s.case.pk, person=s.person, dates=done.data["form"].dates()),
    was_done=_dates_said,
    icon="calendar",
    part="papers",
    aside=True,
    by={Role.CITIZEN},
)

CREDIT = Act(
    name="credit-objection",
    title=_("Object to your credit record"),
    offer=_("Object to your credit record"),
    button=_("Make the papers"),
    told=_(
        "The objection is among your papers. Print it, sign it, and send it with a copy of your identity card."
    ),
    hint=_(
        "Only you and the mediator see it. The bureau must answer in 20 days (征信业管理条例 Art 25). It costs nothing."
    ),
    form=CreditForm,
    is_open=lambda s: asked.concerns_credit_record(s.case),
    run=lambda s, done: asked.ask_credit_papers(
        case_id=s.case.pk, person=s.person, told=done.data["form"].told()
    ),
    was_done=lambda s, _done: _made_today(s, "credit_objection") is not None,
    icon="list",
    part="papers",
    aside=True,
    by={Role.CITIZEN},
)
