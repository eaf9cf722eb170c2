"""Days and months named in a story, also by their distance from today: 去年五月, 上个月, 三个月前, 2024年3月5日."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from cases.analysis.findings import Finding, Kind
from cases.numbers import read_number

CN = "[零〇一二两三四五六七八九十]"
SPOKEN_YEAR = (  # 二五年三月, 从二二年交到
    "[一二][零〇一二三四五六七八九](?=年的?[一二三四五六七八九十\\d正元腊])|(?<=[从在到于自])二[零〇一二三四五六](?=年(?![前多后没]))"
    "|(?<![这过了有快就满两一二三四五六七八九十\\d])二[零〇一二三四五六](?=年(?![前多后没来的]))"
)
YEAR = (
    r"(?P<year>(?:19|20)\d{2}|(?<!\d)[012]\d|二[零〇][零〇一二三四五六七八九]{2}"
    rf"|{SPOKEN_YEAR})年?(?:的)?"
)
MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]|正|腊|元)月份?"
NUMBER_OF_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9]|[一二]?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])"
DAY = NUMBER_OF_DAY + "(?:日|号)"
DAY_OF_MONTH = (  # behind the month, where 日 is often left out: 四月十二, 3月28
    NUMBER_OF_DAY + r"(?:日|号|(?<!月.)(?![\d一二三四五六七八九万千百个块元天期.,点%％份次笔月年多几来]))"
)
FULL = re.compile(
    rf"(?<![\d.要满近快了过])(?<!回本){YEAR.replace('年?', '年')}\s?(?:{MONTH}(?:\s?{DAY_OF_MONTH})?)?(?!\d)"
)
DASHED = re.compile(
    r"(?<![\d.\-/])(?P<year>(?:19|20)\d{2})[-/.](?P<month>1[0-2]|0?[1-9])(?:[-/.](?P<day>3[01]|[12]\d|0?[1-9]))?(?![\d\-/])"
)
NEAR_YEAR = re.compile(
    rf"(?P<word>大前年|前年|去年|今年|上年|当年)(?:的)?\s?(?:{MONTH}(?:\s?{DAY_OF_MONTH})?|(?P<part>年初|年底|年末|春节|过年|国庆|夏天|冬天|春天|秋天|下半年|上半年))?"
)
NEAR_MONTH = re.compile(rf"(?P<word>上上个?月|上个?月|这个?月|本月)(?:的)?\s?(?:{DAY})?")
AGO = re.compile(
    rf"(?P<count>\d{{1,3}}|半|{CN}{{1,3}})(?:多)?个?(?P<half>半)?(?P<unit>年|月|星期|礼拜|周|天)(?:多|半)?(?:之前|以前|前)(?!还)"
)
NEAR_DAY = re.compile(r"上个?(?:礼拜|星期|周)|大前天|前天|昨天|(?<!到)今天(?!下午再)|昨晚|昨日|今日")
BARE = re.compile(
    rf"(?<![年个\d一二三四五六七八九十第]){MONTH}\s?{DAY_OF_MONTH}"
    r"|(?<![年个\d一二三四五六七八九十第])(?P<alone>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份(?!的?工资)"
    r"|(?<![年个\d一二三四五六七八九十第两几])(?P<said>1[0-2]|[2-9]|十[一二]|[二三四五六七八九])月"
    r"(?![\d份日号个息利供费薪租付底结均入化嫂光饼以之内])"
    r"|(?<![\d.\-])(?P<dashed>0?[1-9]|1[0-2])-(?P<on>0[1-9]|[12]\d|3[01])(?![\d\-.号])"
)
TOO_VAGUE = {"今年", "当年", "这个月", "这月", "本月"}  # with no more said: when it is told, nothing else
NEAR_YEARS = {"大前年": 3, "前年": 2, "去年": 1, "上年": 1, "今年": 0, "当年": 0}
PARTS = {
    "年初": 1,
    "春节": 2,
    "过年": 2,
    "春天": 4,
    "上半年": None,
    "夏天": 7,
    "下半年": None,
    "秋天": 10,
    "国庆": 10,
    "冬天": 12,
    "年底": 12,
    "年末": 12,
}
NEAR_DAYS = {"大前天": 3, "前天": 2, "昨天": 1, "昨晚": 1, "昨日": 1, "今天": 0, "今日": 0}


def find_dates(text: str, *, today: date) -> Iterator[Finding]:
    """Every day, month or year named; what would lie in the future or before 1990 is left out."""
    taken: set[int] = set()
    for found, value, confidence in _readings(text, today):
        if value is None or found[0] in TOO_VAGUE or taken & set(range(found.start(), found.end())):
            continue
        if not "1990" <= value <= (today + timedelta(days=366)).isoformat():
            continue
        taken.update(range(found.start(), found.end()))
        yield Finding(
            Kind.DATE, value, found.start(), found.end(), text[found.start() : found.end()], confidence
        )


def _readings(text: str, today: date) -> Iterator[tuple[re.Match[str], str | None, float]]:
    for pattern in (DASHED, FULL):
        for found in pattern.finditer(text):
            yield found, _written(_year(found["year"], today), found["month"], found["day"]), 0.95
    for found in NEAR_YEAR.finditer(text):
        yield found, _near_year(found, today), 0.9 if found["month"] else 0.7
    for found in NEAR_MONTH.finditer(text):
        back = {"上上": 2, "上个": 1, "上月": 1}.get(found["word"][:2], 0)
        yield found, _written(*_months_before(today, back), found["day"]), 0.85
    for found in AGO.finditer(text):
        yield found, _ago(found, today), 0.7
    for found in NEAR_DAY.finditer(text):
        yield found, (today - timedelta(days=NEAR_DAYS.get(found[0], 7))).isoformat(), 0.85
    for found in BARE.finditer(text):
        yield found, _latest(found, today), 0.6


def _number(words: str | None) -> int | None:
    if not words:
        return None
    if words in {"正", "元", "腊"}:
        return 12 if words == "腊" else 1
    value = read_number(words)
    return None if value is None else int(value)


def _year(words: str, today: date) -> int | None:
    if len(words) == 2 and not words.isdigit():
        words = "".join(str(_number(character) or 0) for character in words)
    year = _number(words)
    if year is None or year >= 1900:
        return year
    return 2000 + year if 2000 + year <= today.year + 1 else None


def _written(year: int | None, month: object = None, day: str | None = None) -> str | None:
    """As exact as it was said; None when there is no such day."""
    if year is None:
        return None
    in_month = month if isinstance(month, int) or month is None else _number(str(month))
    if in_month is None:
        return f"{year:04d}"
    on = _number(day)
    try:
        whole = date(year, in_month, on or 1)
    except ValueError:
        return None
    return whole.isoformat() if on else f"{year:04d}-{in_month:02d}"


def _near_year(found: re.Match[str], today: date) -> str | None:
    year = today.year - NEAR_YEARS[found["word"]]
    if found["part"]:
        return _written(year, PARTS[found["part"]])
    return _written(year, found["month"], found["day"])


def _months_before(today: date, count: int) -> tuple[int, int]:
    months = today.year * 12 + today.month - 1 - count
    return months // 12, months % 12 + 1


def _ago(found: re.Match[str], today: date) -> str | None:
    unit = found["unit"]
    count = 0.5 if found["count"] == "半" else float(_number(found["count"]) or 0)
    count += 0.5 * bool(found["half"])
    if not 0 < count <= 400:
        return None
    if unit in {"年", "月"}:
        months = round(count * 12 if unit == "年" else count)
        if months >= 12 * (today.year - 1990):
            return None
        year, month = _months_before(today, months)
        return (
            f"{year:04d}"
            if unit == "年" and count >= 1 and count == int(count)
            else f"{year:04d}-{month:02d}"
        )
    days = round(count * (1 if unit == "天" else 7))
    return (today - timedelta(days=days)).isoformat()


def _latest(found: re.Match[str], today: date) -> str | None:
    """5月3号 without a year: the last one that has passed."""
    month = found["month"] or found["alone"] or found["said"] or found["dashed"]
    day = found["day"] or found["on"]
    this_year = _written(today.year, month, day)
    if this_year and this_year > today.isoformat():
        return _written(today.year - 1, month, day)
    return this_year
