"""Other words for the same kind of thing: sums, days, rates, terms and names, with their labels."""

import random
import re

DIGITS = "零一二三四五六七八九"
STEMS = (
    "鹏程",
    "恒丰",
    "嘉诚",
    "乐天",
    "海纳",
    "万通",
    "桔子",
    "飞马",
    "金桥",
    "某某",
    "好运",
    "聚福",
    "天泽",
    "华夏通",
    "小蓝",
    "优速",
    "兴隆",
    "光明",
    "众信",
    "银杏",
    "大象",
    "春风",
    "某",
    "蓝天",
    "宝利",
    "麦田",
    "云端",
    "东海",
    "北辰",
    "悦享",
)
TAILS = re.compile(
    r"(?:股份)?(?:汽车金融有限公司|小额贷款有限公司|消费金融有限公司|汽车金融|消费金融公司|消费金融|小额贷款公司|金融有限公司|村镇银行|农商银行|"
    r"贷款公司|保险公司|财务公司|小贷公司|培训学校|美业学校|心理咨询学院|支付机构|典当行|消金|小贷|助贷平台|助贷|金服|金融|银行|财务|融资|租赁|"
    r"公寓|长租|人寿|财险|健康险|保险|教育|云课|分期|借款|借条|咨询|贵金属|支付|车贷|车融|车行|周转|易贷|易借|融宝|金条|花|贷|借|家|宝|网|用|到|通|钱)$"
)
PEOPLE = ("赵某", "陈某某", "老周", "刘某", "何某某", "林某")


def spoken(number: int) -> str:
    """A whole number below a hundred million in words: 23500 is 两万三千五百."""
    if number >= 10_000:
        head, rest = divmod(number, 10_000)
        words = ("两" if head == 2 else spoken(head)) + "万"
        return words + (("零" if rest < 1000 else "") + spoken(rest) if rest else "")
    words, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            figure = "两" if digit == 2 and unit >= 1000 else DIGITS[digit]
            words += ("零" if zero else "") + figure + name
            zero = False
        elif words and number:
            zero = True
    return words[1:] if words.startswith("一十") else words or "零"


def short_spoken(number: int) -> str:
    """The last unit left out, as people do: 3600 三千六, 23000 两万三."""
    words = spoken(number)
    return (
        words[:-1]
        if re.search("(?:万[一两三四五六七八九]千|千[一二三四五六七八九]百|百[一二三四五六七八九]十)$", words)
        else words
    )


def say_sum(spec: str, before: str, chance: random.Random, *, spoken: bool) -> tuple[str, str]:
    """A sum of the same size in other words; its label."""
    value = float(spec.rstrip("~"))
    about = spec.endswith("~")
    if value < 100 or value != int(value):
        new = round(value * chance.choice([0.6, 0.8, 1.3, 1.7]), 1 if value != int(value) else 0) or 1.0
        words = f"{new:g}" + chance.choice(["元", "块", "块钱"])
        return words, f"{new:g}"
    digits = 10 ** max(0, len(str(int(value))) - chance.choice([1, 2, 2, 3]))
    new = max(digits, round(value * chance.uniform(0.55, 1.8) / digits) * digits)
    bare = not re.search("[元块蚊钱圆¥]", before)
    words = sum_in_words(new, chance, spoken=spoken, bare=bare)
    if about or chance.random() < 0.07:
        words, about = roughly(words, chance), True
    return words, f"{new:g}" + "~" * about


def sum_in_words(number: int, chance: random.Random, *, spoken: bool, bare: bool) -> str:
    """A sum as it may be said or typed; `bare`: the unit may be left out."""
    said = globals()["spoken"](number)
    unit = "" if bare and chance.random() < 0.6 else chance.choice(["块", "块钱", "元"])
    forms = [said + unit, short_spoken(number) + (unit if unit != "元" else "")]
    if not spoken or chance.random() < 0.4:
        forms += [f"{number}{unit or '元'}", f"{number:,}元", f"¥{number}", f"{number}块"]
        if number >= 10_000 and number % 100 == 0:
            forms += [f"{number / 10_000:g}万{unit}", f"{number / 10_000:g}w", f"{number / 10_000:g}万元"]
    return chance.choice(forms)


