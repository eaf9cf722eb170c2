"""履行: what is owed when, what was paid, and what follows a default."""

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Exhibit, User
from cases.roles import Role, Side
from evidence.sealing import SealedTextField
from mediation.agreements.models import Term


class InstalmentQuerySet(models.QuerySet["Instalment"]):
    """Questions about what is owed."""

    def owed(self) -> "InstalmentQuerySet":
        return self.exclude(state=Instalment.State.PAID)

    def late(self, on: date) -> "InstalmentQuerySet":
        return self.owed().filter(due_on__lt=on)


class Instalment(models.Model):
    """分期: one payment, or one act, that is due on a day."""

    class State(models.TextChoices):
        DUE = "due", _("Due")
        PAID = "paid", _("Done")
        LATE = "late", _("Late")
        DEFAULT = "default", _("In default")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="instalments")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    payer = models.CharField(max_length=10, choices=Side)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    paid_fen = models.BigIntegerField(default=0)
    due_on = models.DateField(db_index=True)
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = InstalmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["term", "number"], name="one_instalment_a_number")]

    def __str__(self) -> str:
        return f"{self.case} instalment {self.number} due {self.due_on}"


class Payment(models.Model):
    """给付: money or an act, said by one side; the other side may confirm or dispute it."""

    instalment = models.ForeignKey(Instalment, on_delete=models.CASCADE, related_name="payments")
    amount_fen = models.BigIntegerField(null=True, blank=True)
    paid_on = models.DateField()
    words = SealedTextField(blank=True)
    proof = models.ForeignKey(Exhibit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_role = models.CharField(max_length=12, choices=Role)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    disputed = SealedTextField(blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True)
    rejected_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rejected_at = models.DateTimeField(null=True, blank=True)  # the mediator found that it did not arrive
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["paid_on", "pk"]

    def __str__(self) -> str:
        return f"payment on {self.paid_on}"


class Enforcement(models.Model):
    """强制执行: the application that a default prefills; within two years (民事诉讼法 Art 250)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="enforcements")
    by_side = models.CharField(max_length=10, choices=Side)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    owed_fen = models.BigIntegerField()
    until_on = models.DateField(help_text="the last day to apply")
    paper = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"enforcement in {self.case}"
