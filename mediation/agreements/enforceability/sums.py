"""Figures in words: do they add up to the term, are they written alike, and can interest be computed from them."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from cases.money import AmountError, format_yuan, parse_yuan
from mediation.agreements.drafts import TermDraft
from mediation.agreements.enforceability.findings import CLEAR, DEFINITE, Finding, Level

NUMBER = r"[0-9][0-9,]*(?:\.[0-9]{1,2})?"
CAPITAL = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正"
HAN_NUMBER = "一二三四五六七八九十百两"
TOTAL = re.compile(
    rf"(?:共计|合计|总计|总额|总共|共|一次性(?:支付|退还|偿还))(?:人民币|为)?({NUMBER})(万|千)?元"
)
EACH = re.compile(rf"每[期月](?:支付|偿还|还款?|付|退还)?(?:人民币)?({NUMBER})(万|千)?元")
LAST = re.compile(
    rf"(?:最后一期|末期|尾款|余款|剩余款?项?)(?:支付|偿还|为|付)?(?:人民币)?({NUMBER})(万|千)?元"
)
FIRST = re.compile(
    rf"(?:首期|首付|首付款|第一期|先行?(?:支付|偿还|付))(?:支付|偿还|为|付)?(?:人民币)?({NUMBER})(万|千)?元"
)
PARTS = re.compile(rf"分([0-9]+|[{HAN_NUMBER}]+)(?:期|个月|次|笔)")
CAPITALS = re.compile(rf"({NUMBER})元[（(]?(?:大写)?[:：]?(?:人民币)?([{CAPITAL}]{{3,}})")
UNITS = {"万": 1_000_000, "千": 100_000, None: 100, "": 100}

SPEAKS_OF_INTEREST = re.compile("利息|利率|计息|年化|罚息|日息|月息|滞纳金|违约金|LPR|资金占用费")
HARMLESS = re.compile(
    r"(?:免除|免收|免计|减免|不再?(?:计|收|计收|收取|主张|支付|产生)|停止(?:计收|计算|收取)|放弃|停收|豁免)[^，。；]{0,16}"
    r"(?:利息|罚息|违约金|滞纳金|资金占用费)|债务利息|迟延履行利息|本息(?:合计|共计|结清)|(?:包含|含|包括)[^，。；]{0,6}利息"
    r"|利息[^，。；]{0,8}(?:共计|合计|为|计)?[0-9,.]+元|(?:费用|利息|本金|违约金|罚息)、|、(?:利息|罚息|违约金|本金)"
    r"|利率(?:和|、)|年化利率(?:标准)?的?(?:计算|核算)"
)
RATE = re.compile(
    r"[0-9]+(?:\.[0-9]+)?\s*[%％‰]|百分之|千分之|万分之|LPR|贷款市场报价利率|[0-9,.]+元(?:/|每)(?:日|天|月)"
)
PER = re.compile("年|月|日|天|LPR|贷款市场报价利率")
BASE = re.compile(
    "为基数|为本金|以.{1,16}为(?:基础|准)"
    "|(?:未付|未还|未偿|尚欠|欠付|剩余|逾期|应付|到期)(?:的)?(?:款项|金额|本金|部分|款)"
)
START = re.compile("(?:自|从).{1,24}起|(?:之日|次日|当日)起|逾期(?:之日|首日)?起")
END = re.compile(
    "至.{1,24}(?:止|之日|日|为止)|付清为止|清偿为止|还清为止|按实际(?:逾期|占用)?天数|每(?:逾期)?[一1]?[日天]"
)
FIXED = re.compile(
    rf"(?:违约金|滞纳金|罚息|利息)[^，。；]{{0,8}}{NUMBER}(?:万|千)?元"
    rf"|{NUMBER}(?:万|千)?元(?:的)?(?:违约金|滞纳金|利息)"
)
OLD_RATE = re.compile(
    "(?:同期|同类)[^，。；]{0,10}(?:银行|人民银行)?[^，。；]{0,4}贷款(?:基准)?利率|贷款基准利率"
)
YEARLY = re.compile(r"年(?:化)?(?:利率|息)?(?:为|按)?\s*([0-9]+(?:\.[0-9]+)?)\s*[%％]")
DAILY = re.compile(
    r"日(?:利率|息)?(?:为|按)?\s*(?:([万千])分之([0-9]+(?:\.[0-9]+)?|[一二三四五六七八九十]+)|([0-9]+(?:\.[0-9]+)?)\s*[%％])"
)
MONTHLY = re.compile(r"月(?:利率|息)?(?:为|按)?\s*([0-9]+(?:\.[0-9]+)?)\s*[%％]")
LINE_PERCENT = Decimal(24)  # 法发〔2017〕22号, unverified [M]
HAN = {character: n for n, character in enumerate("零一二三四五六七八九十")}


def unequal_figures(term: TermDraft, number: int) -> Iterator[Finding]:
    """Figures in the words of a payment or waiver that do not fit its amount or its parts."""
    words, amount = str(term.words), int(term.amount_fen or 0)
    if amount:
        yield from _unequal_sums(term, words, amount, number)
    for match in PARTS.finditer(words):
        said = _count(match.group(1))
        if said and said != term.parts:
            text = _("the words say %(said)s instalments, the term says %(parts)s.")
            yield _finding("parts_differ", text, {"said": said, "parts": term.parts}, number, match.group())


def _unequal_sums(term: TermDraft, words: str, amount: int, number: int) -> Iterator[Finding]:
    for match in TOTAL.finditer(words):
        if (said := _fen(match)) != amount:
            text = _("the words say %(said)s yuan in all, the term says %(amount)s.")
            yield _finding("total_differs", text, _both(said, amount), number, match.group())
    each, last, first = EACH.search(words), LAST.search(words), FIRST.search(words)
    if each and term.parts > 1:
        told = _fen(each) * (term.parts - (1 if last else 0) - (1 if first else 0))
        told += (_fen(last) if last else 0) + (_fen(first) if first else 0)
        if told != amount:
            text = _("the instalments in the words add up to %(said)s yuan, the term says %(amount)s.")
            yield _finding("instalments_differ", text, _both(told, amount), number, each.group())
    elif first and last and _fen(first) + _fen(last) != amount:
        text = _("the parts in the words add up to %(said)s yuan, the term says %(amount)s.")
        yield _finding(
            "instalments_differ", text, _both(_fen(first) + _fen(last), amount), number, first.group()
        )


def unlike_capitals(words: str, *, term: int, field: str) -> Iterator[Finding]:
    """Figures beside capitals that say another sum."""
    for match in CAPITALS.finditer(words):
        try:
            said = parse_yuan(match.group(2).replace("圆", "元"))
        except AmountError:
            said = -1
        if said != _yuan(match.group(1)):
            text = _("figures and capitals say different sums.")
            yield Finding(
                "capitals_differ",
                Level.MUST,
                text,
                _("The sum in figures and the sum in characters are not the same."),
                CLEAR,
                term,
                field,
                match.group(),
            )


def open_interest(words: str, *, term: int, field: str) -> Iterator[Finding]:
    """Interest or a penalty that nobody can compute: rate and its period, base, first and last day."""
    for sentence in re.split("[。；;\n]", words):
        asked = HARMLESS.sub("", sentence)
        if not SPEAKS_OF_INTEREST.search(asked) or FIXED.search(asked):
            continue
        lacks = [
            name
            for name, found in (
                (_("the rate"), RATE.search(asked)),
                (_("per year, month or day"), PER.search(asked)),
                (_("on which sum"), BASE.search(asked)),
                (_("from which day"), START.search(asked)),
                (_("until which day"), END.search(asked)),
            )
            if not found
        ]
        if lacks:
            yield _open_interest(lacks, sentence, term, field)
        yield from _doubtful_rate(asked, sentence, term, field)


def _open_interest(lacks: Sequence[object], sentence: str, term: int, field: str) -> Finding:
    text = _("interest or penalty cannot be computed; missing: %(lacks)s.")
    plain = _("Nobody can work this interest out. Missing: %(lacks)s.")
    told = {"lacks": "、".join(str(one) for one in lacks)}
    return Finding(
        "open_interest", Level.MUST, text % told, plain % told, DEFINITE, term, field, sentence.strip()
    )


def _doubtful_rate(asked: str, sentence: str, term: int, field: str) -> Iterator[Finding]:
    if OLD_RATE.search(asked):
        yield Finding(
            "old_rate",
            Level.ADVICE,
            _("the benchmark lending rate is no longer published; write the LPR of a day, or a figure."),
            _("This rate is no longer published. Write a figure."),
            DEFINITE,
            term,
            field,
            sentence.strip(),
            "M",
        )
    yearly = yearly_percent(asked)
    if yearly is not None and yearly > LINE_PERCENT:
        text = _("%(percent)s %% a year lies above 24 %%; a court may not uphold it.")
        plain = _("This is %(percent)s %% a year. Courts rarely allow more than 24 %%.")
        told = {"percent": f"{yearly.normalize():f}"}
        yield Finding(
            "high_rate",
            Level.ADVICE,
            text % told,
            plain % told,
            "法发〔2017〕22号",
            term,
            field,
            sentence.strip(),
            "M",
        )


def yearly_percent(words: str) -> Decimal | None:
    """The first rate of a text as percent a year (simple, 365 days, 12 months); None where none is written."""
    if found := YEARLY.search(words):
        return Decimal(found.group(1))
    if found := DAILY.search(words):
        of, share, percent = found.groups()
        if percent:
            return Decimal(percent) * 365
        value = Decimal(HAN[share]) if share in HAN else Decimal(share)
        return value * 365 / (100 if of == "万" else 10)
    if found := MONTHLY.search(words):
        return Decimal(found.group(1)) * 12
    return None


def _finding(code: str, text: object, told: dict[str, object], number: int, quote: str) -> Finding:
    plain = _("The figures do not fit together. Which one is right?")
    return Finding(code, Level.MUST, str(text) % told, plain, CLEAR, number, "words", quote)


def _both(said: int, amount: int) -> dict[str, object]:
    return {"said": format_yuan(said), "amount": format_yuan(amount)}


def _fen(match: re.Match[str]) -> int:
    return int(Decimal(match.group(1).replace(",", "")) * UNITS[match.group(2)])


def _yuan(figures: str) -> int:
    return int(Decimal(figures.replace(",", "")) * 100)


def _count(text: str) -> int | None:
    """3, 三, 十二, 二十四 as a number."""
    if text.isdigit():
        return int(text)
    tens, sign, ones = text.partition("十")
    if sign:
        return (HAN.get(tens, 1) if tens else 1) * 10 + (HAN.get(ones, 0) if ones else 0)
    return HAN.get({"两": "二"}.get(text, text))
