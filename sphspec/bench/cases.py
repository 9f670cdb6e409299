"""All comparisons, up to a band limit."""

from sphspec.bench.blocks import block_comparisons
from sphspec.bench.compare import Comparison
from sphspec.bench.peers import peer_comparisons
from sphspec.bench.transforms import transform_comparisons


def comparisons(lmax: int = 1024) -> list[Comparison]:
    """Return the comparisons; the largest band limit decides about time and memory (2048: 6 GiB)."""
    return [*block_comparisons(lmax), *transform_comparisons(lmax), *peer_comparisons()]
