"""Reduced Gaussian grids: Gauss-Legendre rings with fewer points towards the poles, as at ECMWF."""

from typing import Any

import ducc0
import numpy as np

from sphspec import _validate as check
from sphspec.grids.ring import RingGrid

CLASSICAL = {  # northern hemisphere, from the pole; ECMWF's N grids
    32: (
        20, 27, 36, 40, 45, 50, 60, 64, 72, 75, 80, 90, 90, 96, 100, 108, 108, 120, 120, 120,
        *(12 * (128,)),
    ),
}  # fmt: skip
RINGS_MAX = 1 << 20


class ReducedGaussian(RingGrid):
    """Gauss-Legendre rings of any numbers of points, the first of each at longitude 0.

    Parameters
    ----------
    counts : (nlat,) number of points of every ring, north to south, each >= 1
    northern : whether counts are of the northern hemisphere alone, from the pole to the equator

    Raises
    ------
    ValueError
        for counts that are not integers >= 1.

    >>> ReducedGaussian([20, 27], northern=True)
    <ReducedGaussian reduced-gaussian:rings=4,npix=94: 94 points on 4 rings>
    """

    def __init__(self, counts: Any, *, northern: bool = False, name: str | None = None) -> None:
        rings = check.exact_array("counts", counts)
        if rings.size == 0 or (rings < 1).any() or (rings != np.round(rings)).any():
            raise ValueError(f"counts must be integers >= 1, at least one, got {counts!r:.60}")
        check.integer("the number of rings", rings.size, 1, RINGS_MAX)
        rings = np.concatenate([rings, rings[::-1]]) if northern else rings
        super().__init__(
            ducc0.misc.GL_thetas(rings.size),
            rings,
            np.zeros(rings.size),
            ducc0.misc.GL_weights(rings.size, 1) / rings,
            name=name or f"reduced-gaussian:rings={rings.size},npix={rings.sum():.0f}",
        )

    @classmethod
    def octahedral(cls, n: int) -> "ReducedGaussian":
        """Return ECMWF's octahedral grid O<n>: 2n rings, 4 i + 16 points on the i-th from either pole.

        >>> ReducedGaussian.octahedral(320).npix
        421120
        """
        half = check.integer("n", n, 1, RINGS_MAX // 2)
        check.fits(64.0 * 4 * half * (half + 9), f"the octahedral grid O{half}", "lower n")
        counts = 4 * np.arange(1, half + 1) + 16
        return cls(counts, northern=True, name=f"reduced-gaussian:octahedral={half}")

    @classmethod
    def classical(cls, n: int) -> "ReducedGaussian":
        """Return ECMWF's classical reduced grid N<n>, for the lists that are built in.

        Raises
        ------
        ValueError
            for another n; the built-in ones are named.

        >>> ReducedGaussian.classical(32).npix
        6114
        """
        half = check.integer("n", n, 1)
        if half not in CLASSICAL:
            raise ValueError(
                f"the classical list of N{half} is not built in, known n: "
                f"{', '.join(map(str, sorted(CLASSICAL)))}; give any list to "
                f"ReducedGaussian(counts, northern=True)"
            )
        return cls(CLASSICAL[half], northern=True, name=f"reduced-gaussian:classical={half}")
