"""The court packet 证据包: what the court needs about one case, and nothing that was said in confidence."""

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from cases.models import Case, Exhibit
from evidence.keys import chain_key
from evidence.models import Anchor, Entry
from evidence.packet import PacketSummary, build_packet
from evidence.vault import SealedReader, seal_stream
from mediation.agreements.content import office_paper
from mediation.court.models import JointApplication
from mediation.documents.characters import covered
from mediation.documents.render import render

# Concessions may not be used against anybody (在线调解规则 Art 18, 特邀调解规定 Art 22): what was proposed, answered,
# suggested or said in the talks stays closed. A court reads the agreement and what both sides confirmed.
OPEN_EVENTS = {
    "case.file",
    "case.accept",
    "case.assign",
    "case.take_on",
    "case.take_effect",
    "mediator.accept",
    "hearing.call",
    "hearing.join",
    "hearing.check_identity",
    "hearing.agree_recording",
    "hearing.refuse_recording",
    "facts.confirm",
    "facts.issue",
    "agreement.draft",
    "agreement.sign",
    "court.consent",
    "party.complete",
}
OPEN_EXHIBITS = {
    Exhibit.Kind.CONTRACT,
    Exhibit.Kind.SCHEDULE,
    Exhibit.Kind.STATEMENT,
    Exhibit.Kind.IDENTITY,
}
EVENT_NAMES = {
    "case.file": "提交申请",
    "case.accept": "受理",
    "case.take_effect": "协议生效",
    "deposit.take_in": "文件存证",
    "exhibit.add": "登记证据",
    "agreement.draft": "制作协议",
    "agreement.sign": "签署协议",
    "facts.confirm": "确认无争议事实",
    "court.consent": "同意申请司法确认",
}


def exhibits_for_court(case: Case) -> list[Exhibit]:
    """The papers of the case that a court may see: contract papers, the agreement, the joint application.

    Statements from the talks, chats, recordings, private papers and withdrawn ones stay out.
    """
    open_papers = {
        pk
        for agreement in case.agreements.filter(effective_at__isnull=False, set_aside_at__isnull=True)
        for pk in (agreement.draft_id, agreement.final_id)
        if pk
    }
    open_papers |= set(case.applications.exclude(paper=None).values_list("paper_id", flat=True))
    open_papers |= set(case.fact_sheets.exclude(paper=None).values_list("paper_id", flat=True))
    seen = case.exhibits.filter(withdrawn_at__isnull=True, is_private=False).select_related("deposit")
    return [exhibit for exhibit in seen if exhibit.kind in OPEN_EXHIBITS or exhibit.pk in open_papers]


def make_packet(case: Case, target: BinaryIO) -> PacketSummary:
    """Write the packet of a case to an empty seekable file; the caller holds the case's lock."""
    exhibits = exhibits_for_court(case)
    open_entries = {exhibit.deposit.seq for exhibit in exhibits}

    def may_be_read(entry: Entry) -> bool:
        return entry.event in OPEN_EVENTS or entry.seq in open_entries

    sheet = render("record_sheet", record_sheet(case, exhibits))
    return build_packet(
        chain=case.chain,
        target=target,
        include_body=may_be_read,
        deposits=[(exhibit.deposit, name_in_packet(exhibit)) for exhibit in exhibits],
        extra={"存证记录单.pdf": sheet},
        role="system",
    )


def name_in_packet(exhibit: Exhibit) -> str:
    """A file name that every system can unpack and our fonts can print: number, title, the ending of its kind."""
    ending = Path(exhibit.deposit.name).suffix[:8].lower() or ".bin"
    letters = [letter for letter in str(exhibit.title) if letter.isalnum() or letter in "-_（）()"]
    title = "".join(letter for letter in letters if letter in covered())[:40]
    return f"{exhibit.number:02d}-{title or 'file'}{ending}"


def record_sheet(case: Case, exhibits: list[Exhibit]) -> dict[str, Any]:
    """The readable record sheet: the chain, the files, and an answer to each question of 在线诉讼规则 Arts 16–18."""
    entries = list(Entry.objects.of(case.chain).order_by("seq"))
    anchors = [
        f"第{anchor.seq}条，{timezone.localtime(anchor.at):%Y-%m-%d %H:%M}，{anchor.authority}"
        for anchor in Anchor.objects.of(case.chain)
    ]
    return {
        **office_paper(case, "存"),
        "entries": [
            {
                "number": entry.seq,
                "at": entry.at,
                "event": EVENT_NAMES.get(entry.event, entry.event),
                "by": entry.role,
                "digest": entry.hash,
            }
            for entry in entries
        ],
        "files": [
            {
                "name": name_in_packet(exhibit),
                "size": f"{exhibit.deposit.size:,} 字节",
                "stored_at": exhibit.deposit.at,
                "digest": exhibit.deposit.sha256,
            }
            for exhibit in exhibits
        ],
        "head": entries[-1].hash if entries else "",
        "anchors": anchors or ["尚无外部时间戳；本单所列时间为本平台记录的时间。"],
        "how_to_verify": HOW_TO_VERIFY,
        "answers": ANSWERS,
        "made_by": case.centre.name if case.centre else "",
    }


HOW_TO_VERIFY = [
    "从证据包中取出 verify.py，放在任意一台装有 Python 3.8 以上的电脑上。",
    "运行 python verify.py 证据包.zip，不需要联网，也不需要本平台的账号。",
    "程序逐项报告“一致”或者“对不上”，并指出是哪一个文件或者哪一条记录。",
]
ANSWERS = {
    "consistent": "随附的核验程序重新计算全部记录和文件的指纹；任何一个字节不同，都会指出对不上的那一项。",
    "platform": "本平台采用哈希链存证，尚未取得区块链存证服务备案；由法院依第十七条审查。",
    "interest": "调解组织运营本平台，不是本案当事人，与处理结果没有利害关系。",
    "system": "记录只能追加，不能修改或者删除；数据库与核验程序各自独立检查。系统环境由运营方按其部署说明负责。",
    "method": "记录以规范化 JSON 保存，用 SHA-256 前后相连；文件在接收时逐字节计算指纹，原样加密保存，不转码。",
    "before": "每个文件的提交人角色、提交方式和时间在接收时记录；上传之前的真实性由提交人说明，由法院审查。",
}


def keep(case: Case, application: JointApplication) -> PacketSummary:
    """Make the packet, seal it into the storage and write its hashes on the application. The caller saves the row."""
    with tempfile.TemporaryFile() as plain, tempfile.TemporaryFile() as sealed:
        summary = make_packet(case, plain)
        plain.seek(0)
        digest, size = hashlib.sha256(), 0
        while piece := plain.read(1 << 20):
            digest.update(piece)
            size += len(piece)
        plain.seek(0)
        seal_stream(plain, sealed, key=chain_key(case.chain))
        sealed.seek(0)
        name = digest.hexdigest()
        application.packet_stored = default_storage.save(f"packets/{name[:2]}/{name}", File(sealed))
        application.packet_sha256, application.packet_bytes = name, size
        application.packet_fingerprint = summary.fingerprint
    return summary


def read_packet(application: JointApplication) -> Iterator[bytes]:
    """The bytes of the packet that was sent to the court, piece by piece."""
    with default_storage.open(application.packet_stored) as stored:
        reader = SealedReader(cast("BinaryIO", stored), key=chain_key(application.case.chain))
        while piece := reader.read(1 << 18):
            yield piece
