"""What may not be promised at all, what is given up and how far, and what follows when nothing is done."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from mediation.agreements.drafts import TermDraft
from mediation.agreements.enforceability.findings import (
    CLEAR,
    DEFINITE,
    LAWFUL,
    Beside,
    Finding,
    Level,
)
from mediation.agreements.models import Term

MUST, ADVICE = Level.MUST, Level.ADVICE
RIGHTS = (
    "起诉|诉讼|投诉|举报|信访|上访|仲裁|申诉|报警|上诉|申请(?:强制)?执行|司法确认"
    "|向(?:人民)?法院|向(?:金融)?监管(?:部门)?"
)
GIVES_UP_A_RIGHT = re.compile(
    rf"(?:不得|不准|不能|禁止|永不|不再|承诺不)[^，。；]{{0,10}}(?:{RIGHTS})"
    rf"|放弃[^，。；]{{0,10}}(?:{RIGHTS})[^，。；]{{0,4}}(?:权|权利)?"
)
HARMLESS_STOP = re.compile("不再[^，。；]{0,8}(?:就|因)本案[^，。；]{0,12}(?:投诉|起诉|诉讼|仲裁)")
ALL_RIGHTS = re.compile("(?:一切|任何|所有|全部)(?:的)?(?:权利|请求|主张|责任|争议|纠纷|债权|债务|追索)")
SCOPE = re.compile("本案|本合同|该合同|本协议|合同编号|上述|该笔|本次|前述|本笔|案涉|该借款|借款合同|已付")
EXCEPT = re.compile("除外|履行本协议|违反本协议|不履行")
DELETES = re.compile(
    "(?:删除|消除|抹去|清除|洗白|撤销)[^，。；]{0,8}(?:征信|信用|逾期|不良)[^，。；]{0,6}(?:记录|信息)?|征信(?:修复|洗白)"
)
IF_WRONG = re.compile("错误|有误|不实|不准确|不符")
SELF_HELP = re.compile(
    "扣押|扣留|拘禁|拘留|没收|罚款|抵押身份证|交出身份证|公开(?:身份|个人信息|照片)|曝光|上门(?:催|讨)"
    "|自行(?:拖|扣|取)走|通知其?(?:亲友|单位|家人)"
)
EMPTY_CONSEQUENCE = re.compile(
    "(?:承担|负)(?:相应|一切|全部|法律|违约)?的?(?:法律|违约|赔偿|经济|民事)?责任|后果自负|依法处理"
    "|按(?:相关)?规定(?:处理|办理)|追究(?:其)?(?:法律|违约)?责任"
)
REAL_CONSEQUENCE = re.compile(
    "强制执行|全部(?:剩余|未付|未到期|到期)|提前到期|一次性|[0-9]|[%％‰]|万分之|百分之|LPR|不再减免|恢复"
)
PENALTY = re.compile("违约金|滞纳金|罚息|赔偿(?:金|损失)")
FIGURE = re.compile("[0-9][0-9,.]*\\s*(?:万|千)?元|[%％‰]|[万千百]分之|LPR|债务利息|加倍")
ACCELERATES = re.compile("全部(?:剩余|未付|未到期|欠款|款项)|提前到期|剩余(?:全部|未到期)|一并|全额")
SECRET = re.compile(
    "(?:不得|不准|禁止)[^，。；]{0,10}(?:向|告知|透露给?)[^，。；]{0,14}(?:法院|监管|公安|任何(?:机构|部门))"
)


def forbidden_in(words: str, *, term: int, field: str) -> Iterator[Finding]:
    """Promises that no court upholds, whatever both sides want."""
    for found, code, says, plain in (
        (GIVES_UP_A_RIGHT, "gives_up_a_right", _("the right to sue, to complain or to enforcement cannot be given up."),
         _("Nobody can take your right to court or to a complaint away. Take this out.")),
        (SECRET, "silenced", _("courts and authorities cannot be kept from knowing."),
         _("You may always speak to courts and authorities. Take this out.")),
        (SELF_HELP, "self_help", _("this would be self-help against a person; no court upholds it."),
         _("Nobody may do this to you, also not if you pay late. Take this out.")),
    ):  # fmt: skip
        for match in found.finditer(words):
            if code == "gives_up_a_right" and HARMLESS_STOP.match(match.group()):
                continue
            if code == "silenced" and GIVES_UP_A_RIGHT.search(words):
                continue
            if code == "self_help" and _is_forbidden_there(words, match.start()):
                continue
            yield Finding(code, MUST, says, plain, LAWFUL, term, field, match.group())
    for match in DELETES.finditer(words):
        if IF_WRONG.search(words):
            continue
        text = _("a true record may not be deleted; write “corrects what is wrong”, and how one sees it.")
        plain = _("A true record cannot be deleted by agreement. Only what is wrong can be corrected.")
        article = f"征信业管理条例第16条、第25条；{LAWFUL}"
        yield Finding("deletes_credit", MUST, text, plain, article, term, field, match.group())


def _is_forbidden_there(words: str, at: int) -> bool:
    """不得曝光: the words forbid the self-help itself."""
    return bool(re.search("(?:不得|不再|停止|禁止|不|避免)[^，。；]{0,10}$", words[:at]))


def waiver_of(beside: Beside) -> Iterator[Finding]:
    """How far both sides give up what is not in the terms."""
    words = beside.waiver
    for match in ALL_RIGHTS.finditer(words):
        if not SCOPE.search(words):
            text = _("the waiver has no limit; name the contract it is about.")
            plain = _(
                "This gives up everything, also what you do not know yet. Say which contract it is about."
            )
            yield Finding("boundless_waiver", MUST, text, plain, CLEAR, 0, "waiver", match.group())
            break
    if words.strip() and not EXCEPT.search(words):
        text = _("say that claims from this agreement itself stay open.")
        plain = _("Add: what this agreement promises can still be claimed.")
        yield Finding("waiver_without_exception", ADVICE, text, plain, CLEAR, 0, "waiver")


def consequence_of(beside: Beside, terms: Sequence[TermDraft]) -> Iterator[Finding]:
    """What follows when nothing is done: is it anything at all, can it be computed, does it reach later parts."""
    words = beside.overdue
    if (found := EMPTY_CONSEQUENCE.search(words)) and not REAL_CONSEQUENCE.search(words):
        text = _("“answers for it” names no consequence; write which sum falls due, or which interest runs.")
        plain = _("This does not say what happens. Write which sum falls due.")
        yield Finding("empty_consequence", MUST, text, plain, DEFINITE, 0, "overdue", found.group())
    if (found := PENALTY.search(words)) and not FIGURE.search(words):
        text = _("a penalty without a figure or a rate.")
        plain = _("How high is the penalty? Write a figure.")
        yield Finding("penalty_without_figure", MUST, text, plain, DEFINITE, 0, "overdue", found.group())
    in_parts = [n for n, term in enumerate(terms, start=1) if term.parts > 1 and term.kind == Term.Kind.PAY]
    if in_parts and words.strip() and not ACCELERATES.search(words):
        text = _(
            "paid in parts: does everything fall due when one part is late? Else only late parts are enforced."
        )
        plain = _("If one payment is late: does everything fall due at once? It should be written.")
        yield Finding("no_acceleration", ADVICE, text, plain, DEFINITE, 0, "overdue")
    acts = [n for n, term in enumerate(terms, start=1) if term.kind not in {Term.Kind.PAY, Term.Kind.WAIVE}]
    if acts and not re.search(
        "未(?:按(?:期|时|约))?(?:完成|履行|停止|更正)|不(?:完成|履行|停止|更正)|行为义务", words
    ):
        text = _("terms %(numbers)s are acts: say what follows when they are not done.")
        plain = _("What follows if this is not done? It is better to write it.")
        told = {"numbers": "、".join(map(str, acts))}
        yield Finding("acts_without_consequence", ADVICE, text % told, plain, DEFINITE, 0, "overdue")
