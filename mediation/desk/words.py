"""Words of the desk: what each entry of a chain tells, and who somebody is."""

from collections.abc import Collection

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.roles import Role

EVENTS: dict[str, Promise] = {
    "case.file": _("Application filed"),
    "case.match_respondent": _("Other side matched with the list"),
    "case.ask_supplement": _("More papers asked for"),
    "case.supplement": _("Papers added"),
    "case.accept": _("Dispute accepted"),
    "case.decline": _("Dispute declined"),
    "case.answer": _("Institution answered"),
    "case.assign": _("Mediator assigned"),
    "case.take_on": _("Mediator disclosed and took the case on"),
    "case.open_mediation": _("Mediation opened"),
    "case.agree": _("Both sides accepted the same terms"),
    "case.reopen": _("Talks reopened"),
    "case.take_effect": _("Agreement in force"),
    "case.apply": _("Confirmation applied for"),
    "case.confirm": _("Court confirmed the agreement"),
    "case.dismiss": _("Court dismissed the application"),
    "case.go_without_ruling": _("Performance without a ruling"),
    "case.fulfil": _("Everything done, case closed"),
    "case.withdraw": _("Application withdrawn"),
    "case.refuse": _("One side refused mediation"),
    "case.end": _("Mediation ended"),
    "case.expire": _("Time ran out, mediation ended"),
    "case.pause": _("Clock paused"),
    "case.resume": _("Clock running again"),
    "loan.state": _("Figures of the loan stated"),
    "party.complete": _("Identity and address completed"),
    "mediator.choose": _("A side chose a mediator"),
    "mediator.give_back": _("Mediator gave the case back"),
    "mediator.accept": _("A side accepted the mediator"),
    "mediator.object": _("A side asked for another mediator"),
    "extension.ask": _("More time asked for"),
    "extension.agree": _("A side agreed to more time"),
    "extension.refuse": _("A side refused more time"),
    "extension.grant": _("More time agreed by both sides"),
    "limit.near": _("A limit is near"),
    "limit.ending": _("Both sides reminded that the mediation ends"),
    "limit.today": _("A limit ends today"),
    "limit.late": _("A limit has passed"),
    "limit.supervise": _("Supervisor told of a passed limit"),
    "limit.passed": _("A right was not used in its time"),
    "limit.recount": _("A last day moved after a recount"),
    "limit.settle": _("A provisional day is certain now"),
    "exhibit.add": _("Exhibit handed in"),
    "exhibit.describe": _("Kind of an exhibit named"),
    "exhibit.withdraw": _("Exhibit taken back"),
    "deposit.take_in": _("File taken into safe keeping"),
    "hearing.call": _("Hearing called"),
    "hearing.join": _("Seat taken at the hearing"),
    "hearing.open": _("Hearing opened"),
    "hearing.agree_recording": _("Recording agreed to"),
    "hearing.refuse_recording": _("Recording refused"),
    "hearing.check_identity": _("Identity checked"),
    "hearing.end": _("Hearing ended"),
    "hearing.admit": _("Person let in to the hearing"),
    "hearing.send_out": _("Person asked to wait outside"),
    "hearing.take_part_by": _("Way of taking part changed"),
    "hearing.begin_caucus": _("Private talk begun"),
    "hearing.end_caucus": _("Private talk ended"),
    "hearing.invite": _("Helper or interpreter invited"),
    "hearing.speak_as": _("Said how they speak"),
    "hearing.ask_interpreter": _("Interpreter asked for"),
    "hearing.agree_apart": _("Agreed to speak at different times"),
    "hearing.refuse_apart": _("Refused to speak at different times"),
    "recording.start": _("Sound of a microphone begun"),
    "recording.seal": _("Sound of a microphone sealed"),
    "recording.ask": _("Recording sent to be written down"),
    "recording.ask_again": _("Recording to be written down again"),
    "transcript.heard": _("Recording written down"),
    "transcript.write": _("Line of the transcript written"),
    "transcript.check": _("Line of the transcript checked"),
    "transcript.take_back": _("Line of the transcript undone"),
    "transcript.ready": _("Transcript ready to read"),
    "transcript.correct": _("Transcript corrected"),
    "transcript.name_speaker": _("Speaker named"),
    "transcript.ask_speakers": _("Voices to be compared, with everybody's agreement"),
    "transcript.propose_speakers": _("Speakers proposed by the machine"),
    "transcript.confirm_speakers": _("Proposed speakers confirmed"),
    "transcript.reopen_speakers": _("Confirmed speakers undone"),
    "transcript.confirm": _("Transcript confirmed"),
    "transcript.object": _("Objection to the transcript"),
    "transcript.issue": _("Transcript made a paper"),
    "transcript.open_to_court": _("A side lets the court read the transcript"),
    "transcript.close_to_court": _("A side does not let the court read the transcript"),
    "facts.offer": _("Undisputed facts written down"),
    "facts.confirm": _("A side confirmed the facts"),
    "facts.issue": _("Undisputed facts made a paper"),
    "precedent.put_forward": _("Put forward for the library"),
    "suggestion.offer": _("Machine suggestion made"),
    "suggestion.adopt": _("Mediator decided on the suggestion"),
    "suggestion.dismiss": _("Suggestion set aside"),
    "suggestion.choose": _("A side decided on machine suggestions"),
    "bid.ask": _("A side asked for sealed figures"),
    "bid.open": _("Both sides chose sealed figures"),
    "bid.seal": _("A side sealed a figure"),
    "bid.leave": _("Round of sealed figures left"),
    "bid.apart": _("Sealed figures do not meet"),
    "bid.overlap": _("Sealed figures meet"),
    "bid.decide": _("A side answered the middle"),
    "bid.agree": _("Both sides accept the middle"),
    "bid.lapse": _("Round of sealed figures ran out"),
    "proposal.offer": _("Terms offered"),
    "proposal.accept": _("A side accepted the terms"),
    "proposal.reject": _("A side rejected the terms"),
    "agreement.draft": _("Agreement drawn up"),
    "agreement.sign": _("Agreement signed"),
    "court.consent": _("A side signed the joint application"),
    "court.send": _("Packet sent to the court"),
    "court.accept": _("Court took the application up"),
    "court.supplement": _("Court asks for papers"),
    "court.supply": _("Papers supplied to the court"),
    "court.objection": _("Objection to the ruling"),
    "court.answer_objection": _("Court answered the objection"),
    "packet.export": _("Evidence packet made"),
    "dossier.ask": _("Case file asked for"),
    "dossier.make": _("Case file put together"),
    "delivery.consent": _("Consent to electronic service given"),
    "delivery.decline": _("Consent to electronic service refused or taken back"),
    "delivery.ask": _("Somebody is to be called or written to"),
    "delivery.call": _("A call about a notice"),
    "delivery.post": _("A notice went by post"),
    "delivery.slip": _("Return slip of a notice"),
    "delivery.confirm": _("A side says a notice was received"),
    "delivery.unreached": _("Nobody was reached"),
    "notice.fail": _("A message did not arrive"),
    "paper.ask": _("Paper asked for"),
    "paper.write": _("Paper written by the office"),
    "paper.fail": _("Paper could not be made"),
    "paper.mark": _("Letters on a paper were not printed"),
    "paper.mend": _("Letters added on a paper by hand"),
    "privacy.answer": _("Answers about personal data given"),
    "debt.dates": _("Dates of the debt stated"),
    "limitation.warned": _("Note about an old debt read"),
    "ending.describe": _("Notice of the end completed"),
    "performance.pay": _("Payment reported"),
    "performance.confirm": _("Payment confirmed"),
    "performance.plan": _("Payment plan written down"),
    "performance.dispute": _("Payment disputed"),
    "performance.reject": _("Payment found not to have arrived"),
    "performance.due_soon": _("An instalment is due soon"),
    "performance.late": _("An instalment is late"),
    "performance.default": _("Default declared"),
}
PEOPLE: dict[str, Promise] = {
    Role.OFFICER: _("Officer"),
    Role.MEDIATOR: _("Mediator"),
    Role.CITIZEN: _("Claimant"),
    Role.INSTITUTION: _("Institution"),
    Role.COURT: _("Court"),
    Role.SYSTEM: _("System"),
}
KINDS = {
    "exhibit": "evidence",
    "deposit": "evidence",
    "hearing": "hearing",
    "transcript": "hearing",
    "packet": "seal",
}


def event_in_words(event: str, role: str = "") -> str:
    """What an entry tells; its code where no words were written for it."""
    if event == "exhibit.add" and role == Role.SYSTEM:
        return gettext("Paper made")
    return str(EVENTS.get(event, event))


def kind_of(event: str) -> str:
    """The colour group of an entry in the drawing of a chain."""
    if event in {"agreement.sign", "court.consent", "facts.confirm", "transcript.confirm"}:
        return "sign"
    return KINDS.get(event.partition(".")[0], "step")


def people(roles: Collection[str]) -> str:
    """Who these are, in a word or two; both parties together are “both sides”."""
    if set(roles) == {Role.CITIZEN, Role.INSTITUTION}:
        return gettext("Both sides")
    return " / ".join(str(PEOPLE[role]) for role in PEOPLE if role in roles)
