"""Draws that come twice: continuous laws never repeat one."""

from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from sphspec.audit.draws import Source
from sphspec.audit.fit import Fit

Floats = NDArray[np.float64]
PROBE = 8  # draws of each of two calls of the same size
BITS = 40.0  # of a normal number in double precision that are random, at least


@dataclass(frozen=True)
class Repeats:
    """The draws seen so far, by digest.

    Attributes
    ----------
    seen : digests
    width : numbers in a draw that vary
    repeated : draws that were seen before
    drawn : draws that the probe took
    notes : what is odd
    """

    seen: frozenset[bytes]
    width: int
    repeated: int
    drawn: int
    notes: tuple[str, ...]

    @classmethod
    def of(cls, source: Source) -> "Repeats":
        """Return the memory of two calls of the same size, and a note where a seed does not repeat one."""
        empty = cls(frozenset(), source.claim.covariance.rank, 0, 0, ())
        if source.fixed is not None:
            return empty.with_draws(source.fixed)
        first, second = source.draw(PROBE), source.draw(PROBE)
        third, fourth = (replace(source, rng=np.random.default_rng(7)).draw(2) for _ in range(2))
        notes: tuple[str, ...] = ()
        if not np.array_equal(third, fourth):
            notes = ("the same rng gives other draws: the sampler has randomness of its own",)
        seen = replace(empty, drawn=2 * PROBE, notes=notes)
        return seen.with_draws(first).with_draws(second)

    @property
    def found(self) -> bool:
        """Whether any draw came twice."""
        return self.repeated > 0

    @property
    def log_p(self) -> float:
        """Bound on log of the probability that any two of the draws are the same by chance."""
        return float(2 * np.log(max(len(self.seen), 2)) - BITS * np.log(2) * self.width)

    def with_draws(self, values: Floats) -> "Repeats":
        """Return the memory with draws (K, k) added."""
        digests = [
            blake2b(np.ascontiguousarray(row + 0.0).tobytes(), digest_size=12).digest() for row in values
        ]
        fresh = set(digests)
        repeated = len(digests) - len(fresh) + len(fresh & self.seen)
        return replace(self, seen=self.seen | fresh, repeated=self.repeated + repeated)

    @property
    def fit(self) -> Fit:
        """The fit of repeated draws: their share."""
        total = len(self.seen) + self.repeated
        share = self.repeated / total
        return Fit(
            "dependent-draws", f"{self.repeated} of {total} draws are copies of others", np.inf, 0,
            (share, share, share), "share of copies", "none: counted",
        )  # fmt: skip
