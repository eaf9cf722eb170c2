"""The parts of a term: who, what, how much, when, where to."""

import re
from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from cases.money import MAX_YUAN
from cases.roles import Side
from cases.rules.calendar import is_working_day
from mediation.agreements.drafts import MOST_PARTS, TermDraft
from mediation.agreements.enforceability.findings import (
    CLEAR,
    DEFINITE,
    Asked,
    Finding,
    Level,
    Words,
)
from mediation.agreements.models import Term

MUST, ADVICE = Level.MUST, Level.ADVICE
LONGEST_YEARS = 30  # a house rule: until the last payment
SOON = timedelta(days=7)  # signatures take some days
SHORTEST_ACT = 6
ACCOUNT = ("holder", "bank", "number")
ACCOUNT_NUMBER = re.compile(r"[0-9]{8,32}")
A_BANK = re.compile("银行|信用社|信用联社|农商|支付宝|微信|财付通|邮储|数字人民币|储蓄")
WAYS = re.compile("电话|致电|短信|上门|微信|联系|催收|骚扰|通讯录|亲友|工作单位")


def shape_of(asked: Asked, term: TermDraft, number: int) -> Iterator[Finding]:
    """Everything that is missing in the parts of one term."""
    yield from _who(asked, term, number)
    yield from _how_much(term, number)
    yield from _where_to(asked, term, number)
    yield from _what(term, number)
    yield from _when(asked, term, number)


def _who(asked: Asked, term: TermDraft, number: int) -> Iterator[Finding]:
    if term.payer not in Side.values:
        yield _must("no_side", number, "payer", _("say which side acts."), _("Who must do it?"), DEFINITE)
        return
    if asked.names and not str(asked.names.get(term.payer, "")).strip():
        yield _must(
            "no_name", number, "payer", _("the side that acts has no name."), _("Who is it?"), DEFINITE
        )


def _how_much(term: TermDraft, number: int) -> Iterator[Finding]:
    needs = term.kind in {Term.Kind.PAY, Term.Kind.WAIVE}
    if needs and not (term.amount_fen and term.amount_fen > 0):
        yield _must(
            "no_amount", number, "amount", _("give an amount above zero."), _("How much is it?"), DEFINITE
        )
    if term.amount_fen and term.amount_fen > MAX_YUAN * 100:
        text: Words = _("the amount is too large; please check it.")
        yield _must("too_much", number, "amount", text, text, DEFINITE)
    if not 1 <= term.parts <= MOST_PARTS or (term.amount_fen and term.parts > term.amount_fen):
        text = _("give between 1 and %(most)s instalments.") % {"most": MOST_PARTS}
        yield _must("bad_parts", number, "parts", text, text, DEFINITE)
    elif needs and term.amount_fen and term.kind == Term.Kind.PAY and term.amount_fen % term.parts:
        text = _("the sum does not divide evenly: the last instalment is larger by some fen. See the plan.")
        plain = _("The last payment is a little larger than the others.")
        yield Finding("uneven_parts", ADVICE, text, plain, DEFINITE, number, "parts")


def _where_to(asked: Asked, term: TermDraft, number: int) -> Iterator[Finding]:
    if term.kind != Term.Kind.PAY:
        return
    account = {key: str(term.account.get(key, "")).strip() for key in ACCOUNT}
    if not all(account.values()):
        text = _("give the account: holder, bank and number.")
        yield _must("no_account", number, "number", text, _("To which account does the money go?"), DEFINITE)
        return
    digits = re.sub(r"[\s-]", "", account["number"])
    if not ACCOUNT_NUMBER.fullmatch(digits) and "@" not in digits:
        text = _("an account number has 8 to 32 digits.")
        plain = _("Please check the account number.")
        yield _must("bad_account", number, "number", text, plain, DEFINITE, account["number"])
    payee = str(asked.names.get(_other(term.payer), "")).strip()
    if payee and account["holder"] != payee:
        text = _("the account is not in the name of the payee; say why, and that payment there counts.")
        plain = _("The account belongs to somebody else. Payment there must be agreed on.")
        yield Finding("other_holder", ADVICE, text, plain, DEFINITE, number, "holder", account["holder"])
    if not A_BANK.search(account["bank"]):
        text = _("name the bank and its branch.")
        yield Finding("no_bank", ADVICE, text, text, DEFINITE, number, "bank", account["bank"])


def _what(term: TermDraft, number: int) -> Iterator[Finding]:
    words = str(term.words).strip()
    if term.kind == Term.Kind.PAY:
        return
    if term.kind == Term.Kind.WAIVE:
        if not words:
            text = _("say what is waived: principal, interest, penalty, of which contract.")
            plain = _("What exactly need not be paid any more? Principal, interest or penalty?")
            yield Finding("waives_what", ADVICE, text, plain, CLEAR, number, "words")
        return
    if not words:
        text = _("write what exactly is to be done.")
        yield _must("no_act", number, "words", text, _("What exactly must be done?"), DEFINITE)
    elif len(words) < SHORTEST_ACT and term.kind == Term.Kind.OTHER:
        text = _("this is too short to enforce; write the act, its object and its proof.")
        plain = _("This is very short. What exactly must be done, and how does one see it?")
        yield _must("short_act", number, "words", text, plain, DEFINITE, words)
    elif term.kind == Term.Kind.STOP_COLLECTION and not WAYS.search(words):
        text = _("name whom, and by which ways nobody may be reached.")
        plain = _("Which calls and messages must stop, and to whom?")
        yield Finding("stops_what", ADVICE, text, plain, DEFINITE, number, "words", words)


def _when(asked: Asked, term: TermDraft, number: int) -> Iterator[Finding]:
    if term.due_on < asked.today:
        text: Words = _("the day lies in the past.")
        yield _must("past_day", number, "due_on", text, _("This day is over already."), DEFINITE)
        return
    if term.due_on.year + max(term.parts, 1) / 12 > asked.today.year + LONGEST_YEARS:
        text = _("the last day lies more than %(years)s years ahead.") % {"years": LONGEST_YEARS}
        yield _must("far_day", number, "due_on", text, text, DEFINITE)
        return
    if term.due_on - asked.today < SOON:
        text = _("this day comes before the signatures can be complete; choose a later one.")
        plain = _("This day is very near. Signing may take some days.")
        yield Finding("near_day", ADVICE, text, plain, DEFINITE, number, "due_on")
    if term.kind == Term.Kind.PAY and not is_working_day(term.due_on):
        text = _("this day is a holiday; banks may book on the next working day.")
        plain = _("This day is a holiday. The money may arrive later.")
        yield Finding("holiday", ADVICE, text, plain, "民法典第203条", number, "due_on")


def _other(side: str) -> str:
    return Side.RESPONDENT if side == Side.CLAIMANT else Side.CLAIMANT


def _must(
    code: str, number: int, field: str, says: Words, plain: Words, article: str, quote: str = ""
) -> Finding:
    return Finding(code, MUST, says, plain, article, number, field, quote)
