"""What is told to whom, by which ways, and whether it counts as delivered."""

from mediation.notices.models.ladder import Ladder, Rung
from mediation.notices.models.notice import Notice, NoticeQuerySet
from mediation.notices.models.reach import DeliveryConsent, EmailAddress

__all__ = ["DeliveryConsent", "EmailAddress", "Ladder", "Notice", "NoticeQuerySet", "Rung"]
