"""The people, and the houses they belong to."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.roles import Role
from evidence.sealing import SealedTextField


class Licence(models.TextChoices):
    """What licence a lender holds; caps on the yearly cost depend on it (cases/rules/caps.toml)."""

    BANK = "bank", _("Bank")  # 银行
    CONSUMER_FINANCE = "consumer_finance", _("Consumer finance company")  # 消费金融公司
    AUTO_FINANCE = "auto_finance", _("Auto finance company")  # 汽车金融公司
    TRUST = "trust", _("Trust company")  # 信托公司
    MICROLENDER = "microlender", _("Micro-lender")  # 小额贷款公司
    PLATFORM = "platform", _("Lending platform")  # 助贷平台
    PRIVATE = "private", _("Private lender")  # 民间借贷
    UNKNOWN = "unknown", _("Not known")  # 不清楚


class Centre(models.Model):
    """调解组织: the body that mediates."""

    name = models.CharField(max_length=100, unique=True)
    code = models.CharField(max_length=12, unique=True, help_text="stands in docket numbers")
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=200, blank=True)
    court = models.ForeignKey(
        "cases.Court", null=True, blank=True, on_delete=models.PROTECT, related_name="centres"
    )

    def __str__(self) -> str:
        return self.name


class Institution(models.Model):
    """金融机构: a lender that answers disputes here."""

    name = models.CharField(max_length=100, unique=True)
    short_name = models.CharField(max_length=30, blank=True)
    licence = models.CharField(max_length=20, choices=Licence, default=Licence.UNKNOWN)
    credit_code = models.CharField(max_length=18, blank=True, help_text="统一社会信用代码")
    address = models.CharField(max_length=200, blank=True)
    representative = models.CharField(max_length=50, blank=True, help_text="法定代表人")
    phone = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return self.name


class Court(models.Model):
    """人民法院: a basic-level court that confirms agreements."""

    name = models.CharField(max_length=100, unique=True)
    code = models.CharField(max_length=12, unique=True, help_text="stands in ruling numbers, such as 沪0115")

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["User"]):
    """How people come into being."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A person with this password, or with none that works."""
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """An officer with every permission, for `manage.py createsuperuser`."""
        return self.create_user(
            username, password, role=Role.OFFICER, is_staff=True, is_superuser=True, **fields
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in: staff by name and password, citizens by phone code."""

    username = models.CharField(max_length=64, unique=True)
    name = SealedTextField(blank=True)
    phone = SealedTextField(blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    role = models.CharField(max_length=12, choices=Role, default=Role.CITIZEN)
    centre = models.ForeignKey(Centre, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    institution = models.ForeignKey(
        Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    court = models.ForeignKey(Court, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    supervises = models.BooleanField(
        default=False, help_text="主管: hears of limits of the centre that ran out"
    )
    profile = models.TextField(blank=True, help_text="a mediator's published profile (在线调解规则 Art 5)")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name as shown to others in the same case."""
        return str(self)


class PhoneCode(models.Model):
    """A one-time code sent to a phone, to sign in or to take up a draft on another phone."""

    phone_index = models.CharField(max_length=64, db_index=True)
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"code sent at {self.sent_at:%H:%M}"
