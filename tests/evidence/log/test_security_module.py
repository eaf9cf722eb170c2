"""A security module (HSM) makes and keeps the key of the log: SoftHSM stands for it here."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from evidence.errors import NeverWill
from evidence.log import publishing
from evidence.log.pkcs11 import Pkcs11Keys
from evidence.log.rotation import rotate, update_policy
from evidence.log.signing import log_signer, sm2_signer
from evidence.tlog import ed25519
from tests.evidence.log.entries import write

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A fresh token of SoftHSM, where it is installed."""
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed")
    if not Path(SOFTHSM).exists() or not shutil.which("softhsm2-util"):
        pytest.skip("SoftHSM is not installed (apt install softhsm2)")
    folder = tmp_path_factory.mktemp("token")
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "log", "--pin", "1234", "--so-pin", "5678"],
        check=True, capture_output=True,
    )  # fmt: skip
    return "log"


@pytest.fixture
def module(token: str, settings: Settings) -> Pkcs11Keys:
    options = {"module": SOFTHSM, "token": token, "pin": "1234"}
    settings.ADAPTERS = {**settings.ADAPTERS, "log_keys": ("evidence.log.pkcs11.Pkcs11Keys", options)}
    return Pkcs11Keys(**options)


def test_a_security_module_makes_and_keeps_the_key(module: Pkcs11Keys) -> None:
    assert module.problems() == []
    signer = log_signer()

    assert signer.row.keeper == "pkcs11"
    assert ed25519.verify(signer.vkey.public, b"text", signer.sign(b"text"))
    assert len(signer.row.sealed_handle) == 1 + 12 + 16 + 16  # an id, no key
    assert write() == 3
    assert sm2_signer().row.keeper == "sealed"


def test_moving_into_a_security_module_is_a_rotation(settings: Settings, token: str) -> None:
    before = write()
    options = {"module": SOFTHSM, "token": token, "pin": "1234"}
    settings.ADAPTERS = {**settings.ADAPTERS, "log_keys": ("evidence.log.pkcs11.Pkcs11Keys", options)}
    assert log_signer().row.keeper == "sealed"  # until it is rotated

    rotate()
    update_policy()

    assert log_signer().row.keeper == "pkcs11"
    assert write() == before + 6
    assert publishing.publish().is_published
    settings.ADAPTERS = {**settings.ADAPTERS, "log_keys": ("evidence.log.signing.SealedKeys", {})}
    with pytest.raises(NeverWill, match="pkcs11"):
        log_signer().sign(b"text")


def test_what_a_security_module_lacks_is_said(module: Pkcs11Keys, token: str) -> None:
    assert "PinIncorrect" in Pkcs11Keys(module=SOFTHSM, token=token, pin="0000").problems()[0]
    assert "NoSuchToken" in Pkcs11Keys(module=SOFTHSM, token="other", pin="1234").problems()[0]
    with pytest.raises(NeverWill, match="does not hold"):
        module.sign("ed25519", b"no such key there", b"text")
    made = module.make("ed25519", "log")
    with ThreadPoolExecutor(4) as threads:
        signed = list(threads.map(lambda n: module.sign("ed25519", made.handle, b"%d" % n), range(20)))
    assert all(ed25519.verify(made.public, b"%d" % n, one) for n, one in enumerate(signed))
