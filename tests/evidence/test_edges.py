"""Numbers at their edges: trees of one leaf and of nearly 2**53, and what a browser cannot count."""

import base64
import math
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import sync_playwright

from evidence import ledger
from evidence.log.integrator import integrate
from evidence.log.policy import policy_bytes
from evidence.log.publishing import publish
from evidence.log.stamping import stamp_newest
from evidence.packet import build_packet
from evidence.tlog.merkle import SHA256, ProofRefused, root_from_inclusion
from evidence.tlog.proofs import LARGEST_RECEIPT, Receipt
from evidence.verify.verify import verify
from tests.evidence.bagparts import checkpoint_text, note
from tests.evidence.bags import Bag, Shape, make
from tests.evidence.verify.pages import BYTES, CHROMIUM, FLAGS, Opened, coded

SIZES = sorted({1 << k for k in range(9)} | {(1 << k) + d for k in range(2, 9) for d in (-1, 1)})
HUGE = [2**k + d for k in (30, 31, 32, 33, 40, 51, 52) for d in (-1, 0, 1, 2, 3)]
TOO_LARGE = [2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**30]


@pytest.mark.parametrize("size", [size for size in SIZES if size > 2])
def test_a_packet_from_a_log_of_every_small_size_holds(db: None, size: int) -> None:
    """The SM3 tree then has two leaves fewer, so it passes its own edges."""
    with transaction.atomic():
        told = [ledger.Told("case.note", {"n": n}) for n in range(size - 3)]
        ledger.append(chain="a", event="case.file", record={})
        ledger.append_many(chain="b", told=told)
    made = integrate()
    assert made is not None
    assert made.size == size
    publish()
    stamp_newest()

    for case in ("a", "b") if told else ("a",):
        packet = BytesIO()
        build_packet(chain=case, target=packet, include_body=lambda entry: True, within_s=0)
        answer = verify(packet.getvalue(), policy_bytes())
        assert (answer["verdict"], answer["checkpoint"]["size"]) == ("holds", size)


def receipt(bag: Bag, index: int, size: int) -> bytes:
    """A receipt that holds, of an entry at this index in a tree of this size that nobody could keep."""
    entry = bag.world.entries[bag.case][0]
    height = path_length(index, size)
    path = [sha256(b"%d" % n).digest() for n in range(height)]
    leaf = SHA256.leaf(entry.envelope)
    root = root_from_inclusion(SHA256, leaf, index, size, path)
    text = checkpoint_text(bag.world.origin, size, root)
    head = ["c2sp.org/tlog-proof@v1", f"extra {base64.b64encode(entry.envelope).decode()}", f"index {index}"]
    lines = [*head, *(base64.b64encode(one).decode() for one in path)]
    return ("\n".join(lines) + "\n\n").encode() + note(text, [bag.world.log_key.line(text)])


def too_large(bag: Bag, size: int) -> bytes:
    """A receipt that was signed for a log that cannot be."""
    if path_length(size - 1, size) == 1:
        return receipt(bag, size - 1, size)  # even the arithmetic holds
    head = receipt(bag, 0, 2).partition(b"\n\n")[0]
    text = checkpoint_text(bag.world.origin, size, bytes(32))
    return head + b"\n\n" + note(text, [bag.world.log_key.line(text)])


def path_length(index: int, size: int) -> int:
    """RFC 6962 2.1.1: how many hashes prove a leaf."""
    if size == 1:
        return 0
    half = 1 << (size - 1).bit_length() - 1
    return 1 + (path_length(index, half) if index < half else path_length(index - half, size - half))


@pytest.fixture(scope="module")
def bag() -> Bag:
    return make(Shape(seed=63, records=2, witnesses=(0, 0), others=0, cases=1))


def cases(bag: Bag) -> Iterator[tuple[int, int, bytes]]:
    """Leaves at the beginning and at the edges of huge trees, as far as their receipts fit one QR code."""
    for size in HUGE:
        for index in sorted({0, 1, size // 2, *range(size - 4, size)}):
            if len(text := receipt(bag, index, size)) <= LARGEST_RECEIPT:
                yield index, size, text


def test_receipts_from_logs_of_any_size_hold_for_site_and_verifier(bag: Bag) -> None:
    seen = 0
    for index, size, text in cases(bag):
        assert Receipt.parse(text).check(bag.policy).index == index
        answer = verify(text, bag.policy)
        assert (answer["verdict"], answer["records"][0]["index"], answer["checkpoint"]["size"]) == (
            "holds", index, size,
        )  # fmt: skip
        seen += 1
    assert seen > 50


@pytest.mark.parametrize("size", TOO_LARGE)
def test_no_log_is_larger_than_the_format_allows(bag: Bag, size: int) -> None:
    text = too_large(bag, size)

    with pytest.raises(ProofRefused):
        Receipt.parse(text).check(bag.policy)
    answer = verify(text, bag.policy)
    assert (answer["verdict"], answer["item"]) == ("differs", "checkpoint")


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.skipif(not CHROMIUM, reason="no chromium or google-chrome on this machine")
def test_the_page_counts_as_far_as_the_others(bag: Bag) -> None:
    ask = BYTES + "const r = await verifyReceipt(bytes(a.r), {policy: bytes(a.p)});"
    ask += " return [r.verdict, r.item, String(r.index), String((r.checkpoint || {}).size)];"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = Opened.by(browser)
        wrong: list[Any] = []
        for index, size, text in cases(bag):
            said = page.run(ask, r=coded(text), p=coded(bag.policy))
            if said != ["holds", None, str(index), str(size)]:
                wrong.append((index, size, said))
        for size in TOO_LARGE:
            said = page.run(ask, r=coded(too_large(bag, size)), p=coded(bag.policy))
            if said[:2] != ["differs", "checkpoint"]:
                wrong.append((size - 1, size, said))
        browser.close()
    assert wrong == []


def test_proofs_have_the_length_of_the_text() -> None:
    for size in (1, 2, 3, 1000, 2**20, 10**6):
        assert max(path_length(index, size) for index in range(min(size, 5000))) == math.ceil(math.log2(size))
