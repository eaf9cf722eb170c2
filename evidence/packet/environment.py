"""What the system is that wrote a packet (在线诉讼规则 Art 17(3)): versions, adapters, storage, clock, in plain fields.

It is told by the system itself and proves nothing; it says what an inspection would have to look at. It holds no
secrets: of an adapter only which class it is, never how it is set up.
"""

import platform
import ssl
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from evidence import ledger
from evidence.envelopes import VERSION as ENVELOPE

VERSION = "mediation-environment/1"
PACKAGES = ("Django", "cryptography", "pyhanko", "typst", "asn1crypto")
CLOCK = "the clock of the server's operating system; whether something keeps it right is not checked here"
AT_REST = "bodies and files: AES-256-GCM under one key for each case, that key under the key of the site"


def environment() -> dict[str, Any]:
    """The fields of data/environment.json."""
    return {
        "v": VERSION,
        "told_by": "the system itself",
        "told_at": ledger.rfc3339(timezone.now()),
        "formats": [ENVELOPE, "mediation-packet/1"],
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "openssl": ssl.OPENSSL_VERSION,
        "machine": f"{platform.system()} {platform.release()} {platform.machine()}, byte order {sys.byteorder}",
        "database": f"{connection.vendor} {_database_version()}",
        "storage": settings.STORAGES["default"]["BACKEND"],
        "at_rest": AT_REST,
        "clock": CLOCK,
        "time_zone": settings.TIME_ZONE,
        "adapters": {name: path for name, (path, _options) in sorted(settings.ADAPTERS.items())},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _database_version() -> str:
    return ".".join(map(str, connection.get_database_version()))
