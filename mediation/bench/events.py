"""The entries of a chain as a court reads them: of what kind, and their name. Talks are named as talks and no more."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STEP, EVIDENCE, HEARING, SIGN, SEAL = "step", "evidence", "hearing", "sign", "seal"
CLOSED: Promise = _("Mediation, not open")
NAMES: dict[str, Promise] = {
    "case.file": _("Application filed"),
    "case.accept": _("Case accepted"),
    "case.assign": _("Mediator assigned"),
    "case.take_on": _("Mediator takes the case on"),
    "case.open_mediation": _("Talks begin"),
    "case.agree": _("Both sides accept the same terms"),
    "case.take_effect": _("Agreement takes effect"),
    "case.apply": _("Joint application goes to the court"),
    "case.confirm": _("Court confirms the agreement"),
    "case.dismiss": _("Court dismisses the application"),
    "case.fulfil": _("Agreement fulfilled"),
    "party.complete": _("Identity and address completed"),
    "deposit.take_in": _("File taken in"),
    "exhibit.add": _("File entered as exhibit"),
    "hearing.call": _("Hearing called"),
    "hearing.open": _("Hearing opened"),
    "hearing.join": _("A person joins the hearing"),
    "hearing.check_identity": _("Identity checked"),
    "hearing.agree_recording": _("Agrees to recording"),
    "hearing.refuse_recording": _("Refuses recording"),
    "hearing.end": _("Hearing ended"),
    "transcript.confirm": _("A side confirms the transcript"),
    "facts.offer": _("Undisputed facts set down"),
    "facts.confirm": _("A side confirms the undisputed facts"),
    "agreement.draft": _("Agreement drawn up"),
    "agreement.sign": _("Agreement signed"),
    "court.consent": _("A side signs the joint application"),
    "court.send": _("Packet sent to the court"),
    "court.accept": _("Court takes the application up"),
    "court.supplement": _("Court asks for papers"),
    "court.supply": _("A side adds papers"),
    "court.objection": _("A side objects to the ruling"),
    "court.answer_objection": _("Court answers the objection"),
    "packet.export": _("Packet sealed"),
}
KINDS = {
    "deposit": EVIDENCE,
    "exhibit": EVIDENCE,
    "hearing": HEARING,
    "transcript": HEARING,
    "facts": HEARING,
    "proposal": HEARING,
    "suggestion": HEARING,
    "recording": HEARING,
    "agreement": SIGN,
    "packet": SEAL,
}
TALKS = {"proposal", "suggestion", "transcript", "recording"}
HISTORY = (
    "case.take_effect",
    "court.consent",
    "case.apply",
    "court.send",
    "court.accept",
    "court.supplement",
    "court.supply",
    "case.confirm",
    "case.dismiss",
    "court.objection",
    "court.answer_objection",
)


def kind_of(event: str) -> str:
    """The colour of an entry in the strip: step, evidence, hearing, sign or seal."""
    return SIGN if event == "court.consent" else KINDS.get(event.partition(".")[0], STEP)


def name_of(event: str) -> str | Promise:
    """An entry in words. Whatever belongs to the talks has one name for all of it."""
    if event in NAMES:
        return NAMES[event]
    return CLOSED if event.partition(".")[0] in TALKS else _("Case work")
