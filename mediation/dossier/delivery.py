"""电子送达凭证 out of the notices that were written and delivered (在线诉讼规则 Arts 29–31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit, Party, User
from cases.roles import STAFF_ROLES, Side
from cases.rules.delivery import Phase
from cases.services.steps import lock_case
from evidence.models import Entry
from mediation.documents.dates import chinese_moment
from mediation.notices.assessing import basis_of, look_again, matter_of
from mediation.notices.consents import Standing, standing_of
from mediation.notices.models import Ladder, Notice
from mediation.papers.facts import ROLES, name_of
from mediation.papers.models import Paper
from mediation.papers.records import issue

WAYS = {"inbox": "站内消息", "sms": "手机短信", "email": "电子邮件", "call": "电话", "post": "邮寄"}
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
NO_CONSENT_RULE = (
    "没有受送达人同意电子送达的记录；仅有发出或者阅读的记录，不认定为电子送达"
    "（人民法院在线诉讼规则第二十九条）"
)
EARLIEST_RULE = "以多种方式送达的，以最先送达的时间为准（人民法院在线诉讼规则第三十一条）。"
NOTHING_SENT = {
    "way": "无",
    "address": "没有可用的电子地址",
    "outcome": "没有发出电子信息，也没有电话、邮寄记录",
}
TRACE = (
    "消息在所告知事项写入案件记录的同一时刻生成，每条附有核对码，受送达人可以在平台首页核对真伪；案件记录逐条固定指纹，"
    "不能改写或者删除。发送时间由平台记录，阅读时间由受送达人的账号打开消息时记录。"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one side was told by one fact: all messages of it, by every way; with its ladder, if it has one."""

    party: Party
    event: str
    subject: str
    written_at: datetime
    notices: tuple[Notice, ...]
    ladder: Ladder | None = None

    @property
    def key(self) -> str:
        """What a form names it by."""
        return f"ladder-{self.ladder.pk}" if self.ladder else f"{self.party.side}-{self.notices[0].pk}"

    @property
    def effective_at(self) -> datetime | None:
        """When it counts as delivered; None while that cannot be said."""
        return self.ladder.delivered_at if self.ladder else effective_at(self.party, self.notices)

    @property
    def is_read(self) -> bool:
        """Whether anybody of this side has opened it."""
        return any(one.read_at for one in self.notices)


def deliveries_of(case: Case) -> list[Delivery]:
    """Everything that a side was told in this case, newest first."""
    groups: dict[tuple[str, str, str, datetime], list[Notice]] = {}
    parties = {str(party.side): party for party in case.parties.select_related("person", "institution")}
    for notice in case.notices.filter(rung=None).select_related("to").order_by("written_at", "pk"):
        side = _side_of(notice, parties)
        if side:
            moment = notice.written_at.replace(microsecond=0)
            groups.setdefault((side, notice.kind, notice.subject, moment), []).append(notice)
    found = [
        Delivery(parties[side], kind, subject, rows[0].written_at, tuple(rows))
        for (side, kind, subject, _at), rows in groups.items()
    ]
    found += [_of_ladder(ladder) for ladder in _ladders(case)]
    return sorted(found, key=lambda one: one.written_at, reverse=True)


def _ladders(case: Case) -> "QuerySet[Ladder]":
    found = case.ladders.select_related("case", "party__institution", "party__person")
    return found.prefetch_related("rungs__notices__to", "rungs__by", "party__delivery_consents")


def _of_ladder(ladder: Ladder) -> Delivery:
    notices = tuple(one for rung in ladder.rungs.all() for one in rung.notices.all())
    return Delivery(ladder.party, ladder.event, ladder.subject, ladder.written_at, notices, ladder)


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
    """The earliest valid moment of messages that have no ladder; None without consent (Arts 29–31)."""
    if not standing_of(party, Phase.MEDIATION, notices[0].written_at).agreed:
        return None
    moments = [one.read_at for one in notices if one.read_at]
    moments += [
        one.sent_at or one.written_at
        for one in notices
        if one.channel == Notice.Channel.INBOX and one.state == Notice.State.SENT
    ]
    return min(moments, default=None)


@transaction.atomic
def prove_delivery(*, case_id: UUID, staff: User, key: str) -> Exhibit:
    """Make the paper for one delivery, named by `Delivery.key`. It tells what happened, even that nothing is proven.

    Raises Refusal for a delivery that is not of this case.
    """
    case = lock_case(case_id)
    if staff.role not in STAFF_ROLES:
        raise Refusal(_("This step is not yours to take."))
    number = key.removeprefix("ladder-")
    if number != key and number.isdecimal() and case.ladders.filter(pk=int(number)).exists():
        look_again(int(number))
    one = next((one for one in deliveries_of(case) if one.key == key), None)
    if one is None:
        raise Refusal(_("This delivery is not in this case."))
    with translation.override("zh-hans"):
        content = _content(case, one, staff)
    return issue(case, "delivery_proof", content, by=staff)


@transaction.atomic
def prove_ladder(*, ladder_id: int, staff: User) -> Exhibit:
    """送达凭证 of one notice of legal effect, with the calls and letters about it. As `prove_delivery`."""
    case_id = Ladder.objects.values_list("case_id", flat=True).get(pk=ladder_id)
    return prove_delivery(case_id=case_id, staff=staff, key=f"ladder-{ladder_id}")


