"""Policies: what tlog-policy allows, and what it does not; which checkpoints are accepted."""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from evidence.tlog import cosignatures, notes, sm2
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.notes import COSIGNATURE, ED25519, SM2, Line, SignedNote, VerifierKey
from evidence.tlog.policies import Policy, PolicyRefused

ORIGIN = "log.example/2026"
AT_S = 1_790_000_000


def private(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


def vkey(number: int, name: str, kind: bytes = ED25519) -> str:
    return str(VerifierKey.of(name, kind, private(number).public_key().public_bytes_raw()))


SM2_PRIVATE = (7).to_bytes(32, "big")
LOG, OLD_LOG, OTHER_LOG = vkey(1, ORIGIN), vkey(9, ORIGIN), vkey(10, "other.example")
COURT, UNION, AUDITOR, LATE = (vkey(n, f"witness.example/{n}", COSIGNATURE) for n in (2, 3, 4, 5))
SM3_LOG = str(VerifierKey.of(f"{ORIGIN}/sm3", SM2, sm2.public_of(SM2_PRIVATE)))
WITNESSES = f"log {LOG}\nwitness court {COURT}\nwitness union {UNION}\nwitness auditor {AUDITOR}\n"


def signed(
    size: int = 5, *, by: int = 1, witnesses: tuple[int, ...] = (), origin: str = ORIGIN
) -> SignedNote:
    text = Checkpoint(origin, size, bytes(32)).text()
    lines = [cosignatures.make(private(n), f"witness.example/{n}", text, AT_S + n) for n in witnesses]
    return SignedNote(text, (notes.sign(private(by), origin, text), *lines))


def parse(text: str) -> Policy:
    return Policy.parse(text.encode("utf-8", "surrogateescape"))


def test_a_policy_is_read_whatever_its_white_space() -> None:
    text = (
        "# who counts\n\n \t \n"
        f"\tlog  {LOG}\thttps://log.example/ \n  # another remark\n"
        f"witness court {COURT} https://court.example\nwitness 公证处 {UNION}\n"
        "group both all court 公证处\t\nquorum both\n"
        f"witness unused {AUDITOR}\n"
    )
    policy = parse(text)

    assert [(str(log.key), log.url) for log in policy.logs] == [(LOG, "https://log.example/")]
    assert list(policy.witnesses) == ["court", "公证处", "unused"]
    assert policy.witnesses["court"].url == "https://court.example"
    assert policy.groups["both"].threshold == 2
    assert policy.groups["both"].members == ("court", "公证处")
    assert policy.quorum == "both"
    assert policy.fingerprint == sha256(text.encode()).hexdigest()


def test_the_least_policy_names_nobody() -> None:
    policy = parse("quorum none\n")

    assert (policy.logs, policy.witnesses, policy.quorum) == ((), {}, "none")
    with pytest.raises(PolicyRefused, match="no key"):
        policy.accept(signed(), ORIGIN)


def test_names_are_octets() -> None:
    kelvin, letter, raw = "\u212a".encode(), b"K", b"\xff\xfe"
    lines = [
        b"witness " + name + b" " + key.encode()
        for name, key in ((kelvin, COURT), (letter, UNION), (raw, AUDITOR))
    ]
    policy = Policy.parse(
        b"\n".join([*lines, b"group g 3 " + b" ".join((raw, letter, kelvin)), b"quorum g", b""])
    )

    assert [name.encode("utf-8", "surrogateescape") for name in policy.witnesses] == [kelvin, letter, raw]


def test_thirty_two_of_each_are_welcome() -> None:
    rows = [f"log {vkey(100 + n, f'log{n}')}" for n in range(32)]
    rows += [f"witness w{n} {vkey(200 + n, f'w{n}', COSIGNATURE)}" for n in range(32)]
    rows += ["group g0 any w0", *(f"group g{n} all g{n - 1} w{n}" for n in range(1, 32)), "quorum g31"]
    policy = parse("\n".join(rows) + "\n")

    assert policy.is_quorum(f"w{n}" for n in range(32))
    assert not policy.is_quorum(f"w{n}" for n in range(31))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("", "does not end"),
        ("\n", "no quorum"),
        (WITNESSES, "no quorum"),
        ("quorum none", "does not end"),
        ("quorum none\nquorum none\n", "line 2"),
        ("quorum none\r\n", "characters"),
        ("quorum none # remark\n", "line 1"),
        ("quorum\n", "line 1"),
        ("Quorum none\n", "line 1"),
        ("quorum court\n" + WITNESSES, "line 1"),
        ("quorum\u00a0none\n", "line 1"),
        ("\x7fquorum none\n", "characters"),
        ("\x00", "characters"),
        ("log\nquorum none\n", "line 1"),
        (f"log {LOG} url more\nquorum none\n", "line 1"),
        (f"log {COURT}\nquorum none\n", "no kind that signs a log"),
        (f"log \udcff{LOG}\nquorum none\n", "UTF-8"),
        (f"log {LOG[:-4]}AAA=\nquorum none\n", "line 1"),
        (f"log {LOG}\nlog {LOG}\nquorum none\n", "already"),
        (f"log {LOG}\nlog {vkey(1, 'another.name')}\nquorum none\n", "already"),
        (f"log {LOG} sizes:0-5\nlog {LOG} sizes:5-\nquorum none\n", "already"),
        (f"log {SM3_LOG.replace('/sm3', '/sm4')}\nquorum none\n", "line 1"),
        (
            f"log {VerifierKey.of(ORIGIN, SM2, sm2.public_of(SM2_PRIVATE))}\nquorum none\n",
            "no kind that signs a log",
        ),
        (f"witness court {LOG}\nquorum none\n", "no kind that a witness has"),
        (f"witness court {SM3_LOG}\nquorum none\n", "no kind that a witness has"),
        (f"witness {COURT}\nquorum none\n", "line 1"),
        (f"witness court {COURT} url more\nquorum none\n", "line 1"),
        (f"witness none {COURT}\nquorum none\n", "taken"),
        (f"witness a {COURT}\nwitness a {UNION}\nquorum none\n", "taken"),
        (f"witness a {COURT}\nwitness b {COURT}\nquorum none\n", "already"),
        (f"witness a {COURT}\nwitness b {vkey(2, 'renamed', COSIGNATURE)}\nquorum none\n", "already"),
        (WITNESSES + "group court any union\nquorum none\n", "taken"),
        (WITNESSES + "group none any union\nquorum none\n", "taken"),
        (WITNESSES + "group g any\nquorum none\n", "line 5"),
        (WITNESSES + "group g 1\nquorum none\n", "line 5"),
        (WITNESSES + "group g\nquorum none\n", "line 5"),
        (WITNESSES + "group g any nobody\nquorum none\n", "nobody"),
        (WITNESSES + "group g any none\nquorum none\n", "none"),
        (WITNESSES + "group g any g\nquorum none\n", "nothing before"),
        (WITNESSES + "group g any h\ngroup h any court\nquorum none\n", "nothing before"),
        (WITNESSES + "group g any court court\nquorum none\n", "member already"),
        (WITNESSES + "group g any court\ngroup h any court union\nquorum none\n", "member already"),
        *(
            (WITNESSES + f"group g {k} court union\nquorum none\n", "any, all, or a number")
            for k in ("0", "3", "-1", "+1", "01", "1.0", "ANY", "١", "1" * 4000)
        ),
        *(
            (f"log {LOG} sizes:{sizes}\nquorum none\n", "sizes")
            for sizes in ("", "5", "5-5", "6-5", "-0", "05-", "a-", "--", "1-2-3", "٥-", "1" * 19 + "-")
        ),
    ],
)
def test_what_is_no_policy_is_refused_for_its_reason(rows: str, why: str) -> None:
    with pytest.raises(PolicyRefused, match=why):
        parse(rows)


