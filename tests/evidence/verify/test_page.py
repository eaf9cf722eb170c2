"""verify.html: opened from the disk, asks for nothing, and says the same as verify.py."""

import hashlib
import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.evidence.bagparts import zip_of
from tests.evidence.bags import Bag, Shape, make
from tests.evidence.verify import csp
from tests.evidence.verify.forgeries import FORGERIES, forged
from tests.evidence.verify.pages import (
    BYTES,
    CHROMIUM,
    FLAGS,
    PAGE,
    VERIFY_PY,
    Opened,
    ask_verify_py,
    coded,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium or google-chrome on this machine"),
]
VECTORS = Path(os.environ.get("SHARED_VECTORS", Path(__file__).resolve().parents[4] / "shared" / "vectors"))
WHOLE = Shape(seed=11, records=9, files=3, milestones=3, witnesses=(2, 3))
HASHED = "const f = verifyParts[a.name], b = bytes(a.data); return Array.from(f(b));"
AT_MOST_BYTES = 116_000  # 39 KB when compressed


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Opened]:
    """The page; whatever a test does with it, it asks for nothing and complains of nothing."""
    page = Opened.by(chromium, viewport={"width": 1200, "height": 900})
    yield page
    assert set(page.asked) == {PAGE.as_uri()}
    assert page.complaints == []
    page.page.close()


@pytest.fixture(scope="module")
def bag() -> Bag:
    return make(WHOLE)


@pytest.fixture
def written(bag: Bag, tmp_path: Path) -> tuple[Path, Path]:
    """The packet and the trusted policy as files."""
    packet, policy = tmp_path / "案件.zip", tmp_path / "policy.txt"
    packet.write_bytes(bag.packet)
    policy.write_bytes(bag.policy)
    return packet, policy


def test_the_fingerprints_of_its_script_and_style_fit() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert csp.said(page) == csp.wanted(page), "python -m tests.evidence.verify.csp --write"


def test_it_is_one_small_file_with_nothing_younger_than_chromium_88() -> None:
    page = PAGE.read_text(encoding="utf-8")
    younger = (
        r"\.at\(|structuredClone|hasOwn\b|static \{|:has\(|aspect-ratio|@layer|\.findLast|Array\.fromAsync"
    )
    assert len(page.encode()) <= AT_MOST_BYTES
    assert not re.findall(younger, page)
    assert not re.findall(r"(?:src|href)=|https?://(?!www\.w3\.org/2000/svg)|\sstyle=|innerHTML", page)


def test_a_person_sees_that_a_packet_holds(opened: Opened, written: tuple[Path, Path], bag: Bag) -> None:
    opened.choose(*written)
    assert opened.verdict() == "核验通过"
    text = opened.page.inner_text("main")
    assert "9 条记录、3 个文件，和封存时完全一样" in text
    headings = ["第十六条", *(f"第十七条（{n}）" for n in "一二三四"), "第十八条"]
    assert [words for words in headings if words not in text] == []
    assert opened.page.locator(".ck li").count() == 11
    opened.page.get_by_role("button", name="English").click()
    assert opened.page.inner_text("#verdict") == "It holds"
    assert opened.page.get_attribute("html", "lang") == "en"


@pytest.mark.parametrize("seed", range(12))
def test_honest_packets_hold(opened: Opened, seed: int) -> None:
    bag = make(Shape.by_chance(seed))
    answer = opened.check(bag.packet, bag.policy, tsa=[bag.tsa])
    assert (answer["verdict"], answer["item"], answer["why"]) == ("holds", None, "")
    assert {check["state"] for check in answer["checks"]} == {"holds"}
    assert all(record["holds"] for record in answer["records"])


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda f: f.__name__)
def test_a_forgery_differs_and_is_named(opened: Opened, bag: Bag, forgery) -> None:
    members, item = forged(forgery, bag)
    answer = opened.check(zip_of(members), bag.policy)
    assert (answer["verdict"], answer["item"]) == ("differs", item)
    assert answer["why"]


