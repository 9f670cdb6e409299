"""How fast we are, as ratios: us and a reference in turn in one process."""

from sphspec.bench.cases import comparisons
from sphspec.bench.compare import Comparison, Outcome, compared

__all__ = ["Comparison", "Outcome", "compared", "comparisons"]
