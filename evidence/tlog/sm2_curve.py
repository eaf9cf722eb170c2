"""The curve of SM2 (GB/T 32918.5) in Python alone: slow, and the same steps whatever the number.

Points are (X, Y, Z) for x = X/Z, y = Y/Z; nothing is Z = 0. One formula adds any two points, equal ones and
nothing too (J. Renes, C. Costello, L. Batina: Complete addition formulas for prime order elliptic curves).
"""

import secrets

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0

Point = tuple[int, int, int]
NOTHING: Point = (0, 1, 0)
G: Point = (GX, GY, 1)


def is_on_curve(x: int, y: int) -> bool:
    """Whether these are coordinates of a point, in their one spelling."""
    return 0 <= x < P and 0 <= y < P and (y * y - x * x * x - A * x - B) % P == 0


def add(one: Point, two: Point) -> Point:
    """The sum of any two points."""
    x1, y1, z1 = one
    x2, y2, z2 = two
    xx, yy, zz = x1 * x2 % P, y1 * y2 % P, z1 * z2 % P
    xy = (x1 + y1) * (x2 + y2) - xx - yy
    yz = (y1 + z1) * (y2 + z2) - yy - zz
    xz = ((x1 + z1) * (x2 + z2) - xx - zz) % P
    u = 3 * (xz - B * zz) % P
    v = 3 * (B * xz - 3 * zz - xx) % P
    w = 3 * (xx - zz)
    high, low = yy + u, yy - u
    return (xy * high - yz * v) % P, (high * low + w * v) % P, (yz * low + xy * w) % P


def times(number: int, point: Point) -> Point:
    """`number` times the point, for secret numbers: adds at every bit, on coordinates shifted at random."""
    shift = secrets.randbelow(P - 1) + 1
    number += (secrets.randbits(64) | 1 << 63) * N  # another number each time, the same point
    result = NOTHING
    x, y, z = point
    base = (x * shift % P, y * shift % P, z * shift % P)
    for bit in range(number.bit_length() - 1, -1, -1):
        result = add(result, result)
        result = (result, add(result, base))[number >> bit & 1]
    return result


def times_both(s: int, t: int, point: Point) -> Point:
    """s·G + t·point, for numbers that are no secret."""
    steps = (NOTHING, G, point, add(G, point))
    result = NOTHING
    for bit in range(max(s.bit_length(), t.bit_length()) - 1, -1, -1):
        result = add(result, result)
        if step := (s >> bit & 1) | (t >> bit & 1) << 1:
            result = add(result, steps[step])
    return result


def affine(point: Point) -> tuple[int, int] | None:
    """The coordinates (x, y), or None for nothing."""
    x, y, z = point
    if z == 0:
        return None
    inverse = pow(z, -1, P)
    return x * inverse % P, y * inverse % P
