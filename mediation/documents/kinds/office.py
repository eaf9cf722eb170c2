"""Papers of the office: register, more time, handing over, proof of delivery, and the records beside the talks."""

from django.utils.translation import gettext_lazy as _

from mediation.documents.kinds.common import (
    FORMS,
    FROM_OFFICE,
    INVITED_MEDIATION,
    MEDIATION_ACT,
    ONLINE_LITIGATION,
    ONLINE_MEDIATION,
    people,
    signatures,
)
from mediation.documents.needs import Kind, Need

REGISTER = Kind(
    "register",
    "受理登记表",
    _("Register of the case"),
    (
        *FROM_OFFICE,
        Need("registered_on", _("the date of the application"), f"{MEDIATION_ACT} 第二十七条"),
        Need("dispute_type", _("the kind of dispute"), FORMS, "P"),
        Need("source", _("where the case came from"), FORMS, "P"),
        people("parties", _("the parties"), FORMS, reachable=True),
        Need("facts", _("what the dispute is about"), FORMS, "P"),
        Need(
            "claims",
            _("what is asked for"),
            FORMS,
            "P",
            each=(Need("text", _("what is asked for, in words"), FORMS, "P"),),
        ),
        Need("opinion", _("what was decided"), FORMS, "P"),
        Need("accepted_on", _("the date of acceptance"), FORMS, "P"),
        Need("registrar", _("the person who registered the case"), FORMS, "P"),
        signatures(FORMS),
    ),
)

MORE_TIME = f"{ONLINE_MEDIATION} 第二十四条"
EXTENSION_CONSENT = Kind(
    "extension_consent",
    "延长调解期限同意书",
    _("Consent to more time"),
    (
        *FROM_OFFICE,
        people("parties", _("the parties"), MORE_TIME),
        Need("mediator", _("the mediator"), MORE_TIME),
        Need("reason", _("why more time is needed"), MORE_TIME),
        Need("days", _("how many days"), MORE_TIME),
        Need("was_due_on", _("the last day before"), MORE_TIME),
        Need("due_on", _("the new last day"), MORE_TIME),
        Need("article", _("the article it rests on"), MORE_TIME),
        signatures(MORE_TIME),
    ),
)

HANDING_OVER = f"{ONLINE_MEDIATION} 第十五条、第二十一条"
TRANSFER_LETTER = Kind(
    "transfer_letter",
    "移送函",
    _("Letter of transfer"),
    (
        *FROM_OFFICE,
        Need("to", _("to whom it goes"), HANDING_OVER),
        people("parties", _("the parties"), HANDING_OVER),
        Need("source", _("where the case came from"), HANDING_OVER),
        Need("accepted_on", _("the date of acceptance"), HANDING_OVER),
        Need("ended_on", _("when the mediation ended"), HANDING_OVER),
        Need("ground", _("the ground on which it ended"), f"{ONLINE_MEDIATION} 第二十五条"),
        Need("facts", _("what the dispute is about"), HANDING_OVER),
        Need("reasons", _("the reasons"), HANDING_OVER),
        Need("cost_conduct", _("conduct that raised the costs, or that there was none"), HANDING_OVER),
        Need("court_notes", _("notes for the court, or that there are none"), HANDING_OVER),
        Need(
            "materials",
            _("the materials that are handed over"),
            HANDING_OVER,
            each=(Need("name", _("the name")),),
        ),
        Need("kept_back", _("what is not handed over"), f"{ONLINE_MEDIATION} 第十八条"),
        Need("mediator", _("the mediator"), f"{INVITED_MEDIATION} 第二十六条"),
        Need("contact", _("whom to ask")),
    ),
)

