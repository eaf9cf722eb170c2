"""An engine that fails as told: so that both ways to fail are seen before they happen."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from mediation.hearings.speech import Capabilities, NeverWill, Segment, TryLater


class FailingEngine:
    """Raise TryLater (`how="later"`) or NeverWill (`how="never"`), after `after` segments were given."""

    name = "failing"
    version = "1"
    capabilities = Capabilities()

    def __init__(self, how: str = "later", after: int = 0) -> None:
        self.how = how
        self.after = after

    def transcribe(
        self,
        recording: Path,
        *,
        dialect: str,
        terms: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Iterator[Segment]:
        """Yield `after` segments of one second, then fail."""
        total = float(self.after + 1)
        for second in range(self.after):
            yield Segment(timedelta(seconds=second), timedelta(seconds=second + 1), "喂", 0.9, "喂")
            if on_progress:
                on_progress(second + 1.0, total)
        if self.how == "never":
            raise NeverWill(_("This file cannot be played. Please record again or choose another file."))
        raise TryLater(_("Speech to text is busy. We will try again."))

    def problems(self) -> list[str]:
        """Say that this engine is not for use."""
        return [str(_("This engine always fails; it is for tests only."))]
