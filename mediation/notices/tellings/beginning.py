"""From the application to the answer of the institution."""

from django.utils.translation import gettext_lazy as _

from mediation.notices.tellings.shape import CASE, READ, STAFF, Telling, To

BEGINNING: dict[str, tuple[Telling, ...]] = {
    "case.file": (
        Telling(
            {To.CLAIMANT},
            _("We have your application"),
            (
                _("We have your application. Its number is %(docket)s."),
                _("By %(acceptance_by)s we tell you whether we can take it on."),
            ),
        ),
        Telling(
            {To.OFFICE},
            _("A new application"),
            (CASE, _("please look at it."), _("The last day is %(acceptance_by)s.")),
        ),
    ),
    "case.ask_supplement": (
        Telling(
            {To.CLAIMANT},
            _("Please add something to your application"),
            (
                CASE,
                _("something is still missing."),
                _("Please add it by %(supplement_by)s."),
                _("Sign in to see what it is."),
            ),
            "supplement",
        ),
    ),
    "case.supplement": (
        Telling(
            {To.OFFICE},
            _("Papers were added"),
            (CASE, _("the citizen added what was asked for. Please look again.")),
        ),
    ),
    "case.accept": (
        Telling(
            {To.CLAIMANT},
            _("Your application was accepted"),
            (
                CASE,
                _("we have taken your dispute on and invited the other side."),
                _("The mediation is planned to end by %(mediation_by)s."),
                _("You can say which mediator you would like."),
            ),
            "mediator",
        ),
        Telling(
            {To.RESPONDENT},
            _("You are invited to a mediation"),
            (
                CASE,
                _("%(claimant)s has asked for mediation with you."),
                _("Please answer by %(answer_by)s."),
                _("Mediation is voluntary; not answering is not consent."),
                _("The invitation and the application are on the site."),
            ),
            "answer",
        ),
    ),
    "case.decline": (
        Telling(
            {To.CLAIMANT},
            _("Your application was not accepted"),
            (
                CASE,
                _("we cannot take your dispute on."),
                _("Sign in to read why, and where you can go instead."),
            ),
        ),
    ),
    "case.answer": (
        Telling(
            {To.OTHER},
            _("The other side has answered"),
            (CASE, _("the other side has answered."), READ),
            "answer",
        ),
        Telling(
            STAFF,
            _("The institution has answered"),
            (
                CASE,
                _("the institution has answered the claims."),
            ),
            "answer",
        ),
    ),
}