@pytest.mark.skipif(not VERIFY_PY.exists(), reason="verify.py is not there")
@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda f: f.__name__)
def test_both_verifiers_name_the_same_thing(opened: Opened, bag: Bag, forgery, tmp_path: Path) -> None:
    packet = zip_of(forged(forgery, bag)[0])
    here, there = opened.check(packet, bag.policy), ask_verify_py(tmp_path, packet, bag.policy)
    assert (here["verdict"], here["item"]) == (there["verdict"], there["item"])


@pytest.mark.skipif(not VERIFY_PY.exists(), reason="verify.py is not there")
def test_both_verifiers_agree_about_bytes_changed_by_chance(opened: Opened, bag: Bag, tmp_path: Path) -> None:
    chance = random.Random("bytes")
    for _ in range(25):
        packet = bytearray(bag.packet)
        packet[chance.randrange(len(packet))] ^= 1 << chance.randrange(8)
        here, there = (
            opened.check(bytes(packet), bag.policy),
            ask_verify_py(tmp_path, bytes(packet), bag.policy),
        )
        assert here["verdict"] == there["verdict"] == "differs"
        assert here["item"] == there["item"]


@pytest.mark.skipif(not VERIFY_PY.exists(), reason="verify.py is not there")
def test_both_verifiers_tell_the_same_of_an_honest_packet(opened: Opened, bag: Bag, tmp_path: Path) -> None:
    here = opened.check(bag.packet, bag.policy, tsa=[bag.tsa])
    there = ask_verify_py(tmp_path, bag.packet, bag.policy, [bag.tsa])
    own_words = {"why", "warnings", "proves", "does_not_prove", "checks"}
    assert set(here) == set(there)
    assert {k: v for k, v in here.items() if k not in own_words} == {
        k: v for k, v in there.items() if k not in own_words
    }
    assert [(c["name"], c["state"]) for c in here["checks"]] == [
        (c["name"], c["state"]) for c in there["checks"]
    ]


def test_without_a_trusted_policy_it_says_how_to_get_one(
    opened: Opened, written: tuple[Path, Path], bag: Bag
) -> None:
    opened.choose(written[0])
    assert opened.verdict() == "无法核验"
    assert bag.policy_fingerprint in opened.page.inner_text(".trouble")
    opened.page.fill("#ff", bag.policy_fingerprint[:10])
    opened.page.get_by_role("button", name="再核验").click()
    assert "64 个字" in opened.page.inner_text("[role=alert]")
    opened.page.fill("#ff", " ".join(re.findall("....", bag.policy_fingerprint.upper())))
    opened.page.get_by_role("button", name="再核验").click()
    opened.page.wait_for_selector(".v.holds")


def test_the_answer_is_unclear_or_differs_where_nobody_vouches(opened: Opened, bag: Bag) -> None:
    assert opened.check(bag.packet)["verdict"] == "unclear"
    assert opened.check(bag.packet, fingerprint=bag.policy_fingerprint)["verdict"] == "holds"
    other = opened.check(bag.packet, fingerprint="0" * 64)
    assert (other["verdict"], other["item"]) == ("differs", "policy")
    stranger = opened.check(bag.packet, bag.policy, tsa=["0" * 64])
    assert (stranger["verdict"], stranger["item"]) == ("differs", "data/proof/times/001.tsr")


@pytest.mark.parametrize("data", [b"", b"PK", b"not a packet", bytes(100), b"%PDF-1.7\n" * 50])
def test_bytes_that_are_no_packet_get_plain_words(opened: Opened, bag: Bag, data: bytes) -> None:
    answer = opened.check(data, bag.policy)
    assert (answer["verdict"], answer["item"]) == ("differs", "archive")
    assert "证据包" in answer["why"]


def test_names_that_would_hide_something_are_shown_as_they_are(
    opened: Opened, bag: Bag, tmp_path: Path
) -> None:
    """A right-to-left mark would turn gpj.exe round; markup must stay text."""
    members = {**bag.members, "data/files/\u202egpj.exe <b>x": b"x"}
    (tmp_path / "p.zip").write_bytes(zip_of(members))
    (tmp_path / "policy.txt").write_bytes(bag.policy)
    opened.choose(tmp_path / "p.zip", tmp_path / "policy.txt")
    assert opened.verdict().startswith("核验不通过")
    assert "\u202e" not in opened.page.inner_text("main")
    assert "⟨202e⟩" in opened.page.inner_text(".trouble")


