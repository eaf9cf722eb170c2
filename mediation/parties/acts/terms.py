"""Proposals, signatures, and the way to the court."""

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.errors import Refusal
from cases.workflow import Stage
from mediation.agreements import services as agreements
from mediation.agreements.models import Proposal
from mediation.court import services as court
from mediation.court.models import JointApplication
from mediation.parties.acts.shape import Act, Done
from mediation.parties.forms.common import YES
from mediation.parties.forms.terms import (
    ApplyForm,
    CounterForm,
    CourtPapersForm,
    ObjectionForm,
    ProposalReplyForm,
    SignForm,
)
from mediation.parties.guard import note_read
from mediation.parties.situation import Situation

State = JointApplication.State


def _version_read(s: Situation, done: Done) -> Proposal:
    read = next((one for one in s.proposals if one.version == done.data["version"]), None)
    if read is None:
        raise Refusal(gettext("This version is no longer open. Please look at the newest one."))
    return read


def _respond(s: Situation, done: Done) -> object:
    note_read(s, "proposal", done.data["form"])
    return agreements.respond(
        proposal_id=_version_read(s, done).pk,
        person=s.person,
        accepts=done.data["decision"] == YES,
        words=done.data["words"],
    )


def _responded(s: Situation, done: Done) -> bool:
    said = _version_read(s, done).responses.filter(party=s.party).first()
    return bool(said and said.accepted == (done.data["decision"] == YES))


PROPOSAL = Act(
    name="proposal",
    title=_("The proposal"),
    offer=_("Read the proposal and reply"),
    button=_("Send my reply"),
    told=_("Your reply is noted."),
    ask=_("There is a proposal. Please read it and say yes or no."),
    hint=_("Take your time. Nobody may press you. No answer is not a yes."),
    limit="mediation",
    form=ProposalReplyForm,
    is_open=lambda s: s.is_proposal_open,
    is_due=lambda s: s.is_proposal_open and s.my_response is None,
    run=_respond,
    was_done=_responded,
    shows="parties/proposal.html",
    icon="scale",
    part="proposal",
)


def _counter(s: Situation, done: Done) -> object:
    form = done.data["form"]
    note_read(s, "counter-proposal", form)
    proposal = agreements.offer_proposal(
        case_id=s.case.pk, person=s.person, terms=form.terms(), wording=form.wording()
    )
    if done.data["agrees"]:
        agreements.respond(proposal_id=proposal.pk, person=s.person, accepts=True)
    return proposal


def _countered(s: Situation, done: Done) -> bool:
    """The newest version is this side's own and says the same."""
    newest = s.proposal
    if newest is None or newest.by_id != s.person.pk or newest.note != done.data["note"]:
        return False
    drafts = [(d.kind, d.payer, d.amount_fen, d.parts, d.due_on, d.words) for d in done.data["form"].terms()]
    terms = [(t.kind, t.payer, t.amount_fen, t.parts, t.due_on, t.words) for t in newest.terms.all()]
    return drafts == terms


COUNTER = Act(
    name="counter-proposal",
    title=_("Make a proposal of your own"),
    offer=_("Make a proposal of your own"),
    button=_("Send the proposal"),
    told=_("Your proposal is with the other side and the mediator."),
    hint=_("It replaces the proposal that is open now. Only what both sides accept counts."),
    form=CounterForm,
    is_open=lambda s: s.stage == Stage.MEDIATION,
    run=_counter,
    was_done=_countered,
    icon="edit",
    part="proposal",
)


def _sign(s: Situation, done: Done) -> object:
    read = s.case.agreements.filter(pk=done.data["agreement"]).first()
    if read is None:
        raise Refusal(gettext("The agreement was drawn up anew. Please read the new text."))
    note_read(s, "agreement", done.data["form"])
    return agreements.sign(agreement_id=read.pk, person=s.person, read_to_end=done.data["read_to_end"])


def _may_sign(s: Situation) -> bool:
    return s.stage == Stage.SIGNING and s.role in s.unsigned


SIGN = Act(
    name="agreement",
    title=_("Read and sign the agreement"),
    offer=_("Read and sign the agreement"),
    button=_("Sign"),
    told=_("You have signed."),
    ask=_("The agreement is drawn up. Please read it to the end, then sign."),
    hint=_("It takes effect when both sides and the mediator have signed."),
    limit="mediation",
    form=SignForm,
    is_open=_may_sign,
    is_due=_may_sign,
    run=_sign,
    was_done=lambda s, done: s.case.agreements.filter(
        pk=done.data["agreement"], signatures__role=s.role, set_aside_at__isnull=True
    ).exists(),
    shows="parties/agreement.html",
    icon="sign",
    part="agreement",
)


def _may_apply(s: Situation) -> bool:
    if s.stage != Stage.CONFIRMATION or s.in_force is None:
        return False
    window = s.clocks.get("confirmation_window")
    if window and s.today > window.overdue_on:
        return False
    application = court.live_application(s.case)
    return application is None or (application.state == State.GATHERING and not s.has_consented)


APPLY = Act(
    name="court",
    title=_("Ask the court to confirm the agreement"),
    offer=_("Ask the court to confirm the agreement"),
    button=_("Sign the joint application"),
    told=_("You have signed the joint application."),
    ask=_("Both sides can now ask the court to confirm the agreement."),
    limit="confirmation_window",
    form=ApplyForm,
    is_open=_may_apply,
    is_due=_may_apply,
    run=lambda s, _done: court.apply_jointly(case_id=s.case.pk, person=s.person),
    was_done=lambda s, _done: s.has_consented,
    shows="parties/confirmation.html",
    icon="court",
    part="court",
)


def _asked_by_court(s: Situation) -> bool:
    return bool(s.application and s.application.state == State.SUPPLEMENT)


def _supply(s: Situation, done: Done) -> object:
    if s.application is None:
        raise Refusal(gettext("The court is not waiting for papers."))
    return court.supply_papers(application_id=s.application.pk, person=s.person, words=done.data["words"])


COURT_PAPERS = Act(
    name="court-papers",
    title=_("The court asks for something"),
    offer=_("Answer the court"),
    button=_("Send to the court"),
    told=_("The court has what you added."),
    ask=_("The court asks for more papers or an explanation."),
    limit="court_decision",
    form=CourtPapersForm,
    is_open=_asked_by_court,
    is_due=_asked_by_court,
    run=_supply,
    was_done=lambda s, done: bool(
        s.application
        and s.application.state != State.SUPPLEMENT
        and done.data["words"].strip() in s.application.supplied
    ),
    shows="parties/asked_by_court.html",
    icon="court",
    part="court",
)


def _may_object(s: Situation) -> bool:
    until = s.ruling.objection_until if s.ruling else None
    return until is not None and timezone.localdate() <= until


def _object(s: Situation, done: Done) -> object:
    if s.ruling is None:
        raise Refusal(gettext("There is no ruling yet."))
    return court.object_to_ruling(ruling_id=s.ruling.pk, person=s.person, words=done.data["words"])


OBJECT = Act(
    name="objection",
    title=_("Object to the ruling"),
    offer=_("Object to the ruling"),
    button=_("Send the objection"),
    told=_("The court has your objection."),
    hint=_("Only if something in the ruling is wrong. The ruling stands until the court says otherwise."),
    limit="objection",
    form=ObjectionForm,
    is_open=_may_object,
    run=_object,
    was_done=lambda s, done: any(
        one.party_id == s.party.pk and one.words == done.data["words"].strip()
        for one in (s.ruling.objections.all() if s.ruling else ())
    ),
    shows="parties/ruling.html",
    icon="alert",
    part="court",
)
