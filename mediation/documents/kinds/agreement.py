"""The settlement agreement and its plan of instalments."""

from django.utils.translation import gettext_lazy as _

from mediation.documents.kinds.common import (
    CONFIRMATION,
    FORMS,
    FROM_OFFICE,
    INTERPRETATION,
    MEDIATION_ACT,
    ONLINE_MEDIATION,
    people,
    signatures,
)
from mediation.documents.needs import Kind, Need

CONTENTS = f"{MEDIATION_ACT} 第二十九条"
DEFINITE = f"{INTERPRETATION} 第四百六十一条"
IS_PAYMENT = ("kind", "payment")

INSTALMENTS = (
    Need("due_on", _("the day it is due"), DEFINITE),
    Need("amount_fen", _("the amount"), DEFINITE),
)
ACCOUNT = Need(
    "account",
    _("the account that receives"),
    DEFINITE,
    each=(
        Need("holder", _("whose account it is"), DEFINITE),
        Need("bank", _("the bank"), DEFINITE),
        Need("number", _("the account number"), DEFINITE),
    ),
    when=IS_PAYMENT,
)

AGREEMENT = Kind(
    "agreement",
    "调解协议书",
    _("Settlement agreement"),
    (
        *FROM_OFFICE,
        people("parties", _("the parties"), CONTENTS, reachable=True, identified=True),
        Need("facts", _("the main facts"), CONTENTS),
        Need("issues", _("what is in dispute"), CONTENTS),
        Need("responsibility", _("who is responsible for what"), CONTENTS),
        Need(
            "terms",
            _("the terms"),
            CONTENTS,
            each=(
                Need("kind", _("whether it is a payment or conduct")),
                Need("text", _("the term, in words"), CONTENTS, when=("kind", "conduct")),
                Need("payer", _("who pays"), DEFINITE, when=IS_PAYMENT),
                Need("payee", _("who is paid"), DEFINITE, when=IS_PAYMENT),
                Need("amount_fen", _("the amount"), DEFINITE, when=IS_PAYMENT),
                Need("due_on|instalments", _("the day it is due"), DEFINITE, when=IS_PAYMENT),
                Need("instalments", _("the instalments"), DEFINITE, each=INSTALMENTS, optional=True),
                ACCOUNT,
                Need(
                    "allocation", _("what the money counts towards"), "民法典 第五百六十一条", when=IS_PAYMENT
                ),
                Need(
                    "overdue",
                    _("what follows when it is late"),
                    "最高人民法院关于人民法院民事调解工作若干问题的规定 第八条",
                    when=IS_PAYMENT,
                ),
            ),
        ),
        Need("credit_record", _("what happens to the credit record"), "征信业管理条例 第二十五条"),
        Need("waiver", _("which other claims are given up, and which are not"), CONTENTS),
        Need("costs", _("who bears the costs"), f"{MEDIATION_ACT} 第四条；{CONFIRMATION} 第十一条"),
        Need("copies", _("how many copies there are"), CONTENTS),
        Need("mediator", _("the mediator"), CONTENTS, each=(Need("name", _("the name"), CONTENTS),)),
        signatures(f"{CONTENTS}；{ONLINE_MEDIATION} 第十九条"),
    ),
    is_exact=True,
)

INSTALMENT_PLAN = Kind(
    "instalment_plan",
    "分期履行计划表",
    _("Plan of instalments"),
    (
        *FROM_OFFICE,
        Need("agreement_number", _("the number of the agreement"), FORMS, "P"),
        Need("payer", _("who pays"), DEFINITE),
        Need("payee", _("who is paid"), DEFINITE),
        Need("amount_fen", _("the total amount"), DEFINITE),
        Need("instalments", _("the instalments"), DEFINITE, each=INSTALMENTS),
        Need("account", _("the account that receives"), DEFINITE, each=ACCOUNT.each),
        Need("overdue", _("what follows when it is late"), DEFINITE),
        signatures(CONTENTS),
    ),
    is_exact=True,
)

KINDS = (AGREEMENT, INSTALMENT_PLAN)
