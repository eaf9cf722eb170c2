"""通知: a message to one person, kept as a row until it is delivered."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, User
from evidence.sealing import SealedTextField


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Questions about what was told to whom."""

    def unread_by(self, person: User) -> "NoticeQuerySet":
        return self.filter(to=person, channel=Notice.Channel.INBOX, read_at__isnull=True)


class Notice(models.Model):
    """One message by one channel. `code` lets its receiver check on the site that it really came from us."""

    class Channel(models.TextChoices):
        INBOX = "inbox", _("On the site")
        SMS = "sms", _("Text message")
        EMAIL = "email", _("E-mail")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")

    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.CASCADE, related_name="notices")
    to = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="notices")
    phone = SealedTextField(blank=True)
    email = SealedTextField(blank=True)
    channel = models.CharField(max_length=8, choices=Channel)
    kind = models.CharField(max_length=40, help_text="the event it tells of")
    subject = models.CharField(max_length=120)
    body = SealedTextField()
    link = models.CharField(max_length=200, blank=True, help_text="a path on this site")
    code = models.CharField(max_length=10, db_index=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    problem = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(
        max_length=200, blank=True, help_text="what the channel answered, word for word"
    )
    receipt = models.CharField(
        max_length=80, blank=True, db_index=True, help_text="the number under which the channel knows it"
    )
    arrived_at = models.DateTimeField(
        null=True, blank=True, help_text="in the receiver's system, as the channel reported"
    )
    report = models.CharField(max_length=80, blank=True, help_text="the status report, word for word")
    read_at = models.DateTimeField(null=True, blank=True)
    rung = models.ForeignKey(
        "notices.Rung", null=True, blank=True, on_delete=models.SET_NULL, related_name="notices"
    )

    values: Mapping[str, str] = MappingProxyType(
        {}
    )  # of a message that is never kept: for a gateway's template

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return self.subject
