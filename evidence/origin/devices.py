"""What a browser says of itself (User-Agent), read plainly: the sort of device, its system, its model, the program.

It is what the sender says: anybody can send any words. So it is kept as said and proves nothing by itself.
"""

import re
from dataclasses import dataclass

LONGEST_AGENT = 400  # WeChat names itself late
_WORD = r"[\w.+-]{1,16}"
# The more special program first: WeChat and most phone browsers also call themselves Chrome or Safari.
_PROGRAMS = (
    ("WeChat", rf"MicroMessenger/({_WORD})"),
    ("Alipay", rf"AlipayClient/({_WORD})"),
    ("DingTalk", rf"DingTalk/({_WORD})"),
    ("QQ", rf"\bQQ/({_WORD})"),
    ("QQ Browser", rf"MQQBrowser/({_WORD})"),
    ("UC Browser", rf"(?:UCBrowser|UCWEB)/({_WORD})"),
    ("Huawei Browser", rf"HuaweiBrowser/({_WORD})"),
    ("Mi Browser", rf"MiuiBrowser/({_WORD})"),
    ("vivo Browser", rf"VivoBrowser/({_WORD})"),
    ("OPPO Browser", rf"HeyTapBrowser/({_WORD})"),
    ("Samsung Internet", rf"SamsungBrowser/({_WORD})"),
    ("Edge", rf"\bEdg(?:e|A|iOS)?/({_WORD})"),
    ("Firefox", rf"(?:Firefox|FxiOS)/({_WORD})"),
    ("Chrome", rf"(?:Chrome|CriOS)/({_WORD})"),
    ("Safari", rf"Version/({_WORD}) .*Safari/"),
)
_SYSTEMS = (
    ("phone", "HarmonyOS", r"Phone; (?:OpenHarmony|HarmonyOS)[ /]?([\d.]*)"),
    ("tablet", "HarmonyOS", r"Tablet; (?:OpenHarmony|HarmonyOS)[ /]?([\d.]*)"),
    ("phone", "iOS", r"iPhone; .*?OS ([\d_]+)"),
    ("tablet", "iPadOS", r"iPad; .*?OS ([\d_]+)"),
    ("phone", "Android", r"Android ?([\d.]*).*?Mobile"),
    ("tablet", "Android", r"Android ?([\d.]*)"),
    ("computer", "Windows", r"Windows NT ?([\d.]*)"),
    ("computer", "macOS", r"Mac OS X ?([\d_.]*)"),
    ("computer", "Linux", r"(?:Linux|X11)()"),
)
_MODEL = re.compile(r"Android [^;)]*;(?: [a-z]{2}[-_]\w{2};)? ?([^;)]{1,60}?)(?: Build/[^;)]*)?(?:; wv)?\)")


@dataclass(frozen=True, slots=True)
class Device:
    """A device as its browser describes it: `sort` is phone, tablet, computer or empty; the rest are proper names."""

    sort: str = ""
    system: str = ""
    model: str = ""
    program: str = ""


def read_agent(agent: str) -> Device:
    """The device behind a User-Agent header; whatever is not recognised stays empty."""
    agent = agent[:LONGEST_AGENT]
    sort = system = ""
    for named, kind, pattern in _SYSTEMS:
        if found := re.search(pattern, agent):
            sort, system = named, f"{kind} {found[1].replace('_', '.')}".strip()
            break
    program = ""
    for name, pattern in _PROGRAMS:
        if found := re.search(pattern, agent):
            program = f"{name} {found[1].split('.')[0]}"
            break
    model = _MODEL.search(agent)
    return Device(sort, system, model[1].strip() if model and model[1].strip() != "K" else "", program)
