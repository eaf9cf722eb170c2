"""电子送达凭证 out of the notices that were written and delivered (在线诉讼规则 Arts 29–31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit, Party, User
from cases.roles import STAFF_ROLES, Side
from cases.services.steps import lock_case
from evidence.models import Entry
from mediation.documents.dates import chinese_moment
from mediation.notices.models import Notice
from mediation.papers.facts import ROLES, name_of
from mediation.papers.models import Paper
from mediation.papers.records import issue

WAYS = {"inbox": "站内消息", "sms": "手机短信", "mail": "电子邮件"}
BOTH = frozenset(Side.values)
MEANT_FOR = {  # which sides a message with this paper tells of it; papers of the office alone are not among them
    "acceptance_notice": {Side.CLAIMANT},
    "decline_notice": {Side.CLAIMANT},
    "invitation": {Side.RESPONDENT},
    "rights_notice": BOTH,
    "disclosure": BOTH,
    "extension_consent": BOTH,
    "failure_notice": BOTH,
}
CONFIRMED_RULE = (
    "受送达人同意电子送达并确认了电子地址，信息到达该地址所在系统时即为送达"
    "（人民法院在线诉讼规则第三十条、第三十一条）"
)
READ_RULE = (
    "受送达人没有事先确认电子地址，但已经阅读或者回复的，以阅读、回复的时间为送达时间"
    "（人民法院在线诉讼规则第三十一条）"
)
EARLIEST_RULE = "以多种方式送达的，以最先送达的时间为准（人民法院在线诉讼规则第三十一条）。"
TRACE = (
    "消息在所告知事项写入案件记录的同一时刻生成，每条附有核对码，受送达人可以在平台首页核对真伪；案件记录逐条固定指纹，"
    "不能改写或者删除。发送时间由平台记录，阅读时间由受送达人的账号打开消息时记录。"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one side was told by one fact: all messages of it, by every way."""

    party: Party
    event: str
    subject: str
    written_at: datetime
    notices: tuple[Notice, ...]

    @property
    def key(self) -> str:
        """What a form names it by."""
        return f"{self.party.side}-{self.notices[0].pk}"

    @property
    def effective_at(self) -> datetime | None:
        """When it counts as delivered; None while that cannot be said."""
        return effective_at(self.party, self.notices)

    @property
    def is_read(self) -> bool:
        """Whether anybody of this side has opened it."""
        return any(one.read_at for one in self.notices)


def deliveries_of(case: Case) -> list[Delivery]:
    """Everything that a side was told in this case, newest first."""
    groups: dict[tuple[str, str, str, datetime], list[Notice]] = {}
    parties = {str(party.side): party for party in case.parties.select_related("person", "institution")}
    for notice in case.notices.select_related("to").order_by("written_at", "pk"):
        side = _side_of(notice, parties)
        if side:
            moment = notice.written_at.replace(microsecond=0)
            groups.setdefault((side, notice.kind, notice.subject, moment), []).append(notice)
    found = [
        Delivery(parties[side], kind, subject, rows[0].written_at, tuple(rows))
        for (side, kind, subject, _at), rows in groups.items()
    ]
    return sorted(found, key=lambda one: one.written_at, reverse=True)


def _side_of(notice: Notice, parties: dict[str, Party]) -> str:
    for side, party in parties.items():
        if notice.to_id and notice.to_id == party.person_id:
            return side
        if notice.to and party.institution_id and notice.to.institution_id == party.institution_id:
            return side
        if not notice.to_id and notice.phone and notice.phone == party.phone:
            return side
    return ""


def effective_at(party: Party, notices: Sequence[Notice]) -> datetime | None:
    """The earliest valid moment: arrival in the system for a confirmed address, else the first reading (Arts 30, 31).

    A text message counts only where it was read on the site: its carrier reports no arrival to us.
    """
    moments = [one.read_at for one in notices if one.read_at]
    if is_confirmed(party):
        moments += [
            one.sent_at or one.written_at
            for one in notices
            if one.channel == Notice.Channel.INBOX and one.state == Notice.State.SENT
        ]
    return min(moments, default=None)


