#!/usr/bin/env python3
"""核验证据包（.zip）或回执（.tlog-proof）。只用 Python 3.8 以上自带的部分，不联网，不写任何文件。

    python verify.py 证据包.zip --policy policy.txt
    python verify.py 证据包.zip --policy-fingerprint 64位十六进制 --tsa-fingerprint 64位十六进制
    python verify.py 证据包.zip --policy policy.txt --json

退出码：0 一致，1 对不上，2 无法核验。格式见 docs/evidence-format.md；本文件按那一页写成，节号即那一页的节号。

How to read this file: hashes and curves first, then the small formats (JSON, notes, policy, trees, DER), then the
archive, then `Examination`, whose methods are the eleven checks of section 9 in their order, then the words for people.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import bisect
import hashlib
import io
import json
import re
import struct
import sys
import unicodedata
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Callable, Iterable, NamedTuple, Sequence

if TYPE_CHECKING:
    EdPoint = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
    Jacobian = tuple[int, int, int]  # x = X/Z², y = Y/Z³; Z = 0 is the point at infinity
    Hash = Callable[[bytes], bytes]


V = "mediation-evidence/1"
HEX64 = re.compile("[0-9a-f]{64}")
HEX32 = re.compile("[0-9a-f]{32}")
INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z", re.ASCII)
MAX_IN_MEMORY = 256 << 20  # a member that must be parsed; files themselves are streamed
MAX_DIRECTORY = 32 << 20
MAX_NOTE = 1 << 20
SLOW_SM3_BYTES = 4 << 20  # how much SM3 is computed where Python has none of its own


class Differs(Exception):
    """Something does not hold: what, and why in words."""

    def __init__(self, item: str, why: str) -> None:
        super().__init__(item, why)
        self.item, self.why = item, why


class Wrong(ValueError):
    """A piece of data is not what it must be; the caller knows which member it came from."""


def need(condition: object, why: str) -> None:
    if not condition:
        raise Wrong(why)


# --- hashes -------------------------------------------------------------------------------------------------


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


class SlowSm3:
    """SM3 (GB/T 32905) in plain Python, for a Python whose OpenSSL lacks it; about 0.3 MB a second."""

    START = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)

    def __init__(self, data: bytes = b"") -> None:
        self.state: Sequence[int] = self.START
        self.rest, self.length = b"", 0
        self.update(data)

    def update(self, data: bytes) -> None:
        self.length += len(data)
        data = self.rest + data
        whole = len(data) // 64 * 64
        for at in range(0, whole, 64):
            self.state = _sm3_block(self.state, data[at : at + 64])
        self.rest = data[whole:]

    def digest(self) -> bytes:
        tail = self.rest + b"\x80" + b"\0" * (-(len(self.rest) + 9) % 64) + struct.pack(">Q", self.length * 8)
        state = self.state
        for at in range(0, len(tail), 64):
            state = _sm3_block(state, tail[at : at + 64])
        return struct.pack(">8I", *state)

    def hexdigest(self) -> str:
        return self.digest().hex()


def _rotate(x: int, n: int) -> int:
    return (x << n | x >> (32 - n)) & 0xFFFFFFFF


_SM3_T = [_rotate(0x79CC4519 if j < 16 else 0x7A879D8A, j % 32) for j in range(64)]


def _sm3_block(state: Sequence[int], block: bytes) -> Sequence[int]:
    w = list(struct.unpack(">16I", block))
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
    return [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h))]  # noqa: B905


def _has_sm3() -> bool:
    try:
        return hashlib.new("sm3", b"abc").hexdigest().startswith("66c7f0f4")
    except ValueError:
        return False


FAST_SM3 = _has_sm3()


def new_sm3(data: bytes = b"") -> Any:
    return hashlib.new("sm3", data) if FAST_SM3 else SlowSm3(data)


def sm3(data: bytes) -> bytes:
    return bytes(new_sm3(data).digest())


# --- Ed25519 (5.1): RFC 8032, equation without the cofactor, nothing but the one spelling ----------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def ed_decode(data: bytes) -> tuple[int, int] | None:
    """The point (x, y), or None where the bytes are not the one spelling of a point."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT_OF_MINUS_ONE % P
        if (v * x * x - u) % P:
            return None
    if x == 0 and sign:
        return None
    return (x if x & 1 == sign else P - x), y


def ed_double(p: EdPoint) -> EdPoint:
    x, y, z, _ = p
    a, b = x * x, y * y
    h, e = a + b, a + b - (x + y) * (x + y)
    g = a - b
    f = 2 * z * z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def ed_cached(p: EdPoint) -> EdPoint:
    """The form in which a point is added most cheaply: Y+X, Y-X, 2Z, 2dT."""
    x, y, z, t = p
    return y + x, y - x, 2 * z, 2 * D * t % P


def ed_add(p: EdPoint, q: EdPoint) -> EdPoint:
    """p plus the cached point q."""
    x, y, z, t = p
    plus, minus, zz, td = q
    a, b, c, d = (y - x) * minus, (y + x) * plus, t * td, z * zz
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def ed_negative(q: EdPoint) -> EdPoint:
    plus, minus, zz, td = q
    return minus, plus, zz, -td


def ed_odd_multiples(x: int, y: int, many: int) -> list[EdPoint]:
    """1, 3, 5 … times the point, cached."""
    p: EdPoint = (x, y, 1, x * y % P)
    twice, found = ed_cached(ed_double(p)), [ed_cached(p)]
    for _ in range(many - 1):
        p = ed_add(p, twice)
        found.append(ed_cached(p))
    return found


def odd_digits(n: int, width: int) -> list[int]:
    """n in signed odd digits (w-NAF), lowest first."""
    digits = []
    full, half = 1 << width, 1 << (width - 1)
    while n:
        digit = 0
        if n & 1:
            digit = n & (full - 1)
            if digit >= half:
                digit -= full
            n -= digit
        digits.append(digit)
        n >>= 1
    return digits


_ed_base: list[EdPoint] = []


def ed_base() -> list[EdPoint]:
    if not _ed_base:
        found = ed_decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
        if found:
            _ed_base.extend(ed_odd_multiples(found[0], found[1], 32))
    return _ed_base


def ed25519_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64:
        return False
    point, s = ed_decode(public), int.from_bytes(signature[32:], "little")
    if point is None or s >= L:
        return False
    p: EdPoint = (point[0], point[1], 1, point[0] * point[1] % P)
    for _ in range(3):
        p = ed_double(p)
    if p[0] == 0 and p[1] == p[2]:  # eight times the key is nothing: a key of small order
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    x, y, z, _ = ed_two_products(s, k, (P - point[0], point[1]))
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def ed_two_products(s: int, k: int, a: tuple[int, int]) -> EdPoint:
    """s times the base point plus k times a."""
    tables = (ed_base(), ed_odd_multiples(a[0], a[1], 8))
    digits = (odd_digits(s, 7), odd_digits(k, 5))
    steps: list[list[EdPoint]] = [[] for _ in range(max(len(digits[0]), len(digits[1])))]
    for table, row in zip(tables, digits):  # noqa: B905
        for at, digit in enumerate(row):
            if digit > 0:
                steps[at].append(table[digit >> 1])
            elif digit:
                steps[at].append(ed_negative(table[-digit >> 1]))
    x, y, z, t = 0, 1, 1, 0
    for adds in reversed(steps):
        aa, bb = x * x, y * y  # as ed_double, written out because this runs 250 times
        h, g = aa + bb, aa - bb
        e, f = h - (x + y) * (x + y), 2 * z * z + g
        x, y, z = e * f % P, g * h % P, f * g % P
        if adds:
            t = e * h % P
            for q in adds:
                x, y, z, t = ed_add((x, y, z, t), q)
    return x, y, z, t


# --- short curves: SM2 (GB/T 32918) for the SM3 tree, P-256 for time authorities ---------------------------------


class Curve(NamedTuple):
    """y² = x³ - 3x + b over the prime p, base point (gx, gy) of order n."""

    p: int
    b: int
    n: int
    gx: int
    gy: int


