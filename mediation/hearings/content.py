"""What stands in the papers of the hearing. Papers are Chinese documents, whoever reads the site how."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from cases.models import Case
from cases.roles import Role, Side
from mediation.hearings.models import Attendance, FactSheet, Hearing, ReadBack, Segment
from mediation.papers.content import ROLES, person_of

CONFIRMED = "登录后在线核对，点击确认"
ALOUD = "登录后在线核对，口述确认并录音"
MADE = "登录后制作"
RIGHTS_TOLD = (
    "各方加入调解会之前，已在平台上阅读权利义务告知：自愿参加、可以随时退出，可以申请更换调解员，调解保密及其例外，"
    "调解协议的效力和司法确认，虚假调解的后果（人民调解法第二十三条、人民法院在线调解规则第十三条、第十七条、第十八条）。"
)
GUESTS = {"helper": "帮手", "interpreter": "翻译"}
READ_RIGHT = "已阅读（听取）全文，确认无误。"


def transcript(hearing: Hearing, lines: Sequence[Segment], digest: str) -> dict[str, Any]:
    """The transcript 调解笔录: `lines` in order, `digest` of the text that both sides confirmed."""
    case = hearing.case
    backs = list(hearing.readbacks.select_related("party", "person", "voice__deposit"))
    confirmed = [back for back in backs if back.confirmed and back.digest == digest]
    with translation.override("zh-hans"):
        return {
            **_head(case, f"笔{hearing.number}"),
            "opened_at": hearing.opened_at,
            "closed_at": hearing.ended_at,
            "place": "；".join(filter(None, [hearing.get_how_display(), hearing.place])),
            "mediator": str(case.mediator),
            "recorder": _recorder(case, lines),
            "participants": [_participant(case, seat) for seat in _parties_here(hearing)],
            "rights_told": RIGHTS_TOLD,
            "statements": list(_statements(case, lines)),
            "result": hearing.result,
            "read_back": [_answer(back) for back in backs],
            "signatures": [*_signatures(case, confirmed, digest), _by_mediator(case, digest)],
            **_facts_number(case),
        }


def undisputed_facts(sheet: FactSheet) -> dict[str, Any]:
    """The undisputed facts 无争议事实确认书, as both sides confirmed them."""
    case = sheet.case
    given = list(sheet.confirmations.select_related("party", "person").order_by("at"))
    with translation.override("zh-hans"):
        said = "；".join(
            f"{one.party.name}于{timezone.localtime(one.at):%Y年%m月%d日 %H时%M分}确认" for one in given
        )
        return {
            **_head(case, f"事{sheet.version}"),
            "parties": [person_of(party) for party in case.parties.select_related("institution")],
            "facts": [{"text": line} for line in sheet.facts.splitlines() if line.strip()],
            "agreed_how": f"双方分别登录平台，逐条阅读第{sheet.version}版后各自点击确认：{said}。未确认不视为承认。",
            "signatures": [*_signatures(case, given, ""), _by_mediator(case, "")],
        }


def speaker_name(case: Case, role: str) -> str:
    """Who spoke, as the transcript names them."""
    if role == Role.MEDIATOR:
        return "调解员"
    party = {Role.CITIZEN: case.claimant, Role.INSTITUTION: case.respondent}.get(Role(role)) if role else None
    return f"{ROLES[Side(party.side)]}（{party.name}）" if party else ""


def short_name(case: Case, role: str) -> str:
    """Who spoke, short enough to stand before every line of a page."""
    if role == Role.CITIZEN and case.claimant:
        return str(case.claimant.name)
    if role == Role.INSTITUTION and case.respondent:
        institution = case.respondent.institution
        return str((institution.short_name if institution else "") or case.respondent.name)
    return "调解员" if role == Role.MEDIATOR else ""


def _head(case: Case, mark: str) -> dict[str, Any]:
    centre = case.centre
    return {
        "made_at": timezone.now(),
        "docket": case.docket,
        "number": f"{case.docket}-{mark}",
        "organisation": {
            "name": centre.name if centre else "",
            "phone": (centre.phone if centre else "") or settings.HELP_PHONE,
        },
    }


def _facts_number(case: Case) -> dict[str, str]:
    sheet = case.fact_sheets.filter(paper__isnull=False).last()
    return {"undisputed_number": f"{case.docket}-事{sheet.version}"} if sheet else {}


def _recorder(case: Case, lines: Sequence[Segment]) -> str:
    engines = sorted({line.recording.engine for line in lines if line.recording and line.recording.engine})
    if not engines:
        return f"{case.mediator}"
    return f"{case.mediator}（语音转写：{'、'.join(engines)}；人工核对）"


def _parties_here(hearing: Hearing) -> list[Attendance]:
    return [
        seat for seat in hearing.attendances.select_related("person") if seat.person.role != Role.MEDIATOR
    ]


def _participant(case: Case, seat: Attendance) -> dict[str, str]:
    party = case.party_of(seat.person)
    role = ROLES[Side(party.side)] if party else GUESTS.get(seat.part, "参加人")
    if seat.identity_checked_at:
        checked = f"调解员于{timezone.localtime(seat.identity_checked_at):%Y年%m月%d日 %H时%M分}核验身份"
    else:
        checked = ""
    if party and party.institution_id:
        return {
            "role": f"{role}的经办人",
            "name": f"{seat.person}（{party.name}）",
            "identity_check": checked,
        }
    return {"role": role, "name": str(seat.person), "identity_check": checked}


def _statements(case: Case, lines: Sequence[Segment]) -> Iterator[dict[str, str]]:
    """What one speaker said in a row is one statement."""
    said = [line for line in lines if line.text]
    for speaker, turn in groupby(said, key=lambda line: line.speaker):
        yield {"speaker": speaker_name(case, speaker), "text": "".join(_closed(line.text) for line in turn)}


def _closed(text: str) -> str:
    """The line with a full stop, so that two lines of one speaker do not run together."""
    return text if text[-1] in "。！？；，、：…—.!?;,:" else f"{text}。"


def _answer(back: ReadBack) -> dict[str, Any]:
    answer = READ_RIGHT if back.confirmed else f"提出异议：{back.objection}"
    if back.voice:
        voice = back.voice
        answer += f"本人口述确认，录音为{voice.number:02d}号材料，SHA-256：{voice.deposit.sha256}。"
    return {"name": back.party.name, "answer": answer, "at": back.at}


def _signatures(case: Case, given: Sequence[Any], digest: str) -> Iterator[dict[str, Any]]:
    """A place for each side, filled where it confirmed: `given` have party, person and at."""
    last = {one.party_id: one for one in given}
    for party in case.parties.all():
        place: dict[str, Any] = {"role": ROLES[Side(party.side)], "name": party.name}
        if one := last.get(party.pk):
            place |= {"at": one.at, "method": ALOUD if getattr(one, "voice", None) else CONFIRMED}
            if digest:
                place["fingerprint"] = digest
            if party.institution_id:
                place["on_behalf_of"] = str(one.person)
        yield place


def _by_mediator(case: Case, digest: str) -> dict[str, Any]:
    place = {"role": "调解员", "name": str(case.mediator), "at": timezone.now(), "method": MADE}
    return {**place, "fingerprint": digest} if digest else place
