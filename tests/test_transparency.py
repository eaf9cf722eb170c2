"""The public side of the log: checkpoint, tiles, bundles, the policy, the checkers."""

import hashlib

import pytest
from django.urls import reverse

from evidence.log.coverage import wait_until_covered
from evidence.models import Entry
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.merkle import SHA256
from evidence.tlog.notes import SignedNote
from evidence.tlog.policies import Policy
from evidence.tlog.tiles import unpack

pytestmark = pytest.mark.django_db(transaction=True)


def test_before_the_first_checkpoint_there_is_nothing(client) -> None:
    assert client.get(reverse("log_checkpoint")).status_code == 404


def test_whoever_reads_the_log_can_build_its_root_again(client, filed_case) -> None:
    assert wait_until_covered(Entry.objects.filter(chain=filed_case.chain).last(), 20)
    note = SignedNote.parse(client.get(reverse("log_checkpoint")).content.decode())
    checkpoint = Checkpoint.parse(note.text)
    policy = Policy.parse(client.get(reverse("log_policy")).content)
    assert policy.accept(note, checkpoint.origin).checkpoint == checkpoint

    bundle = client.get(reverse("log_tile", args=[f"entries/000.p/{checkpoint.size}"])).content
    leaves = unpack(bundle)
    hashes = client.get(reverse("log_tile", args=[f"0/000.p/{checkpoint.size}"])).content
    assert [SHA256.leaf(leaf) for leaf in leaves] == [hashes[i : i + 32] for i in range(0, len(hashes), 32)]
    assert filed_case.docket.encode() not in bundle


@pytest.mark.parametrize(
    "path",
    [
        "0/001",
        "0/000",
        "9/000",
        "entries/999",
        "0/000.p/256",
        "0/0",
        "../checkpoint",
        "x",
        "0/-1",
        "0/000.p/0",
    ],
)
def test_what_no_checkpoint_needs_is_not_there(client, filed_case, path) -> None:
    wait_until_covered(Entry.objects.filter(chain=filed_case.chain).last(), 20)
    assert client.get(f"/log/tile/{path}").status_code == 404


@pytest.mark.parametrize("name", ["verify.py", "verify.html"])
def test_the_checkers_are_for_saving(client, name) -> None:
    answer = client.get(reverse("log_checker", args=[name]))
    assert "attachment" in answer["Content-Disposition"]
    assert len(hashlib.sha256(b"".join(answer.streaming_content)).hexdigest()) == 64


def test_no_other_file_leaves_that_way(client) -> None:
    assert client.get("/log/take/__init__.py").status_code == 404
    assert client.get("/log/take/..%2f..%2fmanage.py").status_code == 404
