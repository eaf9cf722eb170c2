"""The log of all entries: its leaves and trees, its checkpoints, and who signed and saw them.

Triggers (migration 0004) hold all of it to growing: a leaf, a checkpoint or a token is never changed or deleted, a
tile only gets longer, the state of the log only steps forward.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from evidence.kept import Kept


class Outbox(models.Model):
    """An entry that is not in the log yet. Written with the entry, deleted by the pass that logs it."""

    entry = models.OneToOneField(
        "evidence.Entry", models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="waiting"
    )

    class Meta:
        verbose_name = _("entry to be logged")
        verbose_name_plural = _("entries to be logged")

    def __str__(self) -> str:
        return str(self.entry_id)


class Leaf(Kept):
    """One leaf of the log, at its index from 0 on: the envelope of an entry, or a record of the log's own."""

    index = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(
        "evidence.Entry", models.DO_NOTHING, null=True, db_constraint=False, related_name="leaf"
    )
    data = models.TextField(null=True)  # noqa: DJ001 — of own records alone; an entry has its envelope

    class Meta:
        verbose_name = _("leaf")
        verbose_name_plural = _("leaves")
        ordering = ["index"]

    def __str__(self) -> str:
        return f"#{self.index}"


class Tile(models.Model):
    """Up to 256 hashes of one level of a tree, as tlog-tiles cuts it; it only ever gets longer (trigger)."""

    class Tree(models.TextChoices):
        SHA256 = "sha256", "SHA-256"
        SM3 = "sm3", "SM3"

    tree = models.CharField(max_length=6, choices=Tree)
    level = models.PositiveSmallIntegerField()  # of the tile: its hashes are roots of 256**level leaves
    n = models.PositiveBigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        verbose_name = _("tile")
        verbose_name_plural = _("tiles")
        constraints = [
            models.UniqueConstraint(fields=["tree", "level", "n"], name="evidence_tile_one_place"),
        ]

    def __str__(self) -> str:
        return f"{self.tree}/{self.level}/{self.n}"


class CheckpointRow(models.Model):
    """What the log signed at one size. It is published once: when the witnesses satisfied the policy.

    `note` is the checkpoint under the log's own signature, `cosigned` the same with the lines of the witnesses,
    empty before it is published. `sm3_note` is the signed note of the SM3 tree of size − 2 leaves.
    """

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    sm3_root = models.CharField(max_length=64)
    heads_root = models.CharField(max_length=64)
    cases = models.PositiveBigIntegerField()
    note = models.TextField()
    sm3_note = models.TextField()
    at = models.DateTimeField()  # by our own clock
    cosigned = models.TextField(blank=True, default="")
    published_at = models.DateTimeField(null=True)  # by our own clock

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["size"]
        indexes = [
            models.Index(
                fields=["size"],
                condition=models.Q(published_at__isnull=False),
                name="evidence_checkpoint_published",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.size}"


class Token(Kept):
    """What a time authority said of a published checkpoint: an RFC 3161 token over its text."""

    checkpoint = models.ForeignKey(CheckpointRow, models.PROTECT, related_name="tokens")
    authority = models.CharField(max_length=64)
    der = models.BinaryField()
    at = models.DateTimeField()  # as the authority says

    class Meta:
        verbose_name = _("timestamp")
        verbose_name_plural = _("timestamps")
        ordering = ["checkpoint", "id"]
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "authority"], name="evidence_token_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.checkpoint_id} {self.authority}"


class LogState(models.Model):
    """The one row that a pass locks: what the log is called, how far it got, and whose turn it is.

    `published_…` is the newest checkpoint that satisfied the policy, `seen_…` the newest of these with a
    timestamp: that is what new entries name as `seen`. Every change of turn raises `epoch`; a pass that began in an
    earlier epoch cannot end (fence).
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    origin = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(default=0)
    published_size = models.PositiveBigIntegerField(default=0)
    published_root = models.CharField(max_length=64)
    seen_size = models.PositiveBigIntegerField(default=0)
    seen_root = models.CharField(max_length=64)
    epoch = models.PositiveBigIntegerField(default=0)
    holder = models.CharField(max_length=80, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    asked = models.BooleanField(default=False)  # somebody waits for the next checkpoint
    problem = models.CharField(max_length=300, blank=True, default="")  # why the newest one is not published

    class Meta:
        verbose_name = _("state of the log")
        verbose_name_plural = _("states of the log")

    def __str__(self) -> str:
        return f"{self.origin} #{self.size}"


class WitnessState(models.Model):
    """What we know of somebody outside who vouches for the log, and when they last answered well or badly."""

    class Kind(models.TextChoices):
        WITNESS = "witness", _("Witness")
        CLOCK = "clock", _("Time authority")

    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(default=0)  # the newest checkpoint that they saw
    good_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # by their clock: the time of their last signature
    drift_s = models.FloatField(null=True)  # their clock less ours, then
    bad_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("witness")
        verbose_name_plural = _("witnesses")
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="evidence_witness_once")]

    def __str__(self) -> str:
        return self.name


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
