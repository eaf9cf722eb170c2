"""What a court finds when it looks: only what lies with itself."""

from django.db.models import QuerySet

from cases.models import User
from cases.roles import Role
from mediation.court.models import JointApplication


def of_court(judge: User) -> QuerySet[JointApplication]:
    """The applications that lie with this judge's court, newest first; those still being signed are not there yet."""
    if judge.role != Role.COURT or judge.court_id is None:
        return JointApplication.objects.none()
    return (
        JointApplication.objects.filter(court_id=judge.court_id)
        .exclude(state=JointApplication.State.GATHERING)
        .select_related("case__centre", "case__mediator", "court", "agreement__proposal", "ruling")
        .select_related("paper__deposit", "agreement__final__deposit")
    )
