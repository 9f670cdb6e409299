"""Compiled conversions between chart R1 and m-major complex coefficients, in tiles that stay in the cache."""

import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import cast

from sphspec._generated import chart
from sphspec.engine.compiled import inline, outer

TILE = 16  # degrees at once: as many neighbours of one order are written together
real_parts, complex_parts = inline(chart.real_parts), inline(chart.complex_parts)


@lru_cache(maxsize=1)
def conversions() -> tuple[Callable[..., None], Callable[..., None]]:
    """Return the compiled (to complex, from complex), each of (real, complex, scales, first, last).

    Only degrees first <= l < last are converted, so that threads can share the work.
    """
    formulas = zlib.crc32(Path(str(chart.__file__)).read_bytes()) | 1

    @outer
    def spread(alpha, alm, scale, first, last):
        if formulas == 0:  # never: it makes the generated formulas a part of what is compiled
            return
        lmax = scale.size - 1
        for begin in range(first, last, TILE):
            end = min(begin + TILE, last)
            for m in range(end):
                start = m * (2 * lmax + 1 - m) // 2
                for l in range(max(begin, m), end):
                    place = l * l + l
                    sine = alpha[place - m] if m else 0.0
                    real, imaginary = complex_parts(scale[m], alpha[place + m], sine)
                    alm[start + l] = complex(real, imaginary)

    @outer
    def gather(alpha, alm, scale, first, last):
        if formulas == 0:
            return
        lmax = scale.size - 1
        for begin in range(first, last, TILE):
            end = min(begin + TILE, last)
            for m in range(end):
                start = m * (2 * lmax + 1 - m) // 2
                for l in range(max(begin, m), end):
                    place = l * l + l
                    value = alm[start + l]
                    cosine, sine = real_parts(scale[m], value.real, value.imag)
                    alpha[place - m] = sine
                    alpha[place + m] = cosine

    return cast("tuple[Callable[..., None], Callable[..., None]]", (spread, gather))
