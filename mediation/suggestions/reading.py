"""Facts for a suggestion out of a story, where nobody typed them in; nothing about who tells it."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date

from cases.analysis.findings import Findings, Kind, Role
from cases.analysis.reading import plain
from cases.analysis.story import analyse
from cases.similarity.suggest_facts import Pleaded

INTEREST = re.compile(r"(?:利息|息费|利钱)[^，。；\d]{0,6}$")
TOO_MUCH = re.compile(r"多|超|退|返")
LATE = re.compile(r"(?:逾期|拖欠|晚还|欠了)[^，。；\d]{0,4}(\d{1,4})\s*(天|日|个月)")
DONE = re.compile(r"(?:课|学|住|租|完成|上了|进度)[^，。；\d]{0,8}(\d{1,2}|100)\s*[%％]")
DONE_IN_WORDS = re.compile(r"(?:课|学|住|租|完成|上了)[^，。；\d]{0,8}百分之([一二三四五六七八九]?十)")
TENS = {"十": 10} | {f"{digit}十": 10 * at for at, digit in enumerate("一二三四五六七八九", start=1)}
PAPERS = (
    (
        0,
        re.compile(
            r"没有?(?:书面)?合同|无(?:书面)?合同|口头|证据(?:较|很)?少|什么(?:都|也)没(?:留|有)|拿不出"
        ),
    ),
    (1, re.compile(r"部分(?:流水|截图|材料)|缺页|不全|不完整|只有(?:几张)?截图|只剩")),
    (3, re.compile(r"齐全|都(?:在|有|留着|交了)|已提交合同|合同[、，和及].{0,6}(?:流水|录音|记录)")),
)


def read_pleaded(story: str, *, today: date) -> Pleaded:
    """Facts as the story tells them, in the scheme of the typed ones; no cause and no sum where it tells none."""
    found = analyse(story, today=today)
    text = plain(story)
    rates = [float(str(rate.value)) for rate in found.of(Kind.RATE) if rate.role == "yearly"]
    product = found.first(Kind.PRODUCT)
    return Pleaded(
        cause=found.cause or "",
        claim_fen=found.amount(Role.CLAIMED) or 0,
        product=str(product.value) if product else "",
        principal_fen=found.amount(Role.PRINCIPAL),
        annual_rate=rates[0] if rates else None,
        fee_fen=found.amount(Role.FEE),
        paid_interest_fen=next(_interest(found, text), None),
        overdue_days=_late(text),
        done=_done(text),
        evidence_level=papers_told(text),
    )


def filled(known: Pleaded, read: Pleaded) -> Pleaded:
    """The typed facts, with gaps filled from the story. What was typed is never overruled."""
    gaps = {
        field.name: getattr(read, field.name)
        for field in fields(Pleaded)
        if field.name != "contract_on" and getattr(known, field.name) in {None, ""}
    }
    return replace(known, **gaps)


def papers_told(text: str) -> int | None:
    """How good the papers are, as the story tells: 0 nothing, 1 some, 3 all; None when it does not say."""
    return next((level for level, cue in PAPERS if cue.search(text)), None)


def _interest(found: Findings, text: str) -> Iterator[int]:
    """Sums called interest that were paid; not what is called too much, which is what the dispute is about."""
    claim = found.amount(Role.CLAIMED)
    for sum_ in found.of(Kind.AMOUNT):
        before = text[max(0, sum_.start - 12) : sum_.start]
        if sum_.value != claim and INTEREST.search(before) and not TOO_MUCH.search(before):
            yield int(sum_.value)


def _late(text: str) -> int | None:
    if not (hit := LATE.search(text)):
        return None
    return int(hit[1]) * (30 if hit[2] == "个月" else 1)


def _done(text: str) -> float | None:
    if hit := DONE.search(text):
        return int(hit[1]) / 100
    hit = DONE_IN_WORDS.search(text)
    return TENS[hit[1]] / 100 if hit else None
