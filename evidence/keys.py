"""The key of each chain, so that all that was said in one chain can be made unreadable at once."""

import os

from django.db.models import F
from django.utils import timezone

from evidence.models import ChainKey
from evidence.sealing import KEY_BYTES, seal, unseal


def chain_key(chain: str) -> bytes:
    """The 32-byte key of the chain, made at first use. Raises CannotUnseal under another
    PERSONAL_DATA_KEY.
    """
    row, _created = ChainKey.objects.get_or_create(chain=chain, defaults={"sealed_key": _fresh(chain)})
    return open_key(chain, row.sealed_key)


def open_key(chain: str, sealed: bytes | memoryview) -> bytes:
    """The key that these sealed bytes of the chain hold. Raises CannotUnseal."""
    return unseal(bytes(sealed), about=_about(chain))


def destroy_chain_key(chain: str) -> None:
    """Overwrite the key of the chain. What was sealed under it stays closed for good; later entries get the
    new key.

    Copies of the old row live on in database backups until those expire.
    """
    ChainKey.objects.filter(chain=chain).update(
        sealed_key=_fresh(chain), generation=F("generation") + 1, erased_at=timezone.now()
    )


def _fresh(chain: str) -> bytes:
    return seal(os.urandom(KEY_BYTES), about=_about(chain))


def _about(chain: str) -> str:
    return f"chain key {chain}"