def roughly(words: str, chance: random.Random) -> str:
    """The same sum, said to be about so much."""
    bare = re.sub("(?:块钱|块|元)$", "", words)
    forms = [f"差不多{words}", f"将近{words}", f"大概{words}", f"{words}左右", f"{words}上下"]
    if re.search("[万千百]$", bare):
        forms += [f"{bare}多块", f"{bare}来块", f"{bare}块出头", f"{bare}出头", f"{bare}多"]
    return chance.choice(forms)


def say_day(before: str, spec: str, chance: random.Random, *, spoken: bool) -> tuple[str, str, str]:
    """A day of the same kind in other words."""
    head, *rest = spec.split("-")
    month, day = chance.randint(1, 12), chance.randint(1, 28)
    if head == "Y":
        return _of_a_year(rest, month, day, chance)
    if head == "M":
        if len(rest) == 2:
            return f"上个月{_day(day, chance)}", "D", f"M-1-{day:02d}"
        back = chance.choice([1, 2, 3, 5, 6])
        words = {
            1: ["上个月", "上月", "上个月底", "一个月前"],
            2: ["上上个月", "两个月前"],
            6: ["半年前", "六个月前", "半年以前"],
        }
        return chance.choice(words.get(back, [f"{DIGITS[back]}个月前", f"{back}个月之前"])), "D", f"M-{back}"
    if head == "d":
        back = chance.choice([0, 1, 2, 3, 7])
        words = {
            0: ["今天"],
            1: ["昨天", "昨晚"],
            2: ["前天", "两天前"],
            3: ["大前天", "三天前"],
            7: ["一个星期前", "上周这个时候"],
        }
        return words[back][0], "D", f"d-{back}"
    if head == "B" and len(rest) == 2:
        return f"{_month(month, chance, bare=True)}{_day(day, chance)}", "D", f"B-{month:02d}-{day:02d}"
    if head == "B":
        return before, "D", spec
    return _whole(
        int(head) - chance.choice([0, 1]), month, day if len(rest) == 2 else 0, chance, spoken=spoken
    )


def _of_a_year(rest: list[str], month: int, day: int, chance: random.Random) -> tuple[str, str, str]:
    if len(rest) == 1:
        back = chance.randint(1, 4)
        words = {
            1: ["去年", "一年前"],
            2: ["前年", "两年前"],
            3: ["大前年", "三年前", "3年前"],
            4: ["四年前", "4年前"],
        }
        return chance.choice(words[back]), "D", f"Y-{back}"
    back = int(rest[0])
    year = {0: "今年", 1: "去年", 2: "前年", 3: "大前年"}[back]
    if len(rest) == 2:
        return f"{year}{chance.choice(['', '的'])}{_month(month, chance)}", "D", f"Y-{back}-{month:02d}"
    return (
        f"{year}{_month(month, chance, bare=True)}{_day(day, chance)}",
        "D",
        f"Y-{back}-{month:02d}-{day:02d}",
    )


def _whole(year: int, month: int, day: int, chance: random.Random, *, spoken: bool) -> tuple[str, str, str]:
    spec = f"{year}-{month:02d}" + (f"-{day:02d}" if day else "")
    in_words = "".join(DIGITS[int(figure)] for figure in str(year))
    forms = [f"{in_words}年{_month(month, chance, bare=True)}", f"{year % 100}年{month}月"]
    if not spoken:
        forms += [f"{year}年{month}月", f"{year}年{month:02d}月"]
    words = chance.choice(forms) + (_day(day, chance) if day else "")
    if not spoken and chance.random() < 0.3:
        words = chance.choice([f"{year}.{month}", f"{year}-{month:02d}", f"{year}/{month}"])
        words += words[4] + f"{day:02d}" if day else ""
    return words, "D", spec


