"""Rights and duties that are told before anybody sits down (在线调解规则 Arts 17, 18; 特邀调解规定 Art 14)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Right:
    """One thing to know, and the article it rests on. All articles were read in full text."""

    title: Promise
    text: Promise
    article: str
    warns: bool = False


RIGHTS = (
    Right(
        _("It is your choice."),
        _("You take part because you want to. You may leave at any time. Nobody may press you to agree."),
        "人民调解法第二十三条",
    ),
    Right(
        _("You may ask for another mediator."),
        _("The mediator must tell you of any relation to either side."),
        "人民法院在线调解规则第十三条、第十四条",
    ),
    Right(
        _("What is said here stays confidential."),
        _("If you give way here, that cannot be used against you in court."),
        "人民法院在线调解规则第十八条",
    ),
    Right(
        _("Some things are not confidential."),
        _("Facts that both sides confirm in writing; what the law asks for; what both sides agree to show."),
        "人民法院在线调解规则第十八条",
    ),
    Right(
        _("A signed agreement binds both sides."),
        _("Do not sign before you have understood every line. Nobody can sign for you by your silence."),
        "人民调解法第三十一条",
    ),
    Right(
        _("A court can confirm the agreement, free of charge."),
        _("Both sides ask together, within 30 days. Once confirmed, it can be enforced."),
        "民事诉讼法第二百零五条、第二百零六条",
    ),
    Right(
        _("Your duties"),
        _("Tell what is true. Keep order. Respect the mediator and the other side."),
        "人民调解法第二十四条",
    ),
    Right(
        _("No sham mediation."),
        _("Making up a dispute to harm others can bring a fine, detention, or prison."),
        "人民法院在线调解规则第十七条、第二十三条；民事诉讼法第一百一十五条",
        warns=True,
    ),
)
