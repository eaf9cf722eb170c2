"""Settings of a public site: HTTPS only, no demo, every secret named in the environment."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from mediation.conf.env import read_env_file, text

read_env_file(Path(__file__).resolve().parent.parent.parent / ".env")
os.environ["USE_DEMO"] = "0"
os.environ["DEBUG"] = "0"
os.environ["HTTPS_ONLY"] = text("HTTPS_ONLY", "1")
# A secret that each machine makes for itself opens nothing on the next machine.
if missing := [name for name in ("SECRET_KEY", "PERSONAL_DATA_KEY", "ALLOWED_HOSTS") if not text(name)]:
    raise ImproperlyConfigured(f"Set these variables before a public site starts: {', '.join(missing)}.")

from mediation.conf.base import *  # noqa: E402, F403

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
