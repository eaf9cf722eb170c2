"""Drawings of how far suggestions hold: plain SVG without script or inline style; each has a table twin on its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mediation.drawings import percent

SIDE = 200.0  # of the square of the calibration drawing
LEFT, TOP = 44.0, 12.0
FROM = 0.4  # both axes of the calibration begin here
ROW = 26.0
NAMES, BAR = 170.0, 420.0


@dataclass(frozen=True, slots=True)
class Held:
    """A share that was promised or hoped for, and what was found: `covered` with its 95 % bounds; `n` cases."""

    name: str
    promised: float
    covered: float
    least: float
    most: float
    n: int


def calibration(rows: Sequence[Held]) -> SafeString:
    """What ranges promise (across) against how often they held (up); on the dashed line both are the same."""
    if not rows:
        return SafeString("")

    def x(share: float) -> float:
        return LEFT + SIDE * (share - FROM) / (1 - FROM)

    def y(share: float) -> float:
        return TOP + SIDE * (1 - max(FROM, share)) / (1 - FROM)

    dots = format_html_join(
        "",
        '<path class="axis" d="M{} {}V{}"/><circle class="bar" cx="{}" cy="{}" r="5"/>',
        (
            (_n(x(row.promised)), _n(y(row.least)), _n(y(row.most)), _n(x(row.promised)), _n(y(row.covered)))
            for row in rows
        ),
    )
    ticks = format_html_join(
        "",
        '<text x="{}" y="{}">{}</text><text class="e" x="{}" y="{}">{}</text>',
        (
            (_n(x(at)), TOP + SIDE + 18, percent(at), LEFT - 6, _n(y(at) + 4), percent(at))
            for at in (0.4, 0.6, 0.8, 1.0)
        ),
    )
    said = "; ".join(
        _("promised %(promised)s, held %(held)s")
        % {"promised": percent(row.promised), "held": percent(row.covered)}
        for row in rows
    )
    return format_html(
        '<svg class="draw" viewBox="0 0 {} {}" role="img" aria-label="{}"><path class="axis" d="M{} {}V{}"/>'
        '<path class="axis" d="M{} {}H{}"/><path class="mid" d="M{} {}L{} {}"/>{}{}</svg>',
        LEFT + SIDE + 24,
        TOP + SIDE + 26,
        said,
        LEFT,
        TOP,
        TOP + SIDE,
        LEFT,
        TOP + SIDE,
        LEFT + SIDE,
        LEFT,
        TOP + SIDE,
        LEFT + SIDE,
        TOP,
        dots,
        ticks,
    )


def coverage(rows: Sequence[Held]) -> SafeString:
    """One line a row: how often ranges held, with its bounds; the dashed line is what was promised."""
    if not rows:
        return SafeString("")

    def x(share: float) -> float:
        return NAMES + BAR * share

    promised, height = rows[0].promised, ROW * len(rows)
    lines = format_html_join(
        "",
        '<text class="e" x="{}" y="{}">{}</text><path class="axis" d="M{} {}H{}"/>'
        '<rect class="hist" x="{}" y="{}" width="{}" height="12"/><circle class="bar" cx="{}" cy="{}" r="4"/>',
        (
            (
                NAMES - 8,
                _n(ROW * at + 18),
                row.name,
                NAMES,
                _n(ROW * at + 14),
                NAMES + BAR,
                _n(x(row.least)),
                _n(ROW * at + 8),
                _n(max(2.0, x(row.most) - x(row.least))),
                _n(x(row.covered)),
                _n(ROW * at + 14),
            )
            for at, row in enumerate(rows)
        ),
    )
    said = "; ".join(f"{row.name} {percent(row.covered)}" for row in rows)
    return format_html(
        '<svg class="draw" viewBox="0 0 {} {}" role="img" aria-label="{}">{}<path class="mid" d="M{} 0V{}"/>'
        '<text class="midt" x="{}" y="{}">{}</text></svg>',
        NAMES + BAR + 12,
        height + 22,
        said,
        lines,
        _n(x(promised)),
        height,
        _n(x(promised)),
        height + 16,
        _("promised %(share)s") % {"share": percent(promised)},
    )


def _n(value: float) -> str:
    return f"{value:.1f}"
