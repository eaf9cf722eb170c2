"""Sealing personal data: AES-256-GCM under keys derived from settings.PERSONAL_DATA_KEY.

A sealed value is one version byte, a 12-byte nonce and the ciphertext with its tag. What it is `about` is
sealed in as well, so a value copied to another place does not open there.
"""

import hashlib
import hmac
import json
import os
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core import validators
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from evidence.errors import CannotUnseal

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


def derive_key(purpose: str, *, secret: bytes | None = None, salt: bytes | None = None) -> bytes:
    """A 32-byte key for one purpose, from `secret` or, without one, from settings.PERSONAL_DATA_KEY."""
    if secret is None:
        return _derived(settings.PERSONAL_DATA_KEY.encode(), salt, purpose)
    return HKDF(SHA256(), KEY_BYTES, salt, f"mediation-evidence/1 {purpose}".encode()).derive(secret)


@cache
def _derived(secret: bytes, salt: bytes | None, purpose: str) -> bytes:
    return derive_key(purpose, secret=secret, salt=salt)


def seal(plain: bytes, *, about: str, key: bytes | None = None) -> bytes:
    """Close `plain`; only the same key and the same `about` open it again. Without a key: the key of the
    site.
    """
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key or derive_key("seal")).encrypt(nonce, plain, about.encode())


def unseal(sealed: bytes, *, about: str, key: bytes | None = None) -> bytes:
    """Open what `seal` closed. Raises CannotUnseal when key, place or bytes differ."""
    if sealed[:1] != VERSION:
        raise CannotUnseal("unknown form of sealed bytes")
    nonce, closed = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key or derive_key("seal")).decrypt(nonce, closed, about.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal(f"sealed bytes about {about} do not open") from error


def blind_index(value: str, *, purpose: str) -> str:
    """A hex digest to look a sealed value up by, for instance a phone number. Worthless without the site's
    key.
    """
    return hmac.new(derive_key(f"blind index {purpose}"), value.encode(), hashlib.sha256).hexdigest()


class _SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A column of sealed bytes that the program sees as plain values. It cannot be searched, only asked for
    null.
    """

    empty_values = list(validators.EMPTY_VALUES)

    def to_bytes(self, value: Any) -> bytes:
        raise NotImplementedError

    def from_bytes(self, plain: bytes) -> Any:
        raise NotImplementedError

    @property
    def about(self) -> str:
        """Where the value lives; a value moved to another column does not open."""
        return f"{self.model._meta.label_lower}.{self.name}"  # noqa: SLF001

    def get_default(self) -> Any:
        return models.Field.get_default(self)

    def check(self, **kwargs: Any) -> list[Any]:
        return models.Field.check(self, **kwargs)

    def get_prep_value(self, value: Any) -> bytes | None:
        value = super().get_prep_value(value)
        return None if value is None else seal(self.to_bytes(value), about=self.about)

    def from_db_value(self, value: Any, expression: object, connection: BaseDatabaseWrapper) -> Any:
        return None if value is None else self.from_bytes(unseal(bytes(value), about=self.about))

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> Any:
        """As `dumpdata` writes it: open. Such a file is as secret as the key."""
        return self.value_from_object(obj)

    def get_lookup(self, lookup_name: str) -> Any:
        """Nothing but `isnull`: two seals of one value differ, so every other question would go wrong in
        silence.
        """
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class SealedTextField(_SealedField):
    """Text that is sealed in the database: a name, a phone number, a story."""

    _pyi_private_set_type: str
    _pyi_private_get_type: str  # type: ignore[assignment]

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, plain: bytes) -> str:
        return plain.decode()


class SealedJSONField(_SealedField):
    """A JSON value that is sealed in the database. Give it a callable default such as `dict`."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    empty_strings_allowed = False

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def from_bytes(self, plain: bytes) -> Any:
        return json.loads(plain)
