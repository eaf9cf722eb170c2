"""送达: whether papers may come electronically, and that a notice was received."""

from django.utils.translation import gettext_lazy as _

from cases.workflow import Stage
from mediation.notices.consents import answer_consent, standing_of
from mediation.notices.models import Ladder
from mediation.notices.reaching import confirm_received
from mediation.parties.acts.shape import Act, Done
from mediation.parties.forms.common import ActForm
from mediation.parties.forms.reach import ReachForm
from mediation.parties.situation import Situation


def _answer(s: Situation, done: Done) -> None:
    for phase, agrees in done.data["form"].answers().items():
        answer_consent(case_id=s.case.pk, person=s.person, phase=phase, agrees=agrees)


def _answered(s: Situation, done: Done) -> bool:
    return all(
        standing_of(s.party, phase).agreed is agrees for phase, agrees in done.data["form"].answers().items()
    )


REACH = Act(
    name="e-delivery",
    title=_("May papers reach you electronically?"),
    offer=_("Yes or no to electronic delivery"),
    button=_("Save my answers"),
    told=_("Your answers are written down. You can change them at any time."),
    hint=_(
        "Each stage by itself. No answer is a no. A yes holds from now on; you can take it back here at any time."
    ),
    form=ReachForm,
    is_open=lambda s: s.stage != Stage.INTAKE,
    run=_answer,
    was_done=_answered,
    icon="bell",
    part="delivery",
    aside=True,
)


def _own_notice(s: Situation, pk: int) -> Ladder | None:
    return Ladder.objects.filter(pk=pk, case=s.case, party=s.party).first()


RECEIVED_NOTICE = Act(
    name="notice-received",
    title=_("Did you receive this notice?"),
    offer=_("I have received it"),
    button=_("I have received it"),
    told=_("Thank you. This says only that you received it."),
    hint=_("It says that the notice reached you. It agrees to nothing."),
    form=ActForm,
    is_open=lambda s: s.stage != Stage.INTAKE,
    run=lambda s, done: confirm_received(ladder_id=done.target.pk, person=s.person),
    was_done=lambda s, done: done.target.confirmed_at is not None,
    find=_own_notice,
    icon="check",
    part="delivery",
)
