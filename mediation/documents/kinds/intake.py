"""Papers of the beginning: application, acceptance or not, rights, address for service."""

from django.utils.translation import gettext_lazy as _

from mediation.documents.kinds.common import (
    ADDRESSEE,
    FINANCE,
    FORMS,
    FROM_OFFICE,
    INTERPRETATION,
    MADE_AT,
    MEDIATION_ACT,
    ONLINE_LITIGATION,
    ONLINE_MEDIATION,
    ORGANISATION,
    people,
    signatures,
)
from mediation.documents.needs import Kind, Need

APPLICATION = Kind(
    "application",
    "调解申请书",
    _("Application for mediation"),
    (
        MADE_AT,
        ORGANISATION,
        people("claimants", _("the claimant"), f"{ONLINE_MEDIATION} 第八条", reachable=True),
        Need(
            "respondents",
            _("the respondent"),
            f"{ONLINE_MEDIATION} 第八条",
            each=(Need("name", _("the name")), Need("role", _("the role in the case"))),
        ),
        Need("facts", _("what happened"), f"{ONLINE_MEDIATION} 第八条"),
        Need(
            "claims",
            _("what is asked for"),
            FORMS,
            "P",
            each=(Need("text", _("what is asked for, in words"), FORMS, "P"),),
        ),
        Need(
            "contract",
            _("the loan contract"),
            FINANCE,
            "P",
            each=(
                Need("lender_licence", _("the kind of lender"), FINANCE, "P"),
                Need("product", _("the product"), FINANCE, "P"),
                Need(
                    "received_fen|unknown", _("the principal received"), "中国人民银行公告〔2021〕第3号", "P"
                ),
            ),
        ),
        Need(
            "complaint",
            _("the complaint to the lender"),
            FINANCE,
            "P",
            each=(Need("made_on|said", _("its date, or what was said of it")),),
            optional=True,
        ),
        Need("evidence", _("the materials"), FORMS, "P", each=(Need("name", _("the name")),), optional=True),
        Need(
            "agent",
            _("the declaration about an agent"),
            "银行业保险业消费投诉处理管理办法 第十四条",
            "P",
            each=(
                Need("is_used|said", _("whether there is an agent, or that it was not asked")),
                Need("name", _("the agent's name"), when=("is_used", True)),
                Need("relation", _("how the agent is related"), when=("is_used", True)),
                Need("is_paid", _("whether the agent is paid"), when=("is_used", True)),
            ),
        ),
        Need(
            "told_voluntary",
            _("that the claimant was told mediation is voluntary"),
            f"{MEDIATION_ACT} 第三条；{ONLINE_MEDIATION} 第四条",
            must_hold=True,
        ),
        signatures(FORMS),
    ),
)

ACCEPTANCE_NOTICE = Kind(
    "acceptance_notice",
    "受理通知书",
    _("Notice of acceptance"),
    (
        *FROM_OFFICE,
        ADDRESSEE,
        Need("accepted_on", _("the date of acceptance"), FORMS, "P"),
        Need("dispute_type", _("the kind of dispute"), FORMS, "P"),
        Need("source", _("where the case came from"), FORMS, "P"),
        Need("facts", _("what the dispute is about"), FORMS, "P"),
        Need(
            "mediator",
            _("the mediator"),
            f"{ONLINE_MEDIATION} 第十条、第十三条",
            each=(
                Need("name", _("the name"), f"{ONLINE_MEDIATION} 第十条"),
                Need("chosen_how", _("how the mediator was chosen"), f"{ONLINE_MEDIATION} 第十条"),
                Need("disclosure", _("what the mediator disclosed"), f"{ONLINE_MEDIATION} 第十三条"),
            ),
        ),
        Need(
            "limit",
            _("the time limit of the mediation"),
            f"{ONLINE_MEDIATION} 第二十四条",
            each=(
                Need("period", _("its length"), f"{ONLINE_MEDIATION} 第二十四条"),
                Need("due_on", _("its last day"), f"{ONLINE_MEDIATION} 第二十四条"),
                Need("article", _("the article it rests on")),
            ),
        ),
        Need("registrar", _("the person who registered the case"), FORMS, "P"),
    ),
)

DECLINE_NOTICE = Kind(
    "decline_notice",
    "不予受理通知书",
    _("Notice of non-acceptance"),
    (
        *FROM_OFFICE,
        ADDRESSEE,
        Need("applied_on", _("the date of the application")),
        Need("facts", _("what the dispute is about")),
        Need(
            "reasons",
            _("the reasons"),
            f"{ONLINE_MEDIATION} 第九条",
            each=(Need("text", _("the reason, in words")), Need("article", _("the article it rests on"))),
        ),
        Need(
            "other_routes", _("where to go instead"), f"{ONLINE_MEDIATION} 第九条；{MEDIATION_ACT} 第二十六条"
        ),
        Need("contact", _("whom to ask")),
    ),
)

RIGHTS_NOTICE = Kind(
    "rights_notice",
    "当事人权利义务告知书",
    _("Notice of rights and duties"),
    (
        *FROM_OFFICE,
        ADDRESSEE,
        Need(
            "fees",
            _("whether the mediation costs anything"),
            f"{MEDIATION_ACT} 第四条；商事调解条例 第十六条",
        ),
        Need("complaints", _("where to complain about a mediator"), f"{ONLINE_MEDIATION} 第二十九条"),
        Need("privacy", _("how personal data is used"), "个人信息保护法 第十七条"),
        signatures(FORMS),
    ),
)

DELIVERY_ADDRESS = Kind(
    "delivery_address",
    "送达地址确认书",
    _("Confirmation of the address for service"),
    (
        *FROM_OFFICE,
        Need(
            "party",
            _("the party"),
            f"{ONLINE_MEDIATION} 第十七条",
            each=(Need("name", _("the name")), Need("role", _("the role in the case"))),
        ),
        Need("address", _("the postal address"), f"{INTERPRETATION} 第一百三十六条"),
        Need("phone", _("the telephone number"), f"{INTERPRETATION} 第一百三十六条"),
        Need(
            "agrees_to_electronic",
            _("whether electronic service is agreed to"),
            f"{ONLINE_LITIGATION} 第二十九条",
        ),
        Need(
            "electronic_ways",
            _("the electronic addresses"),
            f"{ONLINE_LITIGATION} 第二十九条、第三十条",
            each=(Need("way", _("the way")), Need("address", _("the address"))),
            when=("agrees_to_electronic", True),
        ),
        Need("covers", _("for which stages it holds"), f"{ONLINE_LITIGATION} 第四条"),
        signatures(f"{INTERPRETATION} 第一百三十六条"),
    ),
)

KINDS = (APPLICATION, ACCEPTANCE_NOTICE, DECLINE_NOTICE, RIGHTS_NOTICE, DELIVERY_ADDRESS)
