"""Proofs from the heads map, at every size that the log had."""

import json

import pytest

from evidence.log import casemap
from evidence.log.integrator import OutOfStep
from evidence.models import ChainHead, CheckpointRow, Entry
from evidence.tlog.heads import root_from_path
from tests.evidence.log.conftest import Intruder, Write, integrated

pytestmark = pytest.mark.django_db


def holds(chain: str, row: CheckpointRow) -> bool:
    """Whether the path of the chain leads from its last entry below the checkpoint to the root that it states."""
    last = Entry.objects.of(chain).filter(leaf__index__lt=row.size).order_by("seq").last()
    case = json.loads(last.envelope)["case"]
    path = casemap.heads_path(case, row)
    return root_from_path(case, last.seq, bytes.fromhex(last.hash), path).hex() == row.heads_root


def test_every_case_has_its_path_at_every_size_in_any_order(write: Write) -> None:
    for chains in ("abc", "ad", "bbe", "a"):
        write(*chains)
        integrated()
    rows = list(CheckpointRow.objects.all())

    for order in (rows, rows[::-1], rows[1::2] + rows[::2]):
        for row in order:
            cases = (
                Entry.objects.filter(leaf__index__lt=row.size)
                .values_list("chain", flat=True)
                .distinct()
                .order_by()
            )
            assert all(holds(chain, row) for chain in cases)


def test_a_case_that_came_later_is_not_in_it(write: Write) -> None:
    write("a")
    integrated()
    write("b")
    integrated()

    with pytest.raises(KeyError):
        casemap.heads_path(ChainHead.objects.get(chain="b").tag, CheckpointRow.objects.first())


def test_what_was_built_for_another_log_is_not_taken_up(write: Write, intruder: Intruder) -> None:
    write("a", "b")
    integrated()
    row = CheckpointRow.objects.get()
    casemap.heads_path(ChainHead.objects.get(chain="a").tag, row)
    intruder.do("UPDATE evidence_entry SET hash = prev WHERE chain = 'b'")
    casemap._newest.clear()

    with pytest.raises(OutOfStep):
        casemap.heads_path(ChainHead.objects.get(chain="a").tag, row)
