"""A paper as a Word file (.docx), to be worked on outside. It says on every page that it is a copy without force.

The same contents as the PDF, asked for by the same rules; set plainly, because its reader will change it.
"""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from mediation.documents.kinds import KINDS
from mediation.documents.render import written_out

FACE = "宋体"
TITLE_FACE = "黑体"
MARK = "编辑用副本，没有法律效力。以平台生成并经各方签署的文书为准。"
Row = Mapping[str, Any]


def render_word(kind: str, content: Mapping[str, Any]) -> bytes:
    """One paper as .docx. Raises KeyError for a kind without a Word copy, MissingContent as `render.render` does."""
    build = BUILDERS[kind]
    written, _unprinted = written_out(kind, content, as_typed=True)
    document = _blank(KINDS[kind].title, written)
    build(document, written)
    if "unprinted" in written:
        _say(document, written["unprinted"])
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _blank(title: str, content: Row) -> WordDocument:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(27), Mm(25)
    section.top_margin, section.bottom_margin = Mm(25), Mm(24)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FACE, Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    document.core_properties.title = f"{title}（副本）"
    document.core_properties.author = str(content.get("organisation", {}).get("name", ""))
    document.core_properties.comments = MARK
    for place in (section.header, section.footer):
        line = place.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(line, MARK, size=9, colour=RGBColor(0xB0, 0x20, 0x20))
    _centred(document, content.get("organisation", {}).get("name", ""), size=15)
    _centred(document, title, size=21, bold=True)
    if content.get("number"):
        _centred(document, content["number"], size=11)
    _say(document, MARK, bold=True)
    return document


def _agreement(document: WordDocument, content: Row) -> None:
    for person in content["parties"]:
        _person(document, person)
    _part(document, "纠纷的主要事实", content["facts"])
    _part(document, "争议事项", content["issues"])
    _part(document, "各方当事人的责任", content["responsibility"])
    _head(document, "协议内容")
    lines = [_term(term) for term in content["terms"]]
    lines += [
        f"信用记录的处理：{content['credit_record']}",
        f"其他请求的处理：{content['waiver']}",
        f"费用的负担：{content['costs']}",
    ]
    _numbered(document, lines)
    for term in content["terms"]:
        if term.get("instalments"):
            rows = [
                (str(n), row["due_on"]["date"], row["amount_fen"]["figures"])
                for n, row in enumerate(term["instalments"], start=1)
            ]
            _head(document, "分期履行计划")
            _table(document, ("期数", "应付日期", "应付金额（元）"), rows)
    _part(document, "份数", f"本协议{content['copies']}。")
    _signatures(document, content["signatures"])


def _term(term: Row) -> str:
    if term["kind"] != "payment":
        return str(term["text"])
    money = term["amount_fen"]
    when = (
        f"分{len(term['instalments'])}期支付，见分期履行计划"
        if term.get("instalments")
        else f"于{term['due_on']['date']}前一次付清"
    )
    account = term["account"]
    told = (
        f"{term['payer']}应当向{term['payee']}支付人民币{money['figures']}元（大写：{money['capitals']}），{when}。"
        f"收款账户：户名{account['holder']}，开户银行{account['bank']}，账号{account['number']}。"
        f"款项抵充顺序：{term['allocation']}。逾期后果：{term['overdue']}。"
    )
    return told + str(term.get("text") or "")


def _failure_notice(document: WordDocument, content: Row) -> None:
    _say(document, f"{content['to']}：")
    _say(
        document,
        f"{content['docket']}案的调解，因{content['ground']}，于{content['ended_on']['date']}终止（人民法院在线调解规则第二十五条）。",
    )
    pairs = [
        ("当事人", "；".join(f"{one['role']}：{one['name']}" for one in content["parties"])),
        ("调解员", content["mediator"]),
        ("调解时间", f"{content['started_on']['date']}至{content['ended_on']['date']}"),
    ]
    _table(document, ("事项", "内容"), pairs)
    _part(document, "纠纷概要", content["facts"])
    _part(document, "未达成协议的原因", content["reasons"])
    _part(document, "导致调解成本增加的情形", content["cost_conduct"])
    _part(document, "提请人民法院注意的事项", content["court_notes"])
    _head(document, "可以选择的其他途径")
    _numbered(document, content["other_routes"])
    _closing(document, content)


