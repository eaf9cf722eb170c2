"""The versions of the terms beside each other, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.money import format_yuan
from cases.roles import Side
from mediation.agreements.models import Proposal, Term
from mediation.desk.words import people
from mediation.templatetags.house import when

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One version: its number, who offered it, its state and the replies."""

    title: str
    note: str
    state: str
    tone: str
    replies: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Columns of versions and rows of lines: (name, one text a column)."""

    columns: Sequence[Column]
    rows: Sequence[tuple[str, Sequence[str]]]
    older: int


def compare(proposals: Sequence[Proposal]) -> Comparison | None:
    """The last three versions side by side; None when there is none."""
    if not proposals:
        return None
    shown = list(proposals)[-SHOWN:]
    names = {
        "citizen_pays": _("Claimant pays"),
        "institution_pays": _("Institution pays"),
        "waived": _("Waived"),
        "acts": _("Other acts"),
        "note": _("Why these terms"),
    }
    cells = [_lines_of(one) for one in shown]
    rows = [(name, [cell[key] for cell in cells]) for key, name in names.items()]
    return Comparison(
        columns=[_column(one) for one in shown],
        rows=[(name, texts) for name, texts in rows if any(texts)],
        older=len(proposals) - len(shown),
    )


def _column(one: Proposal) -> Column:
    tones = {"open": "amber", "accepted": "green", "rejected": "red", "replaced": ""}
    return Column(
        title=_("Version %(n)s") % {"n": one.version},
        note=f"{people({one.by_role})} · {when(one.at)}",
        state=str(one.get_state_display()),
        tone=tones[one.state],
        replies=[
            (
                str(reply.party.get_side_display()),
                _("said yes") if reply.accepted else _("said no"),
                reply.words,
            )
            for reply in one.responses.all()
        ],
    )


def _lines_of(one: Proposal) -> dict[str, str]:
    terms = list(one.terms.all())
    return {
        "citizen_pays": "\n".join(_payment(t) for t in terms if _pays(t, Side.CLAIMANT)),
        "institution_pays": "\n".join(_payment(t) for t in terms if _pays(t, Side.RESPONDENT)),
        "waived": "\n".join(
            f"{t.get_payer_display()} {format_yuan(t.amount_fen or 0)} 元"
            for t in terms
            if t.kind == Term.Kind.WAIVE
        ),
        "acts": "\n".join(
            f"{t.get_payer_display()}：{t.words or t.get_kind_display()}（{when(t.due_on)}）"
            for t in terms
            if t.kind not in {Term.Kind.PAY, Term.Kind.WAIVE}
        ),
        "note": one.note,
    }


def _pays(term: Term, side: str) -> bool:
    return term.kind == Term.Kind.PAY and term.payer == side


def _payment(term: Term) -> str:
    amount = f"{format_yuan(term.amount_fen or 0)} 元"
    if term.parts > 1:
        return _("%(amount)s in %(parts)s parts from %(day)s") % {
            "amount": amount,
            "parts": term.parts,
            "day": when(term.due_on),
        }
    return _("%(amount)s by %(day)s") % {"amount": amount, "day": when(term.due_on)}


def paid_share(proposals: Sequence[Proposal], claim_fen: int | None) -> float | None:
    """What the newest version has the institution give (paid or waived), as a share of the claim."""
    if not proposals or not claim_fen:
        return None
    given = sum(
        term.amount_fen or 0
        for term in proposals[-1].terms.all()
        if term.payer == Side.RESPONDENT and term.kind in {Term.Kind.PAY, Term.Kind.WAIVE}
    )
    return given / claim_fen if given else None
