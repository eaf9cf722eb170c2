#!/usr/bin/env python3
"""核验证据包（.zip）或回执（.tlog-proof）。只用 Python 3.8 以上自带的部分，不联网，不写任何文件。

    python verify.py 证据包.zip --policy policy.txt|--policy-fingerprint HEX [--tsa-fingerprint HEX] [--json] [--all]

策略或它的指纹要从包外取得。--json 输出 JSON，--all 逐条列出，--tsa-fingerprint 只认这张时间戳证书，可以重复。
退出码：0 一致，1 对不上，2 无法核验。本文件只按 docs/evidence-format.md 写成，括号里是那一页的节号。

Hashes, curves, small formats, the archive, the eleven checks, words.
"""

from __future__ import annotations

import binascii
import bisect
import gc
import hashlib
import io
import json
import re
import sys
import unicodedata
from collections import defaultdict, namedtuple
from functools import lru_cache
from struct import pack, unpack
from time import gmtime

TYPE_CHECKING = False
if TYPE_CHECKING:  # slow to import
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, BinaryIO

    Point = tuple[int, ...]
    Row = dict[str, Any]

V = "mediation-evidence/1"
MAX_PARSED = 256 << 20  # bytes held in memory
DEEPEST = 64  # objects and arrays inside one another
SLOW_SM3_BYTES = 4 << 20  # of SM3 where it is slow


class Wrong(ValueError):
    """Something does not hold: why, and with which member or record (empty: the one at hand)."""

    def __init__(self, why: str, item: str) -> None:
        super().__init__(why, item)
        self.why, self.item = why, item


def need(condition: object, why: str = "写法不对", item: str = "") -> None:
    if not condition:
        raise Wrong(why, item)


def within(item: str, why: str, look: Callable[..., Any], *args: Any) -> Any:
    """What goes wrong in there is this item's fault."""
    try:
        return look(*args)
    except Wrong as no:
        raise Wrong(why + no.why, no.item or item) from None


def big(data: bytes) -> int:
    return int.from_bytes(data, "big")


unhex = bytes.fromhex

# --- hashes


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


class SlowSm3:
    """SM3 (GB/T 32905) for a Python that has none: slow."""

    def __init__(self) -> None:
        self.data = b""

    def update(self, data: bytes) -> None:
        self.data += data

    def digest(self) -> bytes:
        data, length = self.data, len(self.data)
        data += b"\x80" + b"\0" * (-(length + 9) % 64) + pack(">Q", length * 8)
        start = unhex("7380166f4914b2b9172442d7da8a0600a96f30bc163138aae38dee4db0fb0e4e")
        state: Sequence[int] = unpack(">8I", start)
        for at in range(0, len(data), 64):
            state = _sm3_block(state, data[at : at + 64])
        return pack(">8I", *state)


def _rotate(x: int, n: int) -> int:
    return (x << n | x >> (32 - n)) & 0xFFFFFFFF


_SM3_T = [_rotate(0x79CC4519 if j < 16 else 0x7A879D8A, j % 32) for j in range(64)]


