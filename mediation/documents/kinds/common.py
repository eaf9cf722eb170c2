"""Contents that many documents share, and the short names of the rules that ask for them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mediation.documents.needs import Need

MEDIATION_ACT = "人民调解法"
ONLINE_MEDIATION = "人民法院在线调解规则"
ONLINE_LITIGATION = "人民法院在线诉讼规则"
INVITED_MEDIATION = "最高人民法院关于人民法院特邀调解的规定"
CONFIRMATION = "最高人民法院关于人民调解协议司法确认程序的若干规定"
PROCEDURE = "民事诉讼法"
INTERPRETATION = "最高人民法院关于适用民事诉讼法的解释"
FORMS = "人民调解文书格式（司法部2010年通知）"
PROCEEDINGS_IN_TIME = "最高人民法院关于审理民事案件适用诉讼时效制度若干问题的规定 第十二条"
FINANCE = "关于推进金融纠纷调解工作高质量发展的意见"

MADE_AT = Need("made_at", _("the date of the document"))
DOCKET = Need("docket", _("the docket number"), FORMS, "P")
NUMBER = Need("number", _("the document number"), FORMS, "P")
ORGANISATION = Need(
    "organisation",
    _("the mediation organisation"),
    FORMS,
    "P",
    each=(Need("name", _("its name"), FORMS, "P"),),
)
COURT = Need("court", _("the court"), f"{PROCEDURE} 第二百零五条")
ADDRESSEE = Need("to", _("the person it is for"))


SEAL = Need(
    "seal",
    _("the seal"),
    FORMS,
    "P",
    each=(Need("at", _("its time")), Need("fingerprint", _("its fingerprint"))),
    optional=True,
)
AGENT = Need(
    "agent",
    _("the agent"),
    "民事诉讼法 第六十二条",
    "M",
    each=(Need("name", _("the agent's name")),),
    optional=True,
)
FROM_OFFICE = (MADE_AT, DOCKET, NUMBER, ORGANISATION, SEAL)


def people(
    key: str, name: str | Promise, article: str, *, reachable: bool = False, identified: bool = False
) -> Need:
    """Parties by name and role; `reachable` adds address and telephone, `identified` what a court tells them by."""
    each = [Need("name", _("the name"), article), Need("role", _("the role in the case"), article)]
    if reachable or identified:
        each.append(Need("address", _("the address"), article))
    if reachable:
        each.append(Need("phone", _("the telephone number"), article))
    if identified:
        each += [
            Need("is_institution", _("whether it is a person or an institution"), article),
            Need("id_number", _("the identity number"), article, when=("is_institution", False)),
            Need("code", _("the unified social credit code"), article, when=("is_institution", True)),
            Need("representative", _("the legal representative"), article, when=("is_institution", True)),
        ]
    return Need(key, name, article, each=(*each, AGENT))


def signatures(article: str) -> Need:
    """Whose signatures the document has places for; a place is empty until `at`, `method`, `fingerprint` fill it."""
    return Need(
        "signatures",
        _("the people who sign"),
        article,
        each=(Need("role", _("the role in the case"), article), Need("name", _("the name"), article)),
    )
