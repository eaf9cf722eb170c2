"""What is asked for (请求), what the other side says (答辩), and the loan behind it. Money in fen, never floats."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.claims import ClaimKind, Remedy
from cases.models.case import Case
from cases.models.people import User
from evidence.sealing import SealedTextField


class Claim(models.Model):
    """请求: one thing the citizen asks for."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="claims")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=24, choices=ClaimKind)
    remedy = models.CharField(max_length=20, choices=Remedy)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    words = SealedTextField(blank=True, help_text="in the citizen's own words")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_claim_a_number")]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_kind_display()}"


class Answer(models.Model):
    """答辩: what the institution says to one claim."""

    class Position(models.TextChoices):
        ADMIT = "admit", _("We agree")  # 认可
        PARTLY = "partly", _("We agree in part")  # 部分认可
        DENY = "deny", _("We disagree")  # 不认可

    claim = models.OneToOneField(Claim, on_delete=models.CASCADE, related_name="answer")
    position = models.CharField(max_length=8, choices=Position)
    amount_fen = models.BigIntegerField(
        null=True, blank=True, help_text="what is admitted, where it is money"
    )
    words = SealedTextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.get_position_display()


class Loan(models.Model):
    """借款: the contract behind the dispute, as far as it is known."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="loan")
    contract_no = models.CharField(max_length=60, blank=True)
    product = models.CharField(max_length=60, blank=True)
    contract_on = models.DateField(null=True, blank=True)
    principal_fen = models.BigIntegerField(null=True, blank=True, help_text="in the contract")
    received_fen = models.BigIntegerField(null=True, blank=True, help_text="really paid out")
    nominal_rate = models.DecimalField(
        max_digits=7, decimal_places=4, null=True, blank=True, help_text="0.24 = 24 %"
    )
    schedule = models.JSONField(
        default=list,
        blank=True,
        help_text='[{"month": 1, "fen": 89333}, …]: all that the borrower pays, fees too',
    )
    account = SealedTextField(blank=True, help_text="where the institution takes payments")

    def __str__(self) -> str:
        return self.contract_no or self.product
