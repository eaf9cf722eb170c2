"""The page that shows every component with invented data: /desk/components/, and ?as=phone or ?as=bench."""

import datetime as dt
import math
from types import SimpleNamespace as Thing
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mediation.drawings import Day, Distribution
from mediation.forms import OptionText

BASES = {"phone": "base_phone.html", "desk": "base_desk.html", "bench": "base_desk.html"}


class SampleForm(forms.Form):
    """One field of each kind."""

    trouble = forms.ChoiceField(
        label="您遇到了什么麻烦？",
        help_text="选最像的一个，选错了以后能改",
        widget=forms.RadioSelect,
        choices=[
            ("fee", OptionText("利息、手续费太高", hint="和当初说的不一样", icon="yuan")),
            ("dun", OptionText("被催债、被骚扰", hint="打电话给家人、同事", icon="call")),
            ("other", OptionText("别的，或说不清", hint="调解员会打电话问您", icon="help")),
        ],
    )
    wishes = forms.MultipleChoiceField(
        label="您想怎样？",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("less", "少还一点"), ("later", "慢一点还"), ("stop", "别再打电话")],
    )
    amount = forms.DecimalField(label="还要还多少钱（元）", help_text="不知道就空着", max_value=100)
    story = forms.CharField(label="事情是怎么发生的？", widget=forms.Textarea, required=False)
    town = forms.ChoiceField(label="您住在哪里", choices=[("cd", "成都"), ("xm", "厦门")])
    agreed = forms.BooleanField(label="上面写的我都看过了")


def _stages() -> list[Thing]:
    rows = [
        ("受理", "10-22 · 用 1 日", "done"),
        ("调查", "10-24 至 11-05 · 用 13 日", "done"),
        ("调解", "11-12、11-20 两次会", "done"),
        ("签约", "今天 17:30 前", "now"),
        ("司法确认", "签约后 30 日内可申请", "todo"),
    ]
    return [Thing(label=label, note=note, state=state) for label, note, state in rows]


def _words() -> list[Thing]:
    return [
        Thing(text="要得嘛，那我一个月最多还得起", at=1268, doubtful=False),
        Thing(text="八百", at=1270, doubtful=True),
        Thing(text="，", at=1271, doubtful=False),
        Thing(text="莫", at=1271.5, doubtful=True),
        Thing(text="再打电话给我们老板了。", at=1272, doubtful=False),
    ]


def _checks() -> list[Thing]:
    rows = [
        ("文件完整", "no", "证据 07 指纹不一致，其余一致", "23 / 24"),
        ("记录连续", "yes", "58 条记录首尾相接，没有缺号和插入", "58 / 58"),
        ("签名有效", "yes", "申请人、机构、调解员三方签名均有效", "3 / 3"),
        ("外部留底", "unknown", "这台电脑没有联网，没有比对", "0 / 1"),
    ]
    return [
        Thing(name=n, state=s, text=t, count=c, how="逐个算出指纹，再和封存时的记录对照。")
        for n, s, t, c in rows
    ]


def _chain() -> list[Thing]:
    kinds = ["step"] * 4 + ["evidence"] * 16 + ["step"] * 3 + ["hearing"] * 10 + ["sign"] * 6 + ["seal"]
    return [Thing(kind=kind, broken=i == 22) for i, kind in enumerate(kinds)]


def sample() -> dict[str, Any]:
    """Everything the gallery shows; all of it invented."""
    shares = [
        0.02,
        0.06,
        0.1,
        0.12,
        0.15,
        0.17,
        0.19,
        0.2,
        0.22,
        0.24,
        0.25,
        0.26,
        0.27,
        0.28,
        0.29,
        0.3,
        0.32,
        0.34,
    ]
    shares += [0.21, 0.23, 0.26, 0.27, 0.36, 0.39, 0.41, 0.44, 0.5, 0.57]
    bad = SampleForm({"trouble": "fee", "wishes": ["less"], "amount": "一百二", "town": "cd"})
    return {
        "stages": _stages(),
        "words": _words(),
        "checks": _checks(),
        "chain": _chain(),
        "plot": Distribution(shares=shares, mine=0.33, mine_label="方案 B"),
        "few": Distribution(shares=[0.2, 0.3]),
        "days": [
            Day("今天", 3, is_today=True),
            Day("22", 0, is_rest=True),
            Day("23", 0, is_rest=True),
            *(Day(str(24 + i), count) for i, count in enumerate([2, 4, 1, 2, 4])),
            Day("29", 0, is_rest=True),
            Day("30", 0, is_rest=True),
        ],
        "peaks": [0.15 + 0.8 * abs(math.sin(i * 1.7) * math.cos(i * 0.45)) for i in range(75)],
        "figures": [
            Thing(number=1, label="已过期", note="受理决定，应于 11-20", tone="late", url="#queue"),
            Thing(number=3, label="今天到期", note="最早 14:00，调解会", tone="soon", url="#queue"),
            Thing(number=8, label="等我办", note="含上面 4 件", tone="", url="#queue"),
            Thing(number=6, label="计时暂停", note="等当事人，最久 9 天", tone="", url="#queue"),
        ],
        "facts": [("核验地点", "您的电脑上，文件没有上传"), ("核验时间", "2025-11-24 09:15:32")],
        "tabs": [
            Thing(url="#tabs", label="经过", current=True, count=31),
            Thing(url="#tabs", label="证据", current=False, count=9),
        ],
        "files": [Thing(title="借款合同 第 1 页", number="03", icon="file", url="#", remove_url="#")],
        "signed_at": dt.datetime(2025, 11, 21, 17, 4, tzinfo=dt.UTC),
        "form": bad,
        "fresh": SampleForm(initial={"trouble": "dun"}),
    }


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component as the phone, the desk or the bench would."""
    surface = request.GET.get("as", "desk")
    base = BASES.get(surface, "base_desk.html")
    classes = "desk bench" if surface == "bench" else "phone" if surface == "phone" else "desk"
    return render(
        request, "components/gallery.html", {"base": base, "surface": surface, "classes": classes, **sample()}
    )
