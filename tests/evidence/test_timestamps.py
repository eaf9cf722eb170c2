"""Time from outside (RFC 3161): our own authority for the demo, and others over HTTP, as openssl makes them."""

import hashlib
import random
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from django.utils import timezone
from pytest_django.fixtures import Settings
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from evidence.errors import NeverWill, TokenRefused, TryLater
from evidence.time import rfc3161
from evidence.time.timestamps import (
    FailingTimestampAuthority,
    HttpTimestampAuthority,
    LocalTimestampAuthority,
    current_authorities,
    current_authority,
)
from evidence.verify import verify
from tests.evidence.authorities import Openssl, Server, serving

DATA = b"mediation.local/test\n4\nAAAA\n"
DIGEST = hashlib.sha256(DATA).digest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authorities")


@pytest.fixture(scope="module")
def local(folder: Path) -> LocalTimestampAuthority:
    return LocalTimestampAuthority(folder=str(folder / "local"))


@pytest.fixture(scope="module")
def openssl(folder: Path) -> Openssl:
    return Openssl(folder / "openssl")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def remote(server: Server, openssl: Openssl, **options: object) -> HttpTimestampAuthority:
    return HttpTimestampAuthority(url=server.url, certificates=openssl.root, timeout_s=5.0, **options)


def response(token: bytes) -> bytes:
    content = cms.ContentInfo.load(token)
    return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": content}).dump()


def declined(status: str, *failures: str) -> bytes:
    told = {"status": status, **({"fail_info": set(failures)} if failures else {})}
    return rfc3161.Response({"status": told}).dump()


# --- our own, for the demo


@time_machine.travel("2025-03-07T17:59:00.125+08:00", tick=False)
def test_our_own_token_says_when_to_the_millisecond(local: LocalTimestampAuthority) -> None:
    token = local.stamp(DIGEST)

    assert local.verify(token, DIGEST) == datetime(2025, 3, 7, 9, 59, 0, 125_000, tzinfo=UTC)


def test_others_can_check_our_token(local: LocalTimestampAuthority, tmp_path: Path) -> None:
    token = local.stamp(DIGEST)
    (tmp_path / "token").write_bytes(token)
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "own.pem").write_bytes(local.certificate.public_bytes(Encoding.PEM))

    done = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "data", "-in", "token", "-token_in", "-CAfile", "own.pem"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Verification: OK" in done.stdout

    verifier = VerifierBuilder().add_root_certificate(local.certificate).build()
    read = decode_timestamp_response(response(token))
    assert verifier.verify_message(read, DATA)
    with pytest.raises(VerificationError):
        verifier.verify_message(read, DATA + b"x")


def test_its_certificate_says_that_it_is_for_the_demo(local: LocalTimestampAuthority) -> None:
    [name] = local.certificate.subject
    assert "仅供演示" in str(name.value)
    assert "LOCAL DEMO" in str(name.value)


def test_a_token_for_another_digest_is_refused(local: LocalTimestampAuthority) -> None:
    with pytest.raises(TokenRefused, match="another digest"):
        local.verify(local.stamp(DIGEST), bytes(32))


def test_no_changed_byte_of_a_token_goes_unseen(local: LocalTimestampAuthority) -> None:
    token = local.stamp(DIGEST)
    for at in range(0, len(token), 3):
        changed = token[:at] + bytes([token[at] ^ 0x01]) + token[at + 1 :]
        with pytest.raises(TokenRefused):
            local.verify(changed, DIGEST)


@pytest.mark.parametrize("data", [b"", b"\x30\x80\x00\x00", b"0" * 9, b"\x30\x82" * 30_000, b"\x30\x00"])
def test_garbage_is_refused(local: LocalTimestampAuthority, data: bytes) -> None:
    with pytest.raises(TokenRefused):
        local.verify(data, DIGEST)


