"""What is kept: entries in chains, files in safe keeping (存证), anchors in time.

Nothing here is changed or deleted: not by a model, not by a queryset, not by SQL (triggers, migration
0002). The one exception is erasure, which may empty the body of an entry and the name and provenance of a
deposit.
"""

import uuid
from typing import Any, Never, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from evidence.errors import Immutable
from evidence.sealing import SealedJSONField, SealedTextField

GENESIS = "0" * 64  # the `prev` of a first entry
ERASURE = "erasure"


class KeptQuerySet(models.QuerySet[Any]):
    """A queryset that reads, and refuses every other thing."""

    def _refuse(self) -> Never:
        raise Immutable(f"{self.model._meta.verbose_name} rows are never changed or deleted")  # noqa: SLF001

    def update(self, **kwargs: Any) -> int:
        """Refused."""
        self._refuse()

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused."""
        self._refuse()

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Refused: rows are made one at a time, by the service that knows how."""
        self._refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        """Refused."""
        self._refuse()

    def update_or_create(self, *args: Any, **kwargs: Any) -> tuple[Any, bool]:
        """Refused."""
        self._refuse()

    def of(self, chain: str) -> Self:
        """The rows of one chain."""
        return self.filter(chain=chain)


class Kept(models.Model):
    """A row that is written once."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row once. Raises Immutable for a row that is already there."""
        if not self._state.adding:
            raise Immutable(f"{self._meta.verbose_name} {self.pk} is never changed")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        """Refused."""
        raise Immutable(f"{self._meta.verbose_name} {self.pk} is never deleted")


class Entry(Kept):
    """One link of a chain (一条). Made by `ledger.append` and by nothing else.

    `envelope` is the exact canonical text that is hashed; the columns beside it repeat it for searching.
    `body` is the sealed record with its salt, or null once erased.
    """

    chain = models.CharField(max_length=64)  # 链
    seq = models.PositiveIntegerField()  # 1, 2, 3 …
    event = models.CharField(max_length=64)
    role = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    envelope = models.TextField()
    body = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["chain", "seq"]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="evidence_entry_no_fork")]

    def __str__(self) -> str:
        return f"{self.chain} #{self.seq} {self.event}"

    @property
    def is_erased(self) -> bool:
        """Whether the body was destroyed on purpose; the chain holds an `erasure` entry about it."""
        return self.body is None


class Deposit(Kept):
    """A file in safe keeping (存证), byte for byte as it came, sealed under the key of its chain.

    `sha256` and `size` (bytes) are those of the original file; `stored` is named after the hash of the
    sealed bytes. `name` and `captured` (how, where, by whom, with what, when) are null once erased.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.CharField(max_length=64, db_index=True)
    seq = models.PositiveIntegerField()  # of its deposit.take_in entry
    name = SealedTextField(null=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    stored = models.CharField(max_length=100)
    captured = SealedJSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        ordering = ["chain", "seq"]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="evidence_deposit_one_entry")]

    def __str__(self) -> str:
        return f"{self.chain} #{self.seq} {self.media_type}"

    @property
    def is_erased(self) -> bool:
        """Whether the file was destroyed on purpose."""
        return self.name is None


class Anchor(Kept):
    """A head of a chain, shown to a timestamp authority (锚定)."""

    chain = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    token = models.BinaryField()
    authority = models.CharField(max_length=64)
    at = models.DateTimeField()  # as the authority says

    class Meta:
        verbose_name = _("anchor")
        verbose_name_plural = _("anchors")
        ordering = ["chain", "seq", "id"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq", "authority"], name="evidence_anchor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} #{self.seq} {self.authority}"


class ChainHead(models.Model):
    """The last link of a chain: the row that appenders lock. It only ever steps forward, one at a time
    (trigger).
    """

    chain = models.CharField(max_length=64, primary_key=True)
    seq = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        verbose_name = _("chain head")
        verbose_name_plural = _("chain heads")

    def __str__(self) -> str:
        return f"{self.chain} #{self.seq}"


class ChainKey(models.Model):
    """The key of one chain, sealed under the key of the site. Erasure overwrites it with a new one."""

    chain = models.CharField(max_length=64, primary_key=True)
    sealed_key = models.BinaryField()
    generation = models.PositiveIntegerField(default=1)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("chain key")
        verbose_name_plural = _("chain keys")

    def __str__(self) -> str:
        return self.chain


class LogKey(models.Model):
    """A key that signs for the log: checkpoints (Ed25519) or the SM3 tree (SM2).

    It signs what has `from_size` ≤ size < `to_size`. Without `from_size` it is prepared for the next rotation;
    without `to_size` it is in use. `handle` is sealed: the private key, or its name inside a security module.
    """

    class Kind(models.TextChoices):
        ED25519 = "ed25519", "Ed25519"
        SM2 = "sm2", "SM2"

    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(max_length=80)  # the origin of the log, or origin + "/sm3"
    vkey = models.CharField(max_length=255, unique=True)
    keeper = models.CharField(max_length=32)  # the adapter that made it and can sign with it
    sealed_handle = models.BinaryField()
    from_size = models.PositiveBigIntegerField(null=True)
    to_size = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("log key")
        verbose_name_plural = _("log keys")
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(from_size__isnull=False, to_size__isnull=True),
                name="evidence_logkey_one_in_use",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(from_size__isnull=True),
                name="evidence_logkey_one_prepared",
            ),
        ]

    def __str__(self) -> str:
        return self.vkey
