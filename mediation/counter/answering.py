"""答辩 as an act: the loan and the answers, together or not at all."""

from django.utils.translation import gettext_lazy as _

from cases.roles import Role
from cases.services.answering import answer_claims, state_loan
from cases.workflow import Stage
from mediation.counter.forms import PAPERS, AnswerForm, as_fraction
from mediation.files.taking import take_files
from mediation.parties.acts.shape import Act, Done
from mediation.parties.situation import Situation


def _answer(s: Situation, done: Done) -> object:
    data, form = done.data, done.data["form"]
    for name, kind in PAPERS.items():
        take_files(data[name], case_id=s.case.pk, person=s.person, captured=form.captured, kind=kind)
    state_loan(
        case_id=s.case.pk,
        person=s.person,
        principal_fen=data["principal"],
        received_fen=data["received"],
        payments=data["payments"],
        contract_no=data["contract_no"],
        product=data["product"],
        contract_on=data["contract_on"],
        nominal_rate=as_fraction(data["rate"]),
        account=data["account"],
    )
    return answer_claims(case_id=s.case.pk, person=s.person, replies=form.replies())


def _answered(s: Situation, done: Done) -> bool:
    """Every claim and the loan already say exactly this."""
    loan = getattr(s.case, "loan", None)
    schedule = [(one["month"], one["fen"]) for one in loan.schedule] if loan else []
    replies = done.data["form"].replies()
    said = {
        one.number: (one.answer.position, one.answer.words, one.answer.amount_fen)
        for one in s.case.claims.select_related("answer")
        if hasattr(one, "answer")
    }
    told = {
        number: (reply.position, reply.words.strip(), reply.amount_fen) for number, reply in replies.items()
    }
    return (
        said == told
        and schedule == list(done.data["payments"])
        and not any(done.data[name] for name in PAPERS)
    )


ANSWER = Act(
    name="answer",
    title=_("Answer the claims"),
    offer=_("Answer the claims"),
    button=_("Send the answer"),
    told=_("Your answer is with the citizen and the mediator."),
    ask=_("Please answer each claim and state the figures of the loan."),
    hint=_("No answer is never a yes. An answer can be changed until the talks begin."),
    limit="answer",
    form=AnswerForm,
    is_open=lambda s: s.stage == Stage.FACT_FINDING,
    is_due=lambda s: s.stage == Stage.FACT_FINDING and not s.is_answered,
    run=_answer,
    was_done=_answered,
    lays_out="counter/answer_fields.html",
    icon="edit",
    part="answer",
    by={Role.INSTITUTION},
)
