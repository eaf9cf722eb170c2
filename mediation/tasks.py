"""Background work that belongs to no single room."""

from celery import shared_task
from django.utils import timezone

from evidence.safe.orphans import remove_orphans, share_of
from mediation.files.incoming import clear_old
from mediation.portal.old_drafts import erase_old_drafts


@shared_task  # type: ignore[untyped-decorator]
def clear_away() -> int:
    """Erase what was begun and never sent in: drafts after 90 days, half-sent files after one, and stored files that
    belong to nothing (each hour a share of the folders). Returns the drafts.
    """
    clear_old()
    remove_orphans(share_of(timezone.now().hour))
    return erase_old_drafts()
