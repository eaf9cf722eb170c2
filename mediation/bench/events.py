"""The entries of a packet as a court reads them: of what kind, and their name.

An entry whose body is not in the packet shows neither: the envelope does not tell, and nothing here adds to it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STEP, EVIDENCE, HEARING, SIGN, SEAL, CLOSED = "step", "evidence", "hearing", "sign", "seal", "closed"
NOT_ENCLOSED: Promise = _("Content not enclosed")
TYPES: dict[str, tuple[str, Promise]] = {
    "export": (SEAL, _("Packet sealed")),
    "erasure": (STEP, _("Contents erased by law")),
}
NAMES: dict[str, Promise] = {
    "case.file": _("Application filed"),
    "case.accept": _("Case accepted"),
    "case.assign": _("Mediator assigned"),
    "case.take_on": _("Mediator takes the case on"),
    "case.take_effect": _("Agreement takes effect"),
    "case.apply": _("Joint application goes to the court"),
    "case.confirm": _("Court confirms the agreement"),
    "case.dismiss": _("Court dismisses the application"),
    "case.fulfil": _("Agreement fulfilled"),
    "party.complete": _("Identity and address completed"),
    "deposit.take_in": _("File taken in"),
    "hearing.call": _("Hearing called"),
    "hearing.open": _("Hearing opened"),
    "hearing.join": _("A person joins the hearing"),
    "hearing.check_identity": _("Identity checked"),
    "hearing.agree_recording": _("Agrees to recording"),
    "hearing.refuse_recording": _("Refuses recording"),
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
}
KINDS = {
    "deposit": EVIDENCE,
    "exhibit": EVIDENCE,
    "hearing": HEARING,
    "facts": HEARING,
    "agreement": SIGN,
    "packet": SEAL,
}
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


def kind_of(event: str, typ: str = "record") -> str:
    """The colour of an entry in the strip: step, evidence, hearing, sign, seal, or closed where nothing is known."""
    if typ in TYPES:
        return TYPES[typ][0]
    if not event:
        return CLOSED
    return SIGN if event == "court.consent" else KINDS.get(event.partition(".")[0], STEP)


def name_of(event: str, typ: str = "record") -> str | Promise:
    """An entry in words."""
    if typ in TYPES:
        return TYPES[typ][1]
    return NAMES.get(event, _("Case work")) if event else NOT_ENCLOSED
