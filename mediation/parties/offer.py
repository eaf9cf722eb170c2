"""方案 as people read it: who pays what to whom on which day, beside what was asked for and answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cases.money import format_yuan
from cases.roles import Side
from mediation.agreements.models import Proposal, Term
from mediation.agreements.schedule import parts_of
from mediation.parties.situation import Situation

SHOWN_PARTS = 24


@dataclass(frozen=True, slots=True)
class TermShown:
    """One term in words. `parts` is the plan of a payment in instalments, else empty."""

    who: str
    mine: bool
    text: str
    amount_fen: int | None
    parts: Sequence[tuple[date, int]]
    due_on: date
    account: str
    kind: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of the comparison: what was asked, what was answered, what the proposal says."""

    label: str
    asked: str
    answered: str
    offered: str


def terms_of(s: Situation, proposal: Proposal) -> list[TermShown]:
    """The terms of a version, in order."""
    return [_term(s, term) for term in proposal.terms.all()]


def _term(s: Situation, term: Term) -> TermShown:
    mine = term.payer == s.side
    who = _("You") if mine else (s.other.name if s.other else "")
    account = term.account
    return TermShown(
        who=who,
        mine=mine,
        text=_sentence(s, term, who, mine=mine),
        amount_fen=term.amount_fen,
        parts=parts_of(term) if term.parts > 1 and term.kind == Term.Kind.PAY else (),
        due_on=term.due_on,
        account=" ".join(str(account.get(key, "")) for key in ("holder", "bank", "number")).strip(),
        kind=term.kind,
    )


def _sentence(s: Situation, term: Term, who: str, *, mine: bool) -> str:
    other = (s.other.name if s.other else "") if mine else _("you")
    match term.kind:
        case Term.Kind.PAY if term.parts > 1:
            text = _("%(who)s pay %(other)s in %(parts)s monthly payments.")
        case Term.Kind.PAY:
            text = _("%(who)s pay %(other)s once.")
        case Term.Kind.WAIVE:
            text = _("%(who)s waive a debt.")
        case Term.Kind.CORRECT_CREDIT:
            text = _("%(who)s correct the credit record.")
        case Term.Kind.STOP_COLLECTION:
            text = _("%(who)s stop the collection calls.")
        case _:
            return " ".join(filter(None, [who, term.words]))
    sentence = text % {"who": who, "other": other, "parts": term.parts}
    return " ".join(filter(None, [sentence, term.words]))


def compared(s: Situation, proposal: Proposal) -> list[Compared]:
    """The comparison of claims, answers and this proposal."""
    claims = list(s.case.claims.select_related("answer"))
    asked = sum(one.amount_fen or 0 for one in claims)
    answered = sum(one.answer.amount_fen or 0 for one in claims if hasattr(one, "answer"))
    terms = list(proposal.terms.all())
    to_citizen = _sum(terms, Term.Kind.PAY, Side.RESPONDENT)
    rows = [
        Compared(
            _("The institution pays"),
            _money(asked),
            _money(answered) if s.is_answered else "—",
            _money(to_citizen),
        )
    ]
    if from_citizen := _sum(terms, Term.Kind.PAY, Side.CLAIMANT):
        rows.append(Compared(_("The citizen pays"), _owed(s), "—", _money(from_citizen)))
    if waived := _sum(terms, Term.Kind.WAIVE, Side.RESPONDENT):
        rows.append(Compared(_("Waived"), "—", "—", _money(waived)))
    others = [term for term in terms if term.kind not in {Term.Kind.PAY, Term.Kind.WAIVE}]
    wanted = [str(one.get_remedy_display()) for one in claims if not one.amount_fen]
    if others or wanted:
        said = [str(term.get_kind_display()) for term in others]
        rows.append(Compared(_("Besides"), "、".join(wanted) or "—", "—", "、".join(said) or "—"))
    return rows


def _sum(terms: Sequence[Term], kind: str, payer: str) -> int:
    return sum(term.amount_fen or 0 for term in terms if term.kind == kind and term.payer == payer)


def _money(fen: int) -> str:
    return f"¥{format_yuan(fen)}" if fen else "—"


def _owed(s: Situation) -> str:
    """What the contract asks in all, where the plan of payments is known."""
    loan = getattr(s.case, "loan", None)
    total = sum(int(one["fen"]) for one in loan.schedule) if loan else 0
    return _("%(amount)s in all by the contract") % {"amount": _money(total)} if total else "—"
