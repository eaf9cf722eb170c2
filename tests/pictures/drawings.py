"""Pictures drawn for tests: a statement of repayments, chat bubbles, a contract; clean, or as a phone takes them."""

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT = Path(__file__).resolve().parents[2] / "mediation" / "documents" / "fonts" / "MediationSong.otf"
HEADS = ("期数", "还款日期", "还款金额", "本金", "利息", "服务费", "剩余本金")
CHAT = (
    ("left", "您好，您的借款已逾期5天"),
    ("right", "我失业了，能不能分期还"),
    ("left", "今天必须还2600元，否则联系您的家人"),
    ("right", "你们到手只给了我八千五"),
    ("left", "合同写的一万就是一万"),
)
CONTRACT = (
    "借款合同",
    "出借人：甲宝小额贷款有限公司",
    "借款本金：人民币20000元",
    "年利率：23.9%，分12期偿还",
    "担保服务费：每月68元",
)


def rows_of(count: int, seed: int = 1) -> list[tuple[str, ...]]:
    """Cells of a table of repayments whose parts add up."""
    chance = random.Random(seed)
    left = 20_000_00
    rows = []
    for month in range(1, count + 1):
        principal = left // (count - month + 1)
        interest, fee = left // 60, chance.choice([0, 68_00, 45_50])
        left -= principal
        money = [principal + interest + fee, principal, interest, fee, left]
        day = f"2025-{(month - 1) % 12 + 1:02d}-{chance.randint(1, 28):02d}"
        rows.append((str(month), day, *(f"{fen / 100:,.2f}" for fen in money)))
    return rows


def statement(rows: list[tuple[str, ...]]) -> Image.Image:
    """A table with a title and column heads."""
    picture = Image.new("RGB", (1180, 140 + 46 * (len(rows) + 1)), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((40, 30), "甲宝小额贷款 还款明细", font=ImageFont.truetype(str(FONT), 34), fill="black")
    font = ImageFont.truetype(str(FONT), 26)
    for y, cells in enumerate([HEADS, *rows]):
        for x, cell in enumerate(cells):
            draw.text((40 + (0, 90, 270, 440, 600, 750, 900)[x], 100 + 46 * y), cell, font=font, fill="black")
    return picture


def chat() -> Image.Image:
    """Bubbles left and right."""
    picture = Image.new("RGB", (760, 120 + 110 * len(CHAT)), "#ededed")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(FONT), 28)
    for at, (side, words) in enumerate(CHAT):
        wide = draw.textlength(words, font=font) + 40
        x = 40 if side == "left" else 720 - wide
        y = 60 + 110 * at
        colour = "white" if side == "left" else "#95ec69"
        draw.rounded_rectangle((x, y, x + wide, y + 64), 12, fill=colour)
        draw.text((x + 20, y + 14), words, font=font, fill="black")
    return picture


def paper(lines: tuple[str, ...] = CONTRACT) -> Image.Image:
    """A page of print."""
    picture = Image.new("RGB", (900, 120 + 70 * len(lines)), "white")
    draw = ImageDraw.Draw(picture)
    for at, words in enumerate(lines):
        draw.text((60, 50 + 70 * at), words, font=ImageFont.truetype(str(FONT), 32), fill="black")
    return picture


def photographed(picture: Image.Image, *, degrees: float = 2.2, blur: float = 0.8) -> Image.Image:
    """Smaller, turned, blurred and pressed into a JPEG, as a phone in a hurry does it."""
    small = picture.resize((int(picture.width * 0.8), int(picture.height * 0.8)))
    turned = small.rotate(degrees, expand=True, fillcolor="#d8d4cc").filter(ImageFilter.GaussianBlur(blur))
    packed = io.BytesIO()
    turned.save(packed, "JPEG", quality=45)
    return Image.open(io.BytesIO(packed.getvalue())).convert("RGB")


def as_file(picture: Image.Image, form: str = "PNG") -> io.BytesIO:
    """The picture as the bytes of a file."""
    file = io.BytesIO()
    picture.save(file, form)
    file.seek(0)
    return file
