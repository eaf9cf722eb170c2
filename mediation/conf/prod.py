"""Settings of a public site: HTTPS only, no demo, every secret named in the environment."""

import os

os.environ["USE_DEMO"] = "0"
os.environ["DEBUG"] = "0"
os.environ.setdefault("HTTPS_ONLY", "1")

from mediation.conf.base import *  # noqa: F403

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
