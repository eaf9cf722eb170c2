"""What was promised and falls due."""

from django.utils.translation import gettext_lazy as _

from mediation.notices.tellings.shape import CASE, Only, Telling, To

PAYMENTS: dict[str, tuple[Telling, ...]] = {
    "performance.due_soon": (
        Telling(
            {To.PAYER},
            _("Something is due soon"),
            (
                CASE,
                _("%(amount)s is due on %(due)s."),
                Only("is_act", _("what you promised is due on %(due)s.")),
                _("If you cannot, talk to the mediator before that day."),
            ),
            "payments",
        ),
    ),
    "performance.late": (
        Telling(
            {To.PAYER},
            _("Something is late"),
            (
                CASE,
                _("%(amount)s was due on %(due)s."),
                Only("is_act", _("what you promised was due on %(due)s.")),
                _("Please do it now, or say here that it is done."),
            ),
            "payments",
        ),
        Telling(
            {To.PAYEE, To.MEDIATOR},
            _("Something is late"),
            (
                CASE,
                _("the other side is late with %(amount)s since %(due)s."),
                Only("is_act", _("the other side is late since %(due)s.")),
                _("You need do nothing now: the other side was reminded."),
            ),
            "payments",
        ),
    ),
    "performance.pay": (
        Telling(
            {To.OTHER, To.MEDIATOR},
            _("A payment was recorded"),
            (
                CASE,
                _("the other side recorded a payment or an act."),
                _("Please look whether that is right."),
            ),
            "payments",
        ),
    ),
    "performance.confirm": (
        Telling(
            {To.OTHER},
            _("A payment was confirmed"),
            (
                CASE,
                _("what was paid or done is confirmed."),
            ),
            "payments",
            sms=False,
        ),
    ),
    "performance.dispute": (
        Telling(
            {To.OTHER, To.MEDIATOR},
            _("A payment is disputed"),
            (CASE, _("the other side says it has not arrived."), _("Please hand in a proof.")),
            "payments",
        ),
    ),
    "performance.reject": (
        Telling(
            {To.CLAIMANT, To.RESPONDENT},
            _("A payment was not found"),
            (CASE, _("the mediator looked at a payment and finds that it has not arrived.")),
            "payments",
        ),
    ),
    "performance.default": (
        Telling(
            {To.PAYER},
            _("You are in default"),
            (
                CASE,
                _("the agreement was not kept. The other side can ask the court to enforce it."),
                _("Do it now, or call us today."),
            ),
            "payments",
        ),
        Telling(
            {To.PAYEE, To.MEDIATOR},
            _("The agreement was not kept"),
            (CASE, _("the other side is in default."), _("An application for enforcement can be made here.")),
            "payments",
        ),
    ),
}
