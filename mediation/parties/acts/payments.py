"""履行: pay, confirm, say that it did not arrive, state a default."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.workflow import Stage
from mediation.parties.acts.shape import Act, Done
from mediation.parties.forms.common import ActForm
from mediation.parties.forms.payments import DisputeForm, PaymentForm
from mediation.parties.situation import Situation
from mediation.performance import services as performance
from mediation.performance.models import Instalment, Payment

SAME_FORM = timedelta(minutes=10)


def _instalment(s: Situation, pk: int) -> Instalment | None:
    return next((one for one in s.instalments if one.pk == pk), None)


def _payment(s: Situation, pk: int) -> Payment | None:
    """A payment that the other side told of and this side receives."""
    told = Payment.objects.filter(instalment__case=s.case).exclude(instalment__payer=s.side)
    return told.select_related("instalment__term", "proof").filter(pk=pk).first()


def _pay(s: Situation, done: Done) -> object:
    return performance.record_payment(
        instalment_id=done.target.pk,
        person=s.person,
        paid_on=done.data["paid_on"],
        amount_fen=done.data.get("amount"),
        words=done.data["words"],
        proof=done.exhibits[0] if done.exhibits else None,
    )


def _paid(s: Situation, done: Done) -> bool:
    """The very same payment was told a moment ago: the form came twice."""
    same = done.target.payments.filter(
        by=s.person,
        amount_fen=done.data.get("amount"),
        paid_on=done.data["paid_on"],
        at__gte=timezone.now() - SAME_FORM,
    )
    words = done.data["words"].strip()
    return any(one.words == words and not one.disputed for one in same)


PAY = Act(
    name="pay",
    title=_("Record what was paid or done"),
    offer=_("Record what was paid or done"),
    button=_("Save"),
    told=_("Noted."),
    hint=_("Who receives the money confirms it. This site moves no money."),
    form=PaymentForm,
    is_open=lambda s: s.stage == Stage.PERFORMANCE,
    find=_instalment,
    run=_pay,
    was_done=_paid,
    shows="parties/instalment.html",
    icon="yuan",
    part="payments",
)

RECEIVED = Act(
    name="received",
    title=_("Has it arrived?"),
    offer=_("It has arrived"),
    button=_("Yes, it has arrived"),
    told=_("Confirmed."),
    hint=_("Please look at your account first."),
    form=ActForm,
    is_open=lambda s: s.stage == Stage.PERFORMANCE,
    find=_payment,
    run=lambda s, done: performance.confirm_payment(payment_id=done.target.pk, person=s.person),
    was_done=lambda _s, done: done.target.confirmed_at is not None,
    shows="parties/payment.html",
    icon="check",
    part="payments",
)

NOT_RECEIVED = Act(
    name="not-received",
    title=_("It has not arrived?"),
    offer=_("It has not arrived"),
    button=_("Send"),
    told=_("Noted. The other side and the mediator are told."),
    form=DisputeForm,
    is_open=lambda s: s.stage == Stage.PERFORMANCE,
    find=_payment,
    run=lambda s, done: performance.dispute_payment(
        payment_id=done.target.pk, person=s.person, words=done.data["words"]
    ),
    was_done=lambda _s, done: done.target.disputed == done.data["words"].strip(),
    shows="parties/payment.html",
    icon="close",
    part="payments",
)


def _can_declare(s: Situation) -> bool:
    return s.stage == Stage.PERFORMANCE and bool(s.others_late) and not s.freezes


DEFAULT = Act(
    name="default",
    title=_("The other side does not pay"),
    offer=_("State that the other side does not pay"),
    button=_("Make the application"),
    told=_("The application for enforcement is ready. Print it and take it to the court."),
    form=ActForm,
    is_open=_can_declare,
    run=lambda s, _done: performance.declare_default(case_id=s.case.pk, person=s.person),
    was_done=lambda s, _done: s.enforcement is not None and not s.others_late,
    shows="parties/default.html",
    icon="alert",
    part="payments",
)
