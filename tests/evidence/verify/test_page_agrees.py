"""verify.html and verify.py, written apart from one page, say the same of honest and of other packets.

`MUTANTS_EACH=200 HONEST=300 pytest tests/evidence/verify/test_page_agrees.py` tries more than ten thousand.
"""

import contextlib
import json
import lzma
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from evidence.verify.verify import Wrong, parse, verify
from tests.evidence.bagparts import zip_in_order
from tests.evidence.bags import Shape, make
from tests.evidence.mutants import KINDS, mutant
from tests.evidence.verify.pages import BYTES, CHROMIUM, FLAGS, Opened, coded

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium or google-chrome on this machine"),
]
MUTANTS_EACH = int(os.environ.get("MUTANTS_EACH", "4"))
HONEST = int(os.environ.get("HONEST", "20"))
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
IN_OWN_WORDS = {"why", "warnings", "proves", "does_not_prove", "checks"}


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    with sync_playwright() as playwright:
        chromium: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = Opened.by(chromium)
        yield page
        assert page.complaints == []
        chromium.close()


@pytest.mark.parametrize("kind", KINDS)
def test_no_mutant_holds_and_both_name_the_same_item(opened: Opened, kind: str) -> None:
    for seed in range(MUTANTS_EACH):
        made = mutant(kind, seed)
        here = opened.check(made.packet, made.policy, made.policy_fingerprint or "", made.tsa)
        there = verify(made.packet, made.policy, made.policy_fingerprint, made.tsa)
        assert (here["verdict"], here["item"]) == (there["verdict"], there["item"]), seed
        assert here["verdict"] == "differs", seed


@pytest.mark.parametrize("tens", range(0, HONEST, 10))
def test_both_tell_the_same_of_honest_packets(opened: Opened, tens: int) -> None:
    for seed in range(tens, min(tens + 10, HONEST)):
        bag = make(Shape.by_chance(seed))
        here = opened.check(bag.packet, bag.policy, tsa=[bag.tsa])
        there = verify(bag.packet, bag.policy, None, (bag.tsa,))
        assert here["verdict"] == "holds", seed
        assert {**here, **dict.fromkeys(IN_OWN_WORDS)} == {**there, **dict.fromkeys(IN_OWN_WORDS)}, seed


def test_both_say_the_archive_of_a_member_without_a_name(opened: Opened) -> None:
    bag = make(Shape(seed=62, records=3))
    packet = zip_in_order([("", b""), *sorted(bag.members.items(), key=lambda item: item[0].encode())])
    here, there = (
        opened.check(packet, bag.policy, tsa=[bag.tsa]),
        verify(packet, bag.policy, None, (bag.tsa,)),
    )
    assert (here["verdict"], here["item"]) == (there["verdict"], there["item"]) == ("differs", "archive")


@pytest.mark.parametrize("which", [(True, False), (False, True), (True, True)])
def test_both_follow_a_change_of_key_from_the_policy_of_before(
    opened: Opened, which: tuple[bool, bool]
) -> None:
    bag = make(Shape(seed=62, records=5, witnesses=(2, 2), rotated=which[0], sm3_rotated=which[1]))
    old = bag.world.old_policy(2)
    here, there = opened.check(bag.packet, old, tsa=[bag.tsa]), verify(bag.packet, old, None, (bag.tsa,))
    assert (here["verdict"], len(here["rotations"])) == ("holds", sum(which))
    assert sum("换过密钥" in warning for warning in here["warnings"]) == sum(which)
    assert {**here, **dict.fromkeys(IN_OWN_WORDS)} == {**there, **dict.fromkeys(IN_OWN_WORDS)}


@pytest.mark.parametrize("depth", [1, 63, 64, 65, 1_000, 100_000])
def test_both_read_as_deep_as_the_format_says_and_no_deeper(opened: Opened, depth: int) -> None:
    data = b"[" * depth + b"]" * depth
    read = "try { verifyParts.canonical(bytes(a.data)); return true } catch (e) { return String(e.message) }"
    assert opened.run(BYTES + read, data=coded(data)) == (True if depth <= 64 else "canonical")
    with contextlib.nullcontext() if depth <= 64 else pytest.raises(Wrong):
        parse(data)


@pytest.mark.parametrize(
    "name", sorted(path.name.removesuffix(".zip.xz") for path in GOLDEN.glob("*.zip.xz"))
)
def test_a_packet_handed_out_long_ago_still_holds(opened: Opened, name: str) -> None:
    packet = lzma.decompress((GOLDEN / f"{name}.zip.xz").read_bytes())
    answer = opened.check(packet, (GOLDEN / f"{name}.policy.txt").read_bytes())
    then = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert answer["verdict"] == "holds"
    assert {key: answer[key] for key in then if key not in IN_OWN_WORDS} == {
        key: value for key, value in then.items() if key not in IN_OWN_WORDS
    }
