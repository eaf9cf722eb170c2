"""The seal under a document: whole as long as no byte changes, and honest about whose it is."""

import asyncio
import io
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from evidence.errors import TryLater
from evidence.time.timestamps import current_authority
from mediation.documents import seal as seals
from mediation.documents.render import render
from mediation.documents.seal import SELF_MADE, Pkcs12Seal, SiteSeal
from tests.paper_samples import SAMPLES


@pytest.fixture(scope="module")
def paper() -> bytes:
    return render("record_sheet", SAMPLES["record_sheet"])


@pytest.fixture
def seal(tmp_path: Path) -> SiteSeal:
    return SiteSeal(str(tmp_path / "seal"))


@pytest.fixture
def sealed(seal: SiteSeal, paper: bytes) -> bytes:
    return seal.seal(paper, reason="存证记录单")


def trusting(seal: Pkcs12Seal) -> ValidationContext:
    stamper = seals._Stamper(current_authority())
    return ValidationContext(
        trust_roots=[seal._signer.signing_cert, stamper.certificate_of_its_own()], allow_fetching=False
    )


def is_whole(pdf: bytes, seal: Pkcs12Seal) -> bool:
    """Whether a reader of PDFs who knows the certificates takes the seal as intact and nothing as changed."""
    try:
        (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        status = validate_pdf_signature(signature, trusting(seal), trusting(seal))
    except Exception:
        return False
    return bool(status.bottom_line)


def test_the_seal_holds_with_a_trusted_time_and_for_long(sealed: bytes, seal: SiteSeal) -> None:
    reader = PdfFileReader(io.BytesIO(sealed))
    (signature,) = reader.embedded_regular_signatures
    status = validate_pdf_signature(signature, trusting(seal), trusting(seal))
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.valid
    assert (
        len(reader.embedded_timestamp_signatures) == 1
    )  # B-LTA: the proofs are inside and stamped themselves
    assert "/DSS" in reader.root
    assert status.signing_cert.sha256.hex() == seal.fingerprint


def test_the_seal_holds_as_an_archive_from_what_is_inside_alone(sealed: bytes, seal: SiteSeal) -> None:
    """As ETSI EN 319 102-1 judges archives: with the proofs in the document, and nothing fetched."""
    own = seals._Stamper(current_authority()).certificate_of_its_own()
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build([seal._signer.signing_cert, own]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            policy, revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
        )
    )
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_regular_signatures
    told = asyncio.run(ades_lta_validation(signature, spec))
    assert told.ades_subindic == AdESPassed.OK, told.failure_msg


def test_the_paper_inside_stays_byte_for_byte(sealed: bytes, paper: bytes) -> None:
    assert sealed.startswith(paper)
    assert b"pdfaid:part>3<" in sealed


def test_a_changed_byte_of_the_paper_breaks_the_seal(sealed: bytes, paper: bytes, seal: SiteSeal) -> None:
    assert is_whole(sealed, seal)
    chance = random.Random(17)
    for place in chance.sample(range(len(paper)), 25):
        mutant = bytearray(sealed)
        mutant[place] ^= 1 << chance.randrange(8)
        assert not is_whole(bytes(mutant), seal), place


def test_the_certificate_says_that_it_is_self_made(seal: SiteSeal, sealed: bytes) -> None:
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_regular_signatures
    assert SELF_MADE in signature.signer_cert.subject.human_friendly
    assert seal.is_self_made


def test_the_key_is_made_once_and_lies_closed(seal: SiteSeal, tmp_path: Path) -> None:
    assert seal.problems() == []
    first = seal.fingerprint
    assert SiteSeal(str(tmp_path / "seal")).fingerprint == first
    lies = (tmp_path / "seal").read_bytes()
    assert b"PRIVATE" not in lies
    with pytest.raises(ValueError, match=r".+"):
        pkcs12.load_pkcs12(lies, None)
    assert (tmp_path / "seal").stat().st_mode & 0o077 == 0


def test_a_certificate_of_an_authority_takes_its_place(seal: SiteSeal, paper: bytes, tmp_path: Path) -> None:
    parts = seal._parts
    path = tmp_path / "authority.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"seal", parts.key, parts.cert.certificate, None, BestAvailableEncryption(b"word")
        )
    )
    other = Pkcs12Seal(str(path), "word")
    assert (other.problems(), other.is_self_made, other.fingerprint) == ([], False, seal.fingerprint)
    assert is_whole(other.seal(paper, reason="存证记录单"), other)
    assert "does not open" in Pkcs12Seal(str(path), "wrong").problems()[0]
    assert "does not open" in Pkcs12Seal(str(tmp_path / "nothing")).problems()[0]


def test_without_the_time_authority_there_is_no_seal(
    seal: SiteSeal, paper: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent:
        name = "silent"
        tokens = 1

        def stamp(self, digest: bytes) -> bytes:
            if self.tokens == 0:
                raise TryLater("no answer")
            self.tokens -= 1
            return there.stamp(digest)

    there = current_authority()
    monkeypatch.setattr(seals, "current_authority", Silent)
    with pytest.raises(TryLater):
        seal.seal(paper, reason="存证记录单")


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not here")
def test_another_reader_finds_the_signature_valid(sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(sealed)
    told = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout
    assert "ETSI.CAdES.detached" in told
    assert "Signature is Valid" in told