def _transcript(document: WordDocument, content: Row) -> None:
    pairs = [
        ("案号", content["docket"]),
        ("开始时间", content["opened_at"]["moment"]),
        ("结束时间", content["closed_at"]["moment"]),
        ("地点／平台", content["place"]),
        ("调解员", content["mediator"]),
        ("记录人", content["recorder"]),
    ]
    _table(document, ("事项", "内容"), pairs)
    rows = [(one["role"], one["name"], one["identity_check"]) for one in content["participants"]]
    _head(document, "参加人员与身份核验")
    _table(document, ("身份", "姓名或者名称", "核验方式"), rows)
    _part(document, "权利义务告知", content["rights_told"])
    _head(document, "调解过程")
    for said in content["statements"]:
        line = document.add_paragraph()
        _run(line, f"{said['speaker']}：", bold=True)
        _run(line, said["text"])
        if said.get("correction"):
            _run(line, f"（本人更正：{said['correction']}）", size=10)
    _part(document, "调解结果", content["result"])
    _head(document, "核对确认")
    _table(document, ("姓名或者名称", "意见"), [(one["name"], one["answer"]) for one in content["read_back"]])
    _signatures(document, content["signatures"])


BUILDERS: dict[str, Callable[[WordDocument, Row], None]] = {
    "agreement": _agreement,
    "failure_notice": _failure_notice,
    "transcript": _transcript,
}


def _person(document: WordDocument, person: Row) -> None:
    rest = [
        person[key]
        for key in ("licence", "code", "id_number", "address", "phone", "representative")
        if person.get(key)
    ]
    line = document.add_paragraph()
    _run(line, f"{person['role']}：", bold=True)
    _run(line, "，".join([str(person["name"]), *map(str, rest)]) + "。")


def _signatures(document: WordDocument, people: Sequence[Row]) -> None:
    """Empty places: a signature stands on the signed paper alone."""
    _head(document, "签署")
    for one in people:
        _say(document, f"{one['role']}：{one['name']}　　签名：＿＿＿＿＿＿　　日期：＿＿＿＿＿＿")


def _closing(document: WordDocument, content: Row) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(line, f"{content['organisation']['name']}（盖章）　{content['made_at']['date']}")


def _part(document: WordDocument, title: str, words: str) -> None:
    _head(document, title)
    for line in str(words).split("\n"):
        if line.strip():
            _say(document, line)


def _head(document: WordDocument, title: str) -> None:
    _run(document.add_paragraph(), title, bold=True, size=13, face=TITLE_FACE)


def _say(document: WordDocument, words: str, *, bold: bool = False) -> None:
    line = document.add_paragraph()
    line.paragraph_format.first_line_indent = Pt(24)
    _run(line, words, bold=bold)


def _numbered(document: WordDocument, lines: Sequence[str]) -> None:
    for number, words in enumerate(lines, start=1):
        _say(document, f"{number}. {words}")


def _centred(document: WordDocument, words: str, *, size: int, bold: bool = False) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(line, words, size=size, bold=bold, face=TITLE_FACE if bold else FACE)


def _table(document: WordDocument, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    for cell, words in zip(table.rows[0].cells, heads, strict=True):
        _run(cell.paragraphs[0], words, bold=True, size=10)
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            _run(cell.paragraphs[0], str(words), size=10)


def _run(
    line: Any, words: str, *, size: int = 12, bold: bool = False, face: str = FACE, colour: Any = None
) -> None:
    run = line.add_run(words)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, face
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)  # noqa: SLF001 — python-docx has no other way to a Chinese face
    if colour is not None:
        run.font.color.rgb = colour
