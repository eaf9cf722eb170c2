"""背靠背报价: rounds in which each side seals a figure, and nothing but an overlap ever comes out."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, User
from cases.roles import Side
from evidence.sealing import SealedJSONField


class Round(models.Model):
    """One round. `closes_at` is a duty: what is still live then ends, and its figures are destroyed."""

    class State(models.TextChoices):
        ASKED = "asked", _("One side would like it; the other has not said yes")
        OPEN = "open", _("Both chose it; figures can be sealed")
        OVERLAP = "overlap", _("The figures overlap; both sides decide about the middle")
        AGREED = "agreed", _("Both sides accept the middle")
        APART = "apart", _("The figures do not overlap")
        DECLINED = "declined", _("A side does not accept the middle")
        LEFT = "left", _("A side did not want it, or left")
        LAPSED = "lapsed", _("The time ran out")

    LIVE = (State.ASKED, State.OPEN, State.OVERLAP)

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="bid_rounds")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    closes_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    middle_fen = models.BigIntegerField(null=True, blank=True, help_text="only after an overlap")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["closes_at"], condition=models.Q(ended_at=None), name="bid_rounds_to_end")
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_bid_round_a_number"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at=None), name="one_live_bid_round_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} round {self.number}: {self.state}"

    @property
    def is_live(self) -> bool:
        """Whether something can still be done in it."""
        return self.state in self.LIVE


class Seat(models.Model):
    """One side in a round: that it chose the round, its sealed figure while that is needed, its word on the middle.

    `figure` is AES-GCM under the site's key, and says itself which round and side it is for. It is wiped as soon as the
    round is decided.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="seats")
    side = models.CharField(max_length=12, choices=Side)
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)
    figure = SealedJSONField(null=True, default=None)
    sealed_at = models.DateTimeField(null=True, blank=True)
    accepts = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["round", "side"], name="one_bid_seat_a_side")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.side}"
