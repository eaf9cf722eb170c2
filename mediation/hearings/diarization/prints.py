"""Port VoicePrinter: speech to a voice print 声纹, close to another when the voice is. `ADAPTERS["voices"]` names one.

A voice print is biometric, so sensitive, personal information (个人信息保护法 Art 28) and asks for a consent of its own
(Art 29). Nothing here or in services.py keeps one: they live for one computation, and only what is proposed is stored.
"""

from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from mediation.adapters import adapter
from mediation.hearings.audio import Samples

Prints = NDArray[np.float32]  # stretches × width, each of length 1


class VoicePrinter(Protocol):
    """What makes voice prints. The caller runs it outside the request: an hour of speech takes minutes."""

    name: str
    version: str  # of the model, written beside every proposal

    def prints_of(self, samples: Samples) -> Prints:
        """A print of each stretch of about a second and a half of `samples` (mono, 16 kHz), in order of time.

        Raise TryLater if it cannot be had now.
        """
        ...

    def problems(self) -> list[str]:
        """What an operator must mend before voices can be compared; empty when ready. Changes nothing."""
        ...


def printer() -> VoicePrinter:
    """The one that settings.ADAPTERS["voices"] names, built once a process."""
    return cast("VoicePrinter", adapter("voices"))
