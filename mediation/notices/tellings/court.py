"""What the court does."""

from django.utils.translation import gettext_lazy as _

from mediation.notices.tellings.shape import ALL, CASE, PARTIES, READ, STAFF, Telling, To

COURT: dict[str, tuple[Telling, ...]] = {
    "court.consent": (
        Telling(
            {To.OTHER},
            _("The other side has signed the application to the court"),
            (
                CASE,
                _("the other side has signed the joint application."),
                _("It goes to the court only when you sign it, too."),
                _("The last day is %(confirmation_window_by)s."),
            ),
            "court",
        ),
        Telling(
            {To.MEDIATOR},
            _("A side has signed the application to the court"),
            (
                CASE,
                _("a side has signed the joint application."),
            ),
            "court",
        ),
    ),
    "case.apply": (
        Telling(
            PARTIES,
            _("Your application is with the court"),
            (
                CASE,
                _("the joint application is with the court."),
                _("The court is to rule by %(court_decision_by)s."),
            ),
            "court",
        ),
        Telling(
            {To.COURT},
            _("A new application for confirmation"),
            (CASE, _("please say whether you take it up."), _("The last day is %(court_acceptance_by)s.")),
        ),
        Telling(
            {To.MEDIATOR},
            _("The application is with the court"),
            (
                CASE,
                _("the joint application is with the court."),
            ),
            "court",
        ),
    ),
    "court.supplement": (
        Telling(
            ALL,
            _("The court asks for something"),
            (CASE, _("the court asks for more papers or an explanation."), READ),
            "court",
        ),
    ),
    "court.supply": (
        Telling({To.COURT}, _("Papers were added"), (CASE, _("what you asked for was added.")), "court"),
    ),
    "court.accept": (
        Telling(
            ALL,
            _("The court takes your application up"),
            (
                CASE,
                _("the court has taken the application up."),
                _("It is to rule by %(court_decision_by)s."),
            ),
            "court",
        ),
    ),
    "case.confirm": (
        Telling(
            PARTIES,
            _("The court has confirmed the agreement"),
            (
                CASE,
                _("the court has confirmed the agreement; it can be enforced."),
                _("An objection is possible until %(objection_by)s."),
                _("Sign in to read the ruling."),
            ),
            "court",
        ),
        Telling(
            {To.MEDIATOR},
            _("The court has confirmed the agreement"),
            (
                CASE,
                _("the court has confirmed the agreement."),
            ),
            "court",
        ),
    ),
    "case.dismiss": (
        Telling(
            PARTIES,
            _("The court has dismissed the application"),
            (
                CASE,
                _("the court has not confirmed the agreement."),
                _("You can mediate again, change the agreement, or go to court."),
            ),
            "court",
        ),
        Telling(
            STAFF,
            _("The court has dismissed the application"),
            (CASE, _("the court has not confirmed the agreement; the talks are open again.")),
            "court",
        ),
    ),
    "case.go_without_ruling": (
        Telling(
            PARTIES,
            _("The agreement goes on without the court"),
            (CASE, _("the agreement is carried out without a ruling. It binds you all the same.")),
            "payments",
        ),
    ),
    "court.objection": (
        Telling(
            {To.OTHER, To.COURT, To.MEDIATOR},
            _("An objection to the ruling"),
            (CASE, _("there is an objection to the ruling. The court will look at it.")),
            "court",
        ),
    ),
    "court.answer_objection": (
        Telling(
            ALL,
            _("The court has answered the objection"),
            (CASE, _("the court has answered the objection."), READ),
            "court",
        ),
    ),
}
