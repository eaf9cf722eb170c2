"""The site as a worker sees it, with an engine slow enough to be killed in the middle of its work."""

from mediation.conf.base import *  # noqa: F403
from mediation.conf.base import ADAPTERS

ADAPTERS = {**ADAPTERS, "speech": ("tests.hearings.slow_engine.SlowEngine", {})}
EMBEDDED_BROKER = False
