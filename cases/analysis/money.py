"""Sums of money in a story, and what each probably is: principal, received, fee, monthly, claimed, repaid."""

import re
from collections.abc import Iterator
from decimal import Decimal

from cases.analysis.findings import Finding, Kind, Role
from cases.analysis.numbers import NUMBER_FORM, read_number
from cases.analysis.reading import clause_end, clause_start

LARGEST_FEN = 10_000_000_000_00  # ten billion yuan: beyond it somebody leant on the keyboard
ROUGH = r"(?:多|来|余|几)?"
UNIT = r"(?:元|块钱|块(?!头|儿地|地)|圆|人民币|大洋|大元|RMB|rmb)"
DIGIT = r"[\d一二两三四五六七八九]"
CHANGE = rf"(?:(?P<jiao>{DIGIT})(?:(?:角|毛)(?:(?P<cent>{DIGIT})分?)?)?(?!\d|万|千|百|个|天|年|月))?"
SUM = re.compile(
    rf"(?P<sign>[¥￥]|RMB|rmb|人民币)?\s?(?<![\d.\-A-Za-z*])(?P<number>{NUMBER_FORM})\s?(?P<rough>{ROUGH})\s?"
    rf"(?P<unit>{UNIT})?(?P<change>(?<=[块元]){CHANGE})?(?P<about>左右|上下|出头|不到|差不多)?"
)
NOT_MONEY_AFTER = re.compile(
    r"\s?(?:[%‰%个天次年月期岁号日人位通条遍点分厘层套平米公里斤顿趟场家本张名倍成级路楼栋室班小时周秒度寸只件辆台间所份页回元角类.:/\-*]"
    r"|[A-Za-z])"
)
NOT_MONEY_BEFORE = re.compile(r"(?:第|百分之|万分之|千分之|尾号|编号|电话|手机号?|拨打|号码|今年|[.:/*\-])$")

ROLE_BEFORE: tuple[tuple[Role, str, int], ...] = (
    (
        Role.CLAIMED,
        r"退还|退回|退给我|退我|返还|归还我|还给我|赔偿|赔我|索赔|讨回|追回|要回|补偿|减免|免除|请求|要求|诉求|希望|想要回|该退|应退|超出的?(?:部分)?$|免掉|(?:退|减|免|少收|补|赔)(?:我|给我)?$",
        4,
    ),
    (
        Role.TOTAL_REPAID,
        r"一共还|总共还|总共已|累计还|累计已|已经还|已还|前后还|合计还|连本带息|还了|还掉|共还|还进去|交了",
        3,
    ),
    (
        Role.MONTHLY,
        r"每个?月(?:要|得|都|就|再|还|供|付|交|扣)*|每期(?:要|还|扣)*|月供|月还|一个月(?:要|得)?(?:还|付|交|供)|期供|月付",
        3,
    ),
    (
        Role.RECEIVED,
        r"到手|实际到账|到账|到帐|只到了?|到了|实收|实得|实际拿到|拿到手|拿到|打给我|打到我|打过来|只给了?|只打了?|下款",
        3,
    ),
    (
        Role.FEE,
        r"手续费|服务费|担保费|管理费|保险费|保险金?|保费|会员费?|咨询费|违约金|罚息|滞纳金|中介费|评估费|居间费|权益包|权益卡|安装费|GPS费?|融担费"
        r"|押金|保证金|砍头息?|头息|费用|额外收|多收|多扣|先扣|预扣|扣了|扣掉|扣走|划走|划扣|扣|收了我?|收我",
        2,
    ),
    (
        Role.PRINCIPAL,
        r"借了?|贷了?|贷款|借款|本金|额度|刷了|合同(?:上|写|金额)+|办了?|批了?|放款|周转|欠了?|欠款|学费|总价|分期|套出来",
        1,
    ),
)
ROLE_AFTER: tuple[tuple[Role, str], ...] = (
    (
        Role.FEE,
        r"的?(?:手续费|服务费|担保费|管理费|保险|保费|会员|咨询费|违约金|罚息|滞纳金|中介费|评估费|居间费|砍头息|押金|保证金|费用|费|GPS)",
    ),
    (Role.PRINCIPAL, r"的?(?:本金|贷款|借款|网贷|小额贷|消费贷|现金贷|信用贷|车贷|额度|学费)"),
    (Role.RECEIVED, r"(?:到手|到账)"),
    (Role.MONTHLY, r"[一每]个?[月期]|/月"),
    (Role.TOTAL_REPAID, r"已经?还"),
)
MONEY_CUE = re.compile(
    "|".join(f"(?:{pattern})" for _role, pattern, _rank in ROLE_BEFORE)
    + r"|月|价|共|钱|花了?|给了?|付了?|利息"
)
BEFORE = [(role, re.compile(pattern), rank) for role, pattern, rank in ROLE_BEFORE]
ASKED_BACK = re.compile(
    r"(?:应当|应该|都|必须|请|要|我|给|全|马上|一起|原路|部分)*(?:退|还给我|还我|返还|免除|免掉|不再还|不再扣|不该我?还|与我无关|一分不能少|赔给|减掉|减免)"
)
AFTER = [(role, re.compile(pattern)) for role, pattern in ROLE_AFTER]