def _sm3_block(state: Sequence[int], block: bytes) -> Sequence[int]:
    w = list(unpack(">16I", block))
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _rotate(w[j - 3], 15)
        w.append(x ^ _rotate(x, 15) ^ _rotate(x, 23) ^ _rotate(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        a12 = _rotate(a, 12)
        s1 = _rotate((a12 + e + _SM3_T[j]) & 0xFFFFFFFF, 7)
        if j < 16:
            ff, gg = a ^ b ^ c, e ^ f ^ g
        else:
            ff, gg = a & b | a & c | b & c, e & f | ~e & g
        t1 = (ff + d + (s1 ^ a12) + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
        t2 = (gg + h + s1 + w[j]) & 0xFFFFFFFF
        a, b, c, d = t1, a, _rotate(b, 9), c
        e, f, g, h = t2 ^ _rotate(t2, 9) ^ _rotate(t2, 17), e, _rotate(f, 19), g
    return [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h))]


try:
    EMPTY_SM3 = hashlib.new("sm3")
    FAST_SM3 = hashlib.new("sm3", b"abc").hexdigest().startswith("66c7f0f4")
except ValueError:
    FAST_SM3 = False


def new_sm3() -> Any:
    return EMPTY_SM3.copy() if FAST_SM3 else SlowSm3()


def sm3(data: bytes) -> bytes:
    found = new_sm3()
    found.update(data)
    return bytes(found.digest())


# --- Ed25519 (5.1): RFC 8032, equation without the cofactor, nothing but the one spelling


def two_products(add: Any, double: Any, nothing: Point, s: int, one: Point, t: int, two: Point) -> Point:
    """The sum of s times one and t times two, by two bits of both at once."""
    choice, found = [nothing, one, double(one), add(double(one), one)], nothing
    for _ in range(12):
        choice.append(add(choice[-4], two))
    for at in range(254, -2, -2):
        found = add(double(double(found)), choice[(s >> at & 3) | (t >> at & 3) << 2])
    return found


P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def ed_decode(data: bytes) -> Point | None:
    """The point as X, Y, Z, T: x = X/Z, y = Y/Z, xy = T/Z; None for any other spelling."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (v * x * x - u) % P or y >= P or len(data) != 32 or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def ed_double(p: Point) -> Point:
    x, y, z, _ = p
    a, b = x * x, y * y
    g, h = a - b, a + b
    e, f = h - (x + y) * (x + y), 2 * z * z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def ed_add(p: Point, q: Point) -> Point:
    (x1, y1, z1, t1), (x2, y2, z2, t2) = p, q
    a, b = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2)
    c, d = 2 * D * t1 % P * t2, 2 * z1 * z2
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


BASE: Any = ed_decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


@lru_cache(64)
def ed_key(public: bytes) -> Point | None:
    """The point of a public key; None for none, or one of small order."""
    point = ed_decode(public)
    eight = ed_double(ed_double(ed_double(point))) if point else (0, 1, 1, 0)
    return None if eight[0] == 0 and eight[1] == eight[2] else point


def ed25519_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    point, s = ed_key(public), int.from_bytes(signature[32:], "little")
    if point is None or s >= L or len(signature) != 64:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    # R must be s times the base point less k times the key
    x, y, z, _ = two_products(
        ed_add, ed_double, (0, 1, 1, 0), s, BASE, k, (P - point[0], point[1], 1, P - point[3])
    )
    x, y = x * pow(z, -1, P) % P, y * pow(z, -1, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# --- short curves: SM2 (GB/T 32918) for the SM3 tree, P-256 for time authorities


class Curve:
    """The curve y² = x³ - 3x + b over the prime p; (gx, gy) has the order n."""

    def __init__(self, numbers: str) -> None:
        self.p, self.b, self.n, self.gx, self.gy = (int(part, 16) for part in numbers.split())

    def double(self, point: Point) -> Point:
        """Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 at infinity."""
        (x, y, z), p = point, self.p
        zz, yy = z * z % p, y * y % p
        m, s = 3 * (x - zz) * (x + zz) % p, 4 * x * yy % p
        nx = (m * m - 2 * s) % p
        return nx, (m * (s - nx) - 8 * yy * yy) % p, 2 * y * z % p

    def add(self, one: Point, two: Point) -> Point:
        (x1, y1, z1), (x2, y2, z2), p = one, two, self.p
        if not (z1 and z2):
            return one if z1 else two
        zz1, zz2 = z1 * z1 % p, z2 * z2 % p
        u1, s1 = x1 * zz2 % p, y1 * z2 * zz2 % p
        h, r = (x2 * zz1 - u1) % p, (y2 * z1 * zz1 - s1) % p
        if not h:
            return (1, 1, 0) if r else self.double(one)
        hh = h * h % p
        hhh, v = h * hh % p, u1 * hh % p
        nx = (r * r - hhh - 2 * v) % p
        return nx, (r * (v - nx) - s1 * hhh) % p, z1 * z2 * h % p

    def x_of(self, s: int, t: int, q: tuple[int, int]) -> int:
        """The x of s times the base point plus t times q, or -1."""
        base = (self.gx, self.gy, 1)
        x, _, z = two_products(self.add, self.double, (1, 1, 0), s, base, t, (*q, 1))
        return x * pow(z, -2, self.p) % self.p if z else -1

    def point(self, data: bytes) -> tuple[int, int] | None:
        x, y = big(data[1:33]), big(data[33:])
        right = len(data) == 65 and data[0] == 4 and x < self.p and y < self.p
        return (x, y) if right and (y * y - x**3 + 3 * x - self.b) % self.p == 0 else None


SM2 = Curve("""
    FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
    28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
    FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
    BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0""")
P256 = Curve("""
    FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
    5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
    4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5""")


def sm2_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    q, n = SM2.point(public), SM2.n
    r, s = big(signature[:32]), big(signature[32:])
    t = (r + s) % n
    if q is None or len(signature) != 64 or not (0 < r < n and 0 < s < n and t):
        return False
    identity = b"1234567812345678"
    curve = b"".join(part.to_bytes(32, "big") for part in (SM2.p - 3, SM2.b, SM2.gx, SM2.gy))
    z = sm3(pack(">H", 128) + identity + curve + public[1:])
    x = SM2.x_of(s, t, q)
    return x >= 0 and (int.from_bytes(sm3(z + message), "big") + x) % n == r


def ecdsa_holds(public: bytes, r: int, s: int, digest: bytes) -> bool:
    q, n = P256.point(public), P256.n
    if q is None or not (0 < r < n and 0 < s < n):
        return False
    w, e = pow(s, -1, n), big(digest[:32])
    x = P256.x_of(e * w % n, r * w % n, q)
    return x >= 0 and x % n == r


# --- canonical JSON (1)

HEX, HEX32 = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{32}")
ORIGIN = re.compile("[a-z0-9]([a-z0-9./-]{0,62}[a-z0-9])?")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)

_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def _whole(text: str) -> int:
    need(len(text) < 18 and -(1 << 53) < int(text) < 1 << 53)
    return int(text)


_read = json.JSONDecoder(parse_float=_whole, parse_constant=_whole, parse_int=_whole).decode


def parse(data: bytes, form: Any = None) -> Any:
    try:
        text = data.decode("utf-8")
        value = _read(text)
        right = _write(value) == text
    except (ValueError, RecursionError):
        right = False
    need(right)
    if not text.isascii() or text.count("[") + text.count("{") > DEEPEST:
        _look_at([value], DEEPEST + 1)
        need(unicodedata.is_normalized("NFC", text))
    if form is not None:
        need(fits(value, form))
    return value


def _look_at(value: Any, left: int) -> None:
    if isinstance(value, dict):
        need("".join(value).isascii())
        value = value.values()
    need(left)
    for inner in value:
        if isinstance(inner, (dict, list)):
            _look_at(inner, left - 1)


def fits(value: Any, form: Any) -> bool:
    """Whether a value has a form: a type, a text, a pattern; n: numbers from n; [x]: a list; (x, y): a pair; a dict."""
    if isinstance(form, re.Pattern):
        return isinstance(value, str) and form.fullmatch(value) is not None
    if isinstance(form, str):
        return bool(value == form)
    if isinstance(form, int):
        return type(value) is int and value >= form
    if isinstance(form, dict):
        if not isinstance(value, dict) or value.keys() != form.keys():
            return False
        return all(map(fits, map(value.get, form), form.values()))
    if isinstance(form, list):
        return isinstance(value, list) and all(map(fits, value, form * len(value)))
    if isinstance(form, tuple):
        return isinstance(value, list) and len(value) == len(form) and all(map(fits, value, form))
    return isinstance(value, form)


DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(1024)
def instant(text: str) -> float | None:
    """POSIX seconds of YYYY-MM-DDThh:mm:ss and perhaps thousandths; None where there is no such day or hour."""
    try:
        year, month, day, hour, minute = (int(part) for part in re.split("[-T:]", text[:16]))
        second = float(text[17:23].rstrip("Z"))
        last = DAYS[month - 1] + (month == 2 and not year % (4 if year % 100 else 400))
    except (ValueError, IndexError):
        return None
    if not (month > 0 < day <= last and hour < 24 and minute < 60 and second < 60):
        return None
    year -= month < 3  # counted from March, so that the day that leaps comes last
    days = year * 365 + year // 4 - year // 100 + year // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day
    return (days - 719469) * 86400 + hour * 3600 + minute * 60 + second


@lru_cache(1024)
def written(seconds: float | None) -> str | None:
    if seconds is None or not 0 <= seconds < 253402300800:
        return None
    return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*gmtime(int(seconds)))


# --- notes, checkpoints, policies: section 5

LOG_KEY, WITNESS_KEY, SM2_KEY = b"\x01", b"\x04", b"\xffSM2-SM3"
KEY_LENGTHS = {LOG_KEY: 32, WITNESS_KEY: 32, SM2_KEY: 65}
SIZE = re.compile("0|[1-9][0-9]{0,18}")


def unbase64(text: str) -> bytes:
    try:
        data = binascii.a2b_base64(text)
    except ValueError:
        data = b""
    need(base64(data) == text)
    return data


def base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def is_name(name: str) -> bool:
    right = name.encode("utf-8", "replace").decode() == name != ""
    return right and not any(c.isspace() or c == "+" for c in name)


def parse_note(data: bytes) -> tuple[str, list[Any]]:
    """Text and signature lines (name, key id, signature) of a note (5.2)."""
    note = data.decode("utf-8", "replace")
    need(note.encode() == data and not re.search("[\0-\x09\x0b-\x1f]", note))
    text, blank, rest = note.partition("\n\n")
    lines = rest.split("\n")
    need(text and text[0] != "\n" and blank and not lines.pop() and 1 <= len(lines) <= 16)
    return text + "\n", [_parse_line(*line.split(" ")) for line in lines]


def _parse_line(dash: str = "", name: str = "", data: str = "", *more: str) -> tuple[str, bytes, bytes]:
    signature = unbase64(data)
    need(dash == "—" and is_name(name) and len(signature) > 4 and not more)
    return name, signature[:4], signature[4:]


def parse_checkpoint(text: str, origin: str) -> tuple[int, bytes]:
    lines = text.split("\n")
    need(len(lines) == 4 and not lines[3] and lines[0] == origin)
    root = unbase64(lines[2])
    need(SIZE.fullmatch(lines[1]) and int(lines[1]) < 1 << 53 and len(root) == 32)
    return int(lines[1]), root


class Key(namedtuple("Key", "name key_id kind public low high", defaults=(0, 1 << 64))):
    """A verifier key; good for states of low ≤ size < high."""

    def holds(self, text: str, signature: bytes) -> bool:
        if self.kind == SM2_KEY:
            return sm2_holds(self.public, signature, text.encode())
        if self.kind == WITNESS_KEY:
            at = big(signature[:8])
            text, signature = f"cosignature/v1\ntime {at}\n{text}", signature[8:] if at < 1 << 63 else b""
        return ed25519_holds(self.public, signature, text.encode())

    def is_same(self, other: Key) -> bool:
        """Whatever the sizes that they are good for."""
        return self[:4] == other[:4]

    def signs(self, name: str, kind: bytes, size: int, last: Key | None) -> bool:
        wanted = last is None or self.is_same(last)
        return wanted and (self.name, self.kind) == (name, kind) and self.low <= size < self.high


def parse_key(text: str) -> Key:
    """A vkey `<name>+<key id>+<base64>` of one of the three kinds (5.1)."""
    name, key_id, rest = [*text.split("+", 2), "", ""][:3]
    data = unbase64(rest)
    kind = SM2_KEY if data.startswith(SM2_KEY) else data[:1]
    need(is_name(name) and KEY_LENGTHS.get(kind) == len(data) - len(kind))
    right = sha256(name.encode() + b"\n" + data)[:4]
    public = data[len(kind) :]
    need(right.hex() == key_id and (SM2.point(public) if kind == SM2_KEY else ed_key(public)))
    return Key(name, right, kind, public)


class Policy:
    """A tlog-policy: who may sign, and how many witnesses must have (5.3)."""

    def __init__(self, data: bytes) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum = ""
        self.members: set[str] = set()
        self.heirs: dict[str, int] = {}
        need(data.endswith(b"\n") and not re.search(b"[^\t\n\x20-\x7e\x80-\xff]", data))
        for at, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), start=1):
            words = re.findall("[^ \t]+", line)
            if words and not words[0].startswith("#"):
                within("policy", f"策略第 {at} 行：", self._line, *words)
        need(self.quorum)

    def _line(self, kind: str, *words: str) -> None:
        need(kind in ("log", "witness", "group", "quorum"))
        getattr(self, "_" + kind)(*words)

    def _log(self, vkey: str = "", url: str = "", *more: str) -> None:
        key = parse_key(vkey)
        need(not more and (key.kind == LOG_KEY or (key.kind == SM2_KEY and key.name.endswith("/sm3"))))
        need(all(key.public != other.public for other in self.logs))
        if url.startswith("sizes:"):
            low, high = [*url[6:].split("-", 1), "x"][:2]
            need(all(re.fullmatch("|0|[1-9][0-9]{0,17}", part) for part in (low, high)))
            key = key._replace(low=int(low or 0), high=int(high or 1 << 64))
            need(key.low < key.high)
        self.logs.append(key)

    def _fresh(self, name: str) -> None:
        need(name not in ("none", "", *self.witnesses, *self.groups))

    def _witness(self, name: str = "", vkey: str = "", url: str = "", *more: str) -> None:
        key = parse_key(vkey)
        self._fresh(name)
        need(not more and key.kind == WITNESS_KEY)
        need(all(key.public != other.public for other in self.witnesses.values()))
        self.witnesses[name] = key

    def _group(self, name: str = "", k: str = "", *members: str) -> None:
        self._fresh(name)
        k = {"all": str(len(members)), "any": "1"}.get(k, k)
        need(re.fullmatch("[1-9][0-9]{0,17}", k) and int(k) <= len(members))
        need(len({*members}) == len(members) and {*members} <= {*self.witnesses, *self.groups} - self.members)
        self.members |= {*members}
        self.groups[name] = (int(k), [*members])

    def _quorum(self, name: str = "", *more: str) -> None:
        need(not more and not self.quorum and name in ("none", *self.witnesses, *self.groups))
        self.quorum = name

    def hand_over(self, old: Key, new: Key, index: int) -> None:
        """A key that the policy has says that the new one goes on from here (5.4)."""
        need(all(key.is_same(new) for key in self.logs if key[:2] == new[:2]))
        givers = [key for key in self.logs if key.is_same(old)]
        if givers and not any(key.is_same(new) for key in self.logs):
            self.logs.append(new._replace(low=max(givers[0].low, index + 1), high=givers[0].high))
            self.heirs[new.name] = index

    def good_lines(self, text: str, lines: list[Any]) -> dict[Key, bytes]:
        known = {key[:2]: key for key in [*self.logs, *self.witnesses.values()]}
        found: dict[Key, bytes] = {}
        for name, key_id, signature in lines:
            key = known.get((name, key_id))
            if key is not None:
                need(key.holds(text, signature), f"“{name}”的签名对不上")
                found.setdefault(key, signature)
        return found

    def satisfied(self, signed: dict[Key, bytes]) -> bool:
        done = {"none", *(name for name, key in self.witnesses.items() if key in signed)}
        for name, (many, members) in self.groups.items():
            if len(done.intersection(members)) >= many:
                done.add(name)
        return self.quorum in done

    def accept(self, data: bytes, origin: str, last: Key | None = None) -> tuple[int, bytes, list[Row]]:
        """Size, root and witnesses of a checkpoint; `last` is the key to which the log was handed over, if it was."""
        text, lines = parse_note(data)
        size, root = parse_checkpoint(text, origin)
        good = self.good_lines(text, lines)
        need(any(key.signs(origin, LOG_KEY, size, last) for key in good), "没有策略认可的日志签名")
        need(self.satisfied(good), "见证方的签名不够")
        seen = [key for key in good if key.kind == WITNESS_KEY]
        return size, root, [{"name": k.name, "at": written(big(good[k][:8]))} for k in seen]


# --- trees: sections 3, 4 and 6


def split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


class Proof:
    """The hashes of a proof, to be taken one by one, and all of them."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        self.rest = [*hashes][::-1]
        need({*map(len, hashes)} <= {32})

    def __enter__(self) -> Callable[[], bytes]:
        return self.rest.pop

    def __exit__(self, kind: object, *_: object) -> None:
        need(kind is not IndexError, "证明太短")
        need(kind or not self.rest, "证明太长")


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right)


