"""The chart R1 to and from m-major complex coefficients, compiled.

It goes degree by degree: one side of the copy runs through memory in order, the other stays within the
caches. NumPy's gather of `conventions` costs up to a tenth of a transform at lmax 1024, this a few percent.
Imported when first needed, as the other compiled loops.
"""

import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import cast

from sphspec._generated import chart
from sphspec.engine.compile import inline, outer

real_parts, complex_parts = inline(chart.real_parts), inline(chart.complex_parts)


@lru_cache(maxsize=1)
def converters() -> tuple[Callable[..., None], Callable[..., None]]:
    """Return the compiled `pack(alpha, scale, alm)` and `unpack(alm, scale, alpha)`.

    alpha is (k, n) in R1, alm (k, (lmax+1)(lmax+2)/2) m-major, scale the chart factor of m > 0. What
    numba has on disk is taken only if it was compiled of these very generated functions.
    """
    steps = zlib.crc32(Path(str(chart.__file__)).read_bytes()) | 1

    @outer
    def pack(alpha, lmax, scale, alm):
        if steps == 0:  # never: it makes the generated functions a part of what is compiled
            return
        for row in range(alpha.shape[0]):
            source, target = alpha[row], alm[row]
            for l in range(lmax + 1):
                middle, place = l * l + l, l
                target[l] = complex(source[middle], 0.0)
                for m in range(1, l + 1):
                    place += lmax + 1 - m
                    real, imaginary = complex_parts(scale, source[middle + m], source[middle - m])
                    target[place] = complex(real, imaginary)

    @outer
    def unpack(alm, lmax, scale, alpha):
        if steps == 0:
            return
        for row in range(alpha.shape[0]):
            source, target = alm[row], alpha[row]
            for l in range(lmax + 1):
                middle, place = l * l + l, l
                target[middle] = source[l].real
                for m in range(1, l + 1):
                    place += lmax + 1 - m
                    value = source[place]
                    target[middle + m], target[middle - m] = real_parts(scale, value.real, value.imag)

    return cast("Callable[..., None]", pack), cast("Callable[..., None]", unpack)