def find_amounts(text: str, original: str) -> Iterator[Finding]:
    """Every sum of money. `text` is the plain reading of `original`; the words of a finding are the original ones."""
    last_end = 0
    for found in SUM.finditer(text):
        fen = _fen(found)
        if fen is None or not 0 < fen <= LARGEST_FEN or not _is_money(found, text, fen):
            continue
        start, end = _span(found)
        role, sureness = _role(text, start, end, floor=last_end)
        last_end = end
        rough = bool(found["rough"] or found["about"])
        confidence = round((0.9 if found["unit"] or found["sign"] else 0.6) * sureness - 0.15 * rough, 2)
        yield Finding(Kind.AMOUNT, fen, start, end, original[start:end], confidence, role)


def _span(found: re.Match[str]) -> tuple[int, int]:
    start = found.start("sign") if found["sign"] else found.start("number")
    return start, found.start() + len(found[0].rstrip())


def _fen(found: re.Match[str]) -> int | None:
    value = read_number(found["number"])
    if value is None:
        return None
    if found["jiao"] and found["unit"] in {"块", "元"}:
        value += (read_number(found["jiao"]) or Decimal(0)) / 10
        value += (read_number(found["cent"] or "零") or Decimal(0)) / 100
    return int(value * 100)


def _is_money(found: re.Match[str], text: str, fen: int) -> bool:
    """A number with a unit is money; a bare one only when it is large enough and the clause speaks of paying."""
    start, end = _span(found)
    before = text[max(0, start - 8) : start]
    if found["unit"] or found["sign"]:
        return not re.search(r"第$", before)
    if fen < 100_00 or NOT_MONEY_BEFORE.search(before) or NOT_MONEY_AFTER.match(text, end):
        return False
    number = found["number"]
    if number.isdigit() and (len(number) > 7 or number[0] == "0"):
        return False
    if number in {"万一", "千万", "百万", "一千零一", "万千", "百", "千", "万", "亿"} and not found["rough"]:
        return False
    return bool(MONEY_CUE.search(text, clause_start(text, start, reach=14), start))


def _role(text: str, start: int, end: int, *, floor: int) -> tuple[Role, float]:
    """The likeliest role and how sure: a cue right behind the sum, else the strongest, then nearest cue before it."""
    begin = max(clause_start(text, start, reach=24), floor)
    stop = min(clause_end(text, end, reach=8), end + 8)
    best: tuple[int, int, Role] | None = None
    for role, pattern, rank in BEFORE:
        hits = [hit.end() for hit in pattern.finditer(text, begin, start)]
        if hits and (best is None or _weight(rank, start - hits[-1]) > best[:2]):
            best = (*_weight(rank, start - hits[-1]), role)
    if ASKED_BACK.match(text, end, clause_end(text, end, reach=16)):
        return Role.CLAIMED, 0.9
    behind = next((role for role, pattern in AFTER if pattern.match(text, end, stop)), None)
    if behind and (
        best is None or best[2] not in {Role.CLAIMED, Role.TOTAL_REPAID, Role.MONTHLY} or behind == Role.FEE
    ):
        if best and best[2] == Role.CLAIMED:
            return Role.CLAIMED, 0.9
        return behind, 0.9
    if best is None:
        return Role.UNKNOWN, 0.6
    return best[2], 1.0 if -best[1] <= 4 else 0.8


def _weight(rank: int, distance: int) -> tuple[int, int]:
    """Asking for money outweighs all else in the clause; other cues count by nearness, then by rank."""
    return (2, -distance) if rank == 4 else (1, -distance + rank)
