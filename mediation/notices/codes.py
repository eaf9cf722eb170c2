"""核对码: the code in each message by which its receiver finds out whether it came from us."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O, 1 I L, U V: nothing that two people read in two ways
LENGTH = 8


def new_code() -> str:
    """Eight characters, out of 6 × 10¹¹: nobody hits one by trying."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def tidy_code(typed: str) -> str:
    """What was typed, without spaces and dashes, in capitals. Empty when it cannot be one of our codes."""
    code = "".join(typed.split()).replace("-", "").replace("—", "").upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
