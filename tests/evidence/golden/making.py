"""Makes the golden packet of this version. Run it once for a release, by its name, and commit what it writes:

    GOLDEN=2026-11 python -m pytest tests/evidence/golden/making.py

Kept packets are never made anew: they show that what was handed out once can still be checked.
"""

import json
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone

from evidence import ledger
from evidence.erasure import erase_chain
from evidence.log.integrator import integrate
from evidence.log.policy import policy_path
from evidence.log.publishing import publish
from evidence.log.rotation import rotate, update_policy
from evidence.log.signing import ED25519, SM2
from evidence.log.stamping import stamp_newest
from evidence.log.witnessing import Cosigned
from evidence.models import Deposit
from evidence.packet import build_packet
from evidence.tlog import cosignatures
from evidence.tlog.notes import COSIGNATURE, SignedNote, VerifierKey
from tests.evidence import samples
from tests.evidence.test_golden import ask

HERE = Path(__file__).parent
WITNESSES = ("court.example", "association.example", "auditor.example")
ASLEEP = WITNESSES[2]


def a_round() -> None:
    """The log does its work once."""
    integrate()
    told = publish()
    assert told is None or told.is_published, told
    stamp_newest()


@pytest.fixture
def witnesses(monkeypatch: pytest.MonkeyPatch, db: None) -> Callable[[], None]:
    """Two of three witnesses must have seen a checkpoint; one of them is asleep."""
    keys = {f"http://{name}": (name, Ed25519PrivateKey.generate()) for name in WITNESSES}

    def ask_witness(url: str, *, note: str, **_more: object) -> Cosigned:
        name, key = keys[url]
        text, now = SignedNote.parse(note).text, int(timezone.now().timestamp())
        return Cosigned(() if name == ASLEEP else (cosignatures.make(key, name, text, now),))

    def call() -> None:
        a_round()
        lines = [line for line in policy_path().read_text().splitlines() if line.startswith("log ")]
        for url, (name, key) in keys.items():
            vkey = VerifierKey.of(name, COSIGNATURE, key.public_key().public_bytes_raw())
            lines.append(f"witness {name} {vkey} {url}")
        lines += [f"group outside 2 {' '.join(WITNESSES)}", "quorum outside", ""]
        policy_path().write_text("\n".join(lines))
        monkeypatch.setattr("evidence.log.publishing.ask_witness", ask_witness)

    return call


def append(chain: str, event: str, **record: object) -> None:
    with transaction.atomic():
        ledger.append(chain=chain, event=event, record=record, role="mediator")


def test_make(
    told: str, take: Callable[..., Deposit], witnesses: Callable[[], None], settings, tmp_path
) -> None:
    settings.EVIDENCE_WAIT_S = 5
    erase_chain(told, reason="个人信息保护法第四十七条", by="office")
    witnesses()
    for number in range(9):
        append(f"another case {number % 4}", "case.file", number=number)
        a_round()
    for kind in (ED25519, SM2):
        rotate(kind)
    update_policy()
    kept = take("还款截图.png", samples.picture("PNG"))
    append(told, "caucus.note", said="只对调解员说的话")
    build_packet(chain=told, target=tmp_path / "first.zip", include_body=lambda entry: False)
    append(told, "agreement.sign", by="赵某", sums=[80_000, -1, 2**53 - 1], note="𠮷 “引号”\\ \t")
    build_packet(
        chain=told,
        target=tmp_path / "packet.zip",
        include_body=lambda entry: entry.event in {"agreement.sign", "deposit.take_in"},
        deposits=[(kept, "01-还款截图.png")],
    )
    name, data = os.environ["GOLDEN"], (tmp_path / "packet.zip").read_bytes()
    found = ask(tmp_path / "packet.zip", policy_path())
    assert found["verdict"] == "holds", found
    (HERE / f"{name}.zip.xz").write_bytes(lzma.compress(data, preset=9))
    (HERE / f"{name}.policy.txt").write_bytes(policy_path().read_bytes())
    answer = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
    (HERE / f"{name}.json").write_text(answer + "\n", encoding="utf-8")
