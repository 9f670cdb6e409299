"""The covariance engine: C_(lm,l'm) of a ring sum by the displacement recurrence, compiled."""

from sphspec.engine.couple import coupled_blocks
from sphspec.engine.coupled_blocks import CoupledBlocks
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
from sphspec.engine.pair_blocks import PairBlocks, dense_ring_form, pair_blocks
from sphspec.engine.polar import row_sums

__all__ = [
    "CoupledBlocks",
    "Fold",
    "OrderBlocks",
    "PairBlocks",
    "chunks",
    "coupled_blocks",
    "dense_ring_form",
    "each_order",
    "fold",
    "interleaved",
    "one_order",
    "order_blocks",
    "order_squares",
    "packed_sizes",
    "pair_blocks",
    "row_sums",
    "split",
    "square",
    "usual_threads",
]
