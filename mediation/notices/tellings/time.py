"""Time limits, pauses, and the endings of a case."""

from django.utils.translation import gettext_lazy as _

from mediation.notices.tellings.shape import ALL, CASE, GO_COURT, PARTIES, STAFF, Telling, To

TIME: dict[str, tuple[Telling, ...]] = {
    "extension.ask": (
        Telling(
            PARTIES,
            _("The mediator asks for more time"),
            (
                CASE,
                _("the mediator asks for %(days)s more days."),
                _("They are added only if both sides say yes."),
            ),
            "time",
        ),
    ),
    "extension.grant": (
        Telling(
            ALL,
            _("The time was extended"),
            (
                CASE,
                _("both sides agreed to %(days)s more days."),
                _("The mediation is planned to end by %(mediation_by)s."),
            ),
            "time",
        ),
    ),
    "extension.refuse": (
        Telling(
            ALL,
            _("The time was not extended"),
            (CASE, _("the time is not extended."), _("The mediation is planned to end by %(mediation_by)s.")),
            "time",
        ),
    ),
    "case.pause": (
        Telling(
            PARTIES,
            _("The clock is paused"),
            (CASE, _("the days do not count for now."), _("Sign in to see why.")),
            "time",
            sms=False,
        ),
    ),
    "case.resume": (
        Telling(
            PARTIES,
            _("The clock runs again"),
            (CASE, _("the days count again."), _("The mediation is planned to end by %(mediation_by)s.")),
            "time",
            sms=False,
        ),
    ),
    "limit.near": (
        Telling(
            {To.DUTY},
            _("A time limit is near"),
            (CASE, _("“%(limit)s” ends on %(limit_on)s."), _("Please act before that day.")),
            "time",
        ),
    ),
    "limit.ending": (
        Telling(
            ALL,
            _("The mediation is about to end"),
            (
                CASE,
                _("the mediation period ends on %(limit_on)s."),
                _("It is made longer only if both sides say yes."),
            ),
            "time",
        ),
    ),
    "limit.today": (
        Telling(
            {To.DUTY},
            _("A time limit ends today"),
            (CASE, _("“%(limit)s” ends today, %(limit_on)s."), _("Please act today.")),
            "time",
        ),
    ),
    "limit.late": (
        Telling(
            {To.DUTY},
            _("A time limit has passed"),
            (
                CASE,
                _("“%(limit)s” was due on %(limit_on)s."),
                _("Please act now, or call us if you cannot."),
            ),
            "time",
        ),
    ),
    "limit.supervise": (
        Telling(
            {To.SUPERVISOR},
            _("A time limit of the centre has passed"),
            (CASE, _("“%(limit)s” was due on %(limit_on)s and is not done.")),
            "time",
        ),
    ),
    "limit.passed": (
        Telling(
            STAFF,
            _("A right was not used in its time"),
            (CASE, _("“%(limit)s” ended on %(limit_on)s.")),
            "time",
        ),
    ),
    "limit.recount": (
        Telling(
            ALL,
            _("A last day has moved"),
            (
                CASE,
                _("“%(limit)s” ends on %(limit_on)s now."),
                _("New holidays or a new rule changed the count. Sign in to see how."),
            ),
            "time",
            sms=False,
        ),
    ),
}

ENDINGS: dict[str, tuple[Telling, ...]] = {
    "case.fulfil": (
        Telling(
            ALL,
            _("Everything was done"),
            (
                CASE,
                _("all that was agreed has been done. The case is closed."),
            ),
        ),
    ),
    "case.withdraw": (
        Telling(
            {To.CLAIMANT},
            _("Your application is withdrawn"),
            (CASE, _("your application is withdrawn. The case is closed."), GO_COURT),
        ),
        Telling(
            {To.OTHER, To.MEDIATOR, To.OFFICE},
            _("The application was withdrawn"),
            (CASE, _("the application was withdrawn. The case is closed.")),
        ),
    ),
    "case.refuse": (
        Telling(
            PARTIES,
            _("The mediation has ended"),
            (CASE, _("one side does not want to mediate. The case is closed."), GO_COURT),
        ),
        Telling(
            STAFF,
            _("The mediation has ended"),
            (CASE, _("one side does not want to mediate. The case is closed.")),
        ),
    ),
    "case.end": (
        Telling(
            PARTIES,
            _("The mediation has ended"),
            (CASE, _("the mediation has ended."), _("Ground: %(ending)s."), GO_COURT),
        ),
        Telling(
            {To.OFFICE},
            _("The mediation has ended"),
            (CASE, _("the mediation has ended."), _("Ground: %(ending)s.")),
        ),
    ),
    "case.expire": (
        Telling(
            PARTIES,
            _("The mediation has ended"),
            (CASE, _("its time limit is over. The case is closed."), GO_COURT),
        ),
        Telling(
            STAFF, _("The mediation has ended"), (CASE, _("its time limit is over. The case is closed."))
        ),
    ),
}
