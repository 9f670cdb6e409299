"""The covariance engine: C_(lm,l'm) of a ring sum by the displacement recurrence, compiled."""

from sphspec.engine.fold import Fold, fold
from sphspec.engine.order_blocks import (
    OrderBlocks,
    each_order,
    interleaved,
    one_order,
    order_blocks,
    order_squares,
    split,
    square,
)

__all__ = [
    "Fold",
    "OrderBlocks",
    "each_order",
    "fold",
    "interleaved",
    "one_order",
    "order_blocks",
    "order_squares",
    "split",
    "square",
]
