"""Timestamps for the log: each time authority is shown the newest published checkpoint (RFC 3161).

A checkpoint with a timestamp is a milestone: new entries name it as `seen`. Nobody waits for a timestamp; what an
authority does not give now is asked for again, for the checkpoint that is the newest then.
"""

from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from evidence.errors import NeverWill, TokenRefused, TryLater
from evidence.log.state import lock_state
from evidence.models import CheckpointRow, Token, WitnessState
from evidence.time.timestamps import TimestampAuthority, current_authorities
from evidence.tlog.notes import SignedNote

CLOCK = WitnessState.Kind.CLOCK


def stamp_newest() -> list[Token]:
    """Ask every authority that has not stamped the newest published checkpoint yet; returns what they gave.

    Call it outside any transaction: it waits for the network. Never raises for what an authority does.
    """
    row = CheckpointRow.objects.filter(published_at__isnull=False).order_by("-size").first()
    if row is None:
        return []
    there = set(row.tokens.values_list("authority", flat=True))
    wanted = [one for one in current_authorities() if one.name not in there]
    return [token for one in wanted if (token := _stamp(row, one)) is not None]


def digest_of(row: CheckpointRow) -> bytes:
    """What a token of this checkpoint is about: SHA-256 of its text."""
    return sha256(SignedNote.parse(row.note).text.encode()).digest()


def _stamp(row: CheckpointRow, authority: TimestampAuthority) -> Token | None:
    digest = digest_of(row)
    try:
        der = authority.stamp(digest)
        at = authority.verify(der, digest)
    except (TryLater, NeverWill, TokenRefused) as error:
        bad = {"bad_at": timezone.now(), "problem": str(error)[:300]}
        WitnessState.objects.update_or_create(kind=CLOCK, name=authority.name, defaults=bad)
        return None
    token = Token(checkpoint=row, authority=authority.name, der=der, at=at)
    if not _keep(row, token):
        return None
    now = timezone.now()
    drift_s = (at - now).total_seconds()
    good = {"size": row.size, "good_at": now, "seen_at": at, "drift_s": drift_s, "problem": ""}
    WitnessState.objects.update_or_create(kind=CLOCK, name=authority.name, defaults=good)
    return token


@transaction.atomic
def _keep(row: CheckpointRow, token: Token) -> bool:
    state = lock_state()
    if Token.objects.filter(checkpoint=row, authority=token.authority).exists():
        return False  # another process was first
    token.save()
    if row.size > state.seen_size:
        state.seen_size, state.seen_root = row.size, row.root
        state.save(update_fields=["seen_size", "seen_root"])
    return True
