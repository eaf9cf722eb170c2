"""DER: whether bytes are ASN.1 in its one spelling. What they mean is for others to say."""

DEEPEST = 40
PRIMITIVE_BUT_PARTED = {0x10, 0x11, 0x24}  # sequences and sets without parts, texts with them


class NotDer(ValueError):
    """Bytes that are no DER; the message says why."""


def require_der(data: bytes) -> None:
    """Raise NotDer unless lengths, whole numbers, truth values and names are in their one spelling, and nothing
    follows.
    """
    if _skip(data, 0, len(data)) != len(data):
        raise NotDer("bytes follow it")


def _skip(data: bytes, at: int, end: int, depth: int = 0) -> int:
    """The place after the element at `at`, whose every part is DER."""
    if end - at < 2 or data[at] & 0x1F == 0x1F or data[at] in PRIMITIVE_BUT_PARTED or depth >= DEEPEST:
        raise NotDer("it has another spelling")
    length, start = data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        spelled = data[start : start + count]
        length, start = int.from_bytes(spelled, "big"), start + count
        if not 1 <= count <= 4 or len(spelled) != count or length < 0x80 or spelled[0] == 0:
            raise NotDer("it has another spelling")
    if start + length > end:
        raise NotDer("it is cut short")
    if not data[at] & 0x20 and not _has_one_spelling(data[at], data[start : start + length]):
        raise NotDer("it has another spelling")
    inner = start
    while data[at] & 0x20 and inner < start + length:
        inner = _skip(data, inner, start + length, depth + 1)
    return start + length


def _has_one_spelling(tag: int, body: bytes) -> bool:
    match tag:
        case 0x01:
            return body in {b"\x00", b"\xff"}
        case 0x02:
            padded = len(body) > 1 and body[0] in {0x00, 0xFF} and body[0] >> 7 == body[1] >> 7
            return bool(body) and not padded
        case 0x05:
            return not body
        case 0x06:
            return bool(body) and body[-1] < 0x80
    return True
