"""Writes the encoder of multilingual-e5-small as an ONNX graph with int8 matrices (21 MB), for onnxruntime.

Word vectors stay in the weights file: the graph takes sums of word, place and kind vectors, and gives one vector a
piece. Nothing here runs while people wait: the graph is written once and kept.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from cases.similarity.e5_weights import E5File, Floats

MICROSOFT = "com.microsoft"  # the domain of onnxruntime's fused operators
Changes = Mapping[str, Floats]  # added to the matrix of that name before it is packed


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def keep(self, name: str, values: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def run(self, operator: str, inputs: list[str], output: str, *, domain: str = "", **settings: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **settings))
        return output


def packed(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """The matrix (outputs × inputs) as int8, inputs first, with one scale an output."""
    scales = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / 127
    whole = np.clip(np.round(matrix / scales[:, None]), -127, 127).astype(np.int8)
    return np.ascontiguousarray(whole.T), scales.astype(np.float32)


def write_encoder(weights: E5File, changes: Changes | None = None, *, layers: int = 0) -> bytes:
    """The graph as bytes: the lowest `layers`, all for 0.

    Inputs `x` (texts × pieces × width) and `mask`; output `y` of the shape of `x`.
    """
    from onnx import TensorProto, helper

    graph = _Graph()
    sizes = weights.sizes
    dense = _dense(graph, weights, changes or {})
    state = graph.run(
        "LayerNormalization",
        ["x", *_norm(graph, weights, "emb.ln")],
        "state",
        axis=-1,
        epsilon=sizes.epsilon,
    )
    for layer in range(layers or sizes.layers):
        state = _layer(graph, weights, dense, layer, state)
    graph.run("Identity", [state], "y")
    shape: list[str | int | None] = ["texts", "pieces", sizes.width]
    whole = helper.make_graph(
        graph.nodes,
        "encoder",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, shape),
            helper.make_tensor_value_info("mask", TensorProto.INT32, ["texts", "pieces"]),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        graph.constants,
    )
    model = helper.make_model(
        whole, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)], ir_version=9
    )
    return bytes(model.SerializeToString())


def _norm(graph: _Graph, weights: E5File, name: str) -> list[str]:
    return [graph.keep(f"{name}.{part}", weights.floats(f"{name}.{part}")) for part in "wb"]


def _dense(graph: _Graph, weights: E5File, changes: Changes) -> Callable[..., str]:
    def dense(state: str, name: str, *, inputs: int) -> str:
        matrix = weights.matrix(f"{name}.w", inputs=inputs)
        if name in changes:
            matrix = matrix + changes[name]
        whole, scales = packed(matrix)
        return graph.run(
            "DynamicQuantizeMatMul",
            [
                state,
                graph.keep(f"{name}.w", whole),
                graph.keep(f"{name}.s", scales),
                graph.keep(f"{name}.z", np.zeros(len(scales), dtype=np.int8)),
                graph.keep(f"{name}.b", weights.floats(f"{name}.b")),
            ],
            f"{name}.y",
            domain=MICROSOFT,
        )

    return dense


def _layer(graph: _Graph, weights: E5File, dense: Callable[..., str], layer: int, state: str) -> str:
    sizes = weights.sizes
    here = f"l{layer}"
    sides = [dense(state, f"{here}.{side}", inputs=sizes.width) for side in "qkv"]
    seen = graph.run(
        "MultiHeadAttention",
        [*sides, "", "mask"],
        f"{here}.seen",
        domain=MICROSOFT,
        num_heads=sizes.heads,
        mask_filter_value=-10_000.0,
    )
    seen = dense(seen, f"{here}.ao", inputs=sizes.width)
    state = _add(graph, weights, [seen, state], f"{here}.aln")
    inner = graph.run(
        "Gelu", [dense(state, f"{here}.fi", inputs=sizes.width)], f"{here}.gelu", domain=MICROSOFT
    )
    return _add(graph, weights, [dense(inner, f"{here}.fo", inputs=sizes.inner), state], f"{here}.oln")


def _add(graph: _Graph, weights: E5File, sides: list[str], name: str) -> str:
    return graph.run(
        "SkipLayerNormalization",
        [*sides, *_norm(graph, weights, name)],
        f"{name}.y",
        domain=MICROSOFT,
        epsilon=weights.sizes.epsilon,
    )
