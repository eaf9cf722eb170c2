"""What people do with messages: read them, check them; and the one message that leaves no row, a phone code."""

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.models import User
from cases.services.steps import lock_case
from mediation.notices.assessing import look_again
from mediation.notices.at_once import send_unkept
from mediation.notices.codes import tidy_code
from mediation.notices.models import Ladder, Notice


@transaction.atomic
def mark_read(*, person: User, notice_id: int | None = None) -> int:
    """Remember that this person has read one message of the inbox, or all of it. Returns how many were new."""
    unread = Notice.objects.unread_by(person)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return _read(unread)


@transaction.atomic
def mark_opened(*, person: User, code: str) -> int:
    """Remember that this person came by the link of the message that carries this code. Returns how many were new."""
    tidy = tidy_code(code)
    return _read(Notice.objects.filter(to=person, code=tidy, read_at__isnull=True)) if tidy else 0


def _read(unread: "QuerySet[Notice]") -> int:
    ladders = unread.filter(rung__isnull=False).order_by("rung__ladder_id")
    concerned = list(ladders.values_list("rung__ladder_id", "rung__ladder__case_id").distinct())
    count = unread.update(read_at=timezone.now())
    for ladder_id, case_id in concerned:
        lock_case(case_id)
        look_again(ladder_id)
    return count


def check_code(code: str) -> Notice | Ladder | None:
    """The message or the telephone call that goes by this code, or None when it is not from us.

    A stranger may be shown `written_at`, `subject` (which never names anyone) and the name of the centre; no more.
    """
    tidy = tidy_code(code)
    if not tidy:
        return None
    notice = Notice.objects.filter(code=tidy).select_related("case__centre").first()
    return notice or Ladder.objects.filter(code=tidy).select_related("case__centre").first()


def send_code(*, phone: str, code: str) -> None:
    """Send a sign-in code by text message, at once. It is kept nowhere. Raises Refusal when it cannot be sent."""
    with translation.override(settings.LANGUAGE_CODE):
        body = _("Your code is %(code)s. It holds for 10 minutes. We never ask you for it by telephone.")
        message = Notice(
            phone=phone,
            channel=Notice.Channel.SMS,
            kind="phone.code",
            subject=_("Your sign-in code"),
            body=body % {"code": code},
            code="",
        )
        send_unkept(
            message,
            code=code,
            later=_("The text message could not be sent just now. Please try again in a minute."),
            never=_("No text message can be sent to this number. Please check it, or call %(phone)s.")
            % {"phone": settings.HELP_PHONE},
        )
