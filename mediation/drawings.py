"""Small drawings made on the server: plain SVG without script or inline style; colours come from app.css by class."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

FEWEST = 8  # below this many cases a distribution says more than it knows
BINS = 12
BASE = 92.0  # the base line of the distribution, in drawing units
LEFT, WIDE = 20.0, 324.0


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the small calendar: what to write under it, how many cases fall due, whether it is a day of rest."""

    label: str
    count: int
    is_rest: bool = False
    is_today: bool = False


@dataclass(frozen=True, slots=True)
class Distribution:
    """Shares (0 to 1) found in similar cases, and where the own proposal stands among them."""

    shares: Sequence[float]
    mine: float | None = None
    mine_label: str = ""

    @property
    def is_enough(self) -> bool:
        """Whether there are cases enough to draw."""
        return len(self.shares) >= FEWEST

    @property
    def count(self) -> int:
        """How many cases the drawing is made from."""
        return len(self.shares)

    @property
    def median(self) -> float:
        """The middle case."""
        return float(median(self.shares))

    @property
    def middle_half(self) -> tuple[float, float]:
        """Where the middle half of the cases begins and ends."""
        lower, _middle, upper = quantiles(self.shares, n=4, method="inclusive")
        return lower, upper

    @property
    def top(self) -> float:
        """The end of the scale: the next full tenth above every value."""
        highest = max([*self.shares, self.mine or 0.0, 0.1])
        return min(1.0, -(-highest * 100 // 10) / 10) if highest <= 1 else highest

    @property
    def bins(self) -> list[tuple[float, float, int]]:
        """Rows of the table twin: from, to, and how many cases lie between."""
        step = self.top / BINS
        counts = [0] * BINS
        for share in self.shares:
            counts[max(0, min(BINS - 1, int(share / step)))] += 1
        return [(step * i, step * (i + 1), count) for i, count in enumerate(counts)]


def percent(share: float, digits: int = 0) -> str:
    """0.275 → 28%; with one digit 27.5%."""
    return f"{share * 100:.{digits}f}%"


def ring(state: str, fraction: float = 0.0) -> SafeString:
    """The sign beside a limit: a ring filled by the used `fraction` (0 to 1), a disc when late, bars when paused."""
    if state == "late":
        return SafeString(
            '<svg viewBox="0 0 26 26" aria-hidden="true"><circle class="full" cx="13" cy="13" r="12"/>'
            '<path class="mark" d="M13 6v8M13 18.5v.5"/></svg>'
        )
    if state == "paused":
        return SafeString(
            '<svg viewBox="0 0 26 26" aria-hidden="true"><circle class="bg" cx="13" cy="13" r="11"/>'
            '<path class="mark" d="M10.5 9v8M15.5 9v8"/></svg>'
        )
    used = 69.1 * max(0.0, min(1.0, fraction))
    return format_html(
        '<svg viewBox="0 0 26 26" aria-hidden="true"><circle class="bg" cx="13" cy="13" r="11"/>'
        '<circle class="fg" cx="13" cy="13" r="11" stroke-dasharray="{} 70" transform="rotate(-90 13 13)"/></svg>',
        f"{used:.1f}",
    )


def bars(days: Sequence[Day], label: str) -> SafeString:
    """The small calendar: how many cases fall due on each day. `label` says the same in words."""
    most = max([day.count for day in days], default=0) or 1
    parts = []
    for i, day in enumerate(days):
        x, height = i * 43.0, 36.0 * day.count / most
        middle = x + 21.5
        if day.is_rest:
            parts.append(format_html('<rect class="rest" x="{}" width="43" height="58"/>', x))
        if day.count:
            parts.append(
                format_html(
                    '<rect class="{}" x="{}" y="{}" width="25" height="{}" rx="2"/>'
                    '<text class="n" x="{}" y="{}">{}</text>',
                    "today" if day.is_today else "bar",
                    x + 9,
                    f"{58 - height:.1f}",
                    f"{height:.1f}",
                    middle,
                    f"{54 - height:.1f}",
                    day.count,
                )
            )
        parts.append(format_html('<text x="{}" y="72">{}</text>', middle, day.label))
    return format_html(
        '<svg class="draw" viewBox="0 0 {} 76" role="img" aria-label="{}">{}<path class="axis" d="M0 58.5h{}"/></svg>',
        len(days) * 43,
        label,
        format_html_join("", "{}", ((part,) for part in parts)),
        len(days) * 43,
    )


def _place(share: float, top: float) -> float:
    return LEFT + WIDE * max(0.0, min(1.0, share / top))


def distribution(plot: Distribution) -> SafeString:
    """How similar cases ended: bars, the middle half behind them, the middle case dashed, the own proposal in red.

    Empty when there are too few cases to say anything (see FEWEST).
    """
    if not plot.is_enough:
        return SafeString("")
    top, (lower, upper) = plot.top, plot.middle_half
    most = max(count for _low, _high, count in plot.bins)
    width = WIDE / BINS
    columns = format_html_join(
        "",
        '<rect class="hist" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (
                f"{_place(low, top) + 2:.1f}",
                f"{BASE - 68 * count / most:.1f}",
                f"{width - 4:.1f}",
                f"{68 * count / most:.1f}",
            )
            for low, _high, count in plot.bins
            if count
        ),
    )
    low_x, mid_x, high_x = _place(lower, top), _place(plot.median, top), _place(upper, top)
    said = _(
        "%(count)d similar cases: the middle half lies between %(lower)s and %(upper)s, the middle case at %(median)s."
    )
    said %= {
        "count": plot.count,
        "lower": percent(lower),
        "upper": percent(upper),
        "median": percent(plot.median),
    }
    return format_html(
        '<svg class="draw" viewBox="0 0 364 126" role="img" aria-label="{}"><rect class="half" x="{}" y="18" width="{}"'
        ' height="74"/>{}<path class="axis" d="M14 92.5h336"/><path class="mid" d="M{} 18v74"/>{}'
        '<text class="s" x="{}" y="108">0%</text><text class="e" x="{}" y="108">{}</text>'
        '<text class="midt" x="{}" y="122">{}</text>{}</svg>',
        f"{said} {_mine_in_words(plot)}".strip(),
        f"{low_x:.1f}",
        f"{max(1.0, high_x - low_x):.1f}",
        columns,
        f"{mid_x:.1f}",
        _ends(lower, upper, low_x, high_x),
        LEFT,
        LEFT + WIDE,
        percent(top),
        f"{max(48.0, min(316.0, mid_x)):.1f}",
        _("Middle case %(share)s") % {"share": percent(plot.median)},
        _own(plot),
    )


