"""The whole review of terms and of what stands beside them."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.roles import Side
from mediation.agreements.drafts import TermDraft
from mediation.agreements.enforceability.days import wrong_days
from mediation.agreements.enforceability.findings import (
    CLEAR,
    DEFINITE,
    Asked,
    Beside,
    Finding,
    Level,
    Report,
)
from mediation.agreements.enforceability.rights import consequence_of, forbidden_in, waiver_of
from mediation.agreements.enforceability.shape import shape_of
from mediation.agreements.enforceability.sums import open_interest, unequal_figures, unlike_capitals
from mediation.agreements.enforceability.vague import vague_in
from mediation.agreements.models import Agreement, Proposal, Term

BESIDE = ("overdue", "credit", "waiver", "costs")


def review(
    terms: Sequence[TermDraft | Term],
    beside: Beside | None = None,
    *,
    names: Mapping[str, str] | None = None,
    identified: Mapping[str, bool] | None = None,
    today: date | None = None,
    is_for_signing: bool = False,
) -> Report:
    """Everything in these terms that a court would miss or could not enforce (民诉法解释 Arts 358(5), 461).

    `names` and `identified` are by side: the name of each party, and whether identity number (or credit code) and
    address are known. `is_for_signing` makes gaps in those a must. Changes nothing, decides nothing.
    """
    asked = Asked(
        terms=[_plain(term) for term in terms],
        beside=_plain_beside(beside or Beside()),
        today=today or timezone.localdate(),
        names=names or {},
        identified=identified or {},
        is_for_signing=is_for_signing,
    )
    found = [*_of_terms(asked), *_of_beside(asked), *_of_parties(asked)]
    order = sorted(enumerate(found), key=lambda one: (one[1].term or 99, not one[1].is_must, one[0]))
    return Report(tuple(_once(finding for _at, finding in order)), checked=len(terms))


def review_of(what: Proposal | Agreement, *, on: date | None = None) -> Report:
    """The review of a proposal, or of an agreement as it stands for signing; what the bench shows, too.

    Days are judged as of the day on which it was written, or `on`.
    """
    is_agreement = isinstance(what, Agreement)
    proposal = what.proposal if isinstance(what, Agreement) else what
    case: Case = proposal.case
    written_at = what.drafted_at if isinstance(what, Agreement) else proposal.at
    return review(
        list(proposal.terms.all()),
        Beside(proposal.overdue, proposal.credit, proposal.waiver, proposal.costs),
        names=names_of(case),
        identified=identified_in(case),
        today=on or timezone.localdate(written_at),
        is_for_signing=is_agreement,
    )


def names_of(case: Case) -> dict[str, str]:
    """The parties' names by side."""
    return {str(party.side): party.name for party in case.parties.all()}


def identified_in(case: Case) -> dict[str, bool]:
    """Whether each side is known as 民诉法解释 Art 354 asks: by number or code, and address."""
    return {
        str(party.side): bool(
            party.address
            and (
                party.institution.credit_code
                if party.institution_id and party.institution
                else party.id_number
            )
        )
        for party in case.parties.select_related("institution")
    }


def _of_terms(asked: Asked) -> Iterator[Finding]:
    if not asked.terms:
        yield Finding(
            "no_terms",
            Level.MUST,
            _("Please write at least one term."),
            _("There is nothing agreed yet."),
            CLEAR,
        )
    for number, term in enumerate(asked.terms, start=1):
        words = str(term.words)
        yield from shape_of(asked, term, number)
        yield from _of_words(asked, words, number, "words", term)
        yield from unequal_figures(term, number)
        yield from open_interest(words, term=number, field="words")
    yield from _twice(asked.terms)
    yield from _both_ways(asked.terms)


def _of_words(asked: Asked, words: str, number: int, field: str, term: TermDraft | None) -> Iterator[Finding]:
    has_sum = term is not None and bool(term.amount_fen)
    yield from vague_in(words, term=number, field=field, has_sum=has_sum)
    yield from forbidden_in(words, term=number, field=field)
    yield from unlike_capitals(words, term=number, field=field)
    yield from wrong_days(asked, words, term=number, field=field, of=term)


def _of_beside(asked: Asked) -> Iterator[Finding]:
    for field in BESIDE:
        words = getattr(asked.beside, field)
        yield from _of_words(asked, words, 0, field, None)
    yield from open_interest(asked.beside.overdue, term=0, field="overdue")
    yield from waiver_of(asked.beside)
    yield from consequence_of(asked.beside, asked.terms)


def _of_parties(asked: Asked) -> Iterator[Finding]:
    labels = {Side.CLAIMANT: _("Claimant"), Side.RESPONDENT: _("Respondent")}
    for side, is_known in asked.identified.items():
        if not is_known:
            text = _("%(side)s: identity number (or credit code) and address are not known yet.")
            plain = _("%(side)s: the identity number and the address are still missing.")
            told = {"side": labels.get(Side(side), side)}
            level = Level.MUST if asked.is_for_signing else Level.ADVICE
            article = "民诉法解释第354条、第461条"
            yield Finding("party_unknown", level, text % told, plain % told, article, 0, "party")


def _twice(terms: Sequence[TermDraft]) -> Iterator[Finding]:
    seen: dict[object, int] = {}
    for number, term in enumerate(terms, start=1):
        key = (term.kind, term.payer, term.amount_fen, term.due_on, str(term.words).strip())
        if key in seen:
            text = _("says the same as term %(number)s.") % {"number": seen[key]}
            yield Finding("twice", Level.ADVICE, text, text, CLEAR, number, "kind")
        seen.setdefault(key, number)


def _both_ways(terms: Sequence[TermDraft]) -> Iterator[Finding]:
    payers = {term.payer for term in terms if term.kind == Term.Kind.PAY}
    if len(payers) > 1:
        text = _("both sides pay each other: say whether the sums are set off.")
        plain = _("Both pay each other. Do you want to set one against the other?")
        yield Finding("both_pay", Level.ADVICE, text, plain, DEFINITE)


def _plain(term: TermDraft | Term) -> TermDraft:
    """The term with its words in one kind of figures and signs; the kept row itself is not touched."""
    return TermDraft(
        kind=str(term.kind),
        payer=str(term.payer),
        due_on=term.due_on,
        amount_fen=term.amount_fen,
        parts=int(term.parts or 0),
        account=dict(term.account or {}),
        words=_one_kind(str(term.words or "")),
    )


def _plain_beside(beside: Beside) -> Beside:
    return replace(beside, **{field: _one_kind(getattr(beside, field) or "") for field in BESIDE})


def _one_kind(words: str) -> str:
    """Full-width figures and letters as plain ones; Chinese punctuation stays as it is."""
    return "".join(
        unicodedata.normalize("NFKC", sign)
        if "０" <= sign <= "９" or "Ａ" <= sign <= "ｚ" or sign == "．"
        else sign
        for sign in words
    )


def _once(findings: Iterator[Finding]) -> Iterator[Finding]:
    seen = set()
    for one in findings:
        key = (one.code, one.term, one.field, one.quote)
        if key not in seen:
            seen.add(key)
            yield one
