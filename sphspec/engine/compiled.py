"""The compiled loops of a block: from two starting rows the march downwards.

The steps inside the loops are the generated functions; what stands here is the order in which they are
taken. Imported when first needed, for numba takes half a second; what it compiles it keeps on disk.
"""

import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np

from sphspec._generated import displacement as displacement_step
from sphspec._generated import legendre
from sphspec.engine import compiled_rows, lanes
from sphspec.engine.compile import inline, inner, of_numpy, outer
from sphspec.engine.compiled_rows import GROUP, ROOM, SCALE, SMALL, starting_rows
from sphspec.engine.lanes import WIDTH, load, store

TILE = 16  # rows and columns that are mirrored at once
downwards, displacement = inline(displacement_step.downwards), of_numpy(legendre.displacement)


@inner
def march_split(m, lmax, above, here, a, inverse, even, odd, out):
    """Fill the two packed triangles of one order, l + l' even, from the rows lmax + 1 and lmax."""
    n = lmax - m + 1
    cut = ((n + 1) // 2) * ((n + 1) // 2 + 1) // 2
    below, row = -1, row_of(n - 1, cut)
    for j in range((n + 1) // 2):
        out[row + j] = here[(n - 1) % 2 + 2 * j]
    before = above[n % 2 :: 2].copy()
    for k in range(n - 1, 0, -1):  # row l = m + k gives row l - 1
        new = row_of(k - 1, cut)
        if k == n - 1:
            row_split(k, new, row, before, 0, a[k + 1], inverse[k], even, odd, out)
        else:
            row_split(k, new, row, out, below, a[k + 1], inverse[k], even, odd, out)
        below, row = row, new


@inner
def row_of(k, cut):
    """Return where the row l = m + k of the two triangles begins."""
    half = k // 2
    return k % 2 * cut + half * (half + 1) // 2


@inner
def row_split(k, new, row, source, below, up, over, even, odd, out):
    """Fill the row l = m + k - 1 from those of l, at `row`, and of l + 1, at source[below]."""
    half = (k - 1) // 2
    if k % 2 == 0:
        fill_row(out, new, row, source, below, half + 1, up, over, even, 1, odd, 0, 1)
    else:  # A_m = 0 ends it at the left
        out[new] = downwards(up, over, odd[0], 0.0, source[below], out[row], 0.0)
        fill_row(out, new + 1, row, source, below + 1, half, up, over, odd, 1, even, 1, 1)


@inner
def march_full(m, lmax, above, here, a, inverse, out):
    """Fill the packed triangle of one order, l' <= l, from the rows lmax + 1 and lmax."""
    n = lmax - m + 1
    below, row = -1, (n - 1) * n // 2
    for j in range(n):
        out[row + j] = here[j]
    for k in range(n - 1, 0, -1):
        new = (k - 1) * k // 2
        if k == n - 1:
            row_full(k, new, row, above, 0, a, inverse[k], out)
        else:
            row_full(k, new, row, out, below, a, inverse[k], out)
        below, row = row, new


@inner
def row_full(k, new, row, source, below, a, over, out):
    """Fill the row l = m + k - 1 from those of l, at `row`, and of l + 1, at source[below]."""
    out[new] = downwards(a[k + 1], over, a[1], 0.0, source[below], out[row + 1], 0.0)
    fill_row(out, new + 1, row, source, below + 1, k - 1, a[k + 1], over, a, 2, a, 1, 2)


@inner
def fill_row(out, new, row, source, below, size, up, over, right, after, left, before, gap):
    """Set out[new + j] from source[below + j] and from out[row + j + gap] and out[row + j], j < size.

    right, left : A of these columns, from the places `after` and `before` on
    """
    if size < WIDTH:
        for j in range(size):
            out[new + j] = downwards(
                up, over, right[after + j], left[before + j], source[below + j], out[row + j + gap],
                out[row + j],
            )  # fmt: skip
        return
    last = size - WIDTH  # these lanes are done again where they overlap: nothing is written beyond the row
    for begin in range(0, size, WIDTH):
        j = min(begin, last)
        entries = downwards(
            up, over, load(right, after + j), load(left, before + j), load(source, below + j),
            load(out, row + j + gap), load(out, row + j),
        )  # fmt: skip
        store(out, new + j, entries)


@outer
def unpack(triangle, square):
    """Write a packed lower triangle into both halves of a square matrix, tile by tile."""
    size = square.shape[0]
    for begin in range(0, size, TILE):
        end = min(begin + TILE, size)
        for i in range(begin, end):
            start = i * (i + 1) // 2
            for j in range(i + 1):
                square[i, j] = triangle[start + j]
        for column in range(0, end, TILE):
            for j in range(column, min(column + TILE, end)):
                for i in range(max(begin, j), end):
                    square[j, i] = square[i, j]


@lru_cache(maxsize=1)
def fill_orders() -> Callable[..., None]:
    """Return the compiled function that fills the triangles of consecutive orders.

    What numba has on disk is taken only if it was compiled of these very generated steps.
    """
    used = (displacement_step, legendre, compiled_rows, lanes)
    sources = (Path(str(module.__file__)).read_bytes() for module in used)
    steps = zlib.crc32(b"".join(sources)) | 1

    @outer
    def fill(orders, lmax, z, sine, plus, minus, mirrored, mantissa, power, factors, out):
        if steps == 0:  # never: it makes the generated steps a part of what is compiled
            return
        last, rings, written = lmax + 1, z.size, 0
        room = np.empty((ROOM, GROUP))
        a, inverse = np.empty(last - orders[0] + 3), np.empty(last - orders[0] + 3)
        for place in range(orders.size):
            m = orders[place]
            if place:
                for r in range(rings):
                    mantissa[r] *= factors[m] * sine[r]
                    if abs(mantissa[r]) < SMALL:
                        mantissa[r] /= SCALE
                        power[r] -= 1
            n = lmax - m + 1
            for k in range(n + 3):
                a[k] = displacement(float(m + k), float(m))
                inverse[k] = 1.0 / a[k]  # kept: the compiler would divide in every loop
            even_sums, odd_sums = plus[place % plus.shape[0]], minus[place % minus.shape[0]]
            here, above = starting_rows(
                m, last, z, sine, mantissa, power, a, inverse, even_sums, odd_sums, mirrored, room
            )
            even, odd = (n + 1) // 2, n // 2
            count = (even * (even + 1) + odd * (odd + 1)) // 2 if mirrored else n * (n + 1) // 2
            target = out[written : written + count]
            written += count
            if mirrored:
                march_split(m, lmax, above, here, a, inverse, a[0::2].copy(), a[1::2].copy(), target)
            else:
                march_full(m, lmax, above, here, a, inverse, target)

    return cast("Callable[..., None]", fill)
