"""Words that sound like a promise and bind to nothing, and conditions that no court can see fulfilled."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mediation.agreements.enforceability.findings import CLEAR, DEFINITE, Finding, Level, Words

MUST, ADVICE = Level.MUST, Level.ADVICE


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of unclear words. `but` names harmless uses: a match that `but` covers does not count."""

    code: str
    level: Level
    found: re.Pattern[str]
    says: Words
    plain: Words
    article: str = CLEAR
    but: re.Pattern[str] | None = None
    status: str = "T"


MEASURED = re.compile("部分|一定的?金额")


def _re(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


PATTERNS = (
    Pattern(
        "no_time",
        MUST,
        _re(
            "尽[快早]",
            "早日",
            "近期",
            "适时",
            "择[期日]",
            "不日",
            "一段时间",
            "合理(?:的)?(?:期限|时间|期间)",
            "(?:条件|时机)成熟",
            "方便(?:时|的时候)",
            "有空(?:时|的时候)",
            "过(?:一)?段时间",
            "年后再",
        ),
        _("no day can be read from this; name a date."),
        _("This names no day. Nobody could say when it is late. Write a date."),
        DEFINITE,
    ),
    Pattern(
        "loose_time",
        ADVICE,
        _re("及时", "立即", "马上", "(?:年|月|季)底前?", "月[初中]", "上旬|中旬|下旬", "年内"),
        _("better a date; the day in the field is what counts."),
        _("A date is clearer than this."),
        DEFINITE,
    ),
    Pattern(
        "no_duty",
        MUST,
        _re(
            "尽量",
            "尽可能",
            "争取",
            "力争",
            "努力(?!工作)",
            "原则上",
            "酌情",
            "视情",
            "量力",
            "(?:可以|可)?考虑(?:减|免|退|给|支|延|分|按|予)",
            "研究(?:解决|决定|处理)",
            "(?:可以|可|有望|打算|计划)(?:退还|支付(?!宝)|偿还|减免|免除|赔偿|返还)(?!的)",
        ),
        _("this is an intention, no duty; write “pays”, “does”, “waives”."),
        _("This only says that somebody may try. Write what must be done."),
    ),
    Pattern(
        "no_measure",
        MUST,
        _re(
            "适当",
            "一定(?:的)?(?:金额|数额|比例|数量|费用|补偿|款项|减免|期限)",
            "若干",
            "(?<!大)部分(?:款项|本金|利息|费用|金额|欠款|罚息)",
            "合理(?:的)?(?:费用|金额|数额|补偿|损失|价格)",
            "少量",
            "相当(?:的)?(?:金额|数额|补偿)",
            "大部分",
            "大致",
            "大体",
        ),
        _("no amount or measure can be read from this; write figures."),
        _("This says no amount. Write how much."),
        but=_re("适当(?:履行|性|主体|方式送达)"),
    ),
    Pattern(
        "open_amount",
        MUST,
        _re(
            "(?:具体)?(?:金额|数额|款项|费用)(?:以|由|按|待|另|根据).{0,14}(?:为准|确定|核算|核定|计算|约定|协商|通知)",
            "以(?:系统|对账|实际|后台|账单|核算|最终).{0,10}为准",
            "待(?:核算|核实|核定|确认|对账|计算)",
            "多退少补",
        ),
        _("the amount is left open; a court needs the sum, or a formula with every figure."),
        _("The sum is left open here. Settle it now and write it down."),
        DEFINITE,
    ),
    Pattern(
        "about_amount",
        MUST,
        re.compile(
            r"(?:约|大约|大概|左右|近)(?:人民币)?[0-9,.]+\s*(?:万|千)?元|[0-9,.]+\s*(?:万|千)?元(?:左右|上下|以上|以内|以下|起)"
            r"|(?:不超过|不低于|不少于|至少|至多|最多|最少|超过)(?:人民币)?[0-9,.]+\s*(?:万|千)?元"
        ),
        _("an amount must be one figure, not about, not more than, not at least."),
        _("This is about an amount, not the amount. Write one figure."),
        DEFINITE,
    ),
    Pattern(
        "to_be_agreed",
        MUST,
        _re(
            "(?:双方|各方)?(?:另行|再行|以后|届时|日后)(?:协商|约定|商定|商议|签订|确定|通知)",
            "协商(?:解决|确定|处理|决定|安排)",
            "再议",
            "面议",
            "另议",
        ),
        _("this is left to a later agreement; there is nothing to enforce."),
        _("This is still to be agreed. If no agreement comes, nothing holds. Settle it now."),
        but=_re(
            "协商(?:解决|处理)[，,；;。]?(?:.{0,6})(?:协商)?不成", "(?:经|已|已经)(?:.{0,4})协商(?:解决|确定|处理)"
        ),
    ),
    Pattern(
        "uncertain_condition",
        MUST,
        _re(
            "视.{0,8}(?:情况|能力|表现|效益|进度)",
            "(?:在|待|等|如|若|当|一旦)?.{0,6}(?:经济|条件|能力|收入|资金|经营|政策).{0,2}(?:允许|许可|好转|改善|宽裕|恢复|充裕|到位|具备)",
            "有(?:能力|条件|钱)(?:时|后|再|的时候)",
            "(?:找到|有了?|恢复)工作(?:后|再|时)",
            "(?:发|领|拿到|收到)工资(?:后|再|时)",
            "(?:经|待|等)(?:.{0,6})(?:总部|总行|上级|领导|公司|银行|审批|有关部门|监管).{0,6}(?:同意|批准|审批|审核|审议|通过|研究)(?:后|之后|的|方|再)",
            "(?:满意|认可|高兴)(?:后|为止|时)",
            "(?:待|等).{1,12}(?:后|之后|时)(?:再|方|才)?(?:支付|偿还|还款|履行|退还|办理|付|还|退)",
        ),
        _("a court cannot see whether this condition is met, or it lies in one side's will; write a date instead."),
        _("Nobody can say whether this will happen. The duty would hang in the air. Write a date."),
        DEFINITE,
    ),
    Pattern(
        "no_start",
        MUST,
        re.compile(r"(?<![后起内])(?:[0-9]+|[一二三四五六七八九十两半]+)个?(?:工作日|日|天|周|个月|月|年)(?:之)?内"),
        _("a period needs the event from which it runs; or write the date."),
        _("From which day do these days count? Write the date instead."),
        DEFINITE,
        but=re.compile(
            r"(?:之日起|起|生效后|签订后|签署后|签字后|收到.{0,10}后|裁定.{0,8}后|送达后|到账后|确认后|次日起)[，,]?"
            r"(?:的)?(?:[0-9]+|[一二三四五六七八九十两半]+)个?(?:工作日|日|天|周|个月|月|年)(?:之)?内"
        ),
    ),
    Pattern(
        "third_party",
        MUST,
        re.compile(
            "(?:由|让|请|要求)(?:其|他|她|双方|申请人|被申请人|本人)?的?"
            "(?:父母|父亲|母亲|爸爸?|妈妈?|配偶|丈夫|妻子|老公|老婆|子女|儿子|女儿|兄弟|姐妹|哥哥|姐姐|亲属|亲戚|家人|家属|朋友|"
            "担保人|担保公司|保险公司|第三人|案外人|他人|用人单位|雇主|老板)"
            ".{0,10}(?:偿还|支付|还款|代偿|垫付|承担|履行|退还|负责|清偿|付款)"
        ),
        _("this person is no party: nothing can be enforced against them. Add them as a party or a guarantor."),
        _("This person has not signed. A court cannot make them pay. Let them join, or take it out."),
        "民诉法解释第461条；民事调解规定第9条",
    ),
    Pattern(
        "loose_words",
        ADVICE,
        _re("相关(?:费用|款项|手续|责任|事宜)", "有关(?:费用|款项|手续|责任|事宜)", "相应(?:费用|款项|责任|手续)",
            "(?:费用|款项|手续|材料)等", "配合(?:办理|处理|做好)?", "协助(?:办理|处理)?"),
        _("name the thing itself: which fee, which step, which paper."),
        _("Say exactly which ones."),
    ),
)  # fmt: skip


def vague_in(words: str, *, term: int, field: str, has_sum: bool = False) -> Iterator[Finding]:
    """Every unclear place of a text, each kind once for the same words.

    `has_sum`: the term itself names its amount, so that “part of the interest” is measured by it.
    """
    seen: set[tuple[str, str]] = set()
    for pattern in PATTERNS:
        spared = [match.span() for match in pattern.but.finditer(words)] if pattern.but else []
        for match in pattern.found.finditer(words):
            key = (pattern.code, match.group())
            if has_sum and MEASURED.match(match.group()):
                continue
            if key in seen or any(first <= match.start() < last for first, last in spared):
                continue
            seen.add(key)
            yield Finding(
                code=pattern.code,
                level=pattern.level,
                says=pattern.says,
                plain=pattern.plain,
                article=pattern.article,
                term=term,
                field=field,
                quote=match.group(),
                status=pattern.status,
            )