def _content(case: Case, one: Delivery, staff: User) -> dict[str, Any]:
    papers = _papers(case, one)
    told: dict[str, Any] = {
        "receiver": {"name": name_of(one.party), "role": ROLES[Side(one.party.side)]},
        "consent": _consent(one),
        "matter": "；".join([_matter(one), *(str(paper.exhibit.title) for paper in papers if paper.exhibit)]),
        "ways": [_way(notice) for notice in one.notices] + _done_by_people(one)
        or [{**NOTHING_SENT, "written_at": one.written_at}],
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


def _matter(one: Delivery) -> str:
    matter = matter_of(one.ladder) if one.ladder else None
    return f"{matter.words.zh}（{one.subject}）" if matter else one.subject


def _standing(one: Delivery) -> Standing:
    matter = matter_of(one.ladder) if one.ladder else None
    return standing_of(one.party, matter.phase if matter else Phase.MEDIATION, one.written_at)


def _consent(one: Delivery) -> str:
    standing = _standing(one)
    if standing.agreed is None:
        return "没有确认同意电子送达的记录。"
    at = chinese_moment(timezone.localtime(standing.at)) if standing.at else ""
    if not standing.agreed:
        return f"不同意。{at}作出。"
    ways = "、".join(WAYS[way] for way in WAYS if way in standing.ways)
    return f"同意。{at}确认，方式：{ways}。"


def _papers(case: Case, one: Delivery) -> list[Paper]:
    """The papers that the same fact called for and that are meant for this side."""
    seqs = Entry.objects.filter(chain=case.chain, event=one.event).values_list("seq", flat=True)
    papers = case.papers.filter(seq__in=list(seqs), exhibit__isnull=False).select_related("exhibit__deposit")
    return [paper for paper in papers if one.party.side in MEANT_FOR.get(paper.kind, ())]


def _done_by_people(one: Delivery) -> list[dict[str, Any]]:
    """Calls and letters: who, when, what came of it."""
    rungs = one.ladder.rungs.all() if one.ladder else ()
    rows = []
    for rung in rungs:
        if rung.channel not in {"call", "post"} or not rung.happened_at or not one.ladder:
            continue
        row: dict[str, Any] = {
            "way": WAYS[rung.channel],
            "address": _phone(one.party.phone)
            if rung.channel == "call"
            else one.party.address or "未提供地址",
            "written_at": one.written_at,
            "happened_at": rung.happened_at,
            "outcome": "；".join(
                filter(
                    None,
                    [
                        str(rung.get_outcome_display()),
                        f"邮件号 {rung.number}" if rung.number else "",
                        str(rung.note),
                        f"经办人 {rung.by}" if rung.by else "",
                    ],
                )
            ),
        }
        if rung.ended_at:
            row["ended_at"] = rung.ended_at
        rows.append(row)
    return rows


def _way(notice: Notice) -> dict[str, Any]:
    row: dict[str, Any] = {
        "way": WAYS.get(notice.channel, notice.get_channel_display()),
        "address": _address(notice),
        "written_at": notice.written_at,
        "outcome": _outcome(notice),
    }
    if notice.sent_at:
        row["sent_at"] = notice.sent_at
    if notice.arrived_at:
        row["arrived_at"] = notice.arrived_at
    if notice.read_at:
        row["read_at"] = notice.read_at
    return row


def _address(notice: Notice) -> str:
    if notice.phone:
        return _phone(notice.phone)
    if notice.email:
        name, _at, domain = notice.email.partition("@")
        return f"电子邮箱 {name[:2]}***@{domain}"
    return f"本平台账号（{notice.to}）" if notice.to else "本平台账号"


def _phone(number: str) -> str:
    return f"手机号码 {number[:3]}****{number[-4:]}" if number else "未提供电话"


def _outcome(notice: Notice) -> str:
    if notice.read_at:
        return "已到达，已阅读"
    if notice.state == Notice.State.SENT:
        if notice.channel == Notice.Channel.INBOX:
            return "已到达平台账号"
        if notice.arrived_at:
            return f"已到达受送达人的系统（状态报告：{notice.report}）"
        answer = f"，答复：{notice.answer}" if notice.answer else ""
        return f"已交付{'邮件服务器' if notice.channel == Notice.Channel.EMAIL else '通信服务商'}{answer}"
    if notice.state == Notice.State.FAILED:
        return f"没有送达：{notice.problem or '原因不明'}"
    return "尚未发出"


def _rule(one: Delivery) -> str:
    basis = basis_of(one.ladder) if one.ladder else None
    if basis:
        return f"{basis.words.zh}（{basis.article}）"
    return CONFIRMED_RULE if _standing(one).agreed else NO_CONSENT_RULE


def _effect(one: Delivery) -> list[str]:
    at = one.effective_at
    rules = [_rule(one) + "。"]
    if len(one.notices) > 1:
        rules.append(EARLIEST_RULE)
    if at is None:
        rules.append("截至本凭证出具之时，没有可以认定送达的记录。没有回复不视为同意，也不当然视为送达。")
    else:
        rules.append(f"依照上述规定，本次送达的时间为{chinese_moment(timezone.localtime(at))}。")
    return rules
