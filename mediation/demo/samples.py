"""Pictures of invented papers: a contract's first page and a list of repayments, drawn with the document fonts."""

import io
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from cases.money import format_yuan
from mediation.demo.houses import LENDERS
from mediation.demo.stories import Story

FONT = next(
    (Path(__file__).resolve().parents[1] / "documents" / "fonts").glob("*[Ss]ong*.[ot]tf"),
)
SIZE = (900, 1200)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


def _paper(title: str, lines: list[str]) -> bytes:
    page = Image.new("RGB", SIZE, "#fdfcf8")
    draw = ImageDraw.Draw(page)
    draw.text((SIZE[0] / 2, 90), title, font=_font(44), fill="#111", anchor="mm")
    draw.line((80, 140, SIZE[0] - 80, 140), fill="#999", width=2)
    for place, line in enumerate(lines):
        draw.text((90, 180 + place * 52), line, font=_font(28), fill="#222")
    draw.text((SIZE[0] / 2, SIZE[1] - 60), "样例，内容为虚构", font=_font(24), fill="#b33", anchor="mm")
    out = io.BytesIO()
    page.save(out, "PNG", optimize=True)
    return out.getvalue()


def contract(story: Story) -> bytes:
    """The first page of the loan contract, as a PNG."""
    months, each = len(story.payments), story.payments[0][1] if story.payments else 0
    return _paper(
        "借款合同（节选）",
        [
            f"贷款人：{LENDERS[story.lender][0]}",
            f"产品：{story.product}",
            f"签订日期：{story.contract_on}",
            f"借款金额：{format_yuan(story.principal_fen)} 元",
            f"实际到账：{format_yuan(story.received_fen)} 元",
            f"还款方式：分 {months} 期，每期 {format_yuan(each)} 元",
            "第八条　服务费随每期还款一并收取，借款人点击同意视为知悉。",
        ],
    )


def statement(story: Story) -> bytes:
    """What the citizen's bank shows, as a PNG."""
    rows = [f"第{month:>2}期　支出 {format_yuan(fen)} 元" for month, fen in story.payments[:14]]
    return _paper("还款流水", rows or [f"争议金额 {format_yuan(story.amount_fen)} 元"])


def as_file(content: bytes) -> io.BytesIO:
    """The bytes as a file to hand in."""
    return io.BytesIO(content)
