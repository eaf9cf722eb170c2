"""A chain with some entries and one deposit."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django.fixtures import Settings

from evidence import deposits, ledger
from evidence.models import Deposit
from evidence.origin.provenance import Provenance, Way
from tests.evidence import samples

Take = Callable[..., Deposit]
CHAIN = "（2025）例调1号"
CAPTURED = Provenance(how=Way.PIECES, where="portal", role="citizen", agent="Mozilla/5.0")


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _small_uploads(settings: Settings, tmp_path: Path) -> None:
    settings.MAX_UPLOAD_BYTES = 2 * 1024 * 1024
    settings.MEDIA_ROOT = tmp_path / "deposits"


@pytest.fixture
def chain() -> str:
    return CHAIN


@pytest.fixture
def take(db: None) -> Take:
    def take(name: str, content: bytes, *, chain: str = CHAIN, media_type: str = "") -> Deposit:
        with transaction.atomic():
            return deposits.take_in(
                chain=chain, file=io.BytesIO(content), name=name, captured=CAPTURED, media_type=media_type
            )

    return take


@pytest.fixture
def told(db: None, chain: str, take: Take) -> str:
    """A chain of five: filed, a picture, something said in confidence, an offer, a signature."""
    with transaction.atomic():
        ledger.append(
            chain=chain, event="case.file", record={"claimant": "赵某", "claim_fen": 94_356}, role="citizen"
        )
    take("还款截图.jpg", samples.picture("JPEG"))
    with transaction.atomic():
        ledger.append(chain=chain, event="caucus.note", record={"said": "最多让到八千"}, role="mediator")
        ledger.append(
            chain=chain, event="agreement.offer", record={"terms": [{"fen": 80_000}]}, role="mediator"
        )
        ledger.append(chain=chain, event="agreement.sign", record={"by": "赵某"}, role="citizen")
    return chain
