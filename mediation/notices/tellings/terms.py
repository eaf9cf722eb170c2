"""Facts, proposals, the agreement and its signatures."""

from django.utils.translation import gettext_lazy as _

from mediation.notices.tellings.shape import CASE, PARTIES, Only, Telling, To

TERMS: dict[str, tuple[Telling, ...]] = {
    "facts.offer": (
        Telling(
            PARTIES,
            _("Facts to confirm"),
            (
                CASE,
                _("the mediator wrote down the undisputed facts."),
                _("Please read them, and confirm them only if they are right."),
            ),
            "facts",
        ),
    ),
    "proposal.offer": (
        Telling(
            {To.OTHER},
            _("A proposal for you"),
            (
                CASE,
                _("there is a proposal."),
                _("Read it at your ease, and say yes or no. Silence is not a yes."),
            ),
            "proposal",
        ),
        Telling(
            {To.MEDIATOR},
            _("A new proposal"),
            (
                CASE,
                _("there is a new proposal."),
            ),
            "proposal",
        ),
    ),
    "proposal.accept": (
        Telling(
            {To.OTHER},
            _("The proposal was answered"),
            (CASE, _("the other side has answered the proposal."), _("Please say yes or no, too.")),
            "proposal",
        ),
        Telling(
            {To.MEDIATOR},
            _("The proposal was answered"),
            (
                CASE,
                _("a side has answered the proposal."),
            ),
            "proposal",
        ),
    ),
    "proposal.reject": (
        Telling(
            {To.OTHER},
            _("The proposal was answered"),
            (CASE, _("this proposal does not go ahead."), _("The mediator will talk with both sides again.")),
            "proposal",
        ),
        Telling(
            {To.MEDIATOR},
            _("The proposal was answered"),
            (
                CASE,
                _("a side has said no to the proposal."),
            ),
            "proposal",
        ),
    ),
    "case.agree": (
        Telling(
            PARTIES,
            _("Both sides agree"),
            (
                CASE,
                _("both sides have said yes."),
                _("The mediator now writes the agreement for you to sign."),
            ),
            "agreement",
        ),
        Telling(
            {To.MEDIATOR},
            _("Both sides agree"),
            (CASE, _("both sides have said yes. Please write the agreement.")),
            "agreement",
        ),
    ),
    "case.reopen": (
        Telling(
            PARTIES,
            _("The talks go on"),
            (
                CASE,
                _("the terms are being talked over again."),
            ),
            "proposal",
        ),
    ),
    "agreement.draft": (
        Telling(
            PARTIES,
            _("The agreement is ready to sign"),
            (CASE, _("the agreement is ready."), _("Read all of it before you sign. You need not sign.")),
            "agreement",
        ),
    ),
    "agreement.sign": (
        Telling(
            {To.OTHER},
            _("Someone has signed"),
            (
                CASE,
                Only("by_party", _("the other side has signed the agreement.")),
                Only("by_staff", _("the mediator has signed the agreement.")),
            ),
            "agreement",
            sms=False,
        ),
        Telling(
            {To.MEDIATOR},
            _("Someone has signed"),
            (
                CASE,
                _("a signature was given."),
            ),
            "agreement",
        ),
    ),
    "case.take_effect": (
        Telling(
            PARTIES,
            _("The agreement is in force"),
            (
                CASE,
                _("everyone has signed; the agreement is in force."),
                _("Until %(confirmation_window_by)s both sides together can ask the court to confirm it."),
            ),
            "court",
        ),
        Telling(
            {To.MEDIATOR},
            _("The agreement is in force"),
            (
                CASE,
                _("everyone has signed; the agreement is in force."),
            ),
            "court",
        ),
    ),
}
