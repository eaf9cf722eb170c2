"""What is kept: entries in chains, files in safe keeping (存证), and the log of them all (`evidence.log.models`).

Nothing here is changed or deleted: not by a model, not by a queryset, not by SQL (triggers, migration
0004). The one exception is erasure, which may empty the body of an entry and the name and provenance of a
deposit, and its hashes.
"""

import secrets
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from evidence.kept import Kept, KeptQuerySet
from evidence.log.models import (
    CheckpointRow,
    Leaf,
    LogKey,
    LogState,
    Outbox,
    Tile,
    Token,
    WitnessState,
)
from evidence.sealing import SealedJSONField, SealedTextField

__all__ = [
    "ERASURE",
    "GENESIS",
    "ChainHead",
    "ChainKey",
    "CheckpointRow",
    "Deposit",
    "Entry",
    "Kept",
    "KeptQuerySet",
    "Leaf",
    "LogKey",
    "LogState",
    "Outbox",
    "Tile",
    "Token",
    "WitnessState",
]

GENESIS = "0" * 64  # the `prev` of a first entry
ERASURE = "erasure"


def fresh_tag() -> str:
    """The random name of a case in the open log."""
    return secrets.token_hex(16)


class Entry(Kept):
    """One link of a chain (一条). Made by `ledger.append` and by nothing else.

    `envelope` is the exact canonical text that is hashed and logged. The columns beside it serve searching:
    `event` and `role` repeat what the body says, the others what the envelope says. `body` is the sealed body with
    its salt, or null once erased.
    """

    chain = models.CharField(max_length=64)  # 链
    seq = models.PositiveIntegerField()  # 1, 2, 3 …
    event = models.CharField(max_length=64)
    role = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
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

    `sha256`, `sm3` and `size` (bytes) are those of the original file; `stored` is named after the hash of the
    sealed bytes. `name` and `captured` (how, where, by whom, with what, when) are null once erased, both hashes empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.CharField(max_length=64, db_index=True)
    seq = models.PositiveIntegerField()  # of its deposit.take_in entry
    name = SealedTextField(null=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)
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


class ChainHead(models.Model):
    """The last link of a chain: the row that appenders lock. It only ever steps forward (trigger).

    `tag` is what the open envelopes call the chain: random, it tells nothing.
    """

    chain = models.CharField(max_length=64, primary_key=True)
    tag = models.CharField(max_length=32, default=fresh_tag)
    seq = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)
    generation = models.PositiveIntegerField(default=1)  # of the chain key; an erasure raises both

    class Meta:
        verbose_name = _("chain head")
        verbose_name_plural = _("chain heads")
        constraints = [models.UniqueConstraint(fields=["tag"], name="evidence_chainhead_one_tag")]

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
