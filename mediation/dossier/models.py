"""卷宗: one printing of a case file, from the wish to the sealed PDF."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, User
from evidence.models import Deposit


class Dossier(models.Model):
    """One merged PDF of a case file. The row is the debt: a lost worker leaves it due again."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being put together")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Cannot be put together")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="dossiers")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING, db_index=True)
    done = models.PositiveIntegerField(default=0, help_text="papers that are in already")
    total = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    missing = models.JSONField(default=list, blank=True, help_text="keys of places that should not be empty")
    deposit = models.ForeignKey(Deposit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    problem = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"file of {self.case}, {self.asked_at:%Y-%m-%d %H:%M}"
