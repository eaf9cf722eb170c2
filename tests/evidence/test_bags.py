"""A packet is a bag for every reader of bags; that says little about evidence, and here is how little."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from evidence.verify.verify import verify
from tests.evidence.bagparts import zip_of
from tests.evidence.bags import Bag, Shape, make, with_lists
from tests.evidence.tlog.vectors import VECTORS

bagit = pytest.importorskip("bagit")
SUITE = VECTORS / "bagit"
MISTAKEN = {"v1.0/bagit-with-invalid-whitespace"}  # what the reader takes although the suite calls it invalid


def bags_of(kind: str) -> list[Path]:
    return sorted(
        path for version in ("v0.97", "v1.0") for path in SUITE.glob(f"{version}/{kind}/*") if path.is_dir()
    )


def name_of(path: Path) -> str:
    return f"{path.parts[-3]}/{path.name}"


def is_a_bag(folder: Path) -> bool:
    try:
        bagit.Bag(str(folder)).validate()
    except bagit.BagError:
        return False
    return True


def unpacked(packet: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(BytesIO(packet)) as archive:
        archive.extractall(folder)
    return folder


def has_percent(bag: Bag) -> bool:
    """RFC 8493 (2.1.3) writes a percent sign of a name as %25 in the lists; the reader at hand does not read that."""
    return any("%" in name for name in bag.members)


@pytest.mark.parametrize("seed", range(12))
def test_our_packets_are_bags(seed: int, tmp_path: Path) -> None:
    bag = make(Shape.by_chance(700 + seed))

    assert verify(bag.packet, bag.policy, None, [bag.tsa])["verdict"] == "holds"
    assert is_a_bag(unpacked(bag.packet, tmp_path / "bag")) is not has_percent(bag)


def test_the_reader_that_we_ask_is_a_good_one() -> None:
    """Otherwise the test above would prove nothing. It is wrong about one bag of the public suite."""
    if not SUITE.is_dir():
        pytest.skip(f"no public vectors at {SUITE} (SHARED_VECTORS)")
    valid, invalid = bags_of("valid"), bags_of("invalid")

    assert len(valid) >= 12
    assert [name_of(one) for one in valid if not is_a_bag(one)] == []
    assert {name_of(one) for one in invalid if is_a_bag(one)} == MISTAKEN


def test_no_bag_of_the_public_suite_is_a_packet() -> None:
    if not SUITE.is_dir():
        pytest.skip(f"no public vectors at {SUITE} (SHARED_VECTORS)")
    for path in (*bags_of("valid"), *bags_of("invalid")):
        members = {str(one.relative_to(path)): one.read_bytes() for one in path.rglob("*") if one.is_file()}
        answer = verify(zip_of(members))
        assert (name_of(path), answer["verdict"]) == (name_of(path), "differs")


def _another_body(members: dict[str, bytes]) -> dict[str, bytes]:
    name = min(name for name in members if name.startswith("data/bodies/"))
    return with_lists({**members, name: members[name].replace(b'"role"', b'"r0le"')})


def _cut_tail(members: dict[str, bytes]) -> dict[str, bytes]:
    lines = members["data/chain.jsonl"].splitlines(keepends=True)
    return with_lists({**members, "data/chain.jsonl": b"".join(lines[:-1])})


def _one_file_more(members: dict[str, bytes]) -> dict[str, bytes]:
    return {**members, "notes.txt": "法官请看这里。\n".encode()}


def _no_tag_list(members: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in members.items() if name != "tagmanifest-sha256.txt"}


def _another_policy(members: dict[str, bytes]) -> dict[str, bytes]:
    return with_lists({**members, "data/proof/checkpoint": b"log\n1\nAAAA\n\n\xe2\x80\x94 x AAAA\n"})


@pytest.mark.parametrize("change", [_another_body, _cut_tail, _one_file_more, _no_tag_list, _another_policy])
def test_what_is_still_a_bag_is_no_longer_a_packet(
    change: Callable[[dict[str, bytes]], dict[str, bytes]], tmp_path: Path
) -> None:
    """Whoever changes a bag makes its lists anew: the reader of bags sees nothing, the verifier does."""
    bag = make(Shape(seed=42, withheld=0, files=1))
    assert not has_percent(bag)
    packet = zip_of(change(dict(bag.members)))

    assert is_a_bag(unpacked(packet, tmp_path / "bag"))
    assert verify(packet, bag.policy, None, [bag.tsa])["verdict"] == "differs"
