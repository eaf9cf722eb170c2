"""个人信息: what a party is told about its data, and the matters that the law wants answered one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.errors import Refusal
from cases.models import Case, Party, User
from cases.roles import Side
from cases.services.steps import lock_case, remember
from mediation.papers.facts import ON_SITE, ROLES, contact_of, name_of, record_at
from mediation.papers.models import Paper

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

VERSION = "2025-11"  # of the notice below; raise it when a word of it changes
LAW = "个人信息保护法"
DRAFT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter to answer yes or no: as people read it on the screen, and as it stands on the paper."""

    key: str
    label: "Words"
    hint: "Words"
    printed: str
    article: str


MATTERS = (
    Matter(
        "sensitive",
        _("May we use your identity number and account papers?"),
        _("An agreement must name who you are and where the money goes."),
        "处理身份证件号码、银行账户、交易记录等敏感个人信息",
        f"{LAW}第二十八条、第二十九条",
    ),
    Matter(
        "provide",
        _("May we show your story and your evidence to the other side?"),
        _("It needs them to answer. What you marked for the mediator alone stays with the mediator."),
        "把陈述和没有标为保密的证据材料提供给对方当事人",
        f"{LAW}第二十三条",
    ),
    Matter(
        "voice",
        _("May a computer write down what you say in recordings?"),
        _("A person checks what it wrote. No voice print is made."),
        "用语音识别程序把录音转成文字（不提取声纹），由人工核对",
        f"{LAW}第二十三条、第二十四条",
    ),
)


@transaction.atomic
def answer_privacy(*, case_id: UUID, person: User, answers: Mapping[str, bool]) -> Case:
    """Write a party's answers down, one by one; a paper for that party alone follows. No answer is a no.

    May be repeated: the newest answers count, the earlier ones stay in the record (个人信息保护法 Art 15).
    """
    case = lock_case(case_id)
    party = case.party_of(person)
    if party is None:
        raise Refusal(gettext("This step is not yours to take."))
    said: dict[str, Any] = {matter.key: bool(answers.get(matter.key)) for matter in MATTERS}
    remember(case, "privacy.answer", by=person, side=party.side, version=VERSION, **said)
    return case


def privacy_consent(paper: Paper, case: Case) -> dict[str, Any]:
    """个人信息处理告知与单独同意书: the notice, and what this side answered to each matter."""
    said = record_at(case, paper.seq)
    party = _party(case, str(said.get("side", Side.CLAIMANT)))
    return {
        "to": name_of(party),
        "handler": contact_of(case),
        "purposes": [
            {"what": "姓名、电话、送达地址", "why": "联系您，送达通知和文书"},
            {"what": "陈述、证据材料、录音", "why": "查明事实，促成调解；录音转成文字后由人工核对"},
            {
                "what": "身份证件号码、收款或者还款账户",
                "why": "核对身份；写入调解协议，使协议可以履行和申请司法确认",
            },
            {"what": "登录时间、设备种类和操作记录", "why": "证明材料从何而来、何时提交，防止篡改和冒用"},
        ],
        "sensitive": "身份证件号码、账户和交易记录属于敏感个人信息，泄露可能危害您的财产安全。只在办理本案必要时处理，"
        "加密保存，只有承办人员可以查看。",
        "recipients": _recipients(case, party),
        "automatic": "语音识别、要素提示、相似案例和方案区间由程序给出，只供调解员参考，都由人决定。"
        "您可以要求说明，也可以要求对您的案件不使用。",
        "retention": f"没有提交的申请保存{DRAFT_DAYS}日；已受理的案件随卷宗保管期限保存，期满删除或者匿名化。",
        "rights": "您可以查阅、复制、更正、补充、删除您的个人信息，可以撤回同意，可以要求解释处理规则。"
        f"办理方式：在案件页面重新回答，或者联系{contact_of(case)}。不满意的，可以向履行个人信息保护职责的部门投诉。",
        "answers": [
            {
                "matter": matter.printed,
                "article": matter.article,
                "answer": "同意" if said.get(matter.key) else "不同意",
                "at": paper.asked_at,
            }
            for matter in MATTERS
        ],
        "refusal": "不同意不影响您参加调解。不同意提供身份证件号码和账户的，无法制作需要写明这些内容的协议；"
        "不同意向对方提供材料的，由调解员与您商量其他方式；不同意机器转写的，由人工记录。您始终可以向人民法院起诉。",
        "signatures": [
            {
                "role": ROLES[Side(party.side)] if party else "当事人",
                "name": name_of(party),
                "at": paper.asked_at,
                "method": f"{ON_SITE}（告知书版本 {said.get('version', VERSION)}）",
            }
        ],
    }


def _recipients(case: Case, party: Party | None) -> list[dict[str, str]]:
    other = next((one for one in case.parties.all() if party is None or one.pk != party.pk), None)
    court = case.centre.court if case.centre else None
    rows = [
        {
            "who": "，".join(filter(None, [name_of(other), other.phone if other else ""])),
            "what": "您的姓名、请求、陈述和没有标为保密的证据，用于答复和协商；协议必须写明的身份和账户信息",
        }
    ]
    if court:
        rows.append(
            {
                "who": court.name,
                "what": "只在双方共同申请司法确认，或者您起诉时，提供协议、证据和各方确认的事实",
            }
        )
    return rows


def _party(case: Case, side: str) -> Party | None:
    return next((party for party in case.parties.all() if party.side == side), None)