SM2 = Curve(
    0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF,
    0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93,
    0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
P256 = Curve(
    0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def double(p: int, point: Jacobian) -> Jacobian:
    x, y, z = point
    zz, yy = z * z % p, y * y % p
    m, s = 3 * (x - zz) * (x + zz) % p, 4 * x * yy % p
    nx = (m * m - 2 * s) % p
    return nx, (m * (s - nx) - 8 * yy * yy) % p, 2 * y * z % p


def add(p: int, one: Jacobian, two: Jacobian) -> Jacobian:
    (x1, y1, z1), (x2, y2, z2) = one, two
    if not z1:
        return two
    if not z2:
        return one
    zz1, zz2 = z1 * z1 % p, z2 * z2 % p
    u1, s1 = x1 * zz2 % p, y1 * z2 * zz2 % p
    h, r = (x2 * zz1 - u1) % p, (y2 * z1 * zz1 - s1) % p
    if not h:
        return (1, 1, 0) if r else double(p, one)
    hh = h * h % p
    hhh, v = h * hh % p, u1 * hh % p
    nx = (r * r - hhh - 2 * v) % p
    return nx, (r * (v - nx) - s1 * hhh) % p, z1 * z2 * h % p


def two_products(curve: Curve, s: int, t: int, q: tuple[int, int]) -> int | None:
    """The x of s times the base point plus t times q; None for the point at infinity."""
    p = curve.p
    base, other = (curve.gx, curve.gy, 1), (q[0], q[1], 1)
    choice = ((1, 1, 0), base, other, add(p, base, other))
    point: Jacobian = (1, 1, 0)
    for at in range(max(s.bit_length(), t.bit_length()) - 1, -1, -1):
        point = double(p, point)
        which = (s >> at & 1) | (t >> at & 1) << 1
        if which:
            point = add(p, point, choice[which])
    return point[0] * pow(point[2], -2, p) % p if point[2] else None


def curve_point(curve: Curve, data: bytes) -> tuple[int, int] | None:
    """The point of 0x04 ‖ x ‖ y, or None where it is not on the curve."""
    x, y = int.from_bytes(data[1:33], "big"), int.from_bytes(data[33:], "big")
    if len(data) != 65 or data[0] != 4 or x >= curve.p or y >= curve.p:
        return None
    return None if (y * y - x**3 + 3 * x - curve.b) % curve.p else (x, y)


def sm2_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    q, n = curve_point(SM2, public), SM2.n
    if q is None or len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    t = (r + s) % n
    if not (0 < r < n and 0 < s < n and t):
        return False
    identity = b"1234567812345678"
    curve = b"".join(part.to_bytes(32, "big") for part in (SM2.p - 3, SM2.b, SM2.gx, SM2.gy))
    z = sm3(struct.pack(">H", len(identity) * 8) + identity + curve + public[1:])
    x = two_products(SM2, s, t, q)
    return x is not None and (int.from_bytes(sm3(z + message), "big") + x) % n == r


def ecdsa_holds(public: bytes, r: int, s: int, digest: bytes) -> bool:
    q, n = curve_point(P256, public), P256.n
    if q is None or not (0 < r < n and 0 < s < n):
        return False
    w = pow(s, -1, n)
    e = int.from_bytes(digest[:32], "big")
    x = two_products(P256, e * w % n, r * w % n, q)
    return x is not None and x % n == r


# --- canonical JSON (1) ----------------------------------------------------------------------------------------

_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def _no_number(text: str) -> Any:
    raise Wrong("数字的写法不对：" + text[:20])


_read = json.JSONDecoder(parse_float=_no_number, parse_constant=_no_number).decode


def parse(data: bytes) -> Any:
    """The value of canonical JSON; Wrong where another spelling, or something outside the profile, was used."""
    try:
        text = data.decode("utf-8")
        value = _read(text)
        need(_write(value) == text, "不是规范写法的 JSON")
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, Wrong) else Wrong("不是规范写法的 JSON") from error
    _look_at(value)
    if not text.isascii():
        need(unicodedata.is_normalized("NFC", text), "文字不是 NFC 形式")
    return value


def _look_at(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            need(key.isascii(), "JSON 的键不是 ASCII")
            _look_at(inner)
    elif isinstance(value, list):
        for inner in value:
            _look_at(inner)
    elif isinstance(value, int):
        need(-(1 << 53) < value < 1 << 53, "整数太大")


def parse_keys(data: bytes, keys: str) -> dict[str, Any]:
    """A canonical object with exactly these keys (written with spaces between)."""
    value = parse(data)
    need(isinstance(value, dict) and set(value) == set(keys.split()), "JSON 的项目不对")
    return value  # type: ignore[no-any-return]


def is_whole(value: Any, low: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= low


def is_hex(value: Any, pattern: Any = HEX64) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def milliseconds(instant: Any) -> int | None:
    """POSIX milliseconds of YYYY-MM-DDTHH:MM:SS.mmmZ; None where it is no such instant."""
    found = INSTANT.fullmatch(instant) if isinstance(instant, str) else None
    if not found:
        return None
    year, month, day, hour, minute, second, milli = (int(part) for part in found.groups())
    seconds = posix(year, month, day, hour, minute, second)
    return None if seconds is None else seconds * 1000 + milli


def posix(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | None:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    months = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not (1 <= month <= 12 and 1 <= day <= months[month - 1] and hour < 24 and minute < 60 and second < 60):
        return None
    before = year - 1
    days = (
        before * 365
        + before // 4
        - before // 100
        + before // 400
        + sum(months[: month - 1])
        + day
        - 1
        - 719162
    )
    return ((days * 24 + hour) * 60 + minute) * 60 + second


def written(seconds: int) -> str | None:
    """POSIX seconds as YYYY-MM-DDTHH:MM:SSZ; None outside the years 1970 to 9999."""
    if not 0 <= seconds < 253402300800:
        return None
    days, rest = divmod(seconds, 86400)
    days += 719468  # civil date from days, counted from 0000-03-01
    era, day = divmod(days, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    date = (
        era * 400 + year + (month >= 10),
        month + 3 if month < 10 else month - 9,
        day - (153 * month + 2) // 5 + 1,
    )
    return "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(
        *date, rest // 3600, rest // 60 % 60, rest % 60
    )


# --- notes, checkpoints, policies (5) --------------------------------------------------------------------------


def unbase64(text: str) -> bytes:
    """Standard base64 with its padding, in its one spelling."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise Wrong("base64 的写法不对") from error
    need(base64.b64encode(data).decode() == text, "base64 的写法不对")
    return data


def is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


class Line(NamedTuple):
    """One signature line of a note."""

    name: str
    key_id: bytes
    signature: bytes


def parse_note(data: bytes) -> tuple[str, list[Line]]:
    """Text and signature lines of a signed note (5.2)."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Wrong("签名文本不是 UTF-8") from error
    need(not re.search("[\0-\x09\x0b-\x1f]", note), "签名文本里有控制字符")
    parts = note.split("\n\n")
    need(
        len(parts) == 2 and parts[0] and not parts[0].startswith("\n"),
        "签名文本要有一段正文、一个空行和签名行",
    )
    need(parts[1].endswith("\n"), "签名行没有写完")
    lines = parts[1][:-1].split("\n")
    need(1 <= len(lines) <= 16, "签名行要有 1 到 16 行")
    return parts[0] + "\n", [_parse_line(line) for line in lines]


def _parse_line(line: str) -> Line:
    parts = line.split(" ")
    need(len(parts) == 3 and parts[0] == "—" and is_name(parts[1]), "签名行的写法不对")
    signature = unbase64(parts[2])
    need(len(signature) > 4, "签名太短")
    return Line(parts[1], signature[:4], signature[4:])


def parse_checkpoint(text: str, origin: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint of this log; exactly three lines."""
    lines = text.split("\n")
    need(len(lines) == 4 and not lines[3], "日志状态要正好三行")
    need(lines[0] == origin, "日志状态属于另一个日志")
    need(re.fullmatch("0|[1-9][0-9]{0,15}", lines[1]), "日志状态的大小不对")
    root = unbase64(lines[2])
    need(len(root) == 32, "日志状态的根不是 32 字节")
    return int(lines[1]), root


class Key(NamedTuple):
    """A verifier key; good for states of low ≤ size < high."""

    name: str
    key_id: bytes
    kind: bytes
    public: bytes
    low: int = 0
    high: int = 1 << 64

    def holds(self, text: str, signature: bytes) -> bool:
        if self.kind == SM2_KEY:
            return sm2_holds(self.public, signature, text.encode())
        if self.kind == WITNESS_KEY:
            if len(signature) != 72 or signature[0] > 127:
                return False
            said = "cosignature/v1\ntime %d\n" % struct.unpack(">Q", signature[:8])
            return ed25519_holds(self.public, signature[8:], (said + text).encode())
        return ed25519_holds(self.public, signature, text.encode())


LOG_KEY, WITNESS_KEY, SM2_KEY = b"\x01", b"\x04", b"\xffSM2-SM3"


def parse_key(text: str) -> Key:
    """A vkey `<name>+<key id>+<base64>` of one of the three kinds (5.1)."""
    parts = text.split("+", 2)
    need(len(parts) == 3 and is_name(parts[0]) and re.fullmatch("[0-9a-f]{8}", parts[1]), "公钥的写法不对")
    data = unbase64(parts[2])
    kind = SM2_KEY if data.startswith(SM2_KEY) else data[:1]
    public = data[len(kind) :]
    need({LOG_KEY: 32, WITNESS_KEY: 32, SM2_KEY: 65}.get(kind) == len(public), "公钥的种类或长度不对")
    key_id = sha256(parts[0].encode("utf-8", "surrogateescape") + b"\n" + data)[:4]
    need(key_id.hex() == parts[1], "公钥与它的编号不符")
    return Key(parts[0], key_id, kind, public)


class Policy:
    """A tlog-policy: who may sign, and how many witnesses must have (5.3)."""

    def __init__(self, data: bytes) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum: str | None = None
        self.members: set[str] = set()
        need(data.endswith(b"\n") and not re.search(b"[^\t\n\x20-\x7e\x80-\xff]", data), "策略文件的字符不对")
        for line in data.decode("utf-8", "surrogateescape").split("\n"):
            words = [word for word in re.split("[ \t]+", line) if word]
            if words and not words[0].startswith("#"):
                self._take(words)
        need(self.quorum, "策略没有 quorum 行")

    def _take(self, words: list[str]) -> None:
        kinds: dict[str, Callable[[list[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        need(words[0] in kinds, "策略里有不认识的行")
        kinds[words[0]](words[1:])

    def _log(self, words: list[str]) -> None:
        need(1 <= len(words) <= 2, "策略的 log 行不对")
        key = parse_key(words[0])
        need(
            key.kind == LOG_KEY or (key.kind == SM2_KEY and key.name.endswith("/sm3")), "log 行的公钥种类不对"
        )
        need(all(key.public != other.public for other in self.logs), "策略里一个日志公钥写了两次")
        if len(words) == 2 and words[1].startswith("sizes:"):
            found = re.fullmatch("sizes:([0-9]{0,18})-([0-9]{0,18})", words[1])
            if not found:
                raise Wrong("策略的 sizes 写法不对")
            key = key._replace(low=int(found.group(1) or 0), high=int(found.group(2) or 1 << 64))
        self.logs.append(key)

    def _fresh(self, name: str) -> None:
        need(
            name != "none" and name not in self.witnesses and name not in self.groups,
            "策略里一个名字用了两次",
        )

    def _witness(self, words: list[str]) -> None:
        need(2 <= len(words) <= 3, "策略的 witness 行不对")
        self._fresh(words[0])
        key = parse_key(words[1])
        need(key.kind == WITNESS_KEY, "witness 行的公钥种类不对")
        need(all(key.public != k.public for k in self.witnesses.values()), "策略里一个见证公钥写了两次")
        self.witnesses[words[0]] = key

    def _group(self, words: list[str]) -> None:
        need(len(words) >= 3, "策略的 group 行不对")
        name, k, members = words[0], words[1], words[2:]
        self._fresh(name)
        many = {"all": len(members), "any": 1}.get(k) or (int(k) if re.fullmatch("[1-9][0-9]{0,5}", k) else 0)
        need(1 <= many <= len(members), "策略的 group 人数不对")
        for member in members:
            need(member in self.witnesses or member in self.groups, "策略的 group 提到没有定义的名字")
            need(member not in self.members, "策略里一个名字列入了两次")
            self.members.add(member)
        self.groups[name] = (many, members)

    def _quorum(self, words: list[str]) -> None:
        need(len(words) == 1 and self.quorum is None, "策略要有正好一个 quorum 行")
        need(
            words[0] == "none" or words[0] in self.witnesses or words[0] in self.groups,
            "quorum 提到没有定义的名字",
        )
        self.quorum = words[0]

    def names(self, origin: str) -> bool:
        return any(key.name == origin and key.kind == LOG_KEY for key in self.logs)

    def good_lines(self, text: str, lines: list[Line]) -> dict[Key, bytes]:
        """The keys of the policy that signed, with their first signatures; Wrong where one of them does not hold."""
        known = {(key.name, key.key_id): key for key in [*self.logs, *self.witnesses.values()]}
        found: dict[Key, bytes] = {}
        for line in lines:
            key = known.get((line.name, line.key_id))
            if key is not None:
                need(key.holds(text, line.signature), "“%s”的签名对不上" % line.name)
                found.setdefault(key, line.signature)
        return found

    def satisfied(self, signed: Iterable[Key]) -> bool:
        have = set(signed)
        done = {name for name, key in self.witnesses.items() if key in have} | {"none"}
        for name, (many, members) in self.groups.items():
            if len(done.intersection(members)) >= many:
                done.add(name)
        return self.quorum in done

    def accept(self, data: bytes, origin: str) -> tuple[int, bytes, list[tuple[str, str | None]]]:
        """Size, root and witnesses (name, time) of a checkpoint note that this policy accepts."""
        text, lines = parse_note(data)
        size, root = parse_checkpoint(text, origin)
        good = self.good_lines(text, lines)
        need(
            any(k.name == origin and k.kind == LOG_KEY and k.low <= size < k.high for k in good),
            "没有策略认可的日志签名",
        )
        need(self.satisfied(good), "见证方的签名不够策略要求的数目")
        seen = [
            (k.name, written(int.from_bytes(s[:8], "big"))) for k, s in good.items() if k.kind == WITNESS_KEY
        ]
        return size, root, seen


# --- trees (3, 4, 6) -------------------------------------------------------------------------------------------


def split_at(size: int) -> int:
    """The largest power of two below size."""
    return 1 << ((size - 1).bit_length() - 1)


def multiproof_root(hash_: Hash, leaves: dict[int, bytes], size: int, proof: bytes) -> bytes:
    """The root that these leaves (index to bytes) and this multiproof give (6)."""
    indices = sorted(leaves)
    need(indices and indices[0] >= 0 and indices[-1] < size, "序号超出日志的大小")
    at = 0

    def walk(start: int, end: int, low: int, high: int) -> bytes:
        nonlocal at
        if low == high:
            need(at + 32 <= len(proof), "包含证明太短")
            at += 32
            return proof[at - 32 : at]
        if end - start == 1:
            return hash_(b"\0" + leaves[start])
        middle = start + split_at(end - start)
        cut = bisect.bisect_left(indices, middle, low, high)
        return hash_(b"\1" + walk(start, middle, low, cut) + walk(middle, end, cut, high))

    root = walk(0, size, 0, len(indices))
    need(at == len(proof), "包含证明太长")
    return root


def inclusion_root(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root from one leaf hash and its audit path (RFC 6962 2.1.1); the side comes from the index alone."""
    need(0 <= index < size, "序号超出日志的大小")
    node, at, last, used = leaf, index, size - 1, 0
    while last:
        if at & 1 or at < last:
            need(used < len(path), "包含证明太短")
            node = sha256(b"\1" + path[used] + node) if at & 1 else sha256(b"\1" + node + path[used])
            used += 1
        at, last = at >> 1, last >> 1
    need(used == len(path), "包含证明太长")
    return node


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """That the tree of the new size begins with the tree of the old one (RFC 6962 2.1.2)."""
    need(1 <= old <= new, "较早的日志状态比现在的还大")
    rest = list(path[::-1])

    def take() -> bytes:
        need(rest, "前后一致的证明太短")
        return rest.pop()

    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if old == new:
        first = second = old_root
    else:
        first = second = old_root if at == 0 else take()
        while last:
            if at & 1:
                left = take()
                first, second = sha256(b"\1" + left + first), sha256(b"\1" + left + second)
            elif at < last:
                second = sha256(b"\1" + second + take())
            at, last = at >> 1, last >> 1
    need(not rest, "前后一致的证明太长")
    need(first == old_root and second == new_root, "较早的日志状态与现在的不一致")


def heads_root(case: str, count: int, head: bytes, path: Any) -> bytes:
    """The root of the heads map that this proof gives for the case (4)."""
    need(isinstance(path, list), "末尾证明的写法不对")
    key = sha256(b"mediation-evidence/1 case\n" + case.encode())
    node = sha256(b"mediation-evidence/1 heads leaf\n" + key + struct.pack(">Q", count) + head)
    before = 256
    for step in path:
        need(
            isinstance(step, list) and len(step) == 2 and is_whole(step[0]) and is_hex(step[1]),
            "末尾证明的写法不对",
        )
        d, sibling = step[0], bytes.fromhex(step[1])
        need(d < before, "末尾证明的层次没有递减")
        right = key[d // 8] >> (7 - d % 8) & 1
        pair = sibling + node if right else node + sibling
        node = sha256(b"mediation-evidence/1 heads node\n" + bytes([d]) + pair)
        before = d
    return node


# --- time stamps (7): DER, CMS, RFC 3161 -----------------------------------------------------------------------


class Der(NamedTuple):
    """One DER element: its tag, all its bytes, and its content."""

    tag: int
    raw: bytes
    body: bytes

    def kids(self) -> list[Der]:
        return read_der(self.body)


def read_der(data: bytes) -> list[Der]:
    """The elements that stand one after another, each with the shortest spelling of its length."""
    found, at = [], 0
    while at < len(data):
        need(at + 2 <= len(data) and data[at] & 31 != 31, "时间戳的 DER 不对")
        start, length = at + 2, data[at + 1]
        if length > 127:
            many = length & 127
            length = int.from_bytes(data[start : start + many], "big")
            start += many
            need(0 < many < 5 and length > 127 and length >> (8 * many - 8), "时间戳的 DER 不对")
        need(start + length <= len(data), "时间戳的 DER 不对")
        found.append(Der(data[at], data[at : start + length], data[start : start + length]))
        at = start + length
    return found


def well_formed(node: Der, depth: int = 0) -> None:
    """Walk through all that the element holds; Wrong where something is not DER."""
    need(depth < 40, "时间戳的 DER 太深")
    tag, body = node.tag, node.body
    if tag & 0x20:
        for kid in node.kids():
            well_formed(kid, depth + 1)
    elif tag == 0x02:
        need(
            body and not (len(body) > 1 and body[0] in (0, 255) and body[0] >> 7 == body[1] >> 7),
            "整数的 DER 不对",
        )
    elif tag == 0x01:
        need(body in (b"\0", b"\xff"), "真假值的 DER 不对")
    elif tag == 0x05:
        need(not body, "空值的 DER 不对")
    elif tag == 0x06:
        need(body and body[-1] < 128, "标识符的 DER 不对")
    need(tag not in (0x10, 0x11, 0x24), "时间戳的 DER 不对")


def take(kids: list[Der], tag: int, why: str = "时间戳的结构不对") -> Der:
    """The next element, which must have this tag."""
    need(kids and kids[0].tag == tag, why)
    return kids.pop(0)


def maybe(kids: list[Der], tag: int) -> Der | None:
    return kids.pop(0) if kids and kids[0].tag == tag else None


def number(node: Der) -> int:
    return int.from_bytes(node.body, "big", signed=True)


def oid(text: str) -> bytes:
    return bytes.fromhex(text)


SIGNED_DATA, TST_INFO = oid("2a864886f70d010702"), oid("2a864886f70d0109100104")
CONTENT_TYPE, MESSAGE_DIGEST = oid("2a864886f70d010903"), oid("2a864886f70d010904")
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = oid("2a864886f70d010910020c"), oid("2a864886f70d010910022f")
RSA, EC, NAMED_P256 = oid("2a864886f70d010101"), oid("2a8648ce3d0201"), oid("2a8648ce3d030107")
DIGESTS = {oid("60864801650304020%d" % n): name for n, name in ((1, "sha256"), (2, "sha384"), (3, "sha512"))}
SIGNED_WITH = {  # signature algorithm to (key, digest or None where the signer names it apart)
    RSA: (RSA, None),
    oid("2a864886f70d01010b"): (RSA, "sha256"),
    oid("2a864886f70d01010c"): (RSA, "sha384"),
    oid("2a864886f70d01010d"): (RSA, "sha512"),
    oid("2a8648ce3d040302"): (EC, "sha256"),
    oid("2a8648ce3d040303"): (EC, "sha384"),
    oid("2a8648ce3d040304"): (EC, "sha512"),
}


def algorithm(node: Der) -> bytes:
    """The identifier of an algorithm whose parameters are absent or NULL."""
    kids = node.kids()
    name = take(kids, 0x06).body
    need(node.tag == 0x30 and (not kids or [kid.raw for kid in kids] == [b"\5\0"]), "算法的参数不对")
    return name


def digest_name(node: Der) -> str:
    name = algorithm(node)
    need(name in DIGESTS, "时间戳用了不认识的摘要算法")
    return DIGESTS[name]


class Certificate:
    """What is needed of an X.509 certificate: who issued it, its number, its key."""

    def __init__(self, node: Der) -> None:
        self.raw = node.raw
        kids = node.kids()
        need(node.tag == 0x30 and len(kids) == 3, "证书的结构不对")
        inner = take(kids, 0x30).kids()
        maybe(inner, 0xA0)
        self.serial = take(inner, 0x02).raw
        take(inner, 0x30)
        self.issuer = take(inner, 0x30).raw
        self.validity = [kid.body for kid in take(inner, 0x30).kids()]
        take(inner, 0x30)
        key = take(inner, 0x30).kids()
        kind = take(key, 0x30).kids()
        self.kind = take(kind, 0x06).body
        self.parameters = [kid.body for kid in kind]
        bits = take(key, 0x03).body
        need(bits[:1] == b"\0" and not key, "证书的公钥不对")
        self.key = bits[1:]

    def holds(self, signature: bytes, data: bytes, digest: str) -> bool:
        """Whether this certificate's key made the signature: RSA PKCS #1 v1.5 or ECDSA on P-256."""
        if self.kind == RSA:
            return self._rsa_holds(signature, hashlib.new(digest, data).digest(), digest)
        need(self.kind == EC and self.parameters == [NAMED_P256], "证书的公钥种类不认识")
        kids = read_der(signature)
        need(len(kids) == 1 and kids[0].tag == 0x30, "签名的结构不对")
        well_formed(kids[0])
        pair = [number(kid) for kid in kids[0].kids() if kid.tag == 0x02]
        need(len(pair) == len(kids[0].kids()) == 2, "签名的结构不对")
        return ecdsa_holds(self.key, pair[0], pair[1], hashlib.new(digest, data).digest())

    def _rsa_holds(self, signature: bytes, value: bytes, digest: str) -> bool:
        kids = read_der(self.key)
        need(len(kids) == 1 and kids[0].tag == 0x30, "证书的公钥不对")
        parts = kids[0].kids()
        need([part.tag for part in parts] == [2, 2], "证书的公钥不对")
        n, e = number(parts[0]), number(parts[1])
        size = (n.bit_length() + 7) // 8
        need(
            2048 <= n.bit_length() <= 16384 and e > 2 and e & 1 and e.bit_length() < 65,
            "证书的公钥太短或太怪",
        )
        name = next(key for key, text in DIGESTS.items() if text == digest)
        info = (
            b"\x30"
            + bytes([len(value) + 17])
            + b"\x30\x0d\x06\x09"
            + name
            + b"\x05\x00\x04"
            + bytes([len(value)])
        )
        padded = b"\0\1" + b"\xff" * (size - 3 - len(info) - len(value)) + b"\0" + info + value
        number_ = int.from_bytes(signature, "big")
        return len(signature) == size and number_ < n and pow(number_, e, n).to_bytes(size, "big") == padded


class Token:
    """An RFC 3161 TimeStampToken over this text: when (POSIX seconds), and under which certificate."""

    def __init__(self, data: bytes, text: bytes) -> None:
        whole = read_der(data)
        need(len(whole) == 1 and whole[0].tag == 0x30, "时间戳的 DER 不对")
        well_formed(whole[0])
        kids = whole[0].kids()
        need(take(kids, 0x06).body == SIGNED_DATA and len(kids) == 1, "时间戳不是 SignedData")
        outer = take(kids, 0xA0).kids()
        signed = take(outer, 0x30).kids()
        need(not outer and number(take(signed, 0x02)) == 3, "时间戳的版本不对")
        digests = [algorithm(kid) for kid in take(signed, 0x31).kids()]
        content = self._content(take(signed, 0x30).kids())
        certificates = [Certificate(kid) for kid in take(signed, 0xA0, "时间戳没有附证书").kids()]
        maybe(signed, 0xA1)
        signers = take(signed, 0x31).kids()
        need(len(signers) == 1 and not signed, "时间戳要有正好一个签名人")
        self._info(content, text)
        self.certificate = self._signer(signers[0].kids(), content, certificates, digests)
        self.fingerprint = sha256(self.certificate.raw).hex()

    @staticmethod
    def _content(kids: list[Der]) -> bytes:
        need(take(kids, 0x06).body == TST_INFO, "时间戳里装的不是时间")
        outer = take(kids, 0xA0).kids()
        content = take(outer, 0x04).body
        need(not outer and not kids, "时间戳的结构不对")
        return content

    def _info(self, content: bytes, text: bytes) -> None:
        nodes = read_der(content)
        need(len(nodes) == 1 and nodes[0].tag == 0x30, "时间戳的内容不对")
        well_formed(nodes[0])
        kids = nodes[0].kids()
        need(number(take(kids, 0x02)) == 1, "时间戳的版本不对")
        take(kids, 0x06)
        imprint = take(kids, 0x30).kids()
        need(digest_name(take(imprint, 0x30)) == "sha256", "时间戳的指纹不是 SHA-256")
        need(take(imprint, 0x04).body == sha256(text) and not imprint, "时间戳盖的是别的内容")
        take(kids, 0x02)
        self.at = self._time(take(kids, 0x18).body)
        for tag in (0x30, 0x01, 0x02, 0xA0, 0xA1):
            maybe(kids, tag)
        need(not kids, "时间戳的内容不对")

    @staticmethod
    def _time(body: bytes) -> int:
        found = re.fullmatch(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d*[1-9])?Z", body)
        if not found:
            raise Wrong("时间戳的时间写法不对")
        seconds = posix(*(int(part) for part in found.groups()))
        if seconds is None or seconds < 0:
            raise Wrong("时间戳的时间不对")
        return seconds

    @staticmethod
    def _signer(
        kids: list[Der], content: bytes, certificates: list[Certificate], digests: list[bytes]
    ) -> Certificate:
        version = number(take(kids, 0x02))
        chosen = _named_certificate(version, kids, certificates)
        hashed = take(kids, 0x30)
        digest = digest_name(hashed)
        need(algorithm(hashed) in digests, "时间戳的摘要算法前后不一")
        attributes = take(kids, 0xA0, "时间戳没有签名属性")
        with_ = algorithm(take(kids, 0x30))
        signature = take(kids, 0x04).body
        maybe(kids, 0xA1)
        need(not kids, "时间戳的结构不对")
        kind, inside = SIGNED_WITH.get(with_, (b"", None))
        need(kind == chosen.kind and inside in (None, digest), "时间戳的签名算法不对")
        _check_attributes(attributes.kids(), hashlib.new(digest, content).digest(), chosen)
        need(chosen.holds(signature, b"\x31" + attributes.raw[1:], digest), "时间戳的签名对不上")
        return chosen


def _named_certificate(version: int, kids: list[Der], certificates: list[Certificate]) -> Certificate:
    """The certificate that the signer names by issuer and number."""
    names = take(kids, 0x30, "时间戳没有说明由哪张证书签名").kids()
    issuer, serial = take(names, 0x30).raw, take(names, 0x02).raw
    found = [c for c in certificates if c.issuer == issuer and c.serial == serial]
    need(version == 1 and not names and len(found) == 1, "时间戳没有附签名用的证书")
    return found[0]


def _check_attributes(attributes: list[Der], digest: bytes, certificate: Certificate) -> None:
    found: dict[bytes, Der] = {}
    for attribute in attributes:
        kids = attribute.kids()
        name, values = take(kids, 0x06).body, take(kids, 0x31).kids()
        need(
            attribute.tag == 0x30 and not kids and len(values) == 1 and name not in found,
            "时间戳的签名属性不对",
        )
        found[name] = values[0]
    kind, hashed = found.get(CONTENT_TYPE), found.get(MESSAGE_DIGEST)
    need(kind and kind.tag == 0x06 and kind.body == TST_INFO, "时间戳的签名属性不对")
    need(hashed and hashed.tag == 0x04 and hashed.body == digest, "时间戳的签名属性与内容不符")
    named = 0
    for which, default in ((SIGNING_CERTIFICATE, "sha1"), (SIGNING_CERTIFICATE_V2, "sha256")):
        if which in found:
            _check_certificate_hash(found[which], default, certificate)
            named += 1
    need(named, "时间戳没有写明签名的证书")


def _check_certificate_hash(value: Der, default: str, certificate: Certificate) -> None:
    kids = value.kids()
    need(value.tag == 0x30 and 1 <= len(kids) <= 2, "时间戳的签名属性不对")
    first = take(take(kids, 0x30).kids()[:1], 0x30).kids()
    named = maybe(first, 0x30) if default == "sha256" else None
    digest = digest_name(named) if named else default
    hashed = take(first, 0x04).body
    need(hashed == hashlib.new(digest, certificate.raw).digest(), "时间戳写明的证书与所附的不同")


# --- the archive (8) -------------------------------------------------------------------------------------------


class Member(NamedTuple):
    """Where a member's bytes stand, and what they hash to now; `sm3` is None where it was too slow to compute."""

    start: int
    size: int
    sha256: str
    sm3: str | None


def name_fault(name: str) -> str | None:
    """Why a member may not be called so, or None."""
    if not unicodedata.is_normalized("NFC", name):
        return "名字不是 NFC 形式"
    for part in name.split("/"):
        if not 1 <= len(part) <= 120 or len(part.encode()) > 200:
            return "名字太长或有空的部分"
        if any(c in '\\:*?"<>|' or unicodedata.category(c) == "Cc" for c in part):
            return "名字里有不许用的字符"
        if part[0] == " " or part[-1] in " .":
            return "名字的开头或结尾不对"
    return None


class Archive:
    """A ZIP with one spelling, read from the file where it lies; big members are never held in memory."""

    def __init__(self, file: BinaryIO, check: Check) -> None:
        self.file = file
        self.members: dict[str, Member] = {}
        self.skipped_sm3: list[str] = []
        self._slow = SLOW_SM3_BYTES
        entries = self._directory(check)
        folded: dict[str, str] = {}
        before = b""
        for name, start, size, crc, right in entries:
            raw = name.encode()
            fault = name_fault(name) if right else "目录里的写法不对"
            if raw <= before:
                fault = fault or "次序不对，或者有两个同名"
            if folded.setdefault(name.casefold(), name) != name:
                fault = fault or "与另一个名字只差大小写"
            before = raw
            if self._take_in(name, start, size, crc):
                fault = fault or "内容或头部与目录不符"
            check.count(name, fault)

    def _directory(self, check: Check) -> list[tuple[str, int, int, int, bool]]:
        """Name, start, size, CRC, and whether the spelling is right, of each member; Differs where nothing fits."""
        size = self.file.seek(0, 2)
        self.file.seek(max(0, size - 22))
        end = self.file.read(22)
        if size < 22 or end[:4] != b"PK\5\6":
            raise Differs("archive", "这不是完整的证据包")
        disk, first, here, total, length, at, comment = struct.unpack("<4H2IH", end[4:])
        if (
            (disk, first, comment, here) != (0, 0, 0, total)
            or at + length != size - 22
            or length > MAX_DIRECTORY
        ):
            raise Differs("archive", "压缩包的目录不对，或者前后多了内容")
        self.file.seek(at)
        directory = self.file.read(length)
        found, place, offset = [], 0, 0
        for _ in range(total):
            name, length, crc, right = self._entry(directory, place, offset)
            raw = name.encode()
            found.append((name, offset, length, crc, right))
            place, offset = place + 46 + len(raw), offset + 30 + len(raw) + length
        if place != len(directory) or offset != at:
            raise Differs("archive", "压缩包的目录与内容不符")
        return found

    @staticmethod
    def _entry(directory: bytes, place: int, offset: int) -> tuple[str, int, int, bool]:
        fixed = directory[place : place + 46]
        if len(fixed) < 46 or fixed[:4] != b"PK\1\2":
            raise Differs("archive", "压缩包的目录不对")
        crc, size = struct.unpack("<I4xI", fixed[16:28])
        raw = directory[place + 46 : place + 46 + struct.unpack("<H", fixed[28:30])[0]]
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Differs("archive", "压缩包里有名字不是 UTF-8") from None
        fields = _fields(raw, crc, size)
        right = b"PK\1\2\x14\3" + fields + struct.pack("<8xII", 0o100644 << 16, offset)
        return name, size, crc, right == fixed and bool(raw)

    def _take_in(self, name: str, start: int, size: int, crc: int) -> bool:
        """Hash one member; True where its header or its CRC is wrong."""
        raw = name.encode()
        self.file.seek(start)
        header = self.file.read(30 + len(raw))
        wrong = header != b"PK\3\4" + _fields(raw, crc, size) + b"\0\0" + raw
        sha, other, now, left = hashlib.sha256(), self._sm3_for(name, size), 0, size
        while left > 0:
            piece = self.file.read(min(left, 1 << 20))
            if not piece:
                break
            left -= len(piece)
            sha.update(piece)
            now = zlib.crc32(piece, now)
            if other:
                other.update(piece)
        self.members.setdefault(
            name, Member(start + 30 + len(raw), size, sha.hexdigest(), other.hexdigest() if other else None)
        )
        return wrong or left > 0 or now != crc

    def _sm3_for(self, name: str, size: int) -> Any:
        if not name.startswith("data/"):
            return None
        if not FAST_SM3:
            if size > self._slow:
                self.skipped_sm3.append(name)
                return None
            self._slow -= size
        return new_sm3()

    def read(self, name: str, at_most: int = MAX_IN_MEMORY) -> bytes:
        member = self.members.get(name)
        if member is None:
            raise Differs(name, "包里没有它")
        if member.size > at_most:
            raise Differs(name, "它大得不合理")
        self.file.seek(member.start)
        return self.file.read(member.size)


def _fields(raw: bytes, crc: int, size: int) -> bytes:
    """The part that a local header and a directory entry have in common, up to the length of the name."""
    flags = 0 if raw.isascii() else 0x800
    return struct.pack("<HHHHHIIIH", 20, flags, 0, 0, 0x21, crc, size, size, len(raw))


# --- the eleven checks (9) -------------------------------------------------------------------------------------

NAMES = (
    "archive",
    "lists",
    "policy",
    "checkpoint",
    "chain",
    "inclusion",
    "ending",
    "bodies",
    "files",
    "sm3",
    "times",
)
ITEMS = {
    "archive": "archive",
    "lists": "data/packet.json",
    "policy": "policy",
    "checkpoint": "data/proof/checkpoint",
    "chain": "data/chain.jsonl",
    "inclusion": "data/proof/multiproof",
    "ending": "data/proof/heads.json",
    "bodies": "data/bodies",
    "files": "data/files.json",
    "sm3": "data/proof/sm3/checkpoint",
    "times": "data/proof/milestones.json",
}
REQUIRED = (
    *(
        "bag-info.txt",
        "bagit.txt",
        "data/chain.jsonl",
        "data/files.json",
        "data/packet.json",
        "data/proof/checkpoint",
    ),
    *(
        "data/proof/closing.jsonl",
        "data/proof/heads.json",
        "data/proof/milestones.json",
        "data/proof/multiproof",
    ),
    *("data/proof/sm3/checkpoint", "data/proof/sm3/multiproof", "manifest-sha256.txt", "manifest-sm3.txt"),
    *("policy.txt", "tagmanifest-sha256.txt", "verify.html", "verify.py", "说明.txt"),
)
FREE = re.compile(
    r"data/(record-sheet\.pdf|environment\.json|prov/.+|files/.+|bodies/[0-9]{6,}\.json|proof/times/[0-9]{3,}\.tsr)"
)


class Trust(NamedTuple):
    """What the reader brings from outside."""

    policy: bytes | None = None
    policy_fingerprint: str | None = None
    tsa_fingerprints: tuple[str, ...] = ()


class Check:
    """One check: how many things were looked at, how many were good, and the first that was not."""

    def __init__(self, name: str) -> None:
        self.name, self.good, self.of = name, 0, 0
        self.fault: tuple[str, str] | None = None
        self.done = False

    def fail(self, item: str, why: str) -> None:
        self.fault = self.fault or (item, why)

    def count(self, item: str, why: str | None) -> None:
        """One more thing looked at; `why` says what is wrong with it, None that it holds."""
        self.of += 1
        if why is None:
            self.good += 1
        else:
            self.fail(item, why)

    @property
    def holds(self) -> bool:
        return self.done and self.fault is None

    @property
    def state(self) -> str:
        return "differs" if self.fault else "holds" if self.done else "not_checked"


class Answer:
    """What both examinations gather; `as_dict` is the answer of 9.1."""

    def __init__(self, trust: Trust, names: Sequence[str] = NAMES) -> None:
        self.trust = trust
        self.checks = {name: Check(name) for name in names}
        self.packet: dict[str, Any] = dict.fromkeys(("case", "log", "count", "head", "made_at"))
        self.fingerprint: str | None = None
        self.policy: Policy | None = None
        self.policy_fingerprint: str | None = None
        self.trusted = False
        self.size: int | None = None
        self.root: bytes | None = None
        self.witnesses: list[tuple[str, str | None]] = []
        self.records: list[dict[str, Any]] = []
        self.files: list[dict[str, Any]] = []
        self.times: list[dict[str, Any]] = []
        self.warnings: list[str] = []
        self.unchecked: list[str] = []

    def do(self, name: str, look: Callable[[Check], None], *after: str) -> None:
        """Make one check, unless it rests on another that does not hold."""
        check = self.checks[name]
        if all(self.checks[other].holds for other in after):
            try:
                look(check)
                check.done = True
            except Differs as no:
                check.fail(no.item, no.why)
            except Wrong as no:
                check.fail(ITEMS[name], str(no))

    def look_at_policy(self, inside: bytes | None) -> None:
        """Take the policy that the reader trusts, or else the one inside, which nobody vouches for (5.3)."""
        data, wanted = self.trust.policy, self.trust.policy_fingerprint
        data = inside if data is None else data
        if data is None:
            return
        self.policy_fingerprint = sha256(data).hex()
        need(wanted in (None, self.policy_fingerprint), "包里的策略不是您给出指纹的那一份")
        policy = Policy(data)
        need(policy.names(self.packet["log"]), "策略里没有这个日志")
        self.policy = policy
        self.trusted = self.trust.policy is not None or wanted is not None

    def check_policy(self, check: Check, inside: bytes | None) -> None:
        check.of = 1
        self.look_at_policy(inside)
        check.good = int(self.trusted)

    def verdict(self) -> tuple[str, str | None, str]:
        for check in self.checks.values():
            if check.fault:
                return "differs", check.fault[0], check.fault[1]
        if not self.trusted:
            return "unclear", "policy", "没有可信的策略：包不能为自己作证"
        if all(check.done for check in self.checks.values()):
            return "holds", None, ""
        return "unclear", None, "有的项目没有核对"

    def as_dict(self) -> dict[str, Any]:
        verdict, item, why = self.verdict()
        states = {name: check.state for name, check in self.checks.items()}
        if not self.trusted and states["policy"] == "holds":
            states["policy"] = "not_checked"
        bad = [row["index"] for row in self.records if not row["holds"]]
        return {
            "verdict": verdict,
            "item": item,
            "why": why,
            "case": self.packet["case"],
            "log": self.packet["log"],
            "count": self.packet["count"],
            "head": self.packet["head"],
            "fingerprint": self.fingerprint,
            "made_at": self.packet["made_at"],
            "policy": {"fingerprint": self.policy_fingerprint, "trusted": self.trusted},
            "checkpoint": {
                "size": self.size,
                "root": self.root.hex() if self.root else None,
                "witnesses": [{"name": name, "at": at} for name, at in self.witnesses],
            },
            "checks": [
                {"name": name, "state": states[name], "good": check.good, "of": check.of}
                for name, check in self.checks.items()
            ],
            "records": self.records,
            "first_bad_index": bad[0] if bad else None,
            "files": self.files,
            "times": self.times,
            "warnings": self.warnings,
            "proves": proves(self, verdict),
            "does_not_prove": does_not_prove(self),
        }


ENVELOPE = "at c256 case csm3 log prev seen seq typ v"
ORIGIN = re.compile("[a-z0-9]([a-z0-9./-]{0,62}[a-z0-9])?")


def parse_envelope(line: bytes) -> dict[str, Any]:
    """An envelope (2.1); Wrong where anything about its form is not as the page says."""
    need(len(line) <= 1024, "信封太长")
    value = parse_keys(line, ENVELOPE)
    seen = value["seen"]
    need(value["v"] == V and value["typ"] in ("record", "erasure", "export"), "信封的版本或种类不对")
    need(all(is_hex(value[key]) for key in ("c256", "csm3", "prev")), "信封里的指纹写法不对")
    need(is_hex(value["case"], HEX32) and is_hex(value["log"], ORIGIN), "信封里的案件或日志写法不对")
    need(is_whole(value["seq"], 1) and milliseconds(value["at"]) is not None, "信封里的编号或时间写法不对")
    need(isinstance(seen, dict) and set(seen) == {"root", "size"}, "信封里的 seen 不对")
    need(is_whole(seen["size"]) and is_hex(seen["root"]), "信封里的 seen 不对")
    need(seen["size"] or seen["root"] == sha256(b"").hex(), "信封里的 seen 不对")
    return value


class Examination(Answer):
    """A packet under the eleven checks. Each method named as a check makes it; they are called in this order."""

    def __init__(self, file: BinaryIO, trust: Trust) -> None:
        super().__init__(trust)
        self.file = file
        self.lines: list[bytes] = []
        self.envelopes: list[dict[str, Any] | None] = []
        self.bodies: dict[int, dict[str, Any]] = {}
        self.links: list[str] = []
        self.indices: list[int] = []
        self.closing: list[dict[str, Any]] = []
        self.stamped: list[tuple[int, str, int]] = []

    def run(self) -> None:
        try:
            self.archive = Archive(self.file, self.checks["archive"])
        except Differs as no:
            self.checks["archive"].fail(no.item, no.why)
            return
        self.checks["archive"].done = True
        self.do("lists", self.lists)
        if self.packet["case"] is None:
            return
        self.do("policy", lambda check: self.check_policy(check, self.read("policy.txt")))
        if self.policy:
            self.do("checkpoint", self.checkpoint, "policy")
        self.do("chain", self.chain)
        self.do("inclusion", self.inclusion, "checkpoint")
        self.do("ending", self.ending, "inclusion")
        self.do("bodies", self.look_at_bodies)
        self.do("files", self.look_at_files)
        self.do("sm3", self.sm3, "inclusion")
        self.do("times", self.look_at_times, "checkpoint")
        self.bracket()
        self.warn()

    def read(self, name: str, at_most: int = MAX_IN_MEMORY) -> bytes:
        return self.archive.read(name, at_most)

    # 2
    def lists(self, check: Check) -> None:
        members = self.archive.members
        if "tagmanifest-sha256.txt" in members:
            self.fingerprint = members["tagmanifest-sha256.txt"].sha256
        for name in REQUIRED:
            if name not in members:
                check.fail(name, "包里没有它")
        try:
            self._take_packet()
        except Wrong as no:
            check.fail("data/packet.json", str(no))
        for name in members:
            if not (name in REQUIRED or FREE.fullmatch(name)) or self._odd_body(name):
                check.fail(name, "它不该在包里")
        payload = {name: member for name, member in members.items() if name.startswith("data/")}
        tags = {n: m for n, m in members.items() if n not in payload and n != "tagmanifest-sha256.txt"}
        if self.read("bagit.txt", MAX_NOTE) != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
            check.fail("bagit.txt", "内容不对")
        info = "External-Identifier: %s\nPayload-Oxum: %d.%d\nBag-Software-Agent: mediation-packet/1\n"
        info %= (self.packet["case"], sum(member.size for member in payload.values()), len(payload))
        if self.read("bag-info.txt", MAX_NOTE) != info.encode():
            check.fail("bag-info.txt", "内容与包不符")
        self._list(check, "manifest-sha256.txt", {name: member.sha256 for name, member in payload.items()})
        self._list(check, "manifest-sm3.txt", {name: member.sm3 for name, member in payload.items()})
        self._list(check, "tagmanifest-sha256.txt", {name: member.sha256 for name, member in tags.items()})

    def _take_packet(self) -> None:
        packet = parse_keys(self.read("data/packet.json"), "case checkpoint count head indices log made_at v")
        state, indices = packet["checkpoint"], packet["indices"]
        need(packet["v"] == "mediation-packet/1", "packet.json 的版本不认识")
        need(
            is_hex(packet["case"], HEX32) and is_hex(packet["log"], ORIGIN),
            "packet.json 的案件或日志写法不对",
        )
        need(is_whole(packet["count"], 1) and is_hex(packet["head"]), "packet.json 的条数或末尾写法不对")
        need(milliseconds(packet["made_at"]) is not None, "packet.json 的时间写法不对")
        need(isinstance(state, dict) and set(state) == {"root", "size"}, "packet.json 的日志状态写法不对")
        need(is_whole(state["size"], 1) and is_hex(state["root"]), "packet.json 的日志状态写法不对")
        need(isinstance(indices, list) and all(is_whole(i) for i in indices), "packet.json 的序号写法不对")
        self.packet, self.indices = packet, indices

    def _odd_body(self, name: str) -> bool:
        if not name.startswith("data/bodies/"):
            return False
        digits = name[12:-5]
        seq, count = int(digits[:18]), self.packet["count"]
        return digits != "%06d" % seq or count is None or not 1 <= seq <= count

    def _list(self, check: Check, name: str, now: dict[str, str | None]) -> None:
        """Hold one of the bag's lists against what is there."""
        lines = self.read(name).split(b"\n")
        stated = {line[66:]: line[:64].decode("latin-1") for line in lines if line[64:66] == b"  "}
        rows = []
        for member in sorted(now, key=lambda text: text.encode()):
            raw = member.replace("%", "%25").encode()
            given, digest = stated.get(raw), now[member]
            if digest is None and given and HEX64.fullmatch(given):
                digest = given  # too slow to compute here; said so among what was not checked
            check.count(member, None if given == digest else "它的内容与清单 %s 不符" % name)
            rows.append((digest or "").encode() + b"  " + raw + b"\n")
        if b"".join(rows) != b"\n".join(lines):
            check.fail(name, "清单的写法不对，或者列了没有的东西")

    # 4
    def checkpoint(self, check: Check) -> None:
        check.of = 1
        if not self.policy:
            return
        size, root, witnesses = self.policy.accept(
            self.read("data/proof/checkpoint", MAX_NOTE), self.packet["log"]
        )
        stated = self.packet["checkpoint"]
        need((stated["size"], stated["root"]) == (size, root.hex()), "packet.json 写的不是这个日志状态")
        self.size, self.root, self.witnesses = size, root, witnesses
        check.good = 1

    # 5
    def chain(self, check: Check) -> None:
        self.lines = self.read("data/chain.jsonl").split(b"\n")
        cut = self.lines[-1]
        if not cut:
            self.lines.pop()
        link = "0" * 64
        known = len(self.indices) == len(self.lines)
        for seq, line in enumerate(self.lines, start=1):
            row = {"seq": seq, "index": self.indices[seq - 1] if known else None, "at": None, "typ": None}
            row.update(body="withheld", event=None, role=None, not_before=None, not_after=None, holds=True)
            self.records.append(row)
            self.envelopes.append(None)
            try:
                envelope = self._envelope(line, seq, link)
                self.envelopes[-1] = envelope
                row.update(at=envelope["at"], typ=envelope["typ"])
                check.count("", None)
            except Wrong as no:
                row["holds"] = False
                check.count("record %d" % seq, str(no))
            link = sha256(b"mediation-evidence/1 link\n" + line).hex()
            self.links.append(link)
        count = self.packet["count"]
        if cut:
            check.fail("record %d" % len(self.lines), "最后一行没有写完")
        if len(self.lines) != count:
            check.fail("record %d" % (min(len(self.lines), count) + 1), "记录的条数与 packet.json 不符")
        if link != self.packet["head"]:
            for row in self.records[-1:]:
                row["holds"] = False
            check.fail("record %d" % count, "最后一条记录与 packet.json 写的末尾不符")

    def _envelope(self, line: bytes, seq: int, before: str) -> dict[str, Any]:
        envelope = parse_envelope(line)
        need(envelope["case"] == self.packet["case"], "这条记录属于另一个案件")
        need(envelope["log"] == self.packet["log"], "这条记录属于另一个日志")
        need(envelope["seq"] == seq, "记录的编号不连续")
        need(envelope["prev"] == before, "这条记录与前一条接不上")
        return envelope

    # 6
    def inclusion(self, check: Check) -> None:
        size, indices = self.size or 0, self.indices
        check.of = len(indices)
        need(len(indices) == len(self.lines) > 0, "序号的个数与记录的条数不符")
        need(all(a < b for a, b in zip(indices, indices[1:])), "序号没有递增")  # noqa: B905, RUF007
        need(indices[-1] < size - 2, "序号超出日志的大小")
        closing = self.read("data/proof/closing.jsonl", MAX_NOTE).split(b"\n")
        try:
            self._closing(closing)
        except Wrong as no:
            raise Differs("data/proof/closing.jsonl", str(no)) from None
        leaves = dict(zip([*indices, size - 2, size - 1], [*self.lines, *closing[:2]]))  # noqa: B905
        need(
            multiproof_root(sha256, leaves, size, self.read("data/proof/multiproof")) == self.root,
            "包含证明对不上",
        )
        check.good = len(indices)

    def _closing(self, lines: list[bytes]) -> None:
        need(len(lines) == 3 and not lines[2], "要正好两行")
        first, second = (
            parse_keys(lines[0], "log root size typ v"),
            parse_keys(lines[1], "cases log root typ v"),
        )
        need(first["typ"] == "sm3-root" and second["typ"] == "heads", "记录的种类不对")
        for own in (first, second):
            need(own["v"] == V and own["log"] == self.packet["log"] and is_hex(own["root"]), "记录的写法不对")
        need(is_whole(first["size"]) and is_whole(second["cases"], 1), "记录的写法不对")
        self.closing = [first, second]

    # 7
    def ending(self, check: Check) -> None:
        check.of = 1
        proof = parse_keys(self.read("data/proof/heads.json", MAX_NOTE), "path")
        head = bytes.fromhex(self.links[-1])
        root = heads_root(self.packet["case"], len(self.lines), head, proof["path"])
        need(root.hex() == self.closing[1]["root"], "日志记下的本案末尾与包里的不同：可能少了记录")
        check.good = 1

    # 8
    def look_at_bodies(self, check: Check) -> None:
        for row, envelope in zip(self.records, self.envelopes):  # noqa: B905
            name = "data/bodies/%06d.json" % row["seq"]
            if name not in self.archive.members:
                continue
            row["body"] = "shown"
            fault = self._body(row, envelope, self.read(name))
            if fault:
                row["holds"] = False
            check.count("record %d" % row["seq"], fault)
        self._mark_erased(check)

    def _body(self, row: dict[str, Any], envelope: dict[str, Any] | None, data: bytes) -> str | None:
        """Why this body does not hold, or None."""
        if envelope is None:
            return "信封对不上，正文无从核对"
        whole = b"mediation-evidence/1 body\n" + data
        if (sha256(whole).hex(), sm3(whole).hex()) != (envelope["c256"], envelope["csm3"]):
            return "正文与信封里的指纹不符"
        try:
            body = parse_keys(data, "event record role salt")
            need(isinstance(body["event"], str) and isinstance(body["role"], str), "正文的写法不对")
            need(isinstance(body["record"], dict) and is_hex(body["salt"]), "正文的写法不对")
            if envelope["typ"] == "erasure":
                need(is_whole(body["record"].get("up_to")), "销毁记录没有写明到第几条")
        except Wrong as no:
            return str(no)
        self.bodies[row["seq"]] = body
        row.update(event=body["event"], role=body["role"])
        return None

    def _mark_erased(self, check: Check) -> None:
        last = 0
        for row in self.records:
            if row["typ"] == "erasure":
                if row["body"] != "shown":
                    row["holds"] = False
                    check.count("record %d" % row["seq"], "销毁记录的正文必须在包里")
                elif row["seq"] in self.bodies:
                    last = max(last, min(self.bodies[row["seq"]]["record"]["up_to"], row["seq"] - 1))
        for row in self.records[:last]:
            if row["typ"] != "erasure" and row["body"] == "shown":
                self.warnings.append("第 %d 条已登记销毁，正文却还在包里。" % row["seq"])
            elif row["typ"] != "erasure":
                row["body"] = "erased"

    # 9
    def look_at_files(self, check: Check) -> None:
        listed = parse_keys(self.read("data/files.json"), "files")["files"]
        need(isinstance(listed, list), "文件清单的写法不对")
        paths, seqs = set(), set()
        for entry in listed:
            need(
                isinstance(entry, dict)
                and set(entry) == {"media_type", "path", "seq", "sha256", "size", "sm3"},
                "文件清单的写法不对",
            )
            need(isinstance(entry["path"], str) and is_whole(entry["seq"], 1), "文件清单的写法不对")
            path, seq = entry["path"], entry["seq"]
            fault = "它列了两次" if path in paths or seq in seqs else self._file(entry)
            paths.add(path)
            seqs.add(seq)
            self._file_row(entry, fault is None)
            check.count(path, fault)
        for name, member in self.archive.members.items():
            if name.startswith("data/files/") and name not in paths:
                entry = {"path": name, "seq": None, "size": None, "sha256": None}
                self._file_row(entry, False)
                check.count(name, "文件清单里没有它 (%d 字节)" % member.size)
        for seq, body in self.bodies.items():
            if body["event"] == "deposit.take_in" and seq not in seqs:
                self.warnings.append("第 %d 条登记的文件不在包里。" % seq)

    def _file_row(self, entry: dict[str, Any], holds: bool) -> None:
        body = self.bodies.get(entry["seq"] or 0, {"record": {}})["record"]
        now = self.archive.members.get(entry["path"])
        row = {"path": entry["path"], "seq": entry["seq"]}
        row.update(size=body.get("size", entry["size"]), sha256=body.get("sha256", entry["sha256"]))
        row.update(now_size=now.size if now else None, now_sha256=now.sha256 if now else None, holds=holds)
        self.files.append(row)

    def _file(self, entry: dict[str, Any]) -> str | None:
        """Why a listed file does not hold, or None."""
        path, body = entry["path"], self.bodies.get(entry["seq"])
        member = self.archive.members.get(path)
        if not path.startswith("data/files/") or member is None:
            return "包里没有这个文件"
        if body is None or body["event"] != "deposit.take_in":
            return "没有登记它的记录，或者那条记录的正文不在包里"
        record = body["record"]
        if any(
            type(record.get(k)) is not type(v) or record[k] != v
            for k, v in entry.items()
            if k not in ("path", "seq")
        ):
            return "文件清单与登记它的记录不符"
        if (member.size, member.sha256) != (record["size"], record["sha256"]):
            return "文件与登记时不同"
        if member.sm3 not in (None, record["sm3"]):
            return "文件的 SM3 与登记时不同"
        name = record.get("name")
        if isinstance(name, str) and _letters(name) not in _letters(path):
            self.warnings.append("%s 在登记它的记录里叫“%s”。" % (path, name))
        return None

    # 10
    def sm3(self, check: Check) -> None:
        check.of = 1
        own, log, size = self.closing[0], self.packet["log"] + "/sm3", (self.size or 0) - 2
        if own["size"] != size:
            raise Differs("data/proof/closing.jsonl", "sm3-root 记录写的大小不对")
        text, lines = parse_note(self.read("data/proof/sm3/checkpoint", MAX_NOTE))
        need(parse_checkpoint(text, log) == (size, bytes.fromhex(own["root"])), "SM3 树与 sm3-root 记录不符")
        if self.policy and any(key.kind == SM2_KEY and key.name == log for key in self.policy.logs):
            good = self.policy.good_lines(text, lines)
            need(
                any(k.kind == SM2_KEY and k.name == log and k.low <= size < k.high for k in good),
                "没有策略认可的 SM2 签名",
            )
        else:
            self.unchecked.append("SM3 树的 SM2 签名：策略没有写明由谁签")
        proof = self.read("data/proof/sm3/multiproof")
        try:
            leaves = dict(zip(self.indices, self.lines))  # noqa: B905
            need(multiproof_root(sm3, leaves, size, proof).hex() == own["root"], "SM3 包含证明对不上")
        except Wrong as no:
            raise Differs("data/proof/sm3/multiproof", str(no)) from None
        check.good = 1

    # 11
    def look_at_times(self, check: Check) -> None:
        stones = parse_keys(self.read("data/proof/milestones.json"), "milestones")["milestones"]
        need(isinstance(stones, list), "时间点清单的写法不对")
        named: set[str] = set()
        before = 1
        for stone in stones:
            before = self._stone_form(stone, before)
            name = stone["token"]
            need(
                name not in named and name.startswith("data/proof/times/"), "一个时间戳用了两次，或者名字不对"
            )
            named.add(name)
            try:
                self._stone(stone)
                check.count("", None)
            except Differs as no:
                check.count(no.item, no.why)
        for name in self.archive.members:
            if name.startswith("data/proof/times/") and name not in named:
                check.count(name, "没有时间点用到它")

    @staticmethod
    def _stone_form(stone: Any, before: int) -> int:
        need(
            isinstance(stone, dict) and set(stone) == {"path", "root", "size", "token"},
            "时间点清单的写法不对",
        )
        path, size = stone["path"], stone["size"]
        need(isinstance(path, list) and all(is_hex(part) for part in path), "时间点清单的写法不对")
        need(is_hex(stone["root"]) and isinstance(stone["token"], str), "时间点清单的写法不对")
        need(is_whole(size, before), "时间点没有按日志的大小排列")
        return int(size)

    def _stone(self, stone: dict[str, Any]) -> None:
        size, root, name = stone["size"], bytes.fromhex(stone["root"]), stone["token"]
        path = [bytes.fromhex(part) for part in stone["path"]]
        try:
            check_consistency(size, self.size or 0, root, self.root or b"", path)
        except Wrong as no:
            raise Differs("data/proof/milestones.json", str(no)) from None
        text = "%s\n%d\n%s\n" % (self.packet["log"], size, base64.b64encode(root).decode())
        try:
            token = Token(self.read(name, MAX_NOTE), text.encode())
        except Wrong as no:
            raise Differs(name, str(no)) from None
        self.times.append({"size": size, "at": written(token.at), "certificate": token.fingerprint})
        wanted = self.trust.tsa_fingerprints
        if wanted and token.fingerprint not in wanted:
            raise Differs(name, "时间戳的证书不是您给出指纹的那一张")
        self.stamped.append((size, stone["root"], token.at))

    def bracket(self) -> None:
        """Between which proven times each record was written (7)."""
        if not self.checks["inclusion"].holds:
            return
        not_before: int | None = None
        for row, envelope in zip(self.records, self.envelopes):  # noqa: B905
            if envelope is not None:
                seen = envelope["seen"]
                after = [
                    at for size, root, at in self.stamped if (size, root) == (seen["size"], seen["root"])
                ]
                not_before = max([*after, not_before or 0]) or None
            before = [at for size, _, at in self.stamped if row["index"] < size]
            row["not_before"] = None if not_before is None else written(not_before)
            row["not_after"] = written(min(before)) if before else None
            self._warn_of_clock(row, not_before, min(before) if before else None)

    def _warn_of_clock(self, row: dict[str, Any], low: int | None, high: int | None) -> None:
        at = milliseconds(row["at"])
        if at is None:
            return
        if (low is not None and at < (low - 5) * 1000) or (high is not None and at > (high + 6) * 1000):
            self.warnings.append("第 %d 条写的时间在它的时间范围之外。" % row["seq"])

    def warn(self) -> None:
        if self.times and not self.trust.tsa_fingerprints:
            self.warnings.append("时间戳机构的证书没有人担保：请核对它的指纹。")
        if self.policy and self.policy.quorum == "none":
            self.warnings.append("这份策略不要求见证方签名。")
        if self.archive.skipped_sm3:
            many = len(self.archive.skipped_sm3)
            self.unchecked.append(
                "%d 个大文件的 SM3：这里的 Python 没有快的 SM3；它们的 SHA-256 核对了" % many
            )
        if self.trust.policy is not None and "policy.txt" in self.archive.members:
            if self.archive.members["policy.txt"].sha256 != self.policy_fingerprint:
                self.warnings.append("包里的策略与您给出的不同；核对用的是您给出的。")


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


class ReceiptExamination(Answer):
    """A receipt (10): one envelope, its path, its checkpoint."""

    def __init__(self, data: bytes, trust: Trust) -> None:
        super().__init__(trust, ("archive", "policy", "checkpoint", "chain", "inclusion"))
        self.data = data

    def run(self) -> None:
        self.do("archive", self.form)
        self.do("chain", self.envelope, "archive")
        if self.packet["log"] is None:
            return
        if self.trust.policy is not None:
            self.do("policy", lambda check: self.check_policy(check, None))
            self.do("checkpoint", self.checkpoint, "policy")
            self.do("inclusion", self.inclusion, "checkpoint")
        else:
            text, _ = parse_note(self.note)
            self.do(
                "inclusion", lambda check: self.against(check, *parse_checkpoint(text, self.packet["log"]))
            )

    def form(self, check: Check) -> None:
        check.of = 1
        try:
            self._form()
        except (Wrong, UnicodeDecodeError) as no:
            raise Differs("archive", str(no) if isinstance(no, Wrong) else "回执不是 UTF-8") from None
        check.good = 1

    def _form(self) -> None:
        need(len(self.data) <= 2953, "回执太长")
        head, blank, note = self.data.decode("utf-8").partition("\n\n")
        lines = head.split("\n")
        need(blank and len(lines) >= 3 and lines[0] == "c2sp.org/tlog-proof@v1", "回执的写法不对")
        need(lines[1].startswith("extra ") and lines[2].startswith("index "), "回执的写法不对")
        self.line = unbase64(lines[1][6:])
        need(re.fullmatch("0|[1-9][0-9]{0,15}", lines[2][6:]), "回执的序号写法不对")
        self.index = int(lines[2][6:])
        self.path = [unbase64(part) for part in lines[3:]]
        need(len(self.path) <= 64 and all(len(part) == 32 for part in self.path), "回执的证明写法不对")
        self.note = note.encode()
        parse_note(self.note)

    def envelope(self, check: Check) -> None:
        check.of = 1
        try:
            envelope = parse_envelope(self.line)
        except Wrong as no:
            raise Differs("record 1", str(no)) from None
        self.packet.update(case=envelope["case"], log=envelope["log"])
        row = {"seq": envelope["seq"], "index": self.index, "at": envelope["at"], "typ": envelope["typ"]}
        row.update(body="withheld", event=None, role=None, not_before=None, not_after=None, holds=True)
        self.records.append(row)
        check.good = 1

    def checkpoint(self, check: Check) -> None:
        check.of = 1
        if self.policy:
            self.size, self.root, self.witnesses = self.policy.accept(self.note, self.packet["log"])
            check.good = 1

    def inclusion(self, check: Check) -> None:
        self.against(check, self.size or 0, self.root or b"")

    def against(self, check: Check, size: int, root: bytes) -> None:
        check.of = 1
        leaf = sha256(b"\0" + self.line)
        need(inclusion_root(leaf, self.index, size, self.path) == root, "包含证明对不上")
        check.good = 1


def verify(
    source: bytes | BinaryIO,
    policy: bytes | None = None,
    policy_fingerprint: str | None = None,
    tsa_fingerprints: Iterable[str] = (),
) -> dict[str, Any]:
    """The answer of 9.1 for the bytes of a packet or a receipt, or for a file that can be read and sought."""
    file = io.BytesIO(source) if isinstance(source, (bytes, bytearray)) else source
    trust = Trust(policy, policy_fingerprint, tuple(tsa_fingerprints))
    file.seek(0)
    start = file.read(2954)
    examination: Examination | ReceiptExamination
    if start.startswith(b"c2sp.org/tlog-proof"):
        examination = ReceiptExamination(start, trust)
    else:
        examination = Examination(file, trust)
    examination.run()
    return examination.as_dict()


# --- words for people ------------------------------------------------------------------------------------------

STATES = {"holds": "一致", "differs": "对不上", "not_checked": "没有核对"}
VERDICTS = {"holds": "一致", "differs": "对不上", "unclear": "无法核验"}
LABELS = {
    "archive": "压缩包：每个字节都在该在的地方",
    "lists": "清单：列的和有的相同，两种指纹都对",
    "policy": "策略：由谁签名、几方见证，来自您信任的来源",
    "checkpoint": "日志状态：日志和见证方的签名",
    "chain": "记录：一条接一条，没有缺号",
    "inclusion": "包含：每一条都在日志里",
    "ending": "末尾：后面没有被截去的记录",
    "bodies": "正文：与信封里的指纹相同",
    "files": "文件：与登记时逐字节相同",
    "sm3": "国密：SM3 树与 SM2 签名",
    "times": "时间：时间戳盖的是这份日志",
}
TYPES = {"record": "记录", "erasure": "销毁", "export": "导出", None: "？"}
BODIES = {"shown": "正文在包里", "withheld": "正文没有交来", "erased": "正文已销毁"}


def proves(answer: Answer, verdict: str) -> list[str]:
    """What holds, in sentences; nothing unless all of it does."""
    if verdict != "holds":
        return []
    found = []
    if "files" in answer.checks:
        found += [
            "本案共 %d 条记录。写进日志以后，没有改动、插入、调换，末尾也没有少。" % len(answer.records),
            "包里的 %d 个文件与登记时逐字节相同。" % len(answer.files),
        ]
    else:
        found.append("这条记录在日志里，是第 %d 号。" % answer.records[0]["index"])
    if answer.witnesses:
        found.append(
            "%d 个见证方见过同一份日志：%s。"
            % (len(answer.witnesses), "、".join(n for n, _ in answer.witnesses))
        )
    late = [row for row in answer.records if row["not_after"]]
    if late:
        found.append("%d 条记录有时间戳证明最晚在什么时候已经写成。" % len(late))
    return found


def does_not_prove(answer: Answer) -> list[str]:
    """What this examination leaves to people, and what it did not look at."""
    found = [
        "写进日志以前的事：内容是不是实情，由您审查。",
        "当事人是否自愿，内容是否合法，由您审查。",
        "这份日志状态以后，本案有没有新的记录。",
        "记录自己写的时间，和“不早于”的时间：这是日志一方的说法。",
    ]
    hidden = sum(row["body"] == "withheld" for row in answer.records)
    if hidden and "files" in answer.checks:
        found.append("有 %d 条记录的正文没有交来，没有核对它们写了什么。" % hidden)
    if not answer.trusted:
        found.append("策略是否可信：请从法院或调解组织另取策略文件或它的指纹。")
    if answer.times and not answer.trust.tsa_fingerprints:
        found.append("时间戳机构是谁：请核对证书的指纹。")
    if "files" in answer.checks:
        found.append("存证单、环境说明、包里附的核验程序：只核对了它们与清单相同。")
    return found + ["没有核对：%s。" % text for text in answer.unchecked]


def tell(answer: dict[str, Any], name: str, everything: bool) -> list[str]:
    """The answer as lines of plain Chinese."""
    lines = ["核验：%s" % name, "结论：%s" % VERDICTS[answer["verdict"]]]
    if answer["verdict"] != "holds":
        where = {"archive": "压缩包", "policy": "策略", None: ""}.get(answer["item"], answer["item"])
        lines.append(
            "  第一处：%s：%s" % (re.sub("^record ([0-9]+)$", r"第 \1 条记录", where), answer["why"])
        )
    if answer["first_bad_index"] is not None:
        lines.append("  第一条对不上的记录，在日志里的序号是 %d" % answer["first_bad_index"])
    lines += ["", "核对了什么"]
    for at, check in enumerate(answer["checks"], start=1):
        lines.append(
            "  %2d %s  %s  (%d/%d)"
            % (at, STATES[check["state"]], LABELS[check["name"]], check["good"], check["of"])
        )
    lines += _tell_signers(answer)
    lines += _tell_files(answer, everything)
    lines += _tell_records(answer, everything)
    for title, key in (
        ("能证明", "proves"),
        ("不能证明，没有核对", "does_not_prove"),
        ("请留意", "warnings"),
    ):
        if answer[key]:
            lines += ["", title, *("  - " + text for text in answer[key])]
    return lines


def _tell_signers(answer: dict[str, Any]) -> list[str]:
    state, policy = answer["checkpoint"], answer["policy"]
    lines = ["", "案件 %s  日志 %s" % (answer["case"], answer["log"])]
    lines.append("  包的指纹 %s  制作于 %s" % (answer["fingerprint"], answer["made_at"]))
    lines.append(
        "  策略的指纹 %s（%s）" % (policy["fingerprint"], "您给的" if policy["trusted"] else "没有人担保")
    )
    lines.append("  日志状态 大小 %s  根 %s" % (state["size"], state["root"]))
    lines += ["  见证方 %s  %s" % (witness["name"], witness["at"]) for witness in state["witnesses"]]
    for time in answer["times"]:
        lines.append("  时间戳 %s  日志大小 %d  证书 %s" % (time["at"], time["size"], time["certificate"]))
    return lines


def _tell_files(answer: dict[str, Any], everything: bool) -> list[str]:
    lines = ["", "文件（%d 个）" % len(answer["files"])] if answer["files"] else []
    for row in answer["files"]:
        if everything or not row["holds"]:
            lines.append(
                "  %s  %s  第 %s 条"
                % (STATES["holds" if row["holds"] else "differs"], row["path"], row["seq"])
            )
        if not row["holds"]:
            lines.append("    登记时 %s 字节 %s" % (row["size"], row["sha256"]))
            lines.append("    现在   %s 字节 %s" % (row["now_size"], row["now_sha256"]))
    return lines


def _tell_records(answer: dict[str, Any], everything: bool) -> list[str]:
    rows = answer["records"]
    lines = ["", "记录（%d 条）" % len(rows)] if rows else []
    for row in rows:
        if everything or not row["holds"]:
            lines.append(
                "  %s  第 %d 条  日志序号 %s  %s  %s  %s %s"
                % (
                    STATES["holds" if row["holds"] else "differs"],
                    row["seq"],
                    row["index"],
                    TYPES[row["typ"]],
                    BODIES[row["body"]],
                    row["event"] or "",
                    row["role"] or "",
                )
            )
            lines.append(
                "    自称 %s  不早于 %s  不晚于 %s" % (row["at"], row["not_before"], row["not_after"])
            )
    if rows and not everything:
        lines.append("  （逐条看：加上 --all）")
    return lines


# --- the command -----------------------------------------------------------------------------------------------


def fingerprint(text: str) -> str:
    """A fingerprint as typed or copied: 64 hex digits, perhaps in groups."""
    found = re.sub(r"[\s:]", "", text).lower()
    if not HEX64.fullmatch(found):
        raise argparse.ArgumentTypeError("要 64 位十六进制")
    return found


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="核验证据包或回执。不联网，不写文件。退出码：0 一致，1 对不上，2 无法核验。"
    )
    parser.add_argument("packet", help="证据包 .zip，或回执 .tlog-proof")
    parser.add_argument("--policy", metavar="FILE", help="您信任的策略文件（从包外取得）")
    parser.add_argument("--policy-fingerprint", metavar="HEX", type=fingerprint, help="您信任的策略的指纹")
    parser.add_argument(
        "--tsa-fingerprint",
        metavar="HEX",
        type=fingerprint,
        action="append",
        default=[],
        help="时间戳证书的指纹",
    )
    parser.add_argument("--json", action="store_true", help="按 9.1 节输出 JSON")
    parser.add_argument("--all", action="store_true", help="逐条列出记录和文件")
    return parser


def unreadable(why: str) -> dict[str, Any]:
    """The answer where nothing could be read."""
    answer = Answer(Trust()).as_dict()
    answer.update(verdict="unclear", item="archive", why=why)
    return answer


def main(words: Sequence[str] | None = None) -> int:
    options = arguments().parse_args(words)
    try:
        policy = Path(options.policy).read_bytes() if options.policy else None
        with Path(options.packet).open("rb") as file:
            answer = verify(file, policy, options.policy_fingerprint, options.tsa_fingerprint)
    except (OSError, ValueError) as error:
        answer = unreadable("打不开，或者读不了：%s" % error)
    except MemoryError:
        answer = unreadable("这台电脑的内存不够")
    if options.json:
        text = json.dumps(answer)
    else:
        text = "\n".join(tell(answer, Path(options.packet).name, options.all))
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write(text + "\n")
    return {"holds": 0, "differs": 1}.get(answer["verdict"], 2)


if __name__ == "__main__":
    sys.exit(main())
