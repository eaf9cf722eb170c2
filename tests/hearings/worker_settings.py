"""The site as a worker sees it, with an engine slow enough to be killed in the middle of its work."""

from mediation.conf.base import *  # noqa: F403
from mediation.conf.base import ADAPTERS

SLOW = ("tests.hearings.slow_engine.SlowEngine", dict[str, object]())
ADAPTERS = {**ADAPTERS, "speech": SLOW, "captions": SLOW}
EMBEDDED_BROKER = False
