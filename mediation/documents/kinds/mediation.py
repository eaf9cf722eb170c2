"""Papers of the mediation itself: invitation, disclosure, transcript, undisputed facts, failure."""

from django.utils.translation import gettext_lazy as _

from mediation.documents.kinds.common import (
    ADDRESSEE,
    FINANCE,
    FORMS,
    FROM_OFFICE,
    INVITED_MEDIATION,
    MEDIATION_ACT,
    ONLINE_MEDIATION,
    people,
    signatures,
)
from mediation.documents.needs import Kind, Need

INVITATION = Kind(
    "invitation",
    "应调通知书",
    _("Invitation to mediate"),
    (
        *FROM_OFFICE,
        ADDRESSEE,
        Need("claimant", _("the claimant"), f"{ONLINE_MEDIATION} 第十五条"),
        Need("facts", _("what the dispute is about")),
        Need("claims", _("what is asked for"), each=(Need("text", _("what is asked for, in words")),)),
        Need(
            "answer",
            _("how and by when to answer"),
            f"{ONLINE_MEDIATION} 第十五条",
            each=(
                Need("due_on", _("the last day to answer")),
                Need("article", _("the article it rests on")),
                Need("ways", _("how to answer")),
            ),
        ),
        Need("materials", _("what to bring"), FINANCE, "P"),
        Need("contact", _("whom to ask")),
    ),
)

DISCLOSURE = Kind(
    "disclosure",
    "调解员披露声明",
    _("Mediator's disclosure"),
    (
        *FROM_OFFICE,
        people("parties", _("the parties"), f"{ONLINE_MEDIATION} 第十三条"),
        Need(
            "mediator", _("the mediator"), f"{ONLINE_MEDIATION} 第十三条", each=(Need("name", _("the name")),)
        ),
        Need(
            "relations",
            _("the relations asked about"),
            f"{ONLINE_MEDIATION} 第十三条；{INVITED_MEDIATION} 第十五条",
            each=(
                Need("kind", _("which relation")),
                Need("exists", _("whether it exists")),
                Need("detail", _("what the relation is"), when=("exists", True)),
            ),
        ),
        signatures(f"{ONLINE_MEDIATION} 第十三条"),
    ),
)

TRANSCRIPT = Kind(
    "transcript",
    "调解笔录",
    _("Transcript of the mediation"),
    (
        *FROM_OFFICE,
        Need("opened_at", _("when it began"), FORMS, "M"),
        Need("closed_at", _("when it ended"), FORMS, "M"),
        Need("place", _("the place or platform"), FORMS, "M"),
        Need("mediator", _("the mediator"), FORMS, "M"),
        Need("recorder", _("the recorder"), FORMS, "M"),
        Need(
            "participants",
            _("the people present"),
            f"{ONLINE_MEDIATION} 第十七条",
            each=(
                Need("role", _("the role in the case")),
                Need("name", _("the name")),
                Need("identity_check", _("how the identity was checked"), f"{ONLINE_MEDIATION} 第十七条"),
            ),
        ),
        Need(
            "rights_told",
            _("that rights were told"),
            f"{MEDIATION_ACT} 第二十三条；{INVITED_MEDIATION} 第十四条",
        ),
        Need(
            "statements",
            _("what was said"),
            FORMS,
            "M",
            each=(Need("speaker", _("who spoke")), Need("text", _("what was said"))),
        ),
        Need("result", _("the result"), FORMS, "M"),
        Need(
            "read_back",
            _("that it was read back"),
            f"{ONLINE_MEDIATION} 第二十二条",
            each=(Need("name", _("the name")), Need("answer", _("the answer"))),
        ),
        signatures(f"{ONLINE_MEDIATION} 第二十二条"),
    ),
)

UNDISPUTED_FACTS = Kind(
    "undisputed_facts",
    "无争议事实确认书",
    _("Undisputed facts"),
    (
        *FROM_OFFICE,
        people("parties", _("the parties"), f"{ONLINE_MEDIATION} 第二十二条"),
        Need(
            "facts",
            _("the facts"),
            f"{ONLINE_MEDIATION} 第十八条、第二十二条",
            each=(Need("text", _("the fact, in words")),),
        ),
        Need("agreed_how", _("how each party agreed"), f"{ONLINE_MEDIATION} 第二十二条"),
        signatures(f"{ONLINE_MEDIATION} 第二十二条"),
    ),
    is_exact=True,
)

FAILURE_NOTICE = Kind(
    "failure_notice",
    "调解终止通知书",
    _("Notice that the mediation has ended"),
    (
        *FROM_OFFICE,
        ADDRESSEE,
        people("parties", _("the parties"), f"{ONLINE_MEDIATION} 第二十一条"),
        Need("started_on", _("when the mediation began"), f"{ONLINE_MEDIATION} 第二十一条"),
        Need("ended_on", _("when the mediation ended"), f"{ONLINE_MEDIATION} 第二十一条"),
        Need("facts", _("what the dispute is about"), f"{ONLINE_MEDIATION} 第二十一条"),
        Need("ground", _("the ground on which it ended"), f"{ONLINE_MEDIATION} 第二十五条"),
        Need("reasons", _("the reasons"), f"{ONLINE_MEDIATION} 第二十一条"),
        Need(
            "cost_conduct",
            _("conduct that raised the costs, or that there was none"),
            f"{ONLINE_MEDIATION} 第二十一条",
        ),
        Need(
            "court_notes", _("notes for the court, or that there are none"), f"{ONLINE_MEDIATION} 第二十一条"
        ),
        Need("other_routes", _("where to go instead"), f"{MEDIATION_ACT} 第二十六条"),
        Need("mediator", _("the mediator"), f"{INVITED_MEDIATION} 第二十六条"),
    ),
)

KINDS = (INVITATION, DISCLOSURE, TRANSCRIPT, UNDISPUTED_FACTS, FAILURE_NOTICE)