def _month(month: int, chance: random.Random, *, bare: bool = False) -> str:
    words = chance.choice([f"{month}月", f"{spoken(month)}月"])
    return words + ("份" if not bare and chance.random() < 0.3 else "")


def _day(day: int, chance: random.Random) -> str:
    return chance.choice([f"{day}号", f"{day}日", f"{spoken(day)}号"])


def say_rate(spec: str, before: str, chance: random.Random, *, spoken: bool) -> tuple[str, str, str]:
    """A rate told by the same period."""
    per = spec[-1]
    if per == "d":
        parts = chance.choice([2, 3, 4, 5, 6, 8])
        forms = [
            f"日息万分之{DIGITS[parts]}",
            f"每天万分之{parts}的利息",
            f"日利率0.0{parts}%",
            f"日利息万分之{DIGITS[parts]}",
        ]
        return chance.choice(forms), "R", f"{parts * 365 / 10_000:.4f}d"
    if per == "m":
        tenths = chance.choice([6, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 50])
        return chance.choice(_monthly(tenths)), "R", f"{tenths * 12 / 1000:.4f}m"
    percent = chance.choice([8, 12, 15, 15.6, 18, 21.5, 24, 28, 35.9, 36, 42, 48, 72])
    said = globals()["spoken"](int(percent)) + (
        f"点{DIGITS[round(percent * 10) % 10]}" if percent % 1 else ""
    )
    forms = [f"年化百分之{said}", f"年利率百分之{said}", f"一年{said}个点的利息"]
    if not spoken or chance.random() < 0.5:
        forms += [f"年化{percent}%", f"年利率{percent}%", f"年息{percent}%", f"年化利率{percent:.1f}%"]
    return chance.choice(forms), "R", f"{percent / 100:.4f}y"


def _monthly(tenths: int) -> list[str]:
    whole, rest = divmod(tenths, 10)
    figure = "两" if whole == 2 else DIGITS[whole]
    forms = [
        f"月息{tenths / 10:g}%",
        f"每月利息百分之{DIGITS[whole]}" + (f"点{DIGITS[rest]}" if rest else ""),
    ]
    if not whole:
        return [*forms, f"月息{DIGITS[rest]}厘", f"月息{rest}厘"]
    tail = DIGITS[rest] if rest else ""
    forms += [
        f"月息{figure}分{tail}",
        f"{figure}分{tail}的利",
        f"{figure}分{tail}利",
        f"月利率{tenths / 10:g}%",
    ]
    if rest:
        forms += [f"{DIGITS[whole]}个点{DIGITS[rest]}的月息", f"每个月{DIGITS[whole]}个点{DIGITS[rest]}利息"]
        if whole == 1:
            forms.append(f"{figure}个点五的月息" if rest == 5 else f"月息{tenths / 10:g}个点")
    else:
        forms += [f"每个月{figure}个点的利息", f"月息{figure}个点", f"月利{figure}分"]
    return forms


def say_term(months: int, before: str, chance: random.Random) -> tuple[str, str, str]:
    """How many instalments, with the same ending."""
    new = chance.choice([3, 6, 9, 10, 12, 18, 24, 36])
    unit = "个月" if "月" in before else "期"
    if "年" in before:
        years = chance.choice([1, 2, 3, 5])
        return ("两" if years == 2 else DIGITS[years]) + "年", "N", str(years * 12)
    return chance.choice([f"{new}{unit}", f"{spoken(new)}{unit}"]), "N", str(new)


def say_lender(before: str, chance: random.Random) -> str:
    """Another name with the same ending; a person stays a person."""
    if re.fullmatch(r"老?[一-龥]某某?", before):
        return chance.choice(PEOPLE)
    tail = TAILS.search(before)
    return chance.choice(STEMS) + (tail[0] if tail else "贷")
