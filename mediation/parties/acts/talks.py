"""From adding papers to the talks, and the ways out of them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import Exhibit
from cases.roles import Role
from cases.services import acceptance, assignment, closing, pauses, people
from cases.services.exhibits import withdraw_exhibit
from cases.workflow import OPEN, REFUSE, Stage
from mediation.parties.acts.shape import Act, Done
from mediation.parties.forms.common import YES, ActForm
from mediation.parties.forms.talks import (
    DisclosureReplyForm,
    EvidenceForm,
    ExtensionReplyForm,
    IdentityForm,
    MediatorForm,
    RefuseForm,
    SupplementForm,
    WithdrawForm,
)
from mediation.parties.situation import Situation

TALKS = {Stage.FACT_FINDING, Stage.MEDIATION}
UNTIL_SIGNED = {Stage.ACCEPTANCE, Stage.SUPPLEMENT, Stage.FACT_FINDING, Stage.MEDIATION, Stage.SIGNING}


def _supplement(s: Situation, done: Done) -> object:
    return acceptance.supplement(case_id=s.case.pk, person=s.person, words=done.data["words"])


def _supplemented(s: Situation, done: Done) -> bool:
    last = s.case.steps.filter(name="supplement").last()
    return s.stage == Stage.ACCEPTANCE and last is not None and last.note == done.data["words"].strip()


SUPPLEMENT = Act(
    name="supplement",
    title=_("Add what is missing"),
    offer=_("Add what is missing"),
    button=_("Send"),
    told=_("Received. We look at it again."),
    ask=_("Something is still missing. Please add it."),
    limit="supplement",
    form=SupplementForm,
    is_open=lambda s: s.stage == Stage.SUPPLEMENT,
    is_due=lambda s: s.stage == Stage.SUPPLEMENT,
    run=_supplement,
    was_done=_supplemented,
    shows="parties/asked_to_add.html",
    icon="edit",
    by={Role.CITIZEN},
)

EVIDENCE = Act(
    name="evidence",
    title=_("Hand in evidence"),
    offer=_("Hand in evidence"),
    button=_("Hand in"),
    told=_("Received. It is kept safely."),
    hint=_("Each file is kept exactly as it is. Anyone can check that nothing was changed."),
    form=EvidenceForm,
    is_open=lambda s: not s.case.is_closed and s.stage != Stage.INTAKE,
    run=lambda _s, done: done.exhibits,
    icon="upload",
    part="evidence",
    private_field="is_private",
    kind_field="kind",
)


def _own_exhibit(s: Situation, pk: int) -> Exhibit | None:
    mine = s.case.exhibits.filter(by_role=s.role).exclude(kind=Exhibit.Kind.DOCUMENT)
    return mine.select_related("deposit").filter(pk=pk).first()


WITHDRAW_EXHIBIT = Act(
    name="withdraw-evidence",
    title=_("Take this file back?"),
    offer=_("Take back"),
    button=_("Take it back"),
    told=_("Taken back. The other side no longer sees it."),
    hint=_("The other side no longer sees it. Its fingerprint stays in the record."),
    form=ActForm,
    is_open=lambda s: not s.case.is_closed,
    find=_own_exhibit,
    run=lambda s, done: withdraw_exhibit(exhibit_id=done.target.pk, by=s.person, role=s.role),
    was_done=lambda _s, done: done.target.withdrawn_at is not None,
    shows="parties/exhibit.html",
    icon="trash",
    part="evidence",
    grave=True,
)

CHOOSE = Act(
    name="mediator",
    title=_("Choose a mediator"),
    offer=_("Choose a mediator"),
    button=_("Choose this mediator"),
    told=_("Your wish is noted. If both sides name the same mediator, it is settled."),
    ask=_("You can say which mediator you would like."),
    hint=_("If both sides name the same one, it is settled. Otherwise the centre appoints someone."),
    limit="choice",
    form=MediatorForm,
    is_open=lambda s: s.stage == Stage.FACT_FINDING and not s.case.mediator_id,
    is_due=lambda s: s.stage == Stage.FACT_FINDING and not s.case.mediator_id and not s.my_choice,
    run=lambda s, done: assignment.choose_mediator(
        case_id=s.case.pk, person=s.person, mediator_id=done.data["mediator"]
    ),
    was_done=lambda s, done: bool(s.my_choice and s.my_choice.mediator_id == done.data["mediator"]),
    icon="users",
    part="mediator",
)


def _reply_to_disclosure(s: Situation, done: Done) -> object:
    return assignment.reply_to_disclosure(
        case_id=s.case.pk,
        person=s.person,
        accepts=done.data["decision"] == YES,
        words=done.data["words"],
    )


DISCLOSURE = Act(
    name="disclosure",
    title=_("The mediator's disclosure"),
    offer=_("Reply to the mediator's disclosure"),
    button=_("Send my reply"),
    told=_("Your reply is noted."),
    ask=_("The mediator disclosed a relation. Please say whether you want to go on."),
    form=DisclosureReplyForm,
    is_open=lambda s: s.stage in TALKS and s.disclosure is not None,
    is_due=lambda s: bool(s.stage in TALKS and s.disclosure and s.disclosure.has_relation and not s.my_reply),
    run=_reply_to_disclosure,
    was_done=lambda s, done: bool(
        s.disclosure and s.my_reply and s.my_reply.accepts == (done.data["decision"] == YES)
    ),
    shows="parties/disclosure.html",
    icon="user",
    part="mediator",
)

EXTENSION = Act(
    name="extension",
    title=_("More time?"),
    offer=_("Reply about more time"),
    button=_("Send my reply"),
    told=_("Your reply is noted."),
    ask=_("The mediator asks for more time. Please say whether you agree."),
    limit="mediation",
    form=ExtensionReplyForm,
    is_open=lambda s: s.extension is not None and not s.case.is_closed and not s.agreed_to_extension,
    is_due=lambda s: s.extension is not None and not s.case.is_closed and not s.agreed_to_extension,
    run=lambda s, done: pauses.reply_to_extension(
        case_id=s.case.pk, person=s.person, agrees=done.data["decision"] == YES
    ),
    was_done=lambda s, done: _decided(s, agrees=done.data["decision"] == YES),
    shows="parties/extension.html",
    icon="clock",
    part="time",
)


def _decided(s: Situation, *, agrees: bool) -> bool:
    """Whether the newest extension already carries this very answer."""
    latest = s.case.extensions.first()
    if latest is None or not agrees:
        return bool(latest and latest.refused_at)
    return bool(latest.claimant_agreed_at if s.party == s.case.claimant else latest.respondent_agreed_at)


def _complete(s: Situation, done: Done) -> object:
    return people.complete_party(case_id=s.case.pk, person=s.person, **_named(done, "id_number", "address"))


def _named(done: Done, *names: str) -> dict[str, Any]:
    return {name: done.data[name] for name in names}


IDENTITY = Act(
    name="identity",
    title=_("Your identity and address"),
    offer=_("Add your identity number and address"),
    button=_("Save"),
    told=_("Saved."),
    ask=_("Please add your identity number and address. The agreement must name them."),
    hint=_("An agreement must say who you are. Your number is kept encrypted."),
    form=IdentityForm,
    is_open=lambda s: s.stage in UNTIL_SIGNED and s.lacks_identity,
    is_due=lambda s: s.stage in {Stage.MEDIATION, Stage.SIGNING} and s.lacks_identity,
    run=_complete,
    was_done=lambda s, _done: not s.lacks_identity,
    icon="card",
    by={Role.CITIZEN},
)


def _withdraw(s: Situation, done: Done) -> object:
    settled = done.data["settled"] == YES
    return closing.withdraw_case(
        case_id=s.case.pk, person=s.person, settled=settled, reason=done.data["reason"]
    )


WITHDRAW = Act(
    name="withdraw",
    title=_("Withdraw the application?"),
    offer=_("Withdraw the application"),
    button=_("Withdraw"),
    told=_("Your application is withdrawn."),
    hint=_("The case is then closed. You can still go to court."),
    form=WithdrawForm,
    is_open=lambda s: s.stage in OPEN,
    run=_withdraw,
    was_done=lambda s, _done: s.case.is_closed and s.case.steps.filter(name="withdraw").exists(),
    icon="close",
    grave=True,
    by={Role.CITIZEN},
)

REFUSE_TO_MEDIATE = Act(
    name="refuse",
    title=_("No mediation?"),
    offer=_("I do not want to mediate"),
    button=_("End the mediation"),
    told=_("The mediation has ended."),
    hint=_("Mediation is voluntary. The case is then closed; both sides can still go to court."),
    form=RefuseForm,
    is_open=lambda s: s.stage in REFUSE.source,
    run=lambda s, done: closing.refuse_mediation(
        case_id=s.case.pk, person=s.person, reason=done.data["reason"]
    ),
    was_done=lambda s, _done: s.case.steps.filter(name="refuse", by=s.person).exists(),
    icon="hand",
    grave=True,
)
