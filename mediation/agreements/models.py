"""方案与调解协议: versions that are offered, the one that both accept, and the signatures that make it effective."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Exhibit, Party, User
from cases.roles import Role, Side
from evidence.sealing import SealedJSONField, SealedTextField


class Proposal(models.Model):
    """方案: one version of the terms. Never changed; a new version replaces it."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for both sides")
        ACCEPTED = "accepted", _("Accepted by both sides")
        REJECTED = "rejected", _("Rejected")
        REPLACED = "replaced", _("Replaced by a newer version")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="proposals")
    version = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_role = models.CharField(max_length=12, choices=Role)
    note = SealedTextField(blank=True, help_text="why these terms")
    waiver = models.TextField(blank=True, help_text="what both sides give up")
    costs = models.TextField(blank=True, help_text="who bears the costs")
    overdue = models.TextField(blank=True, help_text="what follows when a payment is late")
    credit = models.TextField(blank=True, help_text="how the credit record is handled")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="one_proposal_a_version")]

    def __str__(self) -> str:
        return f"{self.case} proposal {self.version}"


class Term(models.Model):
    """条款: one thing that one side does: how much, when, where. A payment in parts is one term with `parts` > 1."""

    class Kind(models.TextChoices):
        PAY = "pay", _("Pays")  # 给付
        WAIVE = "waive", _("Waives")  # 免除
        CORRECT_CREDIT = "correct_credit", _("Corrects the credit record")  # 更正征信
        STOP_COLLECTION = "stop_collection", _("Stops collection calls")  # 停止催收
        OTHER = "other", _("Other act")  # 其他

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="terms")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    payer = models.CharField(max_length=10, choices=Side, help_text="the side that acts")
    amount_fen = models.BigIntegerField(
        null=True, blank=True, help_text="in all; null for acts without money"
    )
    parts = models.PositiveSmallIntegerField(default=1, help_text="instalments, monthly")
    due_on = models.DateField(help_text="the day of the act, or of the first instalment")
    account = SealedJSONField(
        default=dict, blank=True, help_text='where the money goes: {"holder": …, "bank": …, "number": …}'
    )
    allocation = models.CharField(
        max_length=200, blank=True, help_text="what the money counts towards (民法典 Art 561)"
    )
    words = models.TextField(blank=True, help_text="the act in words")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="one_term_a_number")]

    def __str__(self) -> str:
        return f"{self.proposal} term {self.number}"


class Response(models.Model):
    """One side's yes or no to one version. Silence is neither."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="responses")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    accepted = models.BooleanField()
    words = SealedTextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "party"], name="one_response_a_side")]

    def __str__(self) -> str:
        return f"{self.party} on {self.proposal}"


class Agreement(models.Model):
    """调解协议: the accepted proposal as a paper. Effective when the last signature is given (在线调解规则 Art 19)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="agreements")
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="agreement")
    number = models.CharField(max_length=60, unique=True)
    facts = SealedTextField(help_text="the main facts (人民调解法 Art 29)")
    issues = SealedTextField(help_text="what is in dispute")
    responsibility = SealedTextField(help_text="who answers for what")
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    draft = models.ForeignKey(
        Exhibit, on_delete=models.PROTECT, related_name="+", help_text="the PDF that is signed"
    )
    final = models.ForeignKey(
        Exhibit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the PDF with all signatures",
    )
    effective_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["drafted_at"]

    def __str__(self) -> str:
        return self.number


class Signature(models.Model):
    """签署: one person's signature over the exact bytes of the draft."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatures")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, choices=Role)
    method = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the signed PDF")
    token = models.TextField(help_text="what the signer port returned")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["agreement", "role"], name="one_signature_a_role")]

    def __str__(self) -> str:
        return f"{self.role} signs {self.agreement}"
