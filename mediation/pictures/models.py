"""What was read off a picture, and what a person made of it. The picture itself stays as it was handed in."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Exhibit, User
from evidence.sealing import SealedJSONField


class Reading(models.Model):
    """The words of one picture. `lines` and `rows` are the machine's; `confirmed` are a person's, None until then."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being read")
        DONE = "done", _("Read")
        FAILED = "failed", _("Could not be read")

    exhibit = models.OneToOneField(Exhibit, on_delete=models.CASCADE, related_name="picture_reading")
    state = models.CharField(max_length=8, choices=State, default=State.PENDING, db_index=True)
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    share = models.FloatField(default=0.0, help_text="how far it is read, 0 to 1")
    reader = models.CharField(max_length=60, blank=True, help_text="engine and version")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    lines = SealedJSONField(default=list, help_text='[{"text", "box": [[x, y], …], "confidence"}]')
    rows = SealedJSONField(default=list, help_text="rows of repayments as read, money in fen")
    problem = models.CharField(max_length=200, blank=True)
    confirmed = SealedJSONField(null=True, blank=True, help_text="the rows as a person confirmed them")
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"picture {self.exhibit_id}: {self.state}"

    @property
    def text(self) -> str:
        """All words, line by line from the top."""
        return "\n".join(str(line["text"]) for line in self.lines)

    @property
    def written(self) -> list[list[dict[str, Any]]]:
        """The lines as they stand on the picture: those of one height beside one another, from the left."""
        rows: list[list[dict[str, Any]]] = []
        for line in sorted(self.lines, key=_middle):
            height = max(1.0, line["box"][2][1] - line["box"][0][1])
            if rows and _middle(line) - _middle(rows[-1][0]) < height / 2:
                rows[-1].append(line)
            else:
                rows.append([line])
        return [sorted(row, key=lambda line: float(line["box"][0][0])) for row in rows]

    @property
    def as_written(self) -> str:
        """All words, row by row as they stand on the picture."""
        return "\n".join(" ".join(str(line["text"]) for line in row) for row in self.written)


def _middle(line: dict[str, Any]) -> float:
    return sum(float(y) for _x, y in line["box"]) / len(line["box"])