SERVICE = f"{ONLINE_LITIGATION} 第二十九条至第三十一条"
DELIVERY_PROOF = Kind(
    "delivery_proof",
    "电子送达凭证",
    _("Proof of electronic delivery"),
    (
        *FROM_OFFICE,
        Need(
            "receiver",
            _("the receiver"),
            SERVICE,
            each=(Need("name", _("the name")), Need("role", _("the role in the case"))),
        ),
        Need("consent", _("whether electronic service was agreed to, and when"), SERVICE),
        Need("matter", _("what was delivered"), SERVICE),
        Need(
            "papers",
            _("the papers that were delivered"),
            SERVICE,
            each=(Need("name", _("the name")), Need("fingerprint", _("its fingerprint"))),
            optional=True,
        ),
        Need(
            "ways",
            _("each way of delivery"),
            SERVICE,
            each=(
                Need("way", _("the way")),
                Need("address", _("the address")),
                Need("written_at", _("when it was written")),
                Need("outcome", _("what became of it")),
            ),
        ),
        Need("effect", _("whether and when it counts as delivered, and by which rule"), SERVICE),
        Need("trace", _("how the record was kept"), f"{ONLINE_LITIGATION} 第三十一条"),
        Need("made_by", _("who made this paper")),
    ),
)

FACT_FINDING_RECORD = Kind(
    "fact_finding_record",
    "调查记录",
    _("Record of fact-finding"),
    (
        *FROM_OFFICE,
        Need("held_on", _("the day"), FORMS, "P"),
        Need("place", _("the place or platform"), FORMS, "P"),
        Need("asked", _("who was asked"), FORMS, "P"),
        Need("recorder", _("the recorder"), FORMS, "P"),
        Need("words", _("what was found"), f"{MEDIATION_ACT} 第二十七条"),
        signatures(FORMS),
    ),
)
FOLLOW_UP = Kind(
    "follow_up",
    "回访记录",
    _("Follow-up record"),
    (
        *FROM_OFFICE,
        Need("held_on", _("the day"), FORMS, "P"),
        Need("way", _("the way"), FORMS, "P"),
        Need("asked", _("who was asked"), FORMS, "P"),
        Need("agreement_number", _("the number of the agreement"), FORMS, "P"),
        Need("performance", _("how far the agreement is performed"), f"{MEDIATION_ACT} 第三十一条"),
        Need("words", _("what was said"), FORMS, "P"),
        Need("recorder", _("the recorder"), FORMS, "P"),
    ),
)
EXPLANATION = Kind(
    "explanation",
    "情况说明",
    _("Explanatory note"),
    (
        *FROM_OFFICE,
        Need("subject", _("the matter"), FORMS, "P"),
        Need("words", _("the explanation"), FORMS, "P"),
        Need("recorder", _("who writes it"), FORMS, "P"),
    ),
)
PERFORMANCE_RECORD = Kind(
    "performance_record",
    "履行情况记录",
    _("Record of performance"),
    (
        *FROM_OFFICE,
        Need("agreement_number", _("the number of the agreement"), f"{MEDIATION_ACT} 第三十一条"),
        people("parties", _("the parties"), f"{MEDIATION_ACT} 第三十一条"),
        Need(
            "owed",
            _("what is due"),
            f"{MEDIATION_ACT} 第三十一条",
            each=(
                Need("due_on", _("the day it is due")),
                Need("who", _("who must act")),
                Need("what", _("what is due")),
                Need("state", _("what became of it")),
            ),
        ),
        Need("summary", _("the result"), f"{MEDIATION_ACT} 第三十一条"),
    ),
)
IDENTITY_RECORD = Kind(
    "identity_record",
    "当事人身份核验记录",
    _("Record of identity checks"),
    (
        *FROM_OFFICE,
        Need(
            "checked",
            _("each party and how it was checked"),
            f"{ONLINE_MEDIATION} 第十七条",
            each=(
                Need("role", _("the role in the case")),
                Need("name", _("the name")),
                Need("document", _("by which document or number")),
                Need("how", _("how and when it was checked")),
            ),
        ),
        Need("made_by", _("who made this paper")),
    ),
)

KINDS = (
    REGISTER,
    EXTENSION_CONSENT,
    TRANSFER_LETTER,
    DELIVERY_PROOF,
    FACT_FINDING_RECORD,
    FOLLOW_UP,
    EXPLANATION,
    PERFORMANCE_RECORD,
    IDENTITY_RECORD,
)
