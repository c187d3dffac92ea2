"""Linear layers whose weights lie in memory as the processor multiplies them.

A short text is embedded by many small products, and each would first bring the weights into that order again: laid out
once, a query takes two thirds of the time. The numbers are those of the layer.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

ROWS = 32  # words of a query; the order is chosen for about so many


class Packed(nn.Module):
    """Computes what a linear layer does, in the given precision."""

    def __init__(self, layer: nn.Linear, precision: torch.dtype) -> None:
        """`layer`: with its weights in the memory of the processor."""
        super().__init__()
        self._precision = precision
        self._bias = layer.bias.detach().to(precision) if layer.bias is not None else None
        self._weight: Any = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach().to(precision), ROWS)

    def forward(self, given: Tensor) -> Tensor:
        """... x inputs to ... x outputs."""
        made: Tensor = torch.ops.mkldnn._linear_pointwise(
            given.to(self._precision), self._weight, self._bias, "none", [], ""
        )
        return made


def pack(model: nn.Module, precision: torch.dtype) -> None:
    """Lay out the weights of all linear layers of a model, where this build of torch can (oneDNN)."""
    there = bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]
    if not there or not all(
        hasattr(torch.ops.mkldnn, name) for name in ("_linear_pointwise", "_reorder_linear_weight")
    ):
        return
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if type(child) is nn.Linear:  # the weights of what is derived from it may be read by others
                setattr(parent, name, Packed(child, precision))
