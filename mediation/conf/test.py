"""Settings of the tests: the same site, with nothing kept and nothing sent."""

import os
import tempfile
from pathlib import Path

if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="mediation-test-")
os.environ.setdefault("SECRET_KEY", "only-for-tests-and-never-anywhere-else-0123456789")
os.environ.setdefault("PERSONAL_DATA_KEY", "only-for-tests-and-never-anywhere-else-9876543210")

from mediation.conf.base import *  # noqa: F403
from mediation.conf.base import ADAPTERS, STORAGES, VAR_DIR
from mediation.conf.env import database

DATABASES = {"default": database("DATABASE_URL", Path(VAR_DIR) / "test.sqlite3")}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = False
AXES_ENABLED = False
EVIDENCE_WAIT_S = 0  # look, but neither wait nor work: tests that need a checkpoint ask for one
EVIDENCE_POLICY = Path(VAR_DIR) / "policy.txt"  # of a folder of its own; each test gets another one
WITNESSES = {}
ADAPTERS = {
    **ADAPTERS,
    "speech": ("mediation.hearings.engines.scripted.ScriptedEngine", {}),
    "embedder": ("cases.similarity.embedder.HashingEmbedder", {}),
}
IDENTITIES = ADAPTERS.pop("identities")  # as the next
STORIES = ADAPTERS.pop("stories")  # for the tests and benchmarks that want it: the others need not wait
