"""文书: one paper that is owed, from the fact that calls for it to the exhibit it becomes."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Exhibit
from cases.roles import Side


class Paper(models.Model):
    """A paper that the house owes in a case. The row is the debt: a lost task is taken up again from here."""

    class State(models.TextChoices):
        PENDING = "pending", _("Being made")
        DONE = "done", _("Made")
        FAILED = "failed", _("Cannot be made")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=40, help_text="a code of mediation/documents/kinds")
    seq = models.PositiveIntegerField(help_text="the entry of the case's chain that calls for it")
    state = models.CharField(max_length=8, choices=State, default=State.PENDING, db_index=True)
    exhibit = models.OneToOneField(
        Exhibit, null=True, blank=True, on_delete=models.PROTECT, related_name="paper"
    )
    side = models.CharField(
        max_length=10,
        choices=Side,
        blank=True,
        help_text="for this side and the mediator alone; empty: for all",
    )
    unprinted = models.PositiveIntegerField(
        default=0, help_text="letters that no font has; marked on the paper"
    )
    mended_at = models.DateTimeField(
        null=True, blank=True, help_text="when somebody wrote those letters by hand"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    problem = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "seq"], name="one_paper_a_fact")]

    def __str__(self) -> str:
        return f"{self.case} {self.kind}"
