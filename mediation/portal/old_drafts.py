"""Applications that nobody sent in are erased when their 90 days are over (个人信息保护法 Art 47)."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import Case
from cases.services.steps import lock_case
from cases.workflow import Stage
from evidence.erasure import erase_chain
from mediation.hearings.models import Recording
from mediation.portal.drafts import KEPT

AT_ONCE = 200


def erase_old_drafts() -> int:
    """Erase every draft untouched for 90 days, its files and its words. Returns how many."""
    old = Case.objects.filter(stage=Stage.INTAKE, saved_at__lt=timezone.now() - KEPT)
    return sum(_erase(key) for key in old.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _erase(case_id: UUID) -> int:
    case = lock_case(case_id)
    if case.stage != Stage.INTAKE or case.saved_at >= timezone.now() - KEPT:
        return 0  # somebody came back in the meantime
    erase_chain(case.chain, reason="not sent in within 90 days", by="system")
    Recording.objects.filter(case=case).delete()
    case.exhibits.all().delete()
    case.delete()
    return 1
