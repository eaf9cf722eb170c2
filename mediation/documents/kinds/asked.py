"""Papers that a party asks for: its data and its consent, who acts for it, its claim in time, its credit record."""

from django.utils.translation import gettext_lazy as _

from mediation.documents.kinds.common import (
    FINANCE,
    FORMS,
    FROM_OFFICE,
    MADE_AT,
    PROCEDURE,
    PROCEEDINGS_IN_TIME,
    people,
    signatures,
)
from mediation.documents.needs import Kind, Need

DATA = "个人信息保护法"
CREDIT = "征信业管理条例"

PRIVACY_CONSENT = Kind(
    "privacy_consent",
    "个人信息处理告知与单独同意书",
    _("Notice and consent about personal data"),
    (
        *FROM_OFFICE,
        Need("to", _("the person it is for"), f"{DATA} 第十七条"),
        Need("handler", _("who is responsible, and how to reach them"), f"{DATA} 第十七条"),
        Need(
            "purposes",
            _("what is used for which purpose, and how"),
            f"{DATA} 第十七条",
            each=(Need("what", _("which data")), Need("why", _("for which purpose and how"))),
        ),
        Need(
            "sensitive",
            _("sensitive data: why it is necessary and what it means for the person"),
            f"{DATA} 第二十八条、第三十条",
        ),
        Need(
            "recipients",
            _("who else receives it"),
            f"{DATA} 第二十三条",
            each=(Need("who", _("the name and how to reach it")), Need("what", _("what is given and why"))),
        ),
        Need("retention", _("how long it is kept"), f"{DATA} 第十七条、第十九条"),
        Need("rights", _("the rights and how to use them"), f"{DATA} 第十五条、第四十四条至第五十条"),
        Need("automatic", _("what machines do with it"), f"{DATA} 第二十四条"),
        Need(
            "answers",
            _("the answer to each matter"),
            f"{DATA} 第二十三条、第二十九条",
            each=(
                Need("matter", _("the matter")),
                Need("article", _("the article it rests on")),
                Need("answer", _("yes or no")),
            ),
        ),
        Need("refusal", _("what follows from a no"), f"{DATA} 第十六条"),
        signatures(f"{DATA} 第二十九条"),
    ),
)

POWERS = f"{PROCEDURE} 第六十二条"
POWER_OF_ATTORNEY = Kind(
    "power_of_attorney",
    "授权委托书",
    _("Power of attorney"),
    (
        *FROM_OFFICE,
        people("principals", _("who gives the power"), POWERS),
        Need(
            "agent",
            _("the agent"),
            POWERS,
            "M",
            each=(
                Need("name", _("the agent's name"), POWERS, "M"),
                Need("relation", _("how the agent is related"), POWERS, "M"),
                Need("phone", _("the telephone number"), FORMS, "P"),
                Need("is_paid", _("whether the agent is paid"), FINANCE, "P"),
            ),
        ),
        Need("scope", _("whether it is a general or a special power"), POWERS, "M"),
        Need("powers", _("what the agent may do"), POWERS, "M"),
        Need("until_on", _("until when it holds"), FORMS, "P"),
        signatures(POWERS),
    ),
    is_exact=True,
)

INTERRUPTION_PROOF = Kind(
    "interruption_proof",
    "诉讼时效中断证明",
    _("Proof that time was interrupted"),
    (
        *FROM_OFFICE,
        Need("claimant", _("the claimant"), PROCEEDINGS_IN_TIME),
        Need("respondent", _("the respondent"), PROCEEDINGS_IN_TIME),
        Need("requested_on", _("the day of the request"), PROCEEDINGS_IN_TIME),
        Need("accepted_on", _("the date of acceptance"), PROCEEDINGS_IN_TIME, optional=True),
        Need(
            "claims",
            _("what is asked for"),
            PROCEEDINGS_IN_TIME,
            each=(Need("text", _("what is asked for, in words")),),
        ),
        Need("facts", _("what the dispute is about"), PROCEEDINGS_IN_TIME),
        Need("standing", _("whether the mediation goes on, and when it ended"), "民法典 第一百九十五条"),
        Need("contact", _("whom to ask")),
    ),
)

CREDIT_OBJECTION = Kind(
    "credit_objection",
    "征信异议申请书",
    _("Objection to a credit record"),
    (
        MADE_AT,
        Need("to", _("to whom it goes"), f"{CREDIT} 第二十五条"),
        people("applicants", _("the applicant"), f"{CREDIT} 第二十五条", reachable=True, identified=True),
        Need("reporter", _("which institution reported the record"), f"{CREDIT} 第二十五条"),
        Need("record", _("what the record says"), f"{CREDIT} 第二十五条"),
        Need("wrong", _("what is wrong with it"), f"{CREDIT} 第二十五条"),
        Need("asked", _("what should be corrected"), f"{CREDIT} 第二十五条"),
        Need("attachments", _("the attachments"), f"{CREDIT} 第二十五条", "M"),
        signatures(f"{CREDIT} 第二十五条"),
    ),
)

CREDIT_STATEMENT = Kind(
    "credit_statement",
    "本人声明",
    _("Own statement for the credit record"),
    (
        MADE_AT,
        Need("to", _("to whom it goes"), f"{CREDIT} 第十六条"),
        people("applicants", _("the applicant"), f"{CREDIT} 第十六条", reachable=True, identified=True),
        Need("reporter", _("which institution reported the record"), f"{CREDIT} 第十六条"),
        Need("record", _("what the record says"), f"{CREDIT} 第十六条"),
        Need("statement", _("the statement"), f"{CREDIT} 第十六条"),
        signatures(f"{CREDIT} 第十六条"),
    ),
)

KINDS = (PRIVACY_CONSENT, POWER_OF_ATTORNEY, INTERRUPTION_PROOF, CREDIT_OBJECTION, CREDIT_STATEMENT)
