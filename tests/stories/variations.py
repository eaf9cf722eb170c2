"""Tells each story again: other sums, names and days in other words, in a dialect, with slips, or as heard.

python -m tests.stories.variations      writes stories.jsonl anew (always the same)
"""

import hashlib
import json
import random
import re
from datetime import date
from pathlib import Path
from typing import Any

from tests.stories.inventing import invent_name, same_sum
from tests.stories.marks import Marked, Told, label_of, read_told
from tests.stories.saying import say_day, say_lender, say_rate, say_sum, say_term

FOLDER = Path(__file__).parent
DAYS = (date(2026, 6, 10), date(2026, 9, 18), date(2026, 11, 22), date(2025, 12, 30))
SLIPS = {
    "利息": ["利西", "利习", "力息"],
    "逾期": ["愈期", "余期", "预期"],
    "征信": ["争信", "证信", "征心"],
    "催收": ["崔收", "摧收"],
    "保险": ["保先", "宝险"],
    "手续费": ["手序费", "手续废"],
    "服务费": ["服务废", "服物费"],
    "担保": ["但保", "担宝"],
    "违约金": ["违约今", "维约金"],
    "分期": ["分其", "分起"],
    "贷款": ["货款", "贷宽", "代款"],
    "本金": ["本今", "本斤"],
    "合同": ["和同", "合铜"],
    "退还": ["退环", "腿还"],
    "平台": ["平抬"],
    "骚扰": ["搔扰", "骚绕"],
    "赔偿": ["陪偿", "赔尝"],
    "要求": ["要球", "邀求"],
    "记录": ["纪录", "计录"],
    "培训": ["陪训", "培讯"],
    "公寓": ["公遇"],
    "提前": ["题前", "提钱"],
    "解除": ["解出"],
    "通讯录": ["通迅录"],
    "信用卡": ["信用咔"],
    "高利贷": ["高力贷"],
    "砍头息": ["坎头息", "砍头西"],
    "取消": ["取销"],
    "拒赔": ["拒陪"],
}
DIALECTS: tuple[dict[str, str], ...] = (
    {"什么": "啥子", "没有": "没得", "知道": "晓得", "家里": "屋头", "怎么": "咋个", "不要": "莫"},
    {
        "没有": "冇",
        "不是": "唔系",
        "我们": "我哋",
        "他们": "佢哋",
        "现在": "而家",
        "给我": "畀我",
        "不": "唔",
        "了": "咗",
    },
    {"什么": "啥", "我们": "俺们", "不知道": "不道", "怎么": "咋", "没有": "没", "干什么": "嘎哈"},
    {"他们": "伊拉", "我们": "阿拉", "不": "勿", "说": "讲", "没有": "呒没", "什么": "啥", "他": "伊"},
    {"我": "阮", "他": "伊", "没有": "无", "都": "拢", "知道": "知影", "不": "毋", "给": "互"},
    {},
    {},
)
FILLERS = ("嗯", "那个", "就是", "然后", "呃", "反正")


def main() -> None:
    """Write the stories: each as it was written, and two of its retellings."""
    lines = [
        json.dumps(tell(told, turn), ensure_ascii=False) for told in read_told(FOLDER) for turn in range(3)
    ]
    (FOLDER / "stories.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def split_of(name: str) -> str:
    """Held out or for development, by the digest of the story's name: all its retellings go together."""
    return "held_out" if hashlib.sha256(name.encode()).digest()[0] % 3 == 0 else "dev"


def tell(told: Told, turn: int, *, same_sums: bool = False) -> dict[str, Any]:
    """The story itself (turn 0), retold with other figures (1, 3 …), or as heard and typed in haste (2).

    `same_sums`: retold with the same sums in other words, under invented names.
    """
    chance = random.Random(f"{told.name}/{turn}")
    today = DAYS[0] if turn == 0 else chance.choice(DAYS)
    names: dict[str, str] = {}
    dialect = chance.choice(DIALECTS) if turn else {}
    spoken = turn == 2
    text, labels = "", []
    for piece in told.pieces:
        if isinstance(piece, Marked):
            mark = _said_anew(piece, chance, names, spoken=spoken, same_sums=same_sums) if turn else piece
            if label := label_of(mark, len(text), today):
                labels.append(label)
            text += mark.words
        else:
            text += _worn(piece, chance, dialect, spoken=spoken) if turn else piece
    return {
        "id": f"{told.name}-{turn}",
        "split": split_of(told.name),
        "told_on": today.isoformat(),
        "provenance": "transcribed" if spoken else "typed",
        "text": text,
        "causes": list(told.causes),
        "remedies": list(told.remedies),
        "products": list(told.products),
        "labels": labels,
    }


def _said_anew(
    mark: Marked, chance: random.Random, names: dict[str, str], *, spoken: bool, same_sums: bool
) -> Marked:
    if mark.spec == "-" or mark.letter in "XZ":
        return mark
    match mark.letter:
        case "L":
            if mark.words not in names:
                invent = invent_name if same_sums else say_lender
                names[mark.words] = invent(mark.words, chance)
            return Marked(names[mark.words], "L", "")
        case "D":
            return Marked(*say_day(mark.words, mark.spec, chance, spoken=spoken))
        case "N":
            return Marked(*say_term(int(mark.spec), mark.words, chance))
        case "R":
            return Marked(*say_rate(mark.spec, mark.words, chance, spoken=spoken))
        case letter:
            say = same_sum if same_sums else say_sum
            words, spec = say(mark.spec, mark.words, chance, spoken=spoken)
            return Marked(words, letter, spec)


def _worn(text: str, chance: random.Random, dialect: dict[str, str], *, spoken: bool) -> str:
    for word, said in dialect.items():
        if chance.random() < 0.6:
            text = text.replace(word, said)
    for word, slips in SLIPS.items():
        if word in text and chance.random() < 0.18:
            text = text.replace(word, chance.choice(slips), 1)
    if spoken:
        text = re.sub("[，。；：“”、！？,]", lambda _found: " " if chance.random() < 0.06 else "", text)
        if chance.random() < 0.2:
            text = chance.choice(FILLERS) + text
    elif chance.random() < 0.3:
        text = text.replace("，", chance.choice([" ", ",", "，，"]))
    return text


if __name__ == "__main__":
    main()
