"""The record sheet 存证记录单: what a packet proves, set for people, with an answer to each of 在线诉讼规则 Arts 16–18.

It claims no more than what stands: what a check can show, and beside it what it cannot.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import segno
from django.utils import timezone
from django.utils.translation import override

from cases.models import Case, Exhibit
from evidence.canonical import canonical
from evidence.origin.provenance import Way
from evidence.packet import Plan, Planned
from evidence.time.timestamps import LocalTimestampAuthority
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.notes import SignedNote
from evidence.tlog.policies import Policy
from mediation.agreements.content import ROLE_NAMES, office_paper
from mediation.court.answers import Standing, answers
from mediation.documents.seal import DocumentSeal

VERSION = "mediation-record-sheet/1"
SHORT = 16  # digits of a fingerprint in the list of entries
NOT_ENCLOSED = "正文不随包提供"
ERASED = "正文已依法删除"
OTHER_ACT = "案件办理"
EVENT_NAMES = {
    "case.file": "提交申请",
    "case.accept": "受理",
    "case.assign": "指派调解员",
    "case.take_on": "调解员接案并披露",
    "case.take_effect": "协议生效",
    "mediator.accept": "同意调解员",
    "party.complete": "补全身份和送达地址",
    "hearing.call": "召集调解会",
    "hearing.join": "进入调解会",
    "hearing.check_identity": "核对身份",
    "hearing.agree_recording": "同意录音",
    "hearing.refuse_recording": "不同意录音",
    "facts.confirm": "确认无争议事实",
    "facts.issue": "无争议事实成文",
    "recording.seal": "封存录音",
    "transcript.heard": "录音转成文字",
    "transcript.correct": "更正笔录",
    "transcript.check": "核对笔录",
    "transcript.take_back": "撤回更正",
    "transcript.name_speaker": "注明说话人",
    "transcript.propose_speakers": "系统按声音提示说话人",
    "transcript.confirm_speakers": "核对并确认说话人",
    "transcript.reopen_speakers": "撤回确认的说话人",
    "transcript.ready": "笔录交双方核对",
    "transcript.confirm": "确认笔录",
    "transcript.issue": "笔录成文",
    "transcript.open_to_court": "同意法院看笔录",
    "deposit.take_in": "文件存证",
    "agreement.draft": "制作协议",
    "agreement.sign": "签署协议",
    "court.consent": "签署司法确认申请",
    "erasure": "依法删除正文",
}
EXPORTED = "制作证据包"
PEOPLE = {
    **{str(role): name for role, name in ROLE_NAMES.items()},
    "officer": "受理员",
    "court": "法院",
    "system": "系统",
}
ENTRIES_SAY = (
    "平台时间由本平台的时钟记下。经证明的时间来自时间戳：一条记录在“早于”所列时刻之前已经存在；"
    "“晚于”以日志记下的前一状态为准。正文不随包提供的记录，只表明此时写下过一条，"
    "调解中的陈述、让步和方案依法不向法院提供，双方都同意出示的笔录除外（人民法院在线调解规则第十八条）。"
)
QR_SAYS = "扫码得到检查点、案件标识、记录条数和策略指纹，可以与见证方或者法院自存的一份比对。"
HOW_TO_VERIFY = [
    "用法院自存的 verify.html（浏览器打开）或者 verify.py（Python 3.8 以上），不用包里的那一份。",
    "选择证据包，再选择法院自存的 policy.txt，核对策略指纹与上面是否相同；不需要联网，文件不会上传。",
    "程序逐项报告“一致”或者“对不上”，并指出第一处是哪个文件或者哪一条记录。",
    "证据包本身的指纹不能写进本单（本单在包内）；它写在本案记录中证据包之后的一条，并写入送交法院的登记。",
]
LOCAL = LocalTimestampAuthority.name


def record_sheet(
    case: Case,
    plan: Plan,
    files: Sequence[tuple[Exhibit, Mapping[str, Any]]],
    seal: DocumentSeal,
) -> dict[str, Any]:
    """The contents of the sheet. `files` are the exhibits in the packet with their rows of data/files.json."""
    accepted = Policy.parse(plan.policy).accept(SignedNote.parse(plan.checkpoint.cosigned), plan.log)
    witnesses = [
        f"{name}，{_moment(datetime.fromtimestamp(at_s, tz=timezone.get_current_timezone()))}"
        for name, at_s in sorted(accepted.witnesses.items())
    ]
    standing = Standing(
        witnesses=tuple(sorted(accepted.witnesses)),
        authorities=tuple(dict.fromkeys(token.authority for token in plan.tokens)),
        is_local_time=all(token.authority == LOCAL for token in plan.tokens),
        centre=case.centre.name if case.centre else "调解组织",
        seal_is_self_made=seal.is_self_made,
        withheld=len(plan.withheld),
    )
    policy = sha256(plan.policy).hexdigest()
    return {
        **office_paper(case, ""),
        "made_at": plan.made_at,
        "number": number_of(plan),
        "seal": {"at": plan.made_at, "fingerprint": seal.fingerprint},
        "checkpoint": {
            "log": plan.log,
            "size": plan.checkpoint.size,
            "root": plan.checkpoint.root,
            "sm3": plan.checkpoint.sm3_root,
            "policy": policy,
            "witnesses": witnesses or ["没有外部见证：策略不要求见证方。"],
        },
        "chain": {"case": plan.case, "count": len(plan.entries), "head": plan.head},
        "entries_say": ENTRIES_SAY,
        "entries": [_entry(planned) for planned in plan.entries],
        "files": [_file(exhibit, row) for exhibit, row in files],
        "times": _times(plan),
        "certificate": {
            "kind": "本站自制证书，并非电子认证服务机构签发" if seal.is_self_made else "运营方提供的证书",
            "fingerprint": seal.fingerprint,
        },
        "qr": _qr(plan, policy),
        "qr_says": QR_SAYS,
        "machine": canonical(_machine(plan, [row for _exhibit, row in files], policy)).decode(),
        "answers": answers(standing),
        "how_to_verify": HOW_TO_VERIFY,
        "made_by": f"{standing.centre}的在线调解平台自动制作",
    }


def number_of(plan: Plan) -> str:
    """存证编号: the beginning of the tag of the case and the size of the log; both stand in data/packet.json."""
    return f"{plan.case[:8]}-{plan.checkpoint.size}"


def _entry(planned: Planned) -> dict[str, Any]:
    entry = planned.entry
    is_open = planned.body is not None
    return {
        "number": entry.seq,
        "index": planned.index,
        "written": _written(entry.at),
        "bracket": _bracket(planned),
        "event": _event(planned),
        "by": PEOPLE.get(entry.role, "") if is_open else "",
        "digest": f"{entry.hash[:SHORT]}…",
    }


def _event(planned: Planned) -> str:
    entry = planned.entry
    if planned.envelope.typ == "export":
        return EXPORTED
    if planned.body is None:
        return ERASED if entry.is_erased else NOT_ENCLOSED
    return EVENT_NAMES.get(entry.event, OTHER_ACT)


def _bracket(planned: Planned) -> list[str]:
    lines = []
    if planned.not_before:
        lines.append(f"晚于 {_second(planned.not_before)}")
    if planned.not_after:
        lines.append(f"早于 {_second(planned.not_after)}")
    return lines or ["没有时间戳"]


def _file(exhibit: Exhibit, row: Mapping[str, Any]) -> dict[str, Any]:
    captured = exhibit.deposit.captured or {}
    with override("zh-hans"):
        how = str(Way(captured["how"]).label) if captured.get("how") in Way.values else ""
    by = PEOPLE.get(str((captured.get("by") or {}).get("role", "")), "")
    return {
        "name": str(row["path"]).rpartition("/")[2],
        "size": f"{row['size']:,} 字节",
        "written": _written(exhibit.deposit.at),
        "origin": "，".join(filter(None, (by, how))) or "来源见正文",
        "sha256": row["sha256"],
        "sm3": row["sm3"],
    }


def _times(plan: Plan) -> list[str]:
    if not plan.tokens:
        return ["没有外部时间戳；本单所列时间为本平台记录的时间。"]
    first, last = plan.tokens[0], plan.tokens[-1]
    lines = [
        f"共 {len(plan.tokens)} 个时间戳（RFC 3161），最早 {_moment(first.at)}，最晚 {_moment(last.at)}，"
        f"最晚的一个覆盖日志的前 {last.checkpoint_id} 项。"
    ]
    for name in dict.fromkeys(token.authority for token in plan.tokens):
        if name == LOCAL:
            lines.append("时间戳由本平台自设的服务签发，只表明本平台当时的时钟，不是可信第三方的时间证明。")
        else:
            lines.append(f"时间戳机构：{name}。它的证书见时间戳，是否可信由人民法院审查。")
    return lines


def _machine(plan: Plan, files: Sequence[Mapping[str, Any]], policy: str) -> dict[str, Any]:
    return {
        "v": VERSION,
        "case": plan.case,
        "log": plan.log,
        "checkpoint": {"root": plan.checkpoint.root, "size": plan.checkpoint.size},
        "sm3_root": plan.checkpoint.sm3_root,
        "count": len(plan.entries),
        "head": plan.head,
        "policy": policy,
        "entries": [
            {"seq": one.entry.seq, "index": one.index, "link": one.entry.hash, "at": one.envelope.at}
            for one in plan.entries
        ],
        "files": [{key: row[key] for key in ("seq", "sha256", "sm3", "size")} for row in files],
    }


def _qr(plan: Plan, policy: str) -> str:
    """What stands in the code: the text of the checkpoint as its signers signed it, then the case and the policy."""
    tree = Checkpoint(plan.log, plan.checkpoint.size, bytes.fromhex(plan.checkpoint.root))
    words = f"{tree.text()}case {plan.case} {len(plan.entries)} {plan.head}\npolicy sha256 {policy}\n"
    picture = io.BytesIO()
    segno.make(words, error="m", micro=False).save(
        picture, kind="svg", xmldecl=False, border=0, omitsize=True
    )
    return picture.getvalue().decode()


def _written(at: datetime) -> list[str]:
    return _second(at).split()


def _second(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
