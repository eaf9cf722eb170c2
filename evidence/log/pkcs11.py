"""Keys of the log inside a security module (HSM), through PKCS #11. Needs the package python-pkcs11.

The module makes the Ed25519 key itself and never gives it away. SM2 keys stay sealed in the database: few modules
sign SM2 through PKCS #11, and the SM3 tree is vouched for by every checkpoint anyway.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from evidence.errors import NeverWill, TryLater
from evidence.log.signing import ED25519, MadeKey

ED25519_OID = "1.3.101.112"
HANDLE_BYTES = 16


class Pkcs11Keys:
    """Ed25519 keys in one token of a PKCS #11 module.

    `module` is the path of its library, `token` the label of the token, `pin` that of its user.
    """

    name = "pkcs11"
    kinds = frozenset({ED25519.value})

    def __init__(self, *, module: str, token: str, pin: str) -> None:
        self._module, self._token, self._pin = module, token, pin
        self._one_at_a_time = threading.Lock()  # a login belongs to the whole process

    def make(self, kind: str, label: str) -> MadeKey:
        """A key pair that the module makes and keeps; its handle is the random id it has there."""
        handle = secrets.token_bytes(HANDLE_BYTES)
        with self._session(rw=True) as session:
            import pkcs11
            from pkcs11.util import ec

            parameters = session.create_domain_parameters(
                pkcs11.KeyType.EC_EDWARDS,
                {pkcs11.Attribute.EC_PARAMS: ec.encode_named_curve_parameters(ED25519_OID)},
                local=True,
            )
            public, _private = parameters.generate_keypair(
                mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                id=handle,
                label=label,
                store=True,
                private_template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
            )
            return MadeKey(bytes(public[pkcs11.Attribute.EC_POINT])[-32:], handle)

    def sign(self, kind: str, handle: bytes, message: bytes) -> bytes:
        """Have the module sign. Raises NeverWill when the key is not in the token."""
        with self._session() as session:
            import pkcs11

            try:
                key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, id=handle)
            except pkcs11.NoSuchKey as error:
                raise NeverWill(f"the token {self._token} does not hold the key of the log") from error
            return bytes(key.sign(message, mechanism=pkcs11.Mechanism.EDDSA))

    def problems(self) -> list[str]:
        """Opens a session and says why it cannot."""
        try:
            with self._session():
                return []
        except (TryLater, NeverWill) as error:
            return [str(error)]

    @contextmanager
    def _session(self, *, rw: bool = False) -> Iterator[Any]:
        try:
            import pkcs11
        except ImportError as error:
            raise NeverWill("Install the package python-pkcs11 to reach the security module.") from error
        lost = (pkcs11.NoSuchToken, pkcs11.PinIncorrect, pkcs11.PinLocked, pkcs11.MechanismInvalid)
        with self._one_at_a_time:
            try:
                token = pkcs11.lib(self._module).get_token(token_label=self._token)
                with token.open(rw=rw, user_pin=self._pin) as session:
                    yield session
            except lost as error:
                raise NeverWill(f"The token {self._token} cannot sign: {type(error).__name__}.") from error
            except pkcs11.PKCS11Error as error:
                raise TryLater(f"The security module does not answer: {error!r}.") from error
