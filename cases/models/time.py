"""Time as rows: what is owed at a moment, what staff added to the rules, who may read a calendar from outside."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case, Clock
from cases.models.people import User
from evidence.kept import Kept


class DutyQuerySet(models.QuerySet["Duty"]):
    """Questions about what is owed."""

    def open(self) -> "DutyQuerySet":
        return self.filter(done_at__isnull=True)

    def of_running(self) -> "DutyQuerySet":
        return self.open().filter(Q(clock__state=Clock.State.RUNNING) | Q(clock__isnull=True))


class Duty(models.Model):
    """到期事项: one thing to do at a moment because of a clock. The table `rules/escalation.toml` says what.

    Written with the clock, done once. A scheduler that slept finds its work here, in order. Days that people agreed on
    are no clocks: their duties name the `case` and, in `about`, the row they are about.
    """

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        PASSED = "passed", _("Passed over: its day was gone")  # 恢复运行时已无意义
        VOID = "void", _("No longer needed")

    clock = models.ForeignKey(Clock, null=True, blank=True, on_delete=models.CASCADE, related_name="duties")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.CASCADE, related_name="duties")
    about = models.CharField(
        max_length=40, blank=True, help_text="without a clock: the key of the row it is about"
    )
    step = models.CharField(max_length=24, help_text="its key in the table of escalation")
    for_due_on = models.DateField(help_text="the due day for which it was planned")
    for_overdue_on = models.DateField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="duties_to_do")]
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "step", "due_at"],
                condition=Q(done_at__isnull=True),
                name="one_open_duty_a_moment",
            ),
            models.UniqueConstraint(
                fields=["case", "step", "about"],
                condition=Q(done_at__isnull=True, clock__isnull=True),
                name="one_open_duty_a_row",
            ),
            models.CheckConstraint(
                condition=Q(clock__isnull=False, case__isnull=True)
                | Q(clock__isnull=True, case__isnull=False),
                name="a_duty_has_a_clock_or_a_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} at {self.due_at:%Y-%m-%d %H:%M}"


class RuleAddition(Kept):
    """What staff added to the law as data: a year's holidays, or a new version of a limit. Never changed again.

    A correction is another row: the later one counts. `pk` is the counter by which every process knows whether
    its tables are new enough. `data` is the row in the shape of the TOML tables, with days in ISO form.
    """

    class Kind(models.TextChoices):
        YEAR = "year", _("Holidays of a year")
        LIMIT = "limit", _("Version of a limit")

    kind = models.CharField(max_length=8, choices=Kind)
    tracks = models.JSONField(default=list, blank=True, help_text="for a limit: on which tracks it holds")
    data = models.JSONField()
    source = models.CharField(max_length=300, help_text="the notice or the act it was taken from")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "rule addition"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.source}"


class Recount(models.Model):
    """That the running clocks were counted anew after an addition; an addition without one is still owed."""

    addition = models.OneToOneField(RuleAddition, on_delete=models.PROTECT, related_name="recount")
    moved = models.PositiveIntegerField(help_text="how many clocks got another day")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.moved} clocks moved"


class CalendarFeed(models.Model):
    """日历订阅: a secret address under which a calendar program reads a person's due days. Only its digest is kept."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"calendar of {self.person_id}"
