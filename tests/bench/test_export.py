"""The same packet from the command line."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from evidence import ledger
from evidence.models import Entry
from mediation.court.checking import VERIFIER

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by", ["docket", "pk"])
def test_a_packet_is_written_and_its_fingerprint_printed(by, application, settings, tmp_path: Path) -> None:
    case, said = application.case, StringIO()
    target = tmp_path / "out.zip"
    call_command("export_packet", str(getattr(case, by)), "--to", str(target), stdout=said)

    done = subprocess.run(
        [sys.executable, "-I", "-S", VERIFIER, target, "--policy", settings.EVIDENCE_POLICY, "--json"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["fingerprint"] in said.getvalue()
    newest = Entry.objects.of(case.chain).filter(event="packet.export").last()
    assert (ledger.read(newest) or {})["fingerprint"] == found["fingerprint"]


def test_what_cannot_be_is_said_and_leaves_nothing(application, signed_case, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"2099-0001"):
        call_command("export_packet", "2099-0001")
    with pytest.raises(CommandError, match=r"nowhere"):
        call_command("export_packet", signed_case.docket, "--to", str(tmp_path / "nowhere" / "a.zip"))
    with transaction.atomic():
        ledger.append(chain=signed_case.chain, event="case.note", record={})
    with pytest.raises(CommandError, match=r"run_log"):
        call_command("export_packet", signed_case.docket, "--to", str(tmp_path / "a.zip"), "--wait", "0")
    assert list(tmp_path.glob("*.zip")) == []
