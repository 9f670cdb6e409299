"""The covariance engine: C_(lm,l'm) of a ring sum by the displacement recurrence, compiled."""

from sphspec.engine.fold import Fold, fold
from sphspec.engine.order_blocks import (
    OrderBlocks,
    chunks,
    each_order,
    interleaved,
    one_order,
    order_blocks,
    order_squares,
    packed_sizes,
    split,
    square,
    usual_threads,
)
from sphspec.engine.recurrence import Recurrence

__all__ = [
    "Fold",
    "OrderBlocks",
    "Recurrence",
    "chunks",
    "each_order",
    "fold",
    "interleaved",
    "one_order",
    "order_blocks",
    "order_squares",
    "packed_sizes",
    "split",
    "square",
    "usual_threads",
]