def test_a_checkpoint_that_enough_have_seen_is_accepted() -> None:
    policy = parse(WITNESSES + "group two 2 court union auditor\nquorum two\n")
    accepted = policy.accept(signed(witnesses=(4, 2, 5)), ORIGIN)

    assert accepted.checkpoint == Checkpoint(ORIGIN, 5, bytes(32))
    assert str(accepted.log_key) == LOG
    assert accepted.witnesses == {"court": AT_S + 2, "auditor": AT_S + 4}


@pytest.mark.parametrize("seen", [(), (2,), (2, 5), (2, 2), (5, 6)])
def test_too_few_have_seen_it(seen: tuple[int, ...]) -> None:
    policy = parse(WITNESSES + "group two 2 court union auditor\nquorum two\n")

    with pytest.raises(PolicyRefused, match="too few"):
        policy.accept(signed(witnesses=seen), ORIGIN)


QUORUMS: list[tuple[str, Callable[[set[str]], bool]]] = [
    ("quorum none\n", lambda seen: True),
    ("quorum court\n", lambda seen: "court" in seen),
    ("group g any court union auditor\nquorum g\n", bool),
    ("group g 1 court union auditor\nquorum g\n", bool),
    ("group g 2 court union auditor\nquorum g\n", lambda seen: len(seen) >= 2),
    ("group g all court union auditor\nquorum g\n", lambda seen: len(seen) == 3),
    (
        "group g any court union\ngroup h all g auditor\nquorum h\n",
        lambda seen: "auditor" in seen and len(seen) >= 2,
    ),
    (
        "group g all court union\ngroup h any g auditor\nquorum h\n",
        lambda seen: "auditor" in seen or len(seen) == 2,
    ),
]


