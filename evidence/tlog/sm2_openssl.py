"""SM2 by the system's OpenSSL (3.0 or later), called through ctypes. A few hundred times faster than Python."""

import ctypes
import ctypes.util
from contextlib import ExitStack, suppress
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_ubyte, c_void_p
from functools import lru_cache
from typing import Any

_NAMES = ("libcrypto.so.3", "libcrypto.3.dylib")
_SM2_OID = bytes.fromhex("06082a811ccf5501822d")
_EC_OID = bytes.fromhex("06072a8648ce3d0201")
_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "EVP_sm3": (c_void_p, []),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_MD_CTX_set_pkey_ctx": (None, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_new": (c_void_p, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_char_p, c_size_t]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_DigestSignInit": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "EVP_DigestSign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_DigestVerifyInit": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "EVP_DigestVerify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
    "ERR_clear_error": (None, []),
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, POINTER(POINTER(c_ubyte)), c_long]),
    "d2i_PUBKEY": (c_void_p, [c_void_p, POINTER(POINTER(c_ubyte)), c_long]),
}


class Unavailable(RuntimeError):
    """No OpenSSL here that can do SM2."""


class OpenSSL:
    """The functions of libcrypto that SM2 needs."""

    name = "openssl"

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments

    def sign(self, private: bytes, message: bytes, identity: bytes) -> bytes:
        """A signature: r and s in 64 bytes."""
        lib = self._library
        with ExitStack() as stack:
            digest = self._digest(stack, self._private_key(stack, private), identity, lib.EVP_DigestSignInit)
            size = c_size_t(80)
            room = ctypes.create_string_buffer(size.value)
            if lib.EVP_DigestSign(digest, room, byref(size), message, len(message)) != 1:
                raise self._failed()
            return _joined(room.raw[: size.value])

    def verify(self, public: bytes, message: bytes, signature: bytes, identity: bytes) -> bool:
        """Whether r and s hold; they lie in their bounds."""
        lib = self._library
        der = _signature(signature)
        with ExitStack() as stack:
            digest = self._digest(stack, self._public_key(stack, public), identity, lib.EVP_DigestVerifyInit)
            holds: bool = lib.EVP_DigestVerify(digest, der, len(der), message, len(message)) == 1
            lib.ERR_clear_error()
            return holds

    def _private_key(self, stack: ExitStack, private: bytes) -> int:
        inner = _sequence(b"\x02\x01\x01\x04\x20" + private)
        der = _sequence(b"\x02\x01\x00" + _sequence(_EC_OID + _SM2_OID) + _tagged(4, inner))
        return self._key(stack, self._library.d2i_AutoPrivateKey, der)

    def _public_key(self, stack: ExitStack, public: bytes) -> int:
        der = _sequence(_sequence(_EC_OID + _SM2_OID) + _tagged(3, b"\x00" + public))
        return self._key(stack, self._library.d2i_PUBKEY, der)

    def _key(self, stack: ExitStack, read: Any, der: bytes) -> int:
        start = ctypes.cast(ctypes.create_string_buffer(der, len(der)), POINTER(c_ubyte))
        return self._kept(stack, read(None, byref(start), len(der)), self._library.EVP_PKEY_free)

    def _digest(self, stack: ExitStack, key: int, identity: bytes, begin: Any) -> int:
        """A context that hashes and signs (or verifies) under this key and identity."""
        lib = self._library
        signer = self._kept(stack, lib.EVP_PKEY_CTX_new(key, None), lib.EVP_PKEY_CTX_free)
        context = self._kept(stack, lib.EVP_MD_CTX_new(), lib.EVP_MD_CTX_free)  # freed before its signer
        if lib.EVP_PKEY_CTX_set1_id(signer, identity, len(identity)) != 1:
            raise self._failed()
        lib.EVP_MD_CTX_set_pkey_ctx(context, signer)
        if begin(context, None, lib.EVP_sm3(), None, key) != 1:
            raise self._failed()
        return context

    def _kept(self, stack: ExitStack, pointer: int | None, free: Any) -> int:
        if not pointer:
            raise self._failed()
        stack.callback(free, pointer)
        return pointer

    def _failed(self) -> Unavailable:
        self._library.ERR_clear_error()
        return Unavailable("OpenSSL cannot do SM2 here")


@lru_cache(maxsize=1)
def load() -> OpenSSL:
    """The system's OpenSSL. Raises Unavailable."""
    for name in (*_NAMES, ctypes.util.find_library("crypto")):
        with suppress(OSError, AttributeError):  # not there, or too old for SM2
            if name is not None:
                return OpenSSL(ctypes.CDLL(name))
    raise Unavailable("there is no OpenSSL here that knows SM2")


def _tagged(tag: int, content: bytes) -> bytes:
    """One element of DER; none here is longer than 255 bytes."""
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x81, len(content)])
    return bytes([tag]) + length + content


def _sequence(content: bytes) -> bytes:
    return _tagged(0x30, content)


def _number(data: bytes) -> bytes:
    short = data.lstrip(b"\x00")
    return _tagged(2, b"\x00" * (not short or short[0] >= 0x80) + short)


def _signature(pair: bytes) -> bytes:
    """The DER of a signature whose two numbers have 32 bytes each."""
    return _sequence(_number(pair[:32]) + _number(pair[32:]))


def _joined(der: bytes) -> bytes:
    """The two numbers in 32 bytes each, out of the DER that OpenSSL wrote."""
    middle = 4 + der[3]
    first, second = der[4:middle], der[middle + 2 :]
    return b"".join(int.from_bytes(number, "big").to_bytes(32, "big") for number in (first, second))
