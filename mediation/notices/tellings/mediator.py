"""Choosing the mediator, disclosure, and the talks with him or her."""

from django.utils.translation import gettext_lazy as _

from mediation.notices.tellings.shape import CASE, PARTIES, Only, Telling, To

MEDIATOR: dict[str, tuple[Telling, ...]] = {
    "mediator.choose": (
        Telling(
            {To.OTHER},
            _("The other side has named a mediator"),
            (
                CASE,
                _("the other side would like %(chosen)s to mediate."),
                _("Name your own wish by %(choice_by)s."),
                _("Without a common wish the centre appoints someone."),
            ),
            "mediator",
        ),
        Telling(
            {To.OFFICE},
            _("A side has named a mediator"),
            (CASE, _("a side would like %(chosen)s to mediate.")),
        ),
    ),
    "case.assign": (
        Telling(
            {To.MEDIATOR},
            _("A case was assigned to you"),
            (
                CASE,
                _("please make your disclosure and take it on, or give it back."),
                _("The last day is %(assignment_by)s."),
            ),
            "mediator",
        ),
        Telling(
            PARTIES,
            _("You have a mediator"),
            (
                CASE,
                _("%(mediator)s is to mediate."),
                _("First the mediator must say whether there is any relation to either side."),
            ),
            "mediator",
        ),
    ),
    "case.take_on": (
        Telling(
            PARTIES,
            _("The mediator's disclosure"),
            (
                CASE,
                _("%(mediator)s has taken your case on."),
                Only("no_relation", _("The mediator states: no relation to either side.")),
                Only(
                    "relation",
                    _("The mediator disclosed a relation. Read it, and say whether you agree to go on."),
                ),
                _("You may ask for another mediator."),
            ),
            "mediator",
        ),
    ),
    "mediator.accept": (
        Telling(
            {To.MEDIATOR},
            _("A side goes on with you"),
            (CASE, _("a side has read your disclosure and goes on.")),
            "mediator",
        ),
    ),
    "mediator.object": (
        Telling(
            PARTIES,
            _("Another mediator will be appointed"),
            (CASE, _("a side asked for another mediator. The centre appoints one.")),
            "mediator",
        ),
        Telling(
            {To.OFFICE},
            _("A side asks for another mediator"),
            (CASE, _("please appoint another mediator.")),
            "mediator",
        ),
        Telling(
            {To.MEDIATOR},
            _("A side asks for another mediator"),
            (CASE, _("a side asked for another mediator. The centre appoints one.")),
            "mediator",
        ),
    ),
    "mediator.give_back": (
        Telling(
            {To.OFFICE},
            _("A mediator gave a case back"),
            (CASE, _("please appoint another mediator.")),
            "mediator",
        ),
    ),
}

TALKS: dict[str, tuple[Telling, ...]] = {
    "case.open_mediation": (
        Telling(
            PARTIES,
            _("The talks begin"),
            (
                CASE,
                _("the talks have begun."),
                _("They are planned to end by %(mediation_by)s."),
                _("Whatever is said in them stays confidential."),
            ),
        ),
    ),
    "hearing.call": (
        Telling(
            PARTIES,
            _("You are called to a hearing"),
            (
                CASE,
                _("the hearing begins at %(starts)s."),
                _("Place: %(place)s."),
                _("Sign in a little earlier to try your microphone."),
            ),
            "hearing",
        ),
    ),
    "hearing.ask_interpreter": (
        Telling(
            {To.MEDIATOR},
            _("Somebody asks for an interpreter"),
            (
                CASE,
                _("somebody asks for an interpreter at the hearing. Please arrange one, and send the link."),
            ),
            "hearing",
        ),
    ),
    "transcript.ready": (
        Telling(
            PARTIES,
            _("Please read the transcript"),
            (
                CASE,
                _("the transcript is ready."),
                _("Read or hear it, then confirm it or say what is wrong."),
            ),
            "transcript",
        ),
        Telling(
            {To.MEDIATOR},
            _("The transcript is ready"),
            (
                CASE,
                _("the transcript is ready."),
            ),
            "transcript",
        ),
    ),
    "transcript.confirm": (
        Telling(
            {To.MEDIATOR},
            _("A side has read the transcript"),
            (CASE, _("a side has read the transcript and answered.")),
            "transcript",
        ),
    ),
    "transcript.object": (
        Telling(
            {To.MEDIATOR},
            _("A side says the transcript is not right"),
            (CASE, _("a side says what is wrong with the transcript. Please look, and ask again.")),
            "transcript",
        ),
    ),
    "transcript.issue": (
        Telling(
            PARTIES,
            _("The transcript is a paper now"),
            (
                CASE,
                _("both sides have confirmed the transcript. You can take it with you."),
                _("The court may read it only if both sides agree. You may answer that on its page."),
                _("Not answering is not agreeing."),
            ),
            "transcript",
        ),
    ),
    "transcript.open_to_court": (
        Telling(
            {To.OTHER},
            _("A question about the transcript"),
            (
                CASE,
                Only("shown_by_one", _("the other side lets the court read the transcript.")),
                Only("shown_by_one", _("Do you, too? Please say yes or no on its page.")),
                Only("shown_by_one", _("Not answering is not agreeing; then it stays closed.")),
                Only("shown_by_both", _("both sides now let the court read the transcript.")),
                Only("shown_by_both", _("You can take your yes back until it goes to the court.")),
            ),
            "transcript",
        ),
    ),
}
