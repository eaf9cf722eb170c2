"""经过: what happened in a case, as both sides may read it. Taken from the chain's envelopes; no sealed words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.roles import Role
from evidence.models import Entry
from mediation.parties.situation import Situation

# What is told to both sides. Anything not named here stays out: what the machine did, what was said in confidence.
TOLD: Mapping[str, str | Promise] = {
    "case.file": _("The application was filed."),
    "case.ask_supplement": _("The centre asked for something to be added."),
    "case.supplement": _("Something was added to the application."),
    "case.accept": _("The case was accepted. The other side was invited."),
    "case.decline": _("The application was not accepted."),
    "case.answer": _("The institution answered the claims."),
    "loan.state": _("The figures of the loan were written down."),
    "mediator.choose": _("A side named a mediator."),
    "case.assign": _("A mediator was named."),
    "case.take_on": _("The mediator made a disclosure and took the case on."),
    "mediator.object": _("A side asked for another mediator."),
    "mediator.give_back": _("The mediator gave the case back."),
    "case.open_mediation": _("The talks began."),
    "hearing.call": _("A meeting was called."),
    "hearing.end": _("The meeting ended."),
    "transcript.ready": _("The minutes of the meeting are ready to be read."),
    "transcript.issue": _("Both sides confirmed the minutes; they are a paper now."),
    "facts.offer": _("The mediator wrote down what is not disputed."),
    "facts.confirm": _("A side confirmed what is not disputed."),
    "case.pause": _("The clock was paused."),
    "case.resume": _("The clock runs again."),
    "extension.ask": _("The mediator asked for more time."),
    "extension.grant": _("Both sides agreed to more time."),
    "extension.refuse": _("A side did not agree to more time."),
    "proposal.offer": _("A proposal was made."),
    "proposal.accept": _("A side accepted the proposal."),
    "proposal.reject": _("A side did not accept the proposal."),
    "bid.ask": _("A side would like both to seal a figure."),
    "bid.open": _("Both sides chose to seal a figure."),
    "bid.leave": _("A round of sealed figures ended: a side did not want it, or left."),
    "bid.apart": _("The sealed figures do not meet."),
    "bid.overlap": _("The sealed figures meet."),
    "bid.agree": _("Both sides accept the middle of their figures."),
    "bid.lapse": _("A round of sealed figures ended: the time ran out."),
    "case.agree": _("Both sides accepted the same proposal."),
    "agreement.draft": _("The agreement was drawn up."),
    "agreement.sign": _("The agreement was signed."),
    "case.take_effect": _("The agreement took effect."),
    "case.reopen": _("The talks were opened again."),
    "court.consent": _("A side signed the application to the court."),
    "case.apply": _("The application went to the court."),
    "court.accept": _("The court took the application up."),
    "court.supplement": _("The court asked for more."),
    "court.supply": _("What the court asked for was added."),
    "case.confirm": _("The court confirmed the agreement."),
    "case.dismiss": _("The court did not confirm the agreement."),
    "case.go_without_ruling": _("The agreement is carried out without a ruling."),
    "court.objection": _("A side objected to the ruling."),
    "court.answer_objection": _("The court answered the objection."),
    "performance.pay": _("A payment or an act was recorded."),
    "performance.confirm": _("It was confirmed."),
    "performance.plan": _("It was written down who pays what and when."),
    "performance.dispute": _("A side says that it did not arrive."),
    "performance.reject": _("The mediator found that it did not arrive."),
    "performance.late": _("Something is late."),
    "performance.default": _("A side stated a default."),
    "case.fulfil": _("All that was agreed has been done."),
    "case.withdraw": _("The application was withdrawn."),
    "case.refuse": _("A side does not want to mediate."),
    "case.end": _("The mediator ended the mediation."),
    "case.expire": _("The time limit ran out."),
    "limit.recount": _("A last day was counted anew and moved."),
}
SIDES = {Role.CITIZEN, Role.INSTITUTION}


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the story."""

    at: datetime
    text: str
    by: str


def happened(s: Situation) -> list[Happened]:
    """The story of the case, newest first."""
    entries = Entry.objects.filter(chain=s.case.chain, event__in=TOLD).order_by("-seq")
    return [Happened(one.at, str(TOLD[one.event]), _by(s, one.role)) for one in entries]


def _by(s: Situation, role: str) -> str:
    if role == s.role:
        return gettext("You")
    if role in SIDES:
        return gettext("The other side")
    return str(Role(role).label) if role in Role.values and role != Role.SYSTEM else ""