def multiproof_root(
    hash_: Callable[[bytes], bytes], leaves: dict[int, bytes], size: int, data: bytes
) -> bytes:
    indices = sorted(leaves)
    need(indices and indices[-1] < size)

    def walk(start: int, end: int, low: int, high: int) -> bytes:
        """The root over start … end, where indices[low:high] stand: at least one."""
        if high - low == 1:
            return alone(start, end, indices[low])
        middle = start + split(end - start)
        cut = bisect.bisect_left(indices, middle, low, high)
        left = walk(start, middle, low, cut) if low < cut else take()
        return hash_(b"\1" + left + (walk(middle, end, cut, high) if cut < high else take()))

    def alone(start: int, end: int, index: int) -> bytes:
        """The same where but one leaf stands."""
        lefts: list[bytes] = []  # from the top; empty where the other side lies to the right
        while end - start > 1:
            middle = start + split(end - start)
            if index < middle:
                lefts.append(b"")
                end = middle
            else:
                lefts.append(take())
                start = middle
        found = hash_(b"\0" + leaves[index])
        while lefts:
            left = lefts.pop()
            found = hash_(b"\1" + left + found) if left else hash_(b"\1" + found + take())
        return found

    with Proof([data[at : at + 32] for at in range(0, len(data), 32)]) as take:
        return walk(0, size, 0, len(indices))


