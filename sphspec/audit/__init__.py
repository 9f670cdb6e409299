"""Audit: `sphspec.audit(sampler, claim)` holds a noise generator that somebody else wrote against a law.

The module is callable so that the public name `sphspec.audit` is both the function and the package.
"""

import sys
from types import ModuleType
from typing import Any

from sphspec.audit.finding import Caught, Explanation, Finding, Profile

__all__ = ["Caught", "Explanation", "Finding", "Profile"]


class _Callable(ModuleType):
    def __call__(
        self,
        sampler: Any,
        claim: Any,
        *,
        rng: Any = None,
        seed: int = 0,
        samples: int | None = None,
        false_alarm: float = 1e-6,
        seconds: float = 10.0,
        kind: str | None = None,
    ) -> Finding:
        """Return what is wrong with a generator of draws, if anything is.

        Parameters
        ----------
        sampler : (rng, size) -> (size, npix) maps on claim.grid, or (size, n) coefficients in chart R1; or
            an array of such draws, or `sphspec.files.Draws`
        claim : one of `sphspec.claims`
        rng : numpy.random.Generator that the sampler is given; by default one of the seed
        seed : of that generator
        samples : draws to take at most; by default what `seconds` are about enough for
        false_alarm : probability of any finding on a correct generator
        seconds : after which no further round of draws is begun
        kind : "maps" or "coefficients" where the shape does not tell

        Raises
        ------
        ValueError
            for a sampler that fails, or draws that are no finite double-precision numbers of the right shape;
            for arguments out of range.
        """
        import numpy as np

        from sphspec import _validate as check
        from sphspec.audit.run import run
        from sphspec.claim import Claim

        if not isinstance(claim, Claim):
            raise ValueError(
                f"claim must be one of sphspec.claims, e.g. IsotropicField(grid, cl), got {claim!r}"
            )
        if rng is None:
            rng = np.random.default_rng(check.integer("seed", seed, 0))
        if not isinstance(rng, np.random.Generator):
            raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}")
        if not 0 < check.positive("false_alarm", false_alarm) < 1:
            raise ValueError(f"false_alarm must be between 0 and 1, got {false_alarm}")
        check.positive("seconds", seconds)
        return run(sampler, claim, rng, samples=samples, false_alarm=false_alarm, seconds=seconds, kind=kind)


sys.modules[__name__].__class__ = _Callable
