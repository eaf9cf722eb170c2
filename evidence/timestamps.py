"""Time from outside: a timestamp authority is shown the head of a chain and signs that it saw it (锚定)."""

import json
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.module_loading import import_string

from evidence.canonical import NotCanonical, canonical, parse
from evidence.errors import TokenRefused
from evidence.ledger import lock_head, rfc3339
from evidence.models import Anchor, ChainHead
from evidence.sealing import derive_key


class TimestampAuthority(Protocol):
    """Somebody who attests that a digest was there at an instant, for instance an RFC 3161 service."""

    name: str

    def stamp(self, digest: bytes) -> bytes:
        """A token for the 32-byte digest. Raise TryLater if it may work later, NeverWill if it cannot."""

    def verify(self, token: bytes, digest: bytes) -> datetime:
        """The instant that the token attests for this digest. Raise TokenRefused when it attests nothing of
        it.
        """

    def problems(self) -> list[str]:
        """What an operator must mend before this authority can serve; empty when ready. Changes nothing."""


class LocalTimestamps:
    """The site's own clock, signed with the site's own key (Ed25519).

    It shows that a token is ours and unchanged. It proves nothing to a person who does not trust this site:
    for that, put an outside authority in its place.
    """

    name = "local"
    version = "mediation-timestamp/local-1"

    def stamp(self, digest: bytes) -> bytes:
        """A signed token for the digest, with the time of this machine."""
        key = _local_key()
        told = {"v": self.version, "digest": digest.hex(), "at": rfc3339(timezone.now())}
        signature = key.sign(canonical(told))
        return canonical({**told, "key": key.public_key().public_bytes_raw().hex(), "sig": signature.hex()})

    def verify(self, token: bytes, digest: bytes) -> datetime:
        """The instant of a token that this site signed for the digest; otherwise raises TokenRefused."""
        try:
            told = parse(token)
            key, signature = bytes.fromhex(told.pop("key")), bytes.fromhex(told.pop("sig"))
            Ed25519PublicKey.from_public_bytes(key).verify(signature, canonical(told))
        except (NotCanonical, KeyError, TypeError, ValueError, InvalidSignature) as error:
            raise TokenRefused("the signature of the token does not hold") from error
        if key != _local_key().public_key().public_bytes_raw():
            raise TokenRefused("the token was signed with another key")
        if told.get("digest") != digest.hex() or told.get("v") != self.version:
            raise TokenRefused("the token is for another digest")
        return datetime.fromisoformat(told["at"])

    def problems(self) -> list[str]:
        """None: it needs nothing but settings.PERSONAL_DATA_KEY."""
        return []


def current_authority() -> TimestampAuthority:
    """The authority that settings.ADAPTERS["timestamps"] names, as (dotted path, keyword arguments)."""
    path, options = settings.ADAPTERS["timestamps"]
    return _authority(path, json.dumps(options))


def anchor_heads() -> list[Anchor]:
    """Show every head that has grown since its last anchor to the authority; return the new anchors.

    Each chain is its own transaction. Raises what the authority raises; heads anchored before that stay
    anchored, and the next run takes up the rest.
    """
    authority = current_authority()
    anchored = dict(
        Anchor.objects.filter(authority=authority.name)
        .order_by()
        .values("chain")
        .annotate(last=Max("seq"))
        .values_list("chain", "last")
    )
    grown = [
        head.chain
        for head in ChainHead.objects.filter(seq__gt=0).order_by("chain")
        if head.seq > anchored.get(head.chain, 0)
    ]
    return [anchor for chain in grown if (anchor := _anchor(chain, authority))]


@transaction.atomic
def _anchor(chain: str, authority: TimestampAuthority) -> Anchor | None:
    head = lock_head(chain)
    if Anchor.objects.of(chain).filter(seq=head.seq, authority=authority.name).exists():
        return None  # another run was here first
    digest = bytes.fromhex(head.hash)
    token = authority.stamp(digest)
    anchor = Anchor(
        chain=chain,
        seq=head.seq,
        head=head.hash,
        token=token,
        authority=authority.name,
        at=authority.verify(token, digest),
    )
    anchor.save()
    return anchor


@cache
def _authority(path: str, options: str) -> TimestampAuthority:
    return cast("TimestampAuthority", import_string(path)(**json.loads(options)))


def _local_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive_key("local timestamps"))