@pytest.mark.parametrize(("rows", "enough"), QUORUMS)
def test_a_quorum_is_what_its_groups_say(rows: str, enough: Callable[[set[str]], bool]) -> None:
    policy = parse(WITNESSES + rows)

    for chosen in range(8):
        seen = {name for n, name in enumerate(("court", "union", "auditor")) if chosen >> n & 1}
        assert policy.is_quorum(seen) is bool(enough(seen))
        assert policy.is_quorum(seen | {"stranger", "g", "h"}) is bool(enough(seen))


def test_somebody_else_signed_it() -> None:
    policy = parse(WITNESSES + f"log {OTHER_LOG}\nquorum none\n")

    with pytest.raises(PolicyRefused, match="no key"):
        policy.accept(signed(by=8), ORIGIN)
    with pytest.raises(PolicyRefused, match="not of"):
        policy.accept(signed(by=10, origin="other.example"), ORIGIN)
    assert policy.accept(signed(by=10, origin="other.example"), "other.example").checkpoint.size == 5
    text = Checkpoint(ORIGIN, 5, bytes(32)).text()
    with pytest.raises(PolicyRefused, match="no key"):  # a good key, but of another log
        policy.accept(SignedNote(text, (notes.sign(private(10), "other.example", text),)), ORIGIN)


@pytest.mark.parametrize("key", [LOG, OLD_LOG, OTHER_LOG, COURT, AUDITOR, SM3_LOG])
@pytest.mark.parametrize("first", [True, False])
def test_a_wrong_line_by_anyone_whom_the_policy_names_refuses_the_note(key: str, first: bool) -> None:
    policy = parse(WITNESSES + f"log {OLD_LOG} sizes:0-3\nlog {OTHER_LOG}\nlog {SM3_LOG}\nquorum court\n")
    good, known = signed(witnesses=(2,)), VerifierKey.parse(key)
    wrong = Line(known.name, known.key_id, bytes(72 if known.kind == COSIGNATURE else 64))

    assert policy.accept(good, ORIGIN)
    with pytest.raises(PolicyRefused, match="is wrong"):
        policy.accept(SignedNote(good.text, (wrong, *good.lines) if first else (*good.lines, wrong)), ORIGIN)


