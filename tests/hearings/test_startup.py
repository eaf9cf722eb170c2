"""A worker that starts loads what it needs and nothing heavy: models and decoders come with the first recording."""

import subprocess
import sys
from pathlib import Path

HEAVY = (
    "ctranslate2",
    "faster_whisper",
    "onnxruntime",
    "av",
    "torch",
    "mediation.urls",
    "mediation.portal.urls",
)
SCRIPT = """
import sys
from mediation.celery import app
app.loader.import_default_modules()
app.finalize()
assert "mediation.hearings.tasks.transcribe" in app.tasks
print([name for name in {names!r} if name in sys.modules])
"""


def test_a_worker_warms_nothing_unneeded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(names=HEAVY)],
        cwd=Path(__file__).resolve().parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().endswith("[]"), done.stdout
