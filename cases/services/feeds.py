"""日历订阅: the secret address where a calendar program reads a person's due days. Made anew, the old one ends."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cases.models import CalendarFeed, User

TOKEN_BYTES = 24
NOTED_EACH = timedelta(hours=1)


@transaction.atomic
def make_address(*, person: User) -> str:
    """A new secret for this person; the one before no longer works. It is told once: only its digest is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    CalendarFeed.objects.update_or_create(
        person=person, defaults={"digest": _digest(token), "made_at": timezone.now(), "read_at": None}
    )
    return token


def revoke_address(*, person: User) -> bool:
    """The address stops working at once. Returns whether there was one."""
    deleted, _by_model = CalendarFeed.objects.filter(person=person).delete()
    return bool(deleted)


def person_behind(token: str) -> User | None:
    """Whose calendar this secret opens; None for a wrong or revoked one, and for people who may not sign in."""
    feed = CalendarFeed.objects.select_related("person").filter(digest=_digest(token)).first()
    if feed is None or not feed.person.is_active:
        return None
    now = timezone.now()
    if feed.read_at is None or now - feed.read_at > NOTED_EACH:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)
    return feed.person


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