def test_a_stranger_s_wrong_line_is_ignored() -> None:
    policy = parse(WITNESSES + "quorum court\n")
    stranger = VerifierKey.parse(LATE)
    good = signed(witnesses=(2,))
    lines = [Line(stranger.name, stranger.key_id, b"nonsense"), Line(ORIGIN, b"1234", bytes(64))]

    assert policy.accept(SignedNote(good.text, (*lines, *good.lines)), ORIGIN).witnesses == {
        "court": AT_S + 2
    }


@pytest.mark.parametrize(
    ("size", "by", "good"), [(4, 9, True), (5, 9, False), (4, 1, False), (5, 1, True), (0, 9, True)]
)
def test_a_key_counts_for_its_sizes_alone(size: int, by: int, good: bool) -> None:
    policy = parse(f"log {OLD_LOG} sizes:-5\nlog {LOG} sizes:5-\nquorum none\n")

    if good:
        assert policy.accept(signed(size, by=by), ORIGIN).checkpoint.size == size
    else:
        with pytest.raises(PolicyRefused, match="no key that counts"):
            policy.accept(signed(size, by=by), ORIGIN)
    assert [str(key) for key in policy.keys_of(ORIGIN)] == [OLD_LOG, LOG]


def test_the_sm3_tree_is_signed_by_its_own_key() -> None:
    policy = parse(f"log {LOG}\nlog {SM3_LOG}\nquorum none\n")
    text = Checkpoint(f"{ORIGIN}/sm3", 3, bytes(32)).text()
    note = SignedNote(text, (notes.sign_sm2(SM2_PRIVATE, f"{ORIGIN}/sm3", text),))

    assert str(policy.sm3_key(ORIGIN)) == SM3_LOG
    assert policy.accept_sm3(note, ORIGIN).checkpoint == Checkpoint(f"{ORIGIN}/sm3", 3, bytes(32))
    with pytest.raises(PolicyRefused):
        policy.accept(note, ORIGIN)
    with pytest.raises(PolicyRefused, match="no key"):
        policy.accept(note, f"{ORIGIN}/sm3")  # an SM2 key signs no log
    with pytest.raises(PolicyRefused):
        policy.accept_sm3(signed(), ORIGIN)


def test_the_keys_of_the_sm3_tree_change_too() -> None:
    new = str(VerifierKey.of(f"{ORIGIN}/sm3", SM2, sm2.public_of((8).to_bytes(32, "big"))))
    policy = parse(f"log {LOG}\nlog {SM3_LOG} sizes:-10\nlog {new} sizes:10-\nquorum none\n")

    assert str(policy.sm3_key(ORIGIN, 9)) == SM3_LOG
    assert str(policy.sm3_key(ORIGIN, 10)) == str(policy.sm3_key(ORIGIN)) == new
    with pytest.raises(PolicyRefused, match="who signs"):
        policy.sm3_key("other.example")


def test_what_is_no_checkpoint_is_not_accepted() -> None:
    policy = parse(WITNESSES + "quorum none\n")
    for text in ("a\n", f"{ORIGIN}\n5\n{'A' * 43}=\nextension\n"):
        with pytest.raises(PolicyRefused, match="three lines"):
            policy.accept(SignedNote(text, (notes.sign(private(1), ORIGIN, text),)), ORIGIN)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_policy_or_refused(data: bytes) -> None:
    with suppress(PolicyRefused):
        assert Policy.parse(data).fingerprint == sha256(data).hexdigest()


@given(st.data())
def test_a_policy_with_any_byte_changed_has_another_fingerprint_or_is_none(draw: st.DataObject) -> None:
    whole = bytearray((WITNESSES + "group g 2 court union auditor\nquorum g\n").encode())
    before = Policy.parse(bytes(whole))
    whole[draw.draw(st.integers(0, len(whole) - 1))] ^= 1 << draw.draw(st.integers(0, 7))

    with suppress(PolicyRefused):
        assert Policy.parse(bytes(whole)).fingerprint != before.fingerprint
