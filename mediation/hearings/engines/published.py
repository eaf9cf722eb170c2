"""How many characters of a hundred each model gets wrong in each dialect, as published by others or measured by us.

A figure says where it comes from, for it holds only for the recordings it was measured on: use it to choose, not to
promise. Of several published ones the worst is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mediation.hearings.speech import Dialect

USABLE_BELOW = 35.0


@dataclass(frozen=True, slots=True)
class Figure:
    """`error` of a hundred characters wrong, and its source."""

    error: float
    source: str

    @property
    def is_usable(self) -> bool:
        """Whether a person can correct such a text faster than write it."""
        return self.error < USABLE_BELOW


OURS = "benchmarks/speech.py"
_CHUAN, _YUE, _WU = "WenetSpeech-Chuan README", "WenetSpeech-Yue README", "WenetSpeech-Wu README"
_FUNASR, _FIRERED, _QWEN = "FunASR README", "FireRedASR2S README", "Qwen3-ASR README"
M, S, C, W, N = Dialect.MANDARIN, Dialect.SICHUAN, Dialect.CANTONESE, Dialect.WU, Dialect.MINNAN
H, E, Z = Dialect.HAKKA, Dialect.NORTHEAST, Dialect.ZHONGYUAN

PUBLISHED: Mapping[str, Mapping[str, Figure]] = {
    "whisper-base": {
        M: Figure(11.4, OURS), S: Figure(63.0, OURS), C: Figure(46.0, OURS), W: Figure(95.0, OURS),
        N: Figure(100.0, OURS), Z: Figure(56.0, OURS),
    },
    "whisper-large-v3": {
        M: Figure(18.87, _FIRERED), C: Figure(26.9, _YUE), Z: Figure(28.79, _QWEN), E: Figure(28.79, _QWEN),
        Dialect.OTHER: Figure(44.55, _QWEN),
    },
    "sensevoice-small": {
        M: Figure(7.81, _FUNASR), S: Figure(28.4, _CHUAN), C: Figure(10.0, _YUE), W: Figure(46.9, _WU),
    },
    "paraformer-large": {M: Figure(10.18, _FUNASR), S: Figure(24.6, _CHUAN), W: Figure(64.9, _WU)},
    "fireredasr-aed": {M: Figure(4.76, "FireRedASR README"), S: Figure(23.6, _CHUAN)},
    "fireredasr2-aed": {M: Figure(4.57, _FIRERED), W: Figure(27.0, _FIRERED), Dialect.OTHER: Figure(11.67, _FIRERED)},
    "fun-asr-nano": {
        M: Figure(8.20, _FUNASR), W: Figure(37.1, _FIRERED), Z: Figure(7.66, _FIRERED), E: Figure(7.66, _FIRERED),
        Dialect.OTHER: Figure(28.2, "Fun-ASR README"),
    },
    "qwen3-asr-1.7b": {
        M: Figure(5.88, _FIRERED), C: Figure(7.57, _QWEN), W: Figure(29.8, _FIRERED), Z: Figure(5.10, _QWEN),
        E: Figure(5.10, _QWEN), Dialect.OTHER: Figure(15.94, _QWEN),
    },
}  # fmt: skip


def figures_of(model: str) -> Mapping[str, Figure]:
    """The figures of a model by dialect; of one that is not listed none, so nothing is promised for it."""
    return PUBLISHED.get(model.lower(), {})


def models_for(dialect: str) -> list[tuple[str, Figure]]:
    """The models that are usable for this dialect, the best first."""
    found = [(model, figures[dialect]) for model, figures in PUBLISHED.items() if dialect in figures]
    return sorted((pair for pair in found if pair[1].is_usable), key=lambda pair: pair[1].error)
