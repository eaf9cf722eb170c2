"""Voice prints by GE2E: three LSTM layers over a mel spectrogram, with the weights of Resemblyzer (Apache-2.0).

The package itself asks for torch; here its weights stand in a graph of ONNX that is made in memory when first needed.
"""

from functools import cached_property
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from mediation.hearings.audio import RATE_HZ, Samples
from mediation.hearings.diarization import ge2e_weights
from mediation.hearings.diarization.prints import Prints
from mediation.hearings.speech import TryLater

Floats = NDArray[np.float32]

FRAME, HOP, MELS = 400, 160, 40  # samples, samples, bands
STRETCH, STEP = 160, 20  # frames of a hundredth of a second that one print hears, and between two
LOUDNESS = 10 ** (-30 / 20)  # to which all speech is brought: -30 dB of full scale
LAYERS = 3
BEND_HZ, BEND_MEL = 1000.0, 15.0  # the mel scale of Slaney: even up to here, then by ratios


class Ge2ePrinter:
    """One process loads the weights once: 6 MB of memory."""

    name = "GE2E"
    version = f"Resemblyzer 0.1.4 sha256:{ge2e_weights.SHA256[:12]}"

    def prints_of(self, samples: Samples) -> Prints:
        """See VoicePrinter."""
        frames = mel_frames(samples * (LOUDNESS / max(_loudness(samples), 1e-6)))
        if len(frames) < STRETCH:
            frames = np.tile(frames, (STRETCH // len(frames) + 1, 1))[:STRETCH]
        starts = sorted({*range(0, len(frames) - STRETCH + 1, STEP), len(frames) - STRETCH})
        stretches = np.stack([frames[start : start + STRETCH] for start in starts], axis=1)
        found: Floats = self._session.run(None, {"frames": stretches})[0]
        prints: Prints = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return prints

    def problems(self) -> list[str]:
        """The package that is missing, with the way to get it."""
        if ge2e_weights.found():
            return []
        return [str(_("Voices are not compared: pip install --no-deps -r requirements-voices.txt."))]

    @cached_property
    def _weights(self) -> ge2e_weights.Weights:
        path = ge2e_weights.found()
        if path is None:
            raise TryLater(_("Comparing voices is not set up here. Please say yourself who spoke."))
        try:
            return ge2e_weights.read(path)
        except (ge2e_weights.Damaged, OSError) as error:
            raise TryLater(
                _("Comparing voices is not set up here. Please say yourself who spoke.")
            ) from error

    @cached_property
    def _session(self) -> Any:
        import onnxruntime  # type: ignore[import-untyped]  # heavy: only where voices are compared

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(
            graph_of(self._weights), options, providers=["CPUExecutionProvider"]
        )


def _loudness(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def graph_of(weights: ge2e_weights.Weights) -> bytes:
    """The encoder as an ONNX graph: `frames` (frames × stretches × bands) to `prints`, of any length."""
    from onnx import TensorProto, helper, numpy_helper

    nodes, constants, state = [], [], "frames"

    def keep(name: str, values: Floats) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    for layer in range(LAYERS):
        into, again, bias_in, bias_again = (
            _gates(weights[f"lstm.{part}_l{layer}"])
            for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        named = [
            keep(f"into{layer}", into[None]),
            keep(f"again{layer}", again[None]),
            keep(f"bias{layer}", np.concatenate([bias_in, bias_again])[None]),
        ]
        outputs = [f"all{layer}", f"last{layer}"]
        nodes.append(helper.make_node("LSTM", [state, *named], outputs, hidden_size=again.shape[1]))
        nodes.append(helper.make_node("Squeeze", [outputs[0], "direction"], [f"state{layer}"]))
        state = f"state{layer}"
    constants.append(numpy_helper.from_array(np.array([1]), "direction"))
    constants.append(numpy_helper.from_array(np.array([0]), "one_way"))
    nodes.append(helper.make_node("Squeeze", [outputs[1], "one_way"], ["last"]))
    ends = ["last", keep("weight", weights["linear.weight"].T), keep("bias", weights["linear.bias"])]
    nodes.append(helper.make_node("Gemm", ends, ["found"]))
    nodes.append(helper.make_node("Relu", ["found"], ["prints"]))
    frames = helper.make_tensor_value_info("frames", TensorProto.FLOAT, [STRETCH, "stretches", MELS])
    prints = helper.make_tensor_value_info("prints", TensorProto.FLOAT, ["stretches", None])
    graph = helper.make_graph(nodes, "voices", [frames], [prints], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(made.SerializeToString())


def _gates(values: Floats) -> Floats:
    """From the order of torch (entry, forget, new, exit) to that of ONNX (entry, exit, forget, new)."""
    entry, forget, new, exit_ = np.split(values, 4)
    return np.concatenate([entry, exit_, forget, new])


def mel_frames(samples: Samples) -> Floats:
    """Energy in MELS bands, a row each hundredth of a second."""
    around = np.pad(samples, FRAME // 2)
    count = max((len(around) - FRAME) // HOP + 1, 1)
    around = np.pad(around, (0, max(FRAME + HOP * (count - 1) - len(around), 0)))
    cut = np.lib.stride_tricks.sliding_window_view(around, FRAME)[::HOP][:count]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
    energy = np.abs(np.fft.rfft(cut * window, axis=1)) ** 2
    frames: Floats = (energy @ _BANDS.T).astype(np.float32)
    return frames


def _bands() -> NDArray[np.float64]:
    """Triangles of equal area, evenly apart on the mel scale from 0 to 8,000 Hz."""
    step = np.log(6.4) / 27.0
    top = BEND_MEL + np.log(RATE_HZ / 2 / BEND_HZ) / step
    places = np.linspace(0, top, MELS + 2)
    edges = np.where(
        places < BEND_MEL, places * BEND_HZ / BEND_MEL, BEND_HZ * np.exp(step * (places - BEND_MEL))
    )
    hertz = np.fft.rfftfreq(FRAME, 1 / RATE_HZ)
    rising = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    areas: NDArray[np.float64] = 2.0 / (edges[2:] - edges[:-2])[:, None]
    bands: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling)) * areas
    return bands


_BANDS = _bands()
