"""The private part of an entry: sealed in the database, and open to nobody without the key of its chain."""

import json
import os
from collections.abc import Mapping
from typing import Any

from evidence.canonical import NotCanonical, canonical
from evidence.envelopes import read_envelope
from evidence.errors import CannotUnseal
from evidence.keys import chain_key
from evidence.models import ERASURE, Entry
from evidence.sealing import seal, unseal

SALT_BYTES = 32


def write_body(*, event: str, role: str, record: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a new body, with a salt of its own. Raises NotCanonical."""
    salt = os.urandom(SALT_BYTES).hex()
    return canonical({"event": event, "record": record, "role": role, "salt": salt})


def seal_body(body: bytes, *, chain: str, c256: str, key: bytes | None) -> bytes:
    """Close the body for the one entry that commits to it. Without a key: the key of the site, as for erasures, which
    name nobody and outlive the key of their chain.
    """
    return seal(body, about=_about(chain, c256), key=key)


def read_body(entry: Entry) -> bytes | None:
    """The exact bytes to which the envelope commits, salt and all, or None once erased. Raises CannotUnseal when
    they do not open.
    """
    if entry.body is None:
        return None
    try:
        c256 = read_envelope(entry.envelope.encode("utf-8", "surrogatepass")).c256
    except NotCanonical as error:
        raise CannotUnseal(f"the envelope of entry {entry.pk} cannot be read") from error
    key = None if entry.event == ERASURE else chain_key(entry.chain)
    return unseal(bytes(entry.body), about=_about(entry.chain, c256), key=key)


def read(entry: Entry) -> dict[str, Any] | None:
    """The record of the entry, or None once it is erased. Raises CannotUnseal when the bytes do not open."""
    body = read_body(entry)
    return None if body is None else json.loads(body)["record"]


def _about(chain: str, c256: str) -> str:
    return f"body {c256} of {chain}"
