"""消息: what was told to a person on the site, read or not."""

from django.shortcuts import get_object_or_404

from cases.models import Case, User
from mediation.notices.models import Notice, NoticeQuerySet
from mediation.notices.services import mark_read


def messages_of(person: User, case: Case | None = None) -> NoticeQuerySet:
    """The messages of this person on the site, newest first; of one case when one is named."""
    told = Notice.objects.filter(to=person, channel=Notice.Channel.INBOX).select_related("case")
    return told.filter(case=case) if case else told


def unread_count(person: User) -> int:
    """How many messages this person has not read."""
    return Notice.objects.unread_by(person).count()


def open_message(person: User, pk: int) -> str:
    """Mark one message as read and say where it leads; empty when it leads nowhere. Raises Http404 for another's."""
    told = get_object_or_404(messages_of(person), pk=pk)
    mark_read(person=person, notice_id=told.pk)
    return told.link
