"""What the office hears of messages that failed and of people who were not reached."""

from django.utils.translation import gettext_lazy as _

from mediation.notices.tellings.shape import CASE, Telling, To

REACHING: dict[str, tuple[Telling, ...]] = {
    "delivery.ask": (
        Telling(
            {To.DUTY},
            _("Somebody is to be reached by telephone or by post"),
            (CASE, _("a notice has not been delivered yet."), _("The page of the case shows the next step.")),
            "delivery",
            sms=False,
        ),
    ),
    "delivery.unreached": (
        Telling(
            {To.DUTY, To.SUPERVISOR},
            _("Nobody was reached"),
            (
                CASE,
                _("no way of reaching this side has worked."),
                _("Silence is no consent; please decide how to go on."),
            ),
            "delivery",
            sms=False,
        ),
    ),
    "notice.fail": (
        Telling(
            {To.DUTY, To.OFFICE},
            _("A message could not be delivered"),
            (CASE, _("a message could not be delivered."), _("Please check the number or the address.")),
            "delivery",
            sms=False,
        ),
    ),
    "paper.fail": (
        Telling(
            {To.OFFICE},
            _("A paper could not be made"),
            (CASE, _("a paper could not be made."), _("Please complete what is missing and make it again.")),
            "papers",
            sms=False,
        ),
    ),
    "paper.mark": (
        Telling(
            {To.OFFICE},
            _("Letters on a paper could not be printed"),
            (CASE, _("letters on a paper could not be printed."), _("Please add them by hand on the paper.")),
            "papers",
            sms=False,
        ),
    ),
}