def test_bytes_after_a_token_are_refused(local: LocalTimestampAuthority) -> None:
    with pytest.raises(TokenRefused, match="follow"):
        local.verify(local.stamp(DIGEST) + b"\0", DIGEST)


def test_another_machine_has_another_key(local: LocalTimestampAuthority, tmp_path: Path) -> None:
    other = LocalTimestampAuthority(folder=str(tmp_path))

    with pytest.raises(TokenRefused, match="another key"):
        local.verify(other.stamp(DIGEST), DIGEST)


def test_its_key_is_made_once_and_lies_sealed(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(
            threads.map(lambda _: LocalTimestampAuthority(folder=str(tmp_path)).certificate, range(4))
        )

    assert len({certificate.serial_number for certificate in made}) == 1
    [kept] = tmp_path.iterdir()
    assert b"PRIVATE" not in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0


def test_it_stamps_at_least_fifty_times_a_second(local: LocalTimestampAuthority) -> None:
    began = time.process_time()
    for _ in range(25):
        local.stamp(DIGEST)
    assert time.process_time() - began < 0.5


# --- others, over HTTP


@pytest.mark.parametrize("ess", ["sha1", "sha256"])
@pytest.mark.parametrize("kind", [("rsa:2048",), ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")])
def test_a_token_of_openssl_holds(server: Server, folder: Path, ess: str, kind: tuple[str, ...]) -> None:
    authority = Openssl(folder / f"{ess}-{len(kind)}", ess=ess, kind=kind, digest="sha512")
    server.give = authority.reply
    adapter = remote(server, authority)

    token = adapter.stamp(DIGEST)

    assert abs((adapter.verify(token, DIGEST) - timezone.now()).total_seconds()) < 10
    assert adapter.problems() == []
    root = x509.load_pem_x509_certificate(Path(authority.root).read_bytes())
    verifier = VerifierBuilder().add_root_certificate(root).build()
    assert verifier.verify_message(decode_timestamp_response(response(token)), DATA)
    assert verify.check_token(token, DATA)[0] == int(adapter.verify(token, DIGEST).timestamp())


def test_what_the_site_takes_the_shipped_verifier_takes(
    local: LocalTimestampAuthority, openssl: Openssl
) -> None:
    """Otherwise a packet could be made that a court refuses."""
    dice = random.Random(3161)
    for token in (local.stamp(DIGEST), rfc3161.token_of(openssl.reply(rfc3161.request(DIGEST, 1)))):
        assert verify.check_token(token, DATA)
        for _ in range(1500):
            changed = bytearray(token)
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
            try:
                rfc3161.read_token(bytes(changed), DIGEST)
            except TokenRefused:
                continue
            assert verify.check_token(bytes(changed), DATA)


def test_the_service_is_asked_as_rfc_3161_says(server: Server, openssl: Openssl) -> None:
    server.give = openssl.reply
    remote(server, openssl, user="court", password="pass word").stamp(DIGEST)

    [asked] = server.asked
    assert asked["Content-Type"] == "application/timestamp-query"
    assert asked["Authorization"] == "Basic Y291cnQ6cGFzcyB3b3Jk"
    query = tsp.TimeStampReq.load(bytes.fromhex(asked["query"]))
    assert query["cert_req"].native is True
    assert query["message_imprint"]["hashed_message"].native == DIGEST


def test_an_old_answer_is_not_taken_for_a_new_one(server: Server, openssl: Openssl) -> None:
    server.give = openssl.reply(rfc3161.request(DIGEST, nonce=7))

    with pytest.raises(NeverWill, match="nonce"):
        remote(server, openssl).stamp(DIGEST)


def test_an_answer_about_something_else_is_refused(server: Server, openssl: Openssl) -> None:
    server.give = openssl.reply(rfc3161.request(bytes(32), nonce=7))

    with pytest.raises(NeverWill, match="another digest"):
        remote(server, openssl).stamp(DIGEST)


def test_a_certificate_that_nobody_vouches_for_is_refused(
    server: Server, openssl: Openssl, folder: Path
) -> None:
    stranger = Openssl(folder / "stranger")
    server.give = stranger.reply

    with pytest.raises(NeverWill, match="does not vouch"):
        remote(server, openssl).stamp(DIGEST)
    token = remote(server, stranger).stamp(DIGEST)
    with pytest.raises(TokenRefused, match="nobody vouched"):
        remote(server, openssl).verify(token, DIGEST)


def test_a_certificate_for_another_purpose_is_refused(local: LocalTimestampAuthority, folder: Path) -> None:
    web = Openssl(folder / "web", purpose="serves")
    certificate = x509.load_pem_x509_certificate((web.folder / "tsa.pem").read_bytes())
    key = load_pem_private_key((web.folder / "tsa.key").read_bytes(), None)
    told = cms.ContentInfo.load(local.stamp(DIGEST))["content"]["encap_content_info"]["content"].parsed
    token = rfc3161.signed_token(told, certificate=certificate, key=key)

    with pytest.raises(TokenRefused, match="not for timestamps"):
        rfc3161.read_token(token, DIGEST)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (500, TryLater),
        (503, TryLater),
        (429, TryLater),
        (302, NeverWill),
        (401, NeverWill),
        (404, NeverWill),
        (b"not an answer", NeverWill),
        (b"x" * 70_000, NeverWill),
        (b"", NeverWill),
        (declined("waiting"), TryLater),
        (declined("rejection", "bad_alg"), NeverWill),
        (declined("rejection", "system_failure"), TryLater),
    ],
)
def test_there_are_two_ways_to_fail(
    server: Server, openssl: Openssl, given: int | bytes, expected: type[Exception]
) -> None:
    server.give = given
    server.headers = {"Location": server.url + "/elsewhere"}

    with pytest.raises(expected):
        remote(server, openssl).stamp(DIGEST)
    assert len(server.asked) == 1


def test_who_is_not_there_may_come_back(openssl: Openssl) -> None:
    with serving() as gone:
        pass
    with pytest.raises(TryLater, match="does not answer"):
        HttpTimestampAuthority(url=gone.url, certificates=openssl.root, timeout_s=1.0).stamp(DIGEST)


def test_a_slow_service_is_not_waited_for(server: Server, openssl: Openssl) -> None:
    def dawdle(query: bytes) -> bytes:
        time.sleep(2)
        return b""

    server.give = dawdle

    with pytest.raises(TryLater):
        HttpTimestampAuthority(url=server.url, certificates=openssl.root, timeout_s=0.2).stamp(DIGEST)


def test_what_is_missing_is_said_before_it_is_needed(tmp_path: Path) -> None:
    adapter = HttpTimestampAuthority(url="ftp://example.org", certificates=str(tmp_path / "none.pem"))

    assert len(adapter.problems()) == 2
    with pytest.raises(NeverWill, match=r"none\.pem"):
        adapter.stamp(DIGEST)


def test_a_real_site_is_told_that_its_own_clock_proves_nothing(
    settings: Settings, local: LocalTimestampAuthority
) -> None:
    settings.USE_DEMO = True
    assert local.problems() == []
    settings.USE_DEMO = False
    assert "TIMESTAMP_URL" in local.problems()[0]


def test_settings_name_one_authority_or_more(settings: Settings) -> None:
    failing = "evidence.time.timestamps.FailingTimestampAuthority"
    settings.ADAPTERS = {**settings.ADAPTERS, "timestamps.second": (failing, {"for_good": True})}

    assert [authority.name for authority in current_authorities()] == ["local", "failing"]
    assert current_authority().name == "local"
    with pytest.raises(TryLater):
        FailingTimestampAuthority().stamp(DIGEST)
    with pytest.raises(NeverWill):
        current_authorities()[1].stamp(DIGEST)