def is_confirmed(party: Party) -> bool:
    """Whether this side agreed to electronic service and confirmed where to (Art 29)."""
    return party.e_delivery_at is not None


@transaction.atomic
def prove_delivery(*, case_id: UUID, staff: User, key: str) -> Exhibit:
    """Make the paper for one delivery, named by `Delivery.key`. It tells what happened, even that nothing is proven.

    Raises Refusal for a delivery that is not of this case.
    """
    case = lock_case(case_id)
    if staff.role not in STAFF_ROLES:
        raise Refusal(_("This step is not yours to take."))
    one = next((one for one in deliveries_of(case) if one.key == key), None)
    if one is None:
        raise Refusal(_("This delivery is not in this case."))
    with translation.override("zh-hans"):
        content = _content(case, one, staff)
    return issue(case, "delivery_proof", content, by=staff)


def _content(case: Case, one: Delivery, staff: User) -> dict[str, Any]:
    papers = _papers(case, one)
    told: dict[str, Any] = {
        "receiver": {"name": name_of(one.party), "role": ROLES[Side(one.party.side)]},
        "consent": _consent(one.party),
        "matter": "；".join([one.subject, *(str(paper.exhibit.title) for paper in papers if paper.exhibit)]),
        "ways": [_way(notice) for notice in one.notices],
        "effect": _effect(one),
        "trace": TRACE,
        "made_by": str(staff),
    }
    if papers:
        told["papers"] = [
            {"name": str(paper.exhibit.title), "fingerprint": paper.exhibit.deposit.sha256}
            for paper in papers
            if paper.exhibit
        ]
    return told


def _consent(party: Party) -> str:
    if party.e_delivery_at:
        return f"同意。{chinese_moment(party.e_delivery_at)}在平台上确认，地址为本平台账号和所留手机号码。"
    return "没有确认同意电子送达的记录。"


def _papers(case: Case, one: Delivery) -> list[Paper]:
    """The papers that the same fact called for and that are meant for this side."""
    seqs = Entry.objects.filter(chain=case.chain, event=one.event).values_list("seq", flat=True)
    papers = case.papers.filter(seq__in=list(seqs), exhibit__isnull=False).select_related("exhibit__deposit")
    return [paper for paper in papers if one.party.side in MEANT_FOR.get(paper.kind, ())]


def _way(notice: Notice) -> dict[str, Any]:
    row: dict[str, Any] = {
        "way": WAYS.get(notice.channel, notice.get_channel_display()),
        "address": _address(notice),
        "written_at": notice.written_at,
        "outcome": _outcome(notice),
    }
    if notice.sent_at:
        row["sent_at"] = notice.sent_at
    if notice.read_at:
        row["read_at"] = notice.read_at
    return row


def _address(notice: Notice) -> str:
    if notice.phone:
        return f"手机号码 {notice.phone[:3]}****{notice.phone[-4:]}"
    return f"本平台账号（{notice.to}）" if notice.to else "本平台账号"


def _outcome(notice: Notice) -> str:
    if notice.read_at:
        return "已到达，已阅读"
    if notice.state == Notice.State.SENT:
        return "已到达平台账号" if notice.channel == Notice.Channel.INBOX else "已交付通信服务商"
    if notice.state == Notice.State.FAILED:
        return f"没有送达：{notice.problem or '原因不明'}"
    return "尚未发出"


def _effect(one: Delivery) -> list[str]:
    at = one.effective_at
    rules = [CONFIRMED_RULE + "。" if is_confirmed(one.party) else READ_RULE + "。"]
    if len(one.notices) > 1:
        rules.append(EARLIEST_RULE)
    if at is None:
        rules.append("截至本凭证出具之时，没有可以认定送达的记录。没有回复不视为同意，也不当然视为送达。")
    else:
        rules.append(f"依照上述规定，本次送达的时间为{chinese_moment(timezone.localtime(at))}。")
    return rules