def test_a_receipt_is_checked_by_itself(opened: Opened, bag: Bag, tmp_path: Path) -> None:
    entry, (size, _root) = bag.world.entries[bag.case][2], bag.world.checkpoints[-1]
    path = bag.world.sha_tree.inclusion(entry.index, size)
    lines = [
        "c2sp.org/tlog-proof@v1",
        f"extra {coded(entry.envelope)}",
        f"index {entry.index}",
        *map(coded, path),
    ]
    receipt = ("\n".join(map(str, lines)) + "\n\n").encode() + bag.members["data/proof/checkpoint"]
    ask = BYTES + "return verifyReceipt(bytes(a.r), {policy: bytes(a.p)})"
    assert opened.run(ask, r=coded(receipt), p=coded(bag.policy))["verdict"] == "holds"
    assert opened.run(ask, r=coded(receipt), p=None)["verdict"] == "unclear"
    moved = receipt.replace(f"index {entry.index}\n".encode(), f"index {entry.index + 1}\n".encode())
    assert opened.run(ask, r=coded(moved), p=coded(bag.policy))["item"] == "proof"
    (tmp_path / "r.tlog-proof").write_bytes(receipt)
    (tmp_path / "policy.txt").write_bytes(bag.policy)
    opened.choose(tmp_path / "r.tlog-proof", tmp_path / "policy.txt")
    assert opened.verdict() == "回执成立"


@pytest.mark.parametrize("name", ["sha256", "sm3", "sha1", "sha512"])
def test_its_digests_are_those_of_others(opened: Opened, name: str) -> None:
    for size in (0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 5000):
        data = random.Random(size).randbytes(size)
        said = opened.run(BYTES + HASHED, name=name, data=coded(data))
        assert bytes(said) == hashlib.new(name, data).digest()


@pytest.mark.skipif(not VECTORS.exists(), reason=f"no vectors in {VECTORS}")
def test_its_ed25519_agrees_with_wycheproof(opened: Opened) -> None:
    groups = json.loads((VECTORS / "wycheproof" / "ed25519_test.json").read_text())["testGroups"]
    cases = [
        {
            "key": g["publicKey"]["pk"],
            "msg": t["msg"],
            "sig": t["sig"],
            "good": t["result"] == "valid",
            "id": t["tcId"],
        }
        for g in groups
        for t in g["tests"]
    ]
    un = "const h = s => Uint8Array.from(s.match(/../g) || [], x => parseInt(x, 16));"
    wrong = opened.run(
        un
        + "return a.cases.filter(c => verifyParts.ed25519(h(c.key), h(c.msg), h(c.sig)) !== c.good).map(c => c.id)",
        cases=cases,
    )
    assert len(cases) > 100
    assert wrong == []


@pytest.mark.skipif(not VECTORS.exists(), reason=f"no vectors in {VECTORS}")
@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_its_trees_agree_with_the_vectors_of_rfc_6962(opened: Opened, kind: str) -> None:
    folder = VECTORS / "merkle" / "testdata" / kind
    cases = [(path.stem, json.loads(path.read_text())) for path in sorted(folder.rglob("*.json"))]
    judge = """
      const p = verifyParts, w = [], same = (x, y) => x.length === y.length && x.every((v, i) => v === y[i]);
      for (const [name, c] of a.cases) {
        let good = true;
        const path = (c.proof || []).map(bytes), b = s => bytes(s || "");
        try {
          if (a.kind === "inclusion") {
            const leaf = b(c.leafHash);
            good = leaf.length === 32 && same(p.rootFromInclusion(p.SHA, leaf, c.leafIdx, c.treeSize, path), b(c.root));
          } else p.checkConsistency(p.SHA, c.size1, c.size2, path, b(c.root1), b(c.root2));
        } catch (e) { good = false; }
        if (good === c.wantErr) w.push(name);
      }
      return w;"""
    assert len(cases) > 90
    assert opened.run(BYTES + judge, cases=cases, kind=kind) == []