def inclusion_root(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root from one leaf hash and its audit path."""
    need(index < size)

    def walk(at: int, many: int) -> bytes:
        if many == 1:
            return leaf
        k = split(many)
        if at < k:
            return node(walk(at, k), take())
        right = walk(at - k, many - k)
        return node(take(), right)

    with Proof(path) as take:
        return walk(index, size)


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """That the new tree begins with the old one (RFC 6962 2.1.2)."""
    need(1 <= old <= new, "比现在的还大")

    def walk(many: int, size: int, whole: bool) -> tuple[bytes, bytes]:
        if many == size:
            same = old_root if whole else take()
            return same, same
        k = split(size)
        if many <= k:
            first, second = walk(many, k, whole)
            return first, node(second, take())
        first, second = walk(many - k, size - k, False)
        left = take()
        return node(left, first), node(left, second)

    with Proof(path) as take:
        roots = walk(old, new, True)
    need(roots == (old_root, new_root), "与现在的日志不一致")


def heads_root(case: str, count: int, head: bytes, path: list[tuple[int, str]]) -> bytes:
    key = sha256(b"mediation-evidence/1 case\n" + case.encode())
    found, before = sha256(b"mediation-evidence/1 heads leaf\n" + key + pack(">Q", count) + head), 256
    for d, text in path:
        need(d < before)
        before, sibling = d, unhex(text)
        pair = sibling + found if key[d // 8] >> (7 - d % 8) & 1 else found + sibling
        found = sha256(b"mediation-evidence/1 heads node\n" + bytes([d]) + pair)
    return found


# --- time stamps (7): DER, CMS, RFC 3161


class Der:
    """An element: its tag, all of it, what is in it, and the elements in it."""

    __slots__ = ("body", "kids", "raw", "tag")

    def __init__(self, tag: int, raw: bytes, body: bytes, kids: Sequence[Der] = ()) -> None:
        self.tag, self.raw, self.body, self.kids = tag, raw, body, kids


def read_der(data: bytes, depth: int = 0) -> Sequence[Der]:
    """The elements that stand in these bytes, to the innermost, each in its one spelling."""
    found, at, end = [], 0, len(data)
    while at < end:
        need(at + 2 <= end and depth < 40)
        tag, length, start = data[at], data[at + 1], at + 2
        if length > 127:
            many = length & 127
            length = big(data[start : start + many])
            start += many
            need(0 < many < 5 and length > 127 and length >> (8 * many - 8))
        need(start + length <= end and tag & 31 != 31 and tag not in (0x10, 0x11, 0x24))
        raw, body = data[at : start + length], data[start : start + length]
        kids: Sequence[Der] = ()
        if tag & 0x20:
            kids = (read_again if length < 4096 else read_der)(body, depth + 1)
        elif tag == 0x02:
            need(body and not (length > 1 and body[0] in (0, 255) and body[0] >> 7 == body[1] >> 7))
        elif tag == 0x05:
            need(not body)
        found.append(Der(tag, raw, body, kids))
        at = start + length
    return found


read_again = lru_cache(1024)(read_der)  # tokens repeat much


def one_der(data: bytes) -> Der:
    found = (read_again if len(data) < 4096 else read_der)(data)
    need(len(found) == 1)
    return found[0]


NOTHING = Der(0, b"", b"")


def parts(node: Der, *tags: int, tag: int = 0x30) -> list[Der]:
    """What stands in an element, exactly; a negative tag may be absent (NOTHING then)."""
    need(node.tag == tag)
    kids, at, found = node.kids, 0, []
    for want in tags:
        here = at < len(kids) and kids[at].tag == abs(want)
        need(here or want < 0)
        found.append(kids[at] if here else NOTHING)
        at += here
    need(at == len(kids))
    return found


def number(node: Der) -> int:
    return int.from_bytes(node.body, "big", signed=True)


SIGNED_DATA, TST_INFO = unhex("2a864886f70d010702"), unhex("2a864886f70d0109100104")
CONTENT_TYPE, MESSAGE_DIGEST = unhex("2a864886f70d010903"), unhex("2a864886f70d010904")
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = unhex("2a864886f70d010910020c"), unhex("2a864886f70d010910022f")
DIGESTS = {unhex(f"60864801650304020{n}"): name for n, name in ((1, "sha256"), (2, "sha384"), (3, "sha512"))}
RSA = unhex("2a864886f70d010101")
KEYS = (b"\6\x09" + RSA + b"\5\0", b"\6\x09" + RSA, unhex("06072a8648ce3d020106082a8648ce3d030107"))
# signature algorithm to the keys it goes with, and its digest (plain RSA leaves that to the signer)
SIGNED_WITH: dict[bytes, Any] = {RSA: (KEYS[:2], "")}
for _n, _name in enumerate(DIGESTS.values()):
    SIGNED_WITH[unhex(f"2a864886f70d01010{'bcd'[_n]}")] = (KEYS[:2], _name)
    SIGNED_WITH[unhex(f"2a8648ce3d04030{_n + 2}")] = (KEYS[2:], _name)


def algorithm(node: Der) -> bytes:
    name, _ = parts(node, 0x06, -0x05)
    return name.body


def digest_of(node: Der) -> str:
    name = DIGESTS.get(algorithm(node), "")
    need(name)
    return name


@lru_cache(64)
def read_cert(whole: Der) -> tuple[bytes, bytes, bytes, bytes]:
    """Issuer and number, kind of key, key, and all bytes of a certificate."""
    inner, *_ = parts(whole, 0x30, 0x30, 0x03)
    tags = (-0xA0, 0x02, 0x30, 0x30, 0x30, 0x30, 0x30, -0x81, -0x82, -0xA3)
    _, serial, _, issuer, _, _, key, *_ = parts(inner, *tags)
    kind, bits = parts(key, 0x30, 0x03)
    need(bits.body[:1] == b"\0")
    return issuer.raw + serial.raw, kind.body, bits.body[1:], whole.raw


def rsa_holds(n: int, e: int, signature: bytes, value: bytes, digest: str) -> bool:
    size, many = (n.bit_length() + 7) // 8, len(value)
    need(2048 <= n.bit_length() <= 16384 and 2 < e < 1 << 64)
    name = next(key for key, text in DIGESTS.items() if text == digest)
    info = bytes([0x30, many + 17, 0x30, 13, 6, 9]) + name + bytes([5, 0, 4, many]) + value
    padded = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info
    given = big(signature)
    return len(signature) == size and given < n and pow(given, e, n).to_bytes(size, "big") == padded


def check_token(data: bytes, text: bytes) -> tuple[int, str]:
    """When (POSIX seconds), and under which certificate, this text was stamped."""
    kind, outer = parts(one_der(data), 0x06, 0xA0)
    (signed,) = parts(outer, 0x30, tag=0xA0)
    version, digests, content, certs, _, signers = parts(signed, 0x02, 0x31, 0x30, 0xA0, -0xA1, 0x31)
    inner, wrapped = parts(content, 0x06, 0xA0)
    (info,) = parts(wrapped, 0x04, tag=0xA0)
    need((kind.body, version.body, inner.body) == (SIGNED_DATA, b"\3", TST_INFO))
    at = _token_time(one_der(info.body), text)
    (signer,) = parts(signers, 0x30, tag=0x31)
    tags = (0x02, 0x30, 0x30, 0xA0, 0x30, 0x04, -0xA1)
    version, sid, hashed, attributes, with_, signature, _ = parts(signer, *tags)
    named = b"".join(part.raw for part in parts(sid, 0x30, 0x02))
    found = [cert for cert in map(read_cert, certs.kids) if cert[0] == named]
    digest = digest_of(hashed)
    kinds, fixed = SIGNED_WITH.get(algorithm(with_), ((), ""))
    need(version.body == b"\1" and len(found) == 1, "没有附签名用的证书")
    _, kind_, key, cert = found[0]
    need(kind_ in kinds and fixed in ("", digest), "签名算法不认识")
    need(algorithm(hashed) in map(algorithm, digests.kids), "签名算法不认识")
    _check_attributes(attributes, hashlib.new(digest, info.body).digest(), cert)
    value = hashlib.new(digest, b"\x31" + attributes.raw[1:]).digest()
    one, two = map(number, parts(one_der(key if kind_ in KEYS[:2] else signature.body), 0x02, 0x02))
    if kind_ in KEYS[:2]:
        need(rsa_holds(one, two, signature.body, value, digest), "签名对不上")
    else:
        need(ecdsa_holds(key, one, two, value), "签名对不上")
    return at, sha256(cert).hex()


def _token_time(info: Der, text: bytes) -> int:
    tags = (0x02, 0x06, 0x30, 0x02, 0x18, -0x30, -0x01, -0x02, -0xA0, -0xA1)
    version, _, imprint, _, time, *_ = parts(info, *tags)
    hashed, value = parts(imprint, 0x30, 0x04)
    need(version.body == b"\1" and digest_of(hashed) == "sha256")
    need(value.body == sha256(text), "盖的是别的内容")
    need(re.fullmatch(rb"\d{14}(\.\d*[1-9])?Z", time.body))
    t = time.body.decode()
    at = instant(f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:14]}")
    need(written(at))
    return int(at or 0)


def _check_attributes(attributes: Der, digest: bytes, cert: bytes) -> None:
    found: dict[bytes, Der] = {}
    for attribute in attributes.kids:
        kind, values = parts(attribute, 0x06, 0x31)
        need(len(values.kids) == 1 and kind.body not in found)
        found[kind.body] = values.kids[0]
    need(found.get(CONTENT_TYPE, NOTHING).raw == b"\6" + bytes([len(TST_INFO)]) + TST_INFO)
    need(found.get(MESSAGE_DIGEST, NOTHING).raw == b"\4" + bytes([len(digest)]) + digest, "签名与内容不符")
    need(names := {SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2} & set(found))
    for name in names:
        listed, _ = parts(found[name], 0x30, -0x30)
        hashed, value, _ = parts([*listed.kids, NOTHING][0], -0x30, 0x04, -0x30)
        which = digest_of(hashed) if hashed.raw else "sha1" if name == SIGNING_CERTIFICATE else "sha256"
        need(value.body == hashlib.new(which, cert).digest())


# --- the archive (8)


# where a member stands, and its hashes; `sm3` is empty if too slow
Member = namedtuple("Member", "start size sha256 sm3", defaults=("",))
PART = re.compile('[^\\\\:*?"<>|\0-\x1f\x7f-\x9f]{1,120}')


def check_name(name: str) -> None:
    need(unicodedata.is_normalized("NFC", name))
    for part in name.split("/"):
        need(PART.fullmatch(part) and len(part.encode()) <= 200 and part[0] != " " and part[-1] not in " .")


class Archive:
    """A ZIP with one spelling, read where it lies; big members are never held in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.members: dict[str, Member] = {}
        self.skipped_sm3 = 0
        self.slow_bytes = SLOW_SM3_BYTES

    def look(self, check: Check) -> None:
        folded: dict[str, str] = {}
        before = ""
        for name, *where, fault in [*self._directory()]:
            if name.encode() <= before.encode() or folded.setdefault(name.casefold(), name) != name:
                fault = "次序不对，或者重名"
            before = name
            check.each(name, self._look_at_member, name, fault, *where)

    def _directory(self) -> Iterator[Any]:
        length = self.file.seek(0, 2)
        self.file.seek(max(0, length - 22))
        end = self.file.read(22)
        need(len(end) == 22 and end[:4] == b"PK\5\6", "这不是完整的证据包")
        disk, first, here, total, size, at, comment = unpack("<4H2IH", end[4:])
        need((disk, first, comment, here) == (0, 0, 0, total) and 0 < size <= MAX_PARSED)
        need(at + size == length - 22, "前后多了或少了内容")
        self.file.seek(at)
        directory = self.file.read(size)
        place = offset = 0
        for _ in range(total):
            fixed = directory[place : place + 46]
            need(len(fixed) == 46 and fixed[:4] == b"PK\1\2")
            crc, size, many = unpack("<I4xIH", fixed[16:30])
            raw = directory[place + 46 : place + 46 + many]
            name = raw.decode("utf-8", "replace")
            need(raw and name.encode() == raw)
            flags = 0 if raw.isascii() else 0x800
            head = pack("<5H3IH", 20, flags, 0, 0, 0x21, crc, size, size, len(raw))
            right = b"PK\1\2\x14\3" + head + pack("<8xIQ", 0o100644 << 16, offset)[:16]
            yield name, head, offset, size, crc, "" if right == fixed else "目录里的写法不对"
            place, offset = place + 46 + len(raw), offset + 30 + len(raw) + size
        need(place == len(directory) and offset == at)

    def _look_at_member(self, name: str, fault: str, head: bytes, start: int, size: int, crc: int) -> None:
        wanted = b"PK\3\4" + head + b"\0\0" + name.encode()
        self.file.seek(start)
        found = self.file.read(len(wanted))
        hashes: list[Any] = [hashlib.sha256()]
        now, left = 0, size
        if name.startswith("data/") and (FAST_SM3 or size <= self.slow_bytes):
            hashes.append(new_sm3())
            self.slow_bytes -= size
        elif name.startswith("data/"):
            self.skipped_sm3 += 1
        while left > 0:
            piece = self.file.read(min(left, 1 << 16))
            need(piece)
            left -= len(piece)
            now = binascii.crc32(piece, now)
            for hash_ in hashes:
                hash_.update(piece)
        digests = [hash_.digest().hex() for hash_ in hashes]
        self.members.setdefault(name, Member(start + len(wanted), size, *digests))
        need(not fault, fault)
        check_name(name)
        need(found == wanted)
        need(now == crc, "内容与目录里的校验码不符")

    def read(self, name: str) -> bytes:
        need(name in self.members, "包里没有它", name)
        member = self.members[name]
        need(member.size <= MAX_PARSED, "它大得不合理", name)
        self.file.seek(member.start)
        return self.file.read(member.size)


# --- the answer (9.1)

LABELS = {
    "archive": "压缩包的每个字节",
    "lists": "清单与包里的东西",
    "policy": "策略来自您信任的来源",
    "checkpoint": "日志和见证方的签名",
    "chain": "记录一条接一条",
    "inclusion": "每一条都在日志里",
    "ending": "末尾没有截去",
    "bodies": "正文的指纹",
    "files": "文件的指纹",
    "sm3": "国密 SM3 与 SM2",
    "times": "时间戳",
}


class Check:
    def __init__(self) -> None:
        self.good, self.of, self.done = 0, 0, False
        self.fault: tuple[str, str] | None = None

    def fail(self, item: str, why: str) -> None:
        self.fault = self.fault or (item, why)

    def each(self, item: str, look: Callable[..., Any], *args: Any) -> bool:
        self.of += 1
        try:
            look(*args)
        except Wrong as no:
            self.fail(no.item or item, no.why)
            return False
        self.good += 1
        return True

    def state(self) -> str:
        return "differs" if self.fault else "holds" if self.done else "not_checked"


NOTHING_YET = """{"verdict":"unclear","item":null,"why":"","case":null,"log":null,"count":null,"head":null,
"fingerprint":null,"made_at":null,"policy":{"fingerprint":null,"trusted":false},
"checkpoint":{"size":null,"root":null,"witnesses":[]},"checks":[],"records":[],"first_bad_index":null,
"files":[],"times":[],"rotations":[],"warnings":[],"proves":[],"does_not_prove":[]}"""
RECORD = {"body": "withheld", "event": None, "role": None, "not_before": None, "not_after": None}


class Answer:
    labels: Iterable[str] = LABELS

    def __init__(self, *about: Any) -> None:
        self.source, self.given_policy, self.wanted_policy, self.wanted_tsa = about or (None, None, None, ())
        self.checks = {name: Check() for name in self.labels}
        self.policy: Policy | None = None
        self.trusted = False
        self.size, self.root = 0, b""
        self.last: dict[bytes, Key] = {}  # to which key the log was handed over, by kind
        self.packet: Row = {"case": None, "log": None}
        self.answer: Row = json.loads(NOTHING_YET)
        self.records, self.warn = self.answer["records"], self.answer["warnings"].append
        self.leave = self.answer["does_not_prove"].append

    def do(self, name: str, item: str, look: Callable[[Check], None], after: str = "") -> None:
        """Make one check, unless the one before it does not hold; `item` is to blame by default."""
        check = self.checks[name]
        if not after or self.checks[after].state() == "holds":
            try:
                look(check)
                check.done = True
                check.of = check.of or 1
                check.good = check.good or int(not check.fault)
            except Wrong as no:
                check.fail(no.item or item, no.why)

    def look_at_policy(self, inside: bytes) -> None:
        """Take the reader's policy, or else the one inside, which nobody vouches for."""
        data = inside if self.given_policy is None else self.given_policy
        found = self.answer["policy"]["fingerprint"] = sha256(data).hex()
        need(self.wanted_policy in (None, found), "包里的策略不是您给出指纹的那一份")
        self.policy = policy = Policy(data)
        named = any(key.name == self.packet["log"] and key.kind == LOG_KEY for key in policy.logs)
        need(named, "策略里没有这个日志")
        self.trusted = self.given_policy is not None or self.wanted_policy is not None
        self.answer["policy"]["trusted"] = self.trusted

    def accept(self, note: bytes) -> None:
        if self.policy:
            last = self.last.get(LOG_KEY)
            self.size, self.root, seen = self.policy.accept(note, self.packet["log"], last)
            self.answer["checkpoint"] = {"size": self.size, "root": self.root.hex(), "witnesses": seen}

    def add_record(self, seq: int, index: int | None, envelope: Row, holds: bool = True) -> None:
        stated = {key: envelope.get(key) for key in ("at", "typ")}
        self.records.append({"seq": seq, "index": index, **stated, "holds": holds, **RECORD})

    def finish(self) -> Row:
        faults = [check.fault for check in self.checks.values() if check.fault]
        verdict, item, why = ("differs", *faults[0]) if faults else ("holds", None, "")
        if not faults and not (self.trusted and all(check.done for check in self.checks.values())):
            verdict, item, why = "unclear", "policy", "没有可信的策略：包不能为自己作证"
        for name, check in self.checks.items():
            row = {"name": name, "state": check.state(), "good": check.good, "of": check.of}
            if name == "policy" and not self.trusted and not check.fault:
                row.update(state="not_checked", good=0)
            self.answer["checks"].append(row)
        bad = next((row["index"] for row in self.records if not row["holds"]), None)
        self.answer.update(verdict=verdict, item=item, why=why, first_bad_index=bad)
        if verdict == "holds":
            self.answer["proves"] = proves(self.answer)
        self.answer["does_not_prove"] += does_not_prove(self.answer)
        return self.answer


# --- the eleven checks (9)

PACKET, CHAIN, FILES_LIST = "data/packet.json", "data/chain.jsonl", "data/files.json"
CHECKPOINT, CLOSING, MULTIPROOF = "data/proof/checkpoint", "data/proof/closing.jsonl", "data/proof/multiproof"
HEADS, STONES = "data/proof/heads.json", "data/proof/milestones.json"
SM3_NOTE, SM3_PROOF = "data/proof/sm3/checkpoint", "data/proof/sm3/multiproof"
HANDOVERS, MOST_KEYS = "data/proof/keys.json", 1000
BODIES, FILES, TIMES = "data/bodies/", "data/files/", "data/proof/times/"
LISTS = ("manifest-sha256.txt", "manifest-sm3.txt", "tagmanifest-sha256.txt")
REQUIRED = {*LISTS, PACKET, CHAIN, FILES_LIST, CHECKPOINT, CLOSING, MULTIPROOF, HEADS, STONES, SM3_NOTE}
REQUIRED |= {SM3_PROOF, "bagit.txt", "bag-info.txt", "policy.txt", "verify.py", "verify.html", "说明.txt"}
FREE = re.compile(
    f"data/(record-sheet\\.pdf|(environment|clocks|proof/keys)\\.json|prov/.+)|{FILES}.+"
    f"|{BODIES}(?P<seq>\\d{{6}}|[1-9]\\d{{6,15}})\\.json"
    f"|{TIMES}\\d{{3,}}\\.tsr",
    re.ASCII,
)
LISTED = re.compile(b"[0-9a-f]{64}  .+")
STATE = {"root": HEX, "size": 0}
PACKET_FORM: Row = {"case": HEX32, "checkpoint": STATE, "count": 1, "head": HEX, "indices": [0]}
PACKET_FORM.update(log=ORIGIN, made_at=INSTANT, v="mediation-packet/1")
# one spelling, no escapes
ENVELOPE = re.compile(
    f'{{"at":"(?P<at>{INSTANT.pattern})","c256":"(?P<c256>{HEX.pattern})","case":"(?P<case>{HEX32.pattern})",'
    f'"csm3":"(?P<csm3>{HEX.pattern})","log":"(?P<log>{ORIGIN.pattern})","prev":"(?P<prev>{HEX.pattern})",'
    f'"seen":{{"root":"(?P<root>{HEX.pattern})","size":(?P<size>0|[1-9]\\d{{0,15}})}},"seq":(?P<seq>[1-9]\\d{{0,15}}),'
    f'"typ":"(?P<typ>record|erasure|export)","v":"{V}"}}',
    re.ASCII,
)
CLOSING_FORMS = (
    {"log": ORIGIN, "root": HEX, "size": 1, "typ": "sm3-root", "v": V},
    {"cases": 1, "log": ORIGIN, "root": HEX, "typ": "heads", "v": V},
)
BODY = {"event": str, "record": dict, "role": str, "salt": HEX}
FILE = {"media_type": str, "path": str, "seq": 1, "sha256": HEX, "size": 0, "sm3": HEX}
STONE = {"path": [HEX], "root": HEX, "size": 1, "token": str}
KEY_RECORD = {"log": ORIGIN, "new": str, "old": str, "sig_new": str, "sig_old": str, "typ": "key", "v": V}


def parse_envelope(line: bytes) -> Row:
    found = ENVELOPE.fullmatch(line.decode("latin-1"))
    value: Row = found.groupdict() if found else {}
    need(value and len(line) <= 1024 and instant(value["at"]) is not None)
    size, root, value["seq"] = int(value.pop("size")), value.pop("root"), int(value["seq"])
    need(max(size, value["seq"]) < 1 << 53 and (size or root == sha256(b"").hex()))
    return {**value, "seen": {"root": root, "size": size}}


class Examination(Answer):
    """A packet under the eleven checks."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.archive = Archive(self.source)
        self.read, self.members = self.archive.read, self.archive.members
        self.lines: list[bytes] = []
        self.envelopes: list[Row] = []
        self.link = "0" * 64
        self.bodies: dict[int, Row] = {}
        self.closing: list[Row] = []
        self.key_leaves: dict[int, bytes] = {}
        self.stamped: list[tuple[int, str, int]] = []

    def run(self) -> None:
        self.do("archive", "archive", self.archive.look)
        if self.checks["archive"].done:
            self.do("lists", PACKET, self.lists)
        if not self.packet["case"]:
            return
        self.do("policy", "policy", lambda check: self.look_at_policy(self.read("policy.txt")))
        self.do("checkpoint", CHECKPOINT, self.checkpoint, "policy")
        self.do("chain", CHAIN, self.chain)
        self.do("inclusion", MULTIPROOF, self.inclusion, "checkpoint")
        self.do("ending", HEADS, self.ending, "inclusion")
        self.do("bodies", BODIES, self.look_at_bodies)
        self.do("files", FILES_LIST, self.look_at_files)
        self.do("sm3", SM3_NOTE, self.sm3, "inclusion")
        self.do("times", STONES, self.look_at_times, "checkpoint")
        if self.checks["inclusion"].state() == "holds":
            self.bracket()
        for name, index in self.policy.heirs.items() if self.policy else ():
            self.warn(
                f"“{name}”换过密钥：策略里没有现在这把，是策略里那把在日志第 {index} 号认可的。请另取新的策略。"
            )
        if self.answer["times"] and not self.wanted_tsa:
            self.warn("时间戳机构的证书没有人担保：请核对它的指纹。")
        if self.policy and self.policy.quorum == "none":
            self.warn("这份策略不要求见证方签名。")
        if self.archive.skipped_sm3:
            self.leave(f"{self.archive.skipped_sm3} 个大文件只核对了 SHA-256：这里的 Python 没有快的 SM3。")

    # 2
    def lists(self, check: Check) -> None:
        members = self.members
        if LISTS[2] in members:
            self.answer["fingerprint"] = members[LISTS[2]].sha256
        payload = {name: member for name, member in members.items() if name.startswith("data/")}
        tags = {name: member for name, member in members.items() if name not in payload and name != LISTS[2]}
        self._list(check, LISTS[2], tags, "sha256")
        self._list(check, LISTS[0], payload, "sha256")
        self._list(check, LISTS[1], payload, "sm3")
        fault, count = "", 1 << 53
        try:
            packet = parse(self.read(PACKET), PACKET_FORM)
            need(instant(packet["made_at"]) is not None)
            self.packet, count = packet, packet["count"]
            self.answer.update({key: packet[key] for key in ("case", "log", "count", "head", "made_at")})
        except Wrong as no:
            fault = no.why
        for name in sorted(REQUIRED.symmetric_difference(members), key=str.encode):
            free = FREE.fullmatch(name)
            if name in REQUIRED or not free or not 1 <= int(free["seq"] or 1) <= count:
                check.fail(name, "包里没有它" if name in REQUIRED else "它不该在包里")
        if self.read("bagit.txt") != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
            check.fail("bagit.txt", "内容不对")
        need(not fault, fault)
        oxum = f"{sum(member.size for member in payload.values())}.{len(payload)}"
        case = self.packet["case"]
        info = f"External-Identifier: {case}\nPayload-Oxum: {oxum}\nBag-Software-Agent: mediation-packet/1\n"
        if self.read("bag-info.txt") != info.encode():
            check.fail("bag-info.txt", "内容与包不符")

    def _list(self, check: Check, name: str, now: dict[str, Member], kind: str) -> None:
        if name not in self.members:
            check.fail(name, "包里没有它")
            return
        text = self.read(name)
        digests = {path.replace("%", "%25").encode(): getattr(now[path], kind).encode() for path in now}
        lines = [line for line in text.split(b"\n") if LISTED.fullmatch(line)]
        stated = {line[66:]: line[:64] for line in lines}
        if b"".join(stated[raw] + b"  " + raw + b"\n" for raw in sorted(stated)) != text:
            check.fail(name, "写法不对")
        for raw in sorted({*digests, *stated}):
            check.of += 1
            given = stated.get(raw)
            if given and raw in digests and digests[raw] in (given, b""):  # empty: too slow
                check.good += 1
            else:
                check.fail(raw.decode("utf-8", "replace").replace("%25", "%"), f"它与清单 {name} 不符")

    # 4
    def checkpoint(self, check: Check) -> None:
        if HANDOVERS in self.members:
            within(HANDOVERS, "换密钥：", self.handovers)
        self.accept(self.read(CHECKPOINT))
        state = {"root": self.root.hex(), "size": self.size}
        need(self.packet["checkpoint"] == state, "packet.json 写的不是它")

    def handovers(self) -> None:
        """By which records the log changed its keys (3.2), and who may sign since (5.4)."""
        rows = parse(self.read(HANDOVERS), {"keys": [{"index": 0, "record": KEY_RECORD}]})["keys"]
        indices = [row["index"] for row in rows]
        need(0 < len(rows) <= MOST_KEYS and indices == sorted({*indices}))
        for index, record in zip(indices, (row["record"] for row in rows)):
            self.key_leaves[index] = _write(record).encode()
            old, new = parse_key(record["old"]), parse_key(record["new"])
            name = self.packet["log"] + "/sm3" * (new.kind == SM2_KEY)
            need(new.kind != WITNESS_KEY and old != new and record["log"] == self.packet["log"])
            need((old.kind, old.name, new.name) == (new.kind, name, name))
            need(self.last.get(new.kind, old) == old, "次序不对")
            self.last[new.kind] = new
            said = {key: text for key, text in record.items() if key[:4] != "sig_"}
            text = f"mediation-evidence/1 key\n{_write(said)}"
            for key, signature in ((old, record["sig_old"]), (new, record["sig_new"])):
                need(key.holds(text, unbase64(signature)), "签名对不上")
            if self.policy:
                self.policy.hand_over(old, new, index)
            self.answer["rotations"].append({"index": index, "new": record["new"], "old": record["old"]})

    # 5
    def chain(self, check: Check) -> None:
        self.lines = self.read(CHAIN).split(b"\n")
        cut = self.lines.pop()
        indices, count = self.packet["indices"], self.packet["count"]
        for at, line in enumerate(self.lines):
            self.envelopes.append({})
            holds = check.each(f"record {at + 1}", self._envelope, line)
            self.link = sha256(b"mediation-evidence/1 link\n" + line).hex()
            self.add_record(at + 1, indices[at] if at < len(indices) else None, self.envelopes[-1], holds)
        if cut:
            check.fail(f"record {len(self.lines) + 1}", "最后一行没有写完")
        if len(self.lines) != count:
            check.fail(f"record {min(len(self.lines), count) + 1}", "条数与 packet.json 不符")
        if self.link != self.packet["head"]:
            check.fail(f"record {count}", "末尾与 packet.json 不符")
            for row in self.records[-1:]:
                row["holds"] = False

    def _envelope(self, line: bytes) -> None:
        envelope = self.envelopes[-1] = parse_envelope(line)
        for key in ("case", "log"):
            need(envelope[key] == self.packet[key], "这条记录属于另一个案件或日志")
        need(envelope["seq"] == len(self.envelopes), "记录的编号不连续")
        need(envelope["prev"] == self.link, "这条记录与前一条接不上")

    # 6
    def inclusion(self, check: Check) -> None:
        size, indices = self.size, self.packet["indices"]
        rising = all(map(int.__lt__, indices, [*indices[1:], size - 2]))
        need(rising and len(indices) == len(self.lines) > 0, "序号不对")
        closing = self.read(CLOSING).split(b"\n")
        need(len(closing) == 3 and not closing[2], item=CLOSING)
        self.closing = [within(CLOSING, "", parse, *own) for own in zip(closing, CLOSING_FORMS)]
        need(all(own["log"] == self.packet["log"] for own in self.closing), item=CLOSING)
        need(
            {*self.key_leaves}.isdisjoint(indices) and max(self.key_leaves, default=0) < size - 2,
            item=HANDOVERS,
        )
        leaves = {size - 2: closing[0], size - 1: closing[1], **self.by_index()}
        root = multiproof_root(sha256, leaves, size, self.read(MULTIPROOF))
        need(root == self.root, "包含证明对不上")
        check.good = check.of = len(indices)

    def by_index(self) -> dict[int, bytes]:
        """The leaves that the packet shows: the entries of the case, and the changes of key."""
        return {**dict(zip(self.packet["indices"], self.lines)), **self.key_leaves}

    # 7
    def ending(self, check: Check) -> None:
        path = parse(self.read(HEADS), {"path": [(0, HEX)]})["path"]
        root = heads_root(self.packet["case"], len(self.lines), unhex(self.link), path)
        need(root.hex() == self.closing[1]["root"], "与日志记下的本案末尾不同：可能少了记录")

    # 8
    def look_at_bodies(self, check: Check) -> None:
        erased = 0
        for row in self.records:
            name, erasure = f"{BODIES}{row['seq']:06d}.json", row["typ"] == "erasure"
            if name in self.members or erasure:
                row["holds"] &= check.each(f"record {row['seq']}", self._body, row, name)
            if erasure and row["seq"] in self.bodies:
                erased = max(erased, min(row["seq"] - 1, self.bodies[row["seq"]]["record"]["up_to"]))
        for row in self.records[:erased]:
            if row["typ"] != "erasure" and row["body"] == "withheld":
                row["body"] = "erased"

    def _body(self, row: Row, name: str) -> None:
        need(name in self.members, "销毁记录的正文必须在包里")
        row["body"] = "shown"
        envelope, data = self.envelopes[row["seq"] - 1], self.read(name)
        need(envelope, "信封对不上，正文无从核对")
        whole = b"mediation-evidence/1 body\n" + data
        stated = (envelope["c256"], envelope["csm3"])
        need((sha256(whole).hex(), sm3(whole).hex()) == stated, "正文与信封里的指纹不符")
        body = parse(data, BODY)
        need(envelope["typ"] != "erasure" or fits(body["record"].get("up_to"), 0))
        self.bodies[row["seq"]] = body
        row.update(event=body["event"], role=body["role"])

    # 9
    def look_at_files(self, check: Check) -> None:
        listed = parse(self.read(FILES_LIST), {"files": [FILE]})["files"]
        named: set[Any] = set()
        for entry in listed:
            path, seq = entry["path"], entry["seq"]
            twice = path in named or seq in named
            named |= {path, seq}
            stated = self.bodies[seq]["record"] if seq in self.bodies else entry
            self._add_file(path, seq, stated, check.each(path, self._file, entry, twice))
        for path in self.members:
            if path.startswith(FILES) and path not in named:
                self._add_file(path, None, {}, check.each(path, need, False, "文件清单里没有它"))
        for seq, body in self.bodies.items():
            if body["event"] == "deposit.take_in" and seq not in named:
                self.warn(f"第 {seq} 条登记的文件不在包里。")

    def _add_file(self, path: str, seq: int | None, stated: Row, holds: bool) -> None:
        now, then = self.members.get(path), {key: stated.get(key) for key in ("size", "sha256")}
        seen = {"now_size": now and now.size, "now_sha256": now and now.sha256}
        self.answer["files"].append({"path": path, "seq": seq, **then, "holds": holds, **seen})

    def _file(self, entry: Row, twice: bool) -> None:
        path, body = entry["path"], self.bodies.get(entry["seq"], {"event": ""})
        need(not twice, "它列了两次")
        need(path.startswith(FILES) and path in self.members, "包里没有这个文件")
        need(body["event"] == "deposit.take_in", "没有登记它的记录")
        now, record = self.members[path], body["record"]
        stated = {key: record.get(key) for key in entry if key not in ("path", "seq")}
        need({**entry, **stated} == entry, "文件清单与登记它的记录不符")
        seen = (now.size, now.sha256, now.sm3 or record["sm3"])
        need(seen == (record["size"], record["sha256"], record["sm3"]), "文件与登记时不同")
        letters = ["".join(c for c in text if c.isalnum()) for text in (str(record.get("name")), path)]
        if letters[0] not in letters[1]:
            self.warn(f"{path} 在登记它的记录里叫“{record.get('name')}”。")

    # 10
    def sm3(self, check: Check) -> None:
        own, log, size = self.closing[0], self.packet["log"] + "/sm3", self.size - 2
        need(own["size"] == size, item=CLOSING)
        text, lines = parse_note(self.read(SM3_NOTE))
        need(parse_checkpoint(text, log) == (size, unhex(own["root"])), "SM3 树与 sm3-root 记录不符")
        good = self.policy.good_lines(text, lines) if self.policy else {}
        last = self.last.get(SM2_KEY)
        need(any(key.signs(log, SM2_KEY, size, last) for key in good), "没有策略认可的 SM2 签名")
        proof = self.read(SM3_PROOF)
        root = within(SM3_PROOF, "", multiproof_root, sm3, self.by_index(), size, proof)
        need(root.hex() == own["root"], "SM3 包含证明对不上", SM3_PROOF)

    # 11
    def look_at_times(self, check: Check) -> None:
        stones = parse(self.read(STONES), {"milestones": [STONE]})["milestones"]
        sizes, names = [stone["size"] for stone in stones], [stone["token"] for stone in stones]
        need(sizes == sorted(sizes), "次序不对")
        need(len({*names}) == len(names) and all(n.startswith(TIMES) for n in names), "时间戳的名字不对")
        for stone in stones:
            check.each(stone["token"], self._stone, stone)
        for name in self.members:
            if name.startswith(TIMES) and name not in names:
                check.fail(name, "没有时间点用到它")

    def _stone(self, stone: Row) -> None:
        size, root, name = stone["size"], unhex(stone["root"]), stone["token"]
        path = [*map(unhex, stone["path"])]
        within(STONES, "", check_consistency, size, self.size, root, self.root, path)
        text = f"{self.packet['log']}\n{size}\n{base64(root)}\n"
        at, cert = within(name, "时间戳：", lambda: check_token(self.read(name), text.encode()))
        self.answer["times"].append({"size": size, "at": written(at), "certificate": cert})
        need(not self.wanted_tsa or cert in self.wanted_tsa, "时间戳的证书不是您给出指纹的那一张")
        self.stamped.append((size, stone["root"], at))

    def bracket(self) -> None:
        """When each record was written (7)."""
        low: int | None = None
        after: dict[Any, int] = {}
        earliest: list[int | None] = [None]  # of the stamps from each on, from the last
        stamped = sorted(self.stamped)
        for size, root, time in reversed(stamped):
            after[size, root] = max(time, after.get((size, root), time))
            earliest.append(min(time, earliest[-1] or time))
        sizes = [size for size, *_ in stamped]
        for row, envelope in zip(self.records, self.envelopes):
            seen = envelope.get("seen", {})
            new = after.get((seen.get("size"), seen.get("root")))
            low = new if low is None else max(low, new or low)
            high = earliest[len(sizes) - bisect.bisect_right(sizes, row["index"])]
            row.update(not_before=written(low), not_after=written(high))
            at = instant(row["at"] or "")
            if at is not None and (at < (low or at) - 5 or at > (high or at) + 6):
                self.warn(f"第 {row['seq']} 条自己写的时间在它的时间范围之外。")


class ReceiptExamination(Answer):
    labels = ("archive", "policy", "checkpoint", "chain", "inclusion")

    def run(self) -> None:
        self.do("archive", "archive", self.form)
        self.do("chain", "record 1", self.envelope, "archive")
        before = "chain"
        if self.given_policy is not None:
            before = "checkpoint"
            self.do("policy", "policy", lambda check: self.look_at_policy(b""), "chain")
            self.do("checkpoint", "checkpoint", lambda check: self.accept(self.note), "policy")
        self.do("inclusion", "proof", self.inclusion, before)

    def form(self, check: Check) -> None:
        head, blank, self.note = self.source.partition(b"\n\n")
        lines = [*head.decode("latin-1").split("\n"), "", ""]
        need(len(self.source) <= 2953 and blank and lines[0] == "c2sp.org/tlog-proof@v1")
        need(lines[1][:6] == "extra " and lines[2][:6] == "index " and SIZE.fullmatch(lines[2][6:]))
        self.line, self.index = unbase64(lines[1][6:]), int(lines[2][6:])
        self.path = [unbase64(part) for part in lines[3:-2]]
        need(all(len(part) == 32 for part in self.path))
        self.text, _ = parse_note(self.note)

    def envelope(self, check: Check) -> None:
        self.packet = envelope = parse_envelope(self.line)
        self.answer.update({key: envelope[key] for key in ("case", "log")})
        self.add_record(envelope["seq"], self.index, envelope)

    def inclusion(self, check: Check) -> None:
        size, root = parse_checkpoint(self.text, self.packet["log"])
        need(inclusion_root(sha256(b"\0" + self.line), self.index, size, self.path) == root, "包含证明对不上")


def verify(
    source: bytes | BinaryIO,
    policy: bytes | None = None,
    policy_fingerprint: str | None = None,
    tsa_fingerprints: Iterable[str] = (),
) -> Row:
    """The answer of 9.1 about a packet or a receipt: bytes, or a file that can be sought."""
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    trust = (policy, policy_fingerprint, tuple(tsa_fingerprints))
    file.seek(0)
    start = file.read(2954)
    receipt = start.startswith(b"c2sp.org/tlog-proof")
    examination = ReceiptExamination(start, *trust) if receipt else Examination(file, *trust)
    examination.run()
    return examination.finish()


# --- words for people

STATES: dict[Any, str] = {True: "一致", False: "对不上", "not_checked": "没有核对"}
STATES.update(holds="一致", differs="对不上", unclear="无法核验")
WORDS: dict[Any, str] = {"record": "记录", "erasure": "销毁", "export": "导出", None: "？"}
WORDS.update(shown="正文在包里", withheld="正文没有交来", erased="正文已销毁")


def proves(answer: Row) -> list[str]:
    records, witnesses = answer["records"], answer["checkpoint"]["witnesses"]
    if answer["count"]:
        found = [f"本案共 {len(records)} 条记录。写进日志以后，没有改动、插入、调换，末尾也没有少。"]
        found.append(f"包里的 {len(answer['files'])} 个文件与登记时逐字节相同。")
    else:
        found = [f"这条记录在日志里，序号是 {records[0]['index']}。"]
    if witnesses:
        found.append(f"{len(witnesses)} 个见证方见过同一份日志：{'、'.join(w['name'] for w in witnesses)}。")
    late = sum(row["not_after"] is not None for row in records)
    return found + [f"{late} 条记录有时间戳证明：最晚在什么时候已经写成。"] * bool(late)


def does_not_prove(answer: Row) -> list[str]:
    found = [
        "内容是不是实情，当事人是否自愿，是否合法：由您审查。",
        "这份日志状态以后，本案有没有新的记录。",
        "记录自己写的时间，和“不早于”的时间：这是日志一方的说法。",
    ]
    hidden = sum(row["body"] == "withheld" for row in answer["records"])
    if answer["count"]:
        found.append("存证单、期限、环境说明、包里附的核验程序：只核对了它们与清单相同。")
        found += [f"有 {hidden} 条记录的正文没有交来，没有核对它们写了什么。"] * bool(hidden)
    if not answer["policy"]["trusted"]:
        found.append("策略是否可信：请从法院或调解组织另取策略文件或它的指纹。")
    return found


def tell(answer: Row, name: str, everything: bool) -> str:
    """The answer in plain Chinese."""
    state, policy = answer["checkpoint"], answer["policy"]
    lines = [f"核验：{name}", f"结论：{STATES[answer['verdict']]}"]
    if answer["verdict"] != "holds":
        where = re.sub("^record ([0-9]+)$", r"第 \1 条记录", answer["item"] or "")
        where = {"archive": "压缩包", "policy": "策略"}.get(where, where)
        lines.append(f"  第一处：{where}：{answer['why']}")
    lines += ["", "核对了什么"]
    for at, row in enumerate(answer["checks"], start=1):
        lines.append(f"  {at:2d} {STATES[row['state']]}  {LABELS[row['name']]}  ({row['good']}/{row['of']})")
    lines += ["", f"案件 {answer['case']}  日志 {answer['log']}"]
    lines.append(f"  包的指纹 {answer['fingerprint']}  制作于 {answer['made_at']}")
    lines.append(f"  策略的指纹 {policy['fingerprint']}（{'您给的' if policy['trusted'] else '没有人担保'}）")
    lines.append(f"  日志状态 大小 {state['size']}  根 {state['root']}")
    lines += [f"  见证方 {witness['name']}  {witness['at']}" for witness in state["witnesses"]]
    lines += [f"  换密钥 日志第 {r['index']} 号  {r['old']} → {r['new']}" for r in answer["rotations"]]
    lines += [f"  时间戳 {t['at']}  日志大小 {t['size']}  证书 {t['certificate']}" for t in answer["times"]]
    lines += ["", f"文件 {len(answer['files'])} 个，记录 {len(answer['records'])} 条（全部列出：--all）"]
    for row in answer["files"] + answer["records"]:
        if row["holds"] and not everything:
            continue
        if "path" in row:
            lines.append(f"  {STATES[row['holds']]}  {row['path']}  第 {row['seq']} 条")
            lines.append(f"    登记时 {row['size']} 字节 {row['sha256']}")
            lines.append(f"    现在   {row['now_size']} 字节 {row['now_sha256']}")
        else:
            what = f"{WORDS[row['typ']]}  {WORDS[row['body']]}  {row['event'] or ''} {row['role'] or ''}"
            lines.append(f"  {STATES[row['holds']]}  第 {row['seq']} 条  日志序号 {row['index']}  {what}")
            lines.append(f"    自称 {row['at']}  不早于 {row['not_before']}  不晚于 {row['not_after']}")
    titles = {"proves": "能证明", "does_not_prove": "不能证明，没有核对", "warnings": "请留意"}
    for key, title in titles.items():
        lines += ["", title, *("  - " + text for text in answer[key])] if answer[key] else []
    plain = ("".join("?" if unicodedata.category(c)[0] == "C" else c for c in line) for line in lines)
    return "\n".join(plain)


def read_words(words: Iterable[str]) -> dict[str, list[str]]:
    """The options and the path (under the empty name) of a command line."""
    given: dict[str, list[str]] = defaultdict(list)
    rest = iter(words)
    for word in rest:
        name, _, text = word.partition("=")
        if name in ("--policy", "--policy-fingerprint", "--tsa-fingerprint"):
            text = text or next(rest, "")
            if name != "--policy":
                text = re.sub(r"[\s:]", "", text).lower()
            need(text if name == "--policy" else HEX.fullmatch(text), f"{name} 要文件或者 64 位十六进制")
        else:
            need(word in ("--json", "--all") or word[:1] != "-", f"不认识 {word}")
            name, text = word if word[:1] == "-" else "", word
        given[name].append(text)
    need(len(given[""]) == 1, "要一个证据包或回执")
    return given


def main(words: Sequence[str]) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    policy = None
    try:
        given = read_words(words)
    except Wrong as no:
        sys.stderr.write(f"{no.why}\n\n{__doc__}")
        return 2
    try:
        for path in given["--policy"]:
            with open(path, "rb") as file:
                policy = file.read()
        with open(given[""][0], "rb") as file:
            wanted = [None, *given["--policy-fingerprint"]][-1]
            answer = verify(file, policy, wanted, given["--tsa-fingerprint"])
    except (OSError, ValueError, MemoryError) as error:
        answer = Answer().finish()
        answer.update(verdict="unclear", item="archive", why=f"打不开，或者读不了：{error}")
    name = re.split(r"[\\/]", given[""][0])[-1]
    text = json.dumps(answer) if "--json" in given else tell(answer, name, "--all" in given)
    sys.stdout.write(text + "\n")
    return {"holds": 0, "differs": 1}.get(answer["verdict"], 2)


if __name__ == "__main__":
    gc.disable()
    code = main(sys.argv[1:])
    gc.freeze()
    sys.exit(code)
