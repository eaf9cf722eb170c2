"""Rounds of sealed figures: that there is something to do, or that it is over; never a figure."""

from django.utils.translation import gettext_lazy as _

from mediation.notices.tellings.shape import CASE, PARTIES, READ, Telling, To

PART = "bids"
BIDS: dict[str, tuple[Telling, ...]] = {
    "bid.ask": (
        Telling(
            {To.OTHER},
            _("Shall each side seal a figure?"),
            (
                CASE,
                _("the other side would like each to seal a figure, to see whether they meet."),
                _("It begins only with your yes. No answer is not a yes."),
            ),
            PART,
        ),
    ),
    "bid.open": (
        Telling(
            PARTIES,
            _("Both sides may seal a figure now"),
            (CASE, _("both sides chose it."), _("You have three days to seal your figure.")),
            PART,
        ),
    ),
    "bid.overlap": (
        Telling(
            PARTIES,
            _("The figures meet"),
            (CASE, _("the sealed figures meet."), READ, _("Please say whether you accept the middle.")),
            PART,
        ),
        Telling({To.MEDIATOR}, _("The figures meet"), (CASE, _("the sealed figures meet.")), PART),
    ),
    "bid.apart": (
        Telling(
            PARTIES | {To.MEDIATOR},
            _("The figures do not meet"),
            (CASE, _("the sealed figures do not meet. Both are destroyed."), _("The talks go on.")),
            PART,
        ),
    ),
    "bid.agree": (
        Telling(
            PARTIES,
            _("Both sides accept the middle"),
            (CASE, _("both sides accept the middle."), _("The mediator now writes the terms.")),
            PART,
        ),
        Telling(
            {To.MEDIATOR},
            _("Both sides accept the middle"),
            (CASE, _("both sides accept the middle."), _("Please write the terms.")),
            PART,
        ),
    ),
    "bid.lapse": (
        Telling(
            PARTIES | {To.MEDIATOR},
            _("A round of sealed figures has ended"),
            (CASE, _("the time ran out. The figures are destroyed."), _("The talks go on.")),
            PART,
        ),
    ),
    "bid.leave": (
        Telling(
            {To.OTHER, To.MEDIATOR},
            _("A round of sealed figures has ended"),
            (CASE, _("a side did not want it, or left. The figures are destroyed."), _("The talks go on.")),
            PART,
        ),
    ),
}
