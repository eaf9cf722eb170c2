"""联系阶梯: one notice of legal effect to one side, and every step on which it goes out. The steps are the debt."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Party, User
from evidence.sealing import SealedTextField


class Ladder(models.Model):
    """送达: one notice of legal effect to one side, by the rules of the day on which it was written."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="ladders")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="ladders")
    matter = models.CharField(max_length=24, help_text="its key in cases/rules/delivery.toml")
    event = models.CharField(max_length=40)
    seq = models.PositiveIntegerField(help_text="the entry of the case's chain that it tells of")
    subject = models.CharField(max_length=120)
    code = models.CharField(max_length=10, db_index=True, help_text="read out on the telephone (核对码)")
    written_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True, help_text="when it counts as delivered")
    basis = models.CharField(max_length=24, blank=True, help_text="the row of the table that makes it count")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="first opened by anybody of this side")
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="the receiver said on the site that it was received"
    )
    unreached_at = models.DateTimeField(
        null=True, blank=True, help_text="the office heard that nobody answers"
    )

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq", "party", "matter"], name="one_ladder_a_notice")
        ]

    def __str__(self) -> str:
        return f"{self.matter} to {self.party_id}"


class RungQuerySet(models.QuerySet["Rung"]):
    """Questions about what is owed."""

    def open(self) -> "RungQuerySet":
        return self.filter(done_at__isnull=True)

    def to_do(self) -> "RungQuerySet":
        """What the office was asked to do and has not done."""
        return self.open().filter(asked_at__isnull=False)


class Rung(models.Model):
    """到期的一步: one step of a ladder. Written with the notice, done once, in the order of its moment."""

    class Outcome(models.TextChoices):
        SENT = "sent", _("Sent")
        CONFIRMED = "confirmed", _("Reached; says it was received")  # 本人确认收悉
        SPOKEN = "spoken", _("Reached; did not say so")
        NO_ANSWER = "no_answer", _("No answer")
        WRONG = "wrong", _("Not this person's number")
        HANDED_IN = "handed_in", _("Handed in at the post office")
        SIGNED = "signed", _("Signed for")
        RETURNED = "returned", _("Came back")
        TOLD = "told", _("The office was told")
        NO_ADDRESS = "no_address", _("No address for this way")
        VOID = "void", _("No longer needed")

    ladder = models.ForeignKey(Ladder, on_delete=models.CASCADE, related_name="rungs")
    step = models.CharField(max_length=24, help_text="its key in cases/rules/delivery.toml")
    channel = models.CharField(max_length=8)
    round = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True, help_text="when the office was asked to do it")
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField(null=True, blank=True, help_text="of the call, or of the posting")
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="when the letter was signed for or came back"
    )
    number = models.CharField(max_length=40, blank=True, help_text="of the letter at the post office")
    note = SealedTextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    objects = RungQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="rungs_to_do")]
        constraints = [
            models.UniqueConstraint(fields=["ladder", "step", "round"], name="one_rung_a_step_and_round")
        ]

    def __str__(self) -> str:
        return f"{self.step} at {self.due_at:%Y-%m-%d %H:%M}"