def _ends(lower: float, upper: float, low_x: float, high_x: float) -> SafeString:
    """The figures under the middle half, where they do not run into each other or into the scale."""
    room = [(low_x, lower), (high_x, upper)] if high_x - low_x > 34 else [((low_x + high_x) / 2, lower)]
    if len(room) == 1:
        return SafeString("")
    return format_html_join(
        "",
        '<text x="{}" y="108">{}</text>',
        ((f"{x:.1f}", percent(share)) for x, share in room if LEFT + 34 < x < LEFT + WIDE - 44),
    )


def _mine_in_words(plot: Distribution) -> str:
    return f"{plot.mine_label} {percent(plot.mine)}".strip() if plot.mine is not None else ""


def _own(plot: Distribution) -> SafeString:
    if plot.mine is None:
        return SafeString("")
    x = _place(plot.mine, plot.top)
    side, at = ("e", x - 5) if x > LEFT + WIDE * 0.55 else ("s", x + 5)
    return format_html(
        '<path class="mine" d="M{} 4v88"/><text class="minet {}" x="{}" y="13">{}</text>',
        f"{x:.1f}",
        side,
        f"{at:.1f}",
        _mine_in_words(plot),
    )


def wave(peaks: Sequence[float], label: str) -> SafeString:
    """The loudness of a recording (each peak 0 to 1), to look at and, with script, to click into."""
    strokes = format_html_join(
        "",
        '<path class="w" d="M{} {}v{}"/>',
        ((i * 8 + 4, f"{22 - 18 * peak - 1:.1f}", f"{36 * peak + 2:.1f}") for i, peak in enumerate(peaks)),
    )
    return format_html(
        '<svg class="seek" data-seek viewBox="0 0 {} 44" preserveAspectRatio="none" role="img" aria-label="{}">{}'
        '<path class="pin" d="M0 0v44" visibility="hidden"/></svg>',
        len(peaks) * 8,
        label,
        strokes,
    )
