"""Papers for and from the court: joint application, ruling, enforcement, the record of deposit."""

from django.utils.translation import gettext_lazy as _

from mediation.documents.kinds.common import (
    CONFIRMATION,
    COURT,
    DOCKET,
    FROM_OFFICE,
    INTERPRETATION,
    MADE_AT,
    ONLINE_LITIGATION,
    ORGANISATION,
    PROCEDURE,
    people,
    signatures,
)
from mediation.documents.needs import Kind, Need

JOINTLY = f"{PROCEDURE} 第二百零五条"
MATERIALS = f"{INTERPRETATION} 第三百五十四条；{CONFIRMATION} 第三条"
THE_AGREEMENT = Need(
    "agreement",
    _("the settlement agreement"),
    JOINTLY,
    each=(
        Need("number", _("its number"), JOINTLY),
        Need("signed_on", _("when it was signed"), JOINTLY),
        Need("effective_on", _("when it took effect"), JOINTLY),
    ),
)

JOINT_APPLICATION = Kind(
    "joint_application",
    "司法确认申请书",
    _("Joint application for confirmation"),
    (
        MADE_AT,
        DOCKET,
        COURT,
        people("applicants", _("the applicants"), MATERIALS, reachable=True, identified=True),
        ORGANISATION,
        THE_AGREEMENT,
        Need("facts", _("the main facts"), JOINTLY),
        Need(
            "undertaking",
            _("that both undertake: freely made, no collusion, answerable for harm"),
            f"{CONFIRMATION} 第三条；{PROCEDURE} 第一百一十五条",
            "M",
            must_hold=True,
        ),
        Need("attachments", _("the attachments"), MATERIALS),
        Need(
            "service",
            _("the addresses for service"),
            MATERIALS,
            each=(
                Need("name", _("the name")),
                Need("address", _("the address")),
                Need("phone", _("the telephone number")),
            ),
        ),
        signatures(JOINTLY),
    ),
    is_exact=True,
)

RULING_ARTICLE = f"{PROCEDURE} 第一百五十七条、第二百零六条"
RULING = Kind(
    "ruling",
    "民事裁定书",
    _("Ruling"),
    (
        MADE_AT,
        DOCKET,
        COURT,
        Need("court_number", _("the court's case number"), RULING_ARTICLE),
        Need("outcome", _("whether it is confirmed or dismissed"), RULING_ARTICLE),
        people("applicants", _("the applicants"), RULING_ARTICLE, identified=True),
        ORGANISATION,
        THE_AGREEMENT,
        Need("filed_on", _("when the court registered it"), f"{PROCEDURE} 第一百八十七条"),
        Need("findings", _("what the court found"), RULING_ARTICLE),
        Need("reasons", _("the court's reasons"), RULING_ARTICLE),
        Need(
            "dismissal_ground",
            _("the ground for dismissal"),
            f"{INTERPRETATION} 第三百五十八条",
            when=("outcome", "dismissed"),
        ),
        Need("judge", _("the judge"), f"{PROCEDURE} 第一百五十七条、第一百八十五条"),
        Need("clerk", _("the court clerk"), f"{PROCEDURE} 第一百五十七条"),
        Need("ruled_on", _("the date of the ruling"), RULING_ARTICLE),
    ),
    is_exact=True,
)

ENFORCEABLE = f"{INTERPRETATION} 第四百六十一条"
ENFORCEMENT_APPLICATION = Kind(
    "enforcement_application",
    "强制执行申请书",
    _("Application for enforcement"),
    (
        MADE_AT,
        DOCKET,
        COURT,
        people("applicants", _("the applicants"), ENFORCEABLE, reachable=True, identified=True),
        people(
            "respondents",
            _("the person it is directed against"),
            ENFORCEABLE,
            reachable=True,
            identified=True,
        ),
        Need(
            "basis",
            _("the document to be enforced"),
            f"{PROCEDURE} 第二百零六条",
            each=(
                Need("court", _("the court"), ENFORCEABLE),
                Need("number", _("its number"), ENFORCEABLE),
                Need("ruled_on", _("the date of the ruling"), ENFORCEABLE),
                Need("agreement_number", _("the number of the agreement"), ENFORCEABLE),
            ),
        ),
        Need(
            "claims",
            _("what is asked for"),
            ENFORCEABLE,
            each=(Need("text", _("what is asked for, in words")),),
        ),
        Need(
            "owed",
            _("what is due and unpaid"),
            ENFORCEABLE,
            each=(
                Need("due_on", _("the day it is due")),
                Need("amount_fen", _("the amount")),
                Need("paid_fen", _("how much was paid")),
                Need("unpaid_fen", _("how much is unpaid")),
            ),
        ),
        Need("unpaid_fen", _("the total that is unpaid"), ENFORCEABLE),
        Need("facts", _("what happened"), ENFORCEABLE),
        Need("last_day_on", _("the last day to apply"), f"{PROCEDURE} 第二百五十条"),
        Need("attachments", _("the attachments")),
        signatures(ENFORCEABLE),
    ),
    is_exact=True,
)

