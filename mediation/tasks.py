"""Background work that belongs to no single room."""

from celery import shared_task

from mediation.incoming import clear_old
from mediation.portal.old_drafts import erase_old_drafts


@shared_task  # type: ignore[untyped-decorator]
def clear_away() -> int:
    """Erase what was begun and never sent in: drafts after 90 days, half-sent files after one. Returns the drafts."""
    clear_old()
    return erase_old_drafts()
