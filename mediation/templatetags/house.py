"""Filters and tags of every template (registered as builtins): money, dates, names, icons, small drawings."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mediation import drawings

register = template.Library()
SHANGHAI = ZoneInfo("Asia/Shanghai")
# 复姓: family names of two characters; with any other name the first character is the family name.
DOUBLE_SURNAMES = {
    *(
        "欧阳",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "夏侯",
        "诸葛",
        "尉迟",
        "赫连",
        "皇甫",
        "澹台",
        "公孙",
        "慕容",
    ),
    *(
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "司空",
        "令狐",
        "百里",
        "呼延",
        "东郭",
        "西门",
        "拓跋",
        "轩辕",
        "申屠",
        "端木",
    ),
}


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """A value whose key is no name that a template could write after a dot."""
    return mapping.get(key, "")


@register.filter
def yuan(fen: int | str | None) -> str:
    """Fen as yuan: 1200050 → ¥12,000.50; nothing for None."""
    from cases.money import format_yuan

    if fen is None or fen == "":
        return ""
    fen = int(fen)
    return f"{'-' if fen < 0 else ''}¥{format_yuan(abs(fen))}"


@register.filter
def capitals(fen: int | str | None) -> str:
    """Fen in Chinese capitals, as contracts write money (大写): 1200050 → 壹万贰仟元伍角整."""
    from cases.money import in_capitals

    return "" if fen is None or fen == "" else in_capitals(int(fen))


def _local(value: dt.datetime) -> dt.datetime:
    return value.astimezone(SHANGHAI) if timezone.is_aware(value) else value


@register.filter
def when(value: dt.date | dt.datetime | None) -> str:
    """A short date in Shanghai: 11-22 14:30, or 11-22 for a day; the year goes first when it is not this one."""
    if not value:
        return ""
    year = timezone.now().astimezone(SHANGHAI).year
    if isinstance(value, dt.datetime):
        value = _local(value)
        shape = "%m-%d %H:%M"
    else:
        shape = "%m-%d"
    return value.strftime(shape if value.year == year else f"%Y-{shape}")


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A whole date in the words of the reader: 2026年11月22日."""
    if not value:
        return ""
    if isinstance(value, dt.datetime):
        value = _local(value).date()
    return date_format(value, "DATE_FORMAT")


@register.filter
def pause(stretch: Any) -> str:
    """A pause in one line: from when to when, why, for whom."""
    from mediation.dates.clocks import pause_words

    return pause_words(stretch)


@register.filter
def percent(share: float | str | None, digits: int = 0) -> str:
    """0.275 → 28%; `share|percent:1` → 27.5%."""
    return "" if share is None or share == "" else drawings.percent(float(share), int(digits))


@register.filter
def mask_name(name: str | None) -> str:
    """The family name alone: 杨小明 → 杨某, 欧阳小明 → 欧阳某, Anna Li → A***."""
    name = (name or "").strip()
    if not name:
        return ""
    if name[0].isascii():
        return f"{name[0]}***"
    return f"{name[:2] if name[:2] in DOUBLE_SURNAMES and len(name) > 2 else name[0]}某"


@register.filter
def mask_middle(text: str | None) -> str:
    """A number of which only both ends show: 13800001234 → 138****1234, 11010519491231002X → 110***********002X."""
    text = (text or "").strip()
    if len(text) < 8:
        return "*" * len(text)
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"


@register.filter
def filesize_zh(size: int | str | None) -> str:
    """Bytes as people read them: 900 B, 412 KB, 1.9 MB."""
    if size is None or size == "":
        return ""
    size = int(size)
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{round(size / 1024)} KB"
    return f"{size / 1024 / 1024:.1f} MB"


@register.filter
def clock_time(seconds: float | str | None) -> str:
    """Seconds of a recording as 21:07, or 1:02:03 beyond an hour."""
    if seconds is None or seconds == "":
        return ""
    minutes, rest = divmod(int(float(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def fingerprint(digest: str | None, groups: int = 4) -> str:
    """The beginning of a digest in groups of four: 9f2c 41e0 c7d5 1a68 …"""
    digest = digest or ""
    shown = [digest[i : i + 4] for i in range(0, 4 * int(groups), 4)]
    return " ".join(part for part in shown if part) + (" …" if len(digest) > 4 * int(groups) else "")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of icons.svg. Decoration unless it has a label."""
    where = static("mediation/icons.svg")
    if label:
        return format_html(
            '<svg class="i" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, where, name
        )
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"></use></svg>', where, name)


@register.simple_tag
def provenance(exhibit: Any, reader: Any = None) -> list[Any]:
    """Where the file of an exhibit comes from, line by line, as far as this reader may know it."""
    from mediation.files.provenance import lines_of, sees_all

    return lines_of(exhibit, full=sees_all(exhibit, reader))


@register.simple_tag(takes_context=True)
def nav_link(context: dict[str, Any], viewname: str, label: str) -> SafeString:
    """A link of the main navigation; marked as current on its page and the pages below it."""
    url = reverse(viewname)
    here = getattr(context.get("request"), "path", "")
    current = "page" if here == url else "true" if url != "/" and here.startswith(url) else ""
    mark = format_html(' aria-current="{}"', current) if current else SafeString("")
    return format_html('<a href="{}"{}>{}</a>', url, mark, label)


@register.simple_tag
def ring(state: str, fraction: float | str = 0.0) -> SafeString:
    """The sign beside a limit; see drawings.ring."""
    return drawings.ring(state, float(fraction or 0))


@register.simple_tag
def bars(days: Sequence[drawings.Day], label: str) -> SafeString:
    """The small calendar; see drawings.bars."""
    return drawings.bars(days, label)


@register.simple_tag
def distribution(plot: drawings.Distribution) -> SafeString:
    """How similar cases ended; see drawings.distribution."""
    return drawings.distribution(plot)


@register.simple_tag
def wave(peaks: Sequence[float], label: str) -> SafeString:
    """The loudness of a recording; see drawings.wave."""
    return drawings.wave(peaks, label)