OBJECTING = f"{INTERPRETATION} 第三百七十二条"
OBJECTION = Kind(
    "objection",
    "异议书",
    _("Objection to a ruling"),
    (
        MADE_AT,
        DOCKET,
        COURT,
        people("objectors", _("who objects"), OBJECTING, reachable=True, identified=True),
        Need(
            "ruling",
            _("the ruling that is objected to"),
            OBJECTING,
            each=(
                Need("number", _("its number"), OBJECTING),
                Need("ruled_on", _("the date of the ruling"), OBJECTING),
            ),
        ),
        Need("asked", _("what is asked for"), OBJECTING),
        Need("reasons", _("the reasons"), OBJECTING),
        Need("until_on", _("the last day to object"), OBJECTING),
        signatures(OBJECTING),
    ),
)

SIXTEEN = f"{ONLINE_LITIGATION} 第十六条"
TIME_STAMPS = "最高人民法院关于互联网法院审理案件若干问题的规定 第十一条"
ANSWERS = tuple(
    Need(
        key,
        name,
        f"{ONLINE_LITIGATION} {article}",
        each=(Need("gives", _("what the record gives to it")), Need("lacks", _("what it does not give"))),
    )
    for key, name, article in (
        ("consistent", _("the check after the deposit"), "第十六条"),
        ("platform", _("whether the platform meets the rules"), "第十七条第一项"),
        ("interest", _("whether the platform has an interest in the case"), "第十七条第二项"),
        ("system", _("whether the system is clean, safe and available"), "第十七条第三项"),
        ("method", _("whether technique and process follow the standards"), "第十七条第四项"),
        ("before", _("where the data came from before the deposit"), "第十八条"),
    )
)
RECORD_SHEET = Kind(
    "record_sheet",
    "存证记录单",
    _("Record of deposit"),
    (
        *FROM_OFFICE,
        Need(
            "checkpoint",
            _("the checkpoint"),
            SIXTEEN,
            each=(
                Need("log", _("the log")),
                Need("size", _("its size")),
                Need("root", _("its root")),
                Need("policy", _("the fingerprint of the policy")),
                Need("witnesses", _("who witnessed it, or that nobody did")),
            ),
        ),
        Need(
            "chain",
            _("the chain"),
            SIXTEEN,
            each=(
                Need("case", _("the tag of the case")),
                Need("count", _("the number of entries")),
                Need("head", _("the chain's last fingerprint")),
            ),
        ),
        Need(
            "entries",
            _("the entries of the chain"),
            SIXTEEN,
            each=(
                Need("number", _("its number")),
                Need("written", _("its time")),
                Need("event", _("what happened")),
                Need("digest", _("its fingerprint")),
                Need("index", _("its place in the log")),
            ),
        ),
        Need(
            "files",
            _("the files"),
            SIXTEEN,
            each=(
                Need("name", _("the file's name")),
                Need("sha256", _("its fingerprint")),
                Need("sm3", _("its fingerprint")),
                Need("written", _("when it was deposited")),
                Need("origin", _("how it was captured"), f"{ONLINE_LITIGATION} 第十八条"),
            ),
        ),
        Need("times", _("the time stamps, or that there are none"), TIME_STAMPS),
        Need("certificate", _("the certificate of the seal"), "电子签名法 第十三条"),
        Need("qr", _("the QR code")),
        Need("machine", _("the same for machines")),
        Need("how_to_verify", _("how a stranger can verify it"), f"{ONLINE_LITIGATION} 第十九条"),
        Need("answers", _("the answers to the court's questions"), ONLINE_LITIGATION, each=ANSWERS),
        Need("made_by", _("who made this sheet")),
    ),
    standard="a-3b",
)

KINDS = (JOINT_APPLICATION, RULING, OBJECTION, ENFORCEMENT_APPLICATION, RECORD_SHEET)
