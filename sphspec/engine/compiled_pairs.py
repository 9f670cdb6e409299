"""The compiled loops of two orders: Legendre tables, the march of both degrees, and the dense matrix.

One order m is marched against all m' >= m at once: the numbers of one (l, l') lie side by side by m', so
that the inner loops run over contiguous memory. Which degree is marched decides the stability: l where
l m' >= l' m, and l', after that, on the rest (T2b).
"""

import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np

from sphspec._generated import displacement, legendre
from sphspec.engine.compiled import downwards, inner, next_degree, outer

TILE = 16  # rows and columns of the pieces in which one triangle is copied onto the other


@inner
def tabulate_order(m, last, z, start, ups, downs, table):
    """Set table[l - m, r] to lambda_lm(z_r), l = m .. last."""
    table[0, :] = start
    if last > m:
        row, new, up = table[0], table[1], ups[0]
        for r in range(z.size):
            new[r] = next_degree(z[r], row[r], 0.0, up, 0.0)
    for k in range(1, last - m):
        previous, row, new = table[k - 1], table[k], table[k + 1]
        up, down = ups[k], downs[k]
        for r in range(z.size):
            new[r] = next_degree(z[r], row[r], previous[r], up, down)


@inner
def marched_right(m, first, step, l, right):
    """Return how many of the orders first, first + step .. are marched in l' at (l, l'): l m' < l' m."""
    if m == 0:
        return 0
    bound = (right * m + l - 1) // l
    return max(0, (bound - first + step - 1) // step)


@inner
def columns_of(first, step, lmax, start):
    """Set start[l'] to the place of (l', first) in a row, and return the length of a row.

    With a step of two a row has every other l', so that even and odd l' share their places.
    """
    lengths = np.zeros(2, dtype=np.int64)
    for right in range(first, lmax + 1):
        which = (right - first) % step
        start[right] = lengths[which]
        lengths[which] += (right - first) // step + 1
    return max(lengths[0], lengths[1])


@inner
def set_ends(m, part, first, step, lmax, start, rows, offsets, columns, slab, above, beyond):
    """Take over the sums at l or l' = lmax, lmax + 1: into the slab, `above` (l) and `beyond` (l')."""
    parts, last = columns.shape[1], slab.shape[0] - 1
    for k in range((lmax - first) // step + 1):
        right_order = first + step * k
        size = lmax - right_order + 1
        place = offsets[right_order] + (m * parts + part) * 2 * size - right_order
        for right in range(right_order, lmax + 1):
            if (right - lmax - first + m) % step == 0:
                slab[last, start[right] + k] = rows[place + right]
            if (right - lmax - 1 - first + m) % step == 0:
                above[start[right] + k] = rows[place + size + right]
        ends = columns[right_order - m, part]
        for j in range(last + 1):
            if (m + j - lmax + first - m) % step == 0:
                slab[j, start[lmax] + k] = ends[0, j]
            beyond[j, k] = ends[1, j]


@inner
def march_left(m, first, step, lmax, start, a, lengths, shift, slab, above):
    """Fill the slab downwards in l where l m' >= l' m."""
    for l in range(lmax, m, -1):  # rows l + 1 and l give row l - 1
        row, new = slab[l - m], slab[l - 1 - m]
        below = above if l == lmax else slab[l + 1 - m]
        up, inverse = a[l + 1 - m], 1.0 / a[l - m]
        for right in range(first + (l - 1 - m) % step, lmax, step):
            begin = marched_right(m, first, step, l - 1, right)
            end = (right - first) // step + 1
            inside = (right - 1 - first) // step + 1  # orders that l' - 1 has as well
            here, after = start[right], start[right + 1]
            if begin < inside:
                before = start[right - 1]
                add_left(
                    new[here + begin : here + inside],
                    below[here + begin : here + inside],
                    row[after + begin : after + inside],
                    row[before + begin : before + inside],
                    lengths[right + 1, shift + begin : shift + inside],
                    lengths[right, shift + begin : shift + inside],
                    up,
                    inverse,
                )
            for k in range(max(begin, inside), end):
                new[here + k] = downwards(
                    up, inverse, lengths[right + 1, shift + k], 0.0, below[here + k], row[after + k], 0.0
                )


@inner
def add_left(new, below, right, left, up_right, down_right, up, inverse):
    """Set C_(l-1,l') of consecutive orders m'."""
    for k in range(new.size):
        new[k] = downwards(up, inverse, up_right[k], down_right[k], below[k], right[k], left[k])


@inner
def march_right(m, first, step, lmax, start, a, lengths, inverses, shift, slab, beyond):
    """Fill the rest of the slab downwards in l'."""
    for right in range(lmax, first, -1):  # columns l' + 1 and l' give column l' - 1
        new, here = start[right - 1], start[right]
        for l in range(m + (right - 1 - first) % step, min(lmax, right - 1), step):
            size = marched_right(m, first, step, l, right - 1)
            row = slab[l - m]
            below = beyond[l - m, :size] if right == lmax else row[start[right + 1] : start[right + 1] + size]
            above = slab[l + 1 - m, here : here + size]
            add_right(
                row[new : new + size],
                below,
                above,
                slab[l - 1 - m, here : here + size] if l > m else above,  # times A_m = 0
                lengths[right + 1, shift : shift + size],
                inverses[right, shift : shift + size],
                a[l + 1 - m],
                a[l - m],
            )


@inner
def add_right(new, below, right, left, up, inverse, up_right, down_right):
    """Set C_(l,l'-1) of consecutive orders m'."""
    for k in range(new.size):
        new[k] = downwards(up[k], inverse[k], up_right, down_right, below[k], right[k], left[k])


@inner
def spread(m, part, first, step, lmax, start, slab, dense):
    """Write one order's slab into the rows of m or -m of a dense matrix."""
    sine, right_sine = part // 2, part % 2
    for l in range(m, lmax + 1):
        row = dense[l * l + l - m] if sine else dense[l * l + l + m]
        for right in range(first + (l - m) % step, lmax + 1, step):
            size = (right - first) // step + 1
            values = slab[l - m, start[right] : start[right] + size]
            center = right * right + right
            if right_sine:
                for k in range(1 if first == 0 else 0, size):
                    row[center - first - step * k] = values[k]
            else:
                for k in range(size):
                    row[center + first + step * k] = values[k]


@inner
def reflect_rows(l, lmax, dense):
    """Set the rows of degree l where |m| > |m'|, or |m| = |m'| above the diagonal, from the columns."""
    for right in range(lmax + 1):
        for begin in range(-l, l + 1, TILE):
            for right_begin in range(-right, right + 1, TILE):
                reflect_tile(l, right, begin, right_begin, dense)


@inner
def reflect_tile(l, right, begin, right_begin, dense):
    """Do so for a piece of the rows and of the columns."""
    i, j = l * l + l, right * right + right
    for m in range(begin, min(begin + TILE, l + 1)):
        size = abs(m)
        row = dense[i + m]
        for order in range(max(right_begin, -size), min(right_begin + TILE, right + 1, size + 1)):
            if abs(order) < size or i + m < j + order:
                row[j + order] = dense[j + order, i + m]


@lru_cache(maxsize=1)
def pair_loops() -> tuple[Callable[..., None], ...]:
    """Return the compiled functions: tables of one order, all pairs of one order, the reflection.

    What numba has on disk is taken only if it was compiled of these very generated steps.
    """
    sources = (Path(str(module.__file__)).read_bytes() for module in (displacement, legendre))
    steps = zlib.crc32(b"".join(sources)) | 1

    @outer
    def tabulate(m, last, z, start, ups, downs, table):
        if steps == 0:  # never: it makes the generated steps a part of what is compiled
            return
        tabulate_order(m, last, z, start, ups, downs, table)

    @outer
    def fill(m, lmax, parts, step, a, lengths, inverses, rows, offsets, columns, out, dense):
        if steps == 0:
            return
        height, place = lmax - m + 1, 0
        start = np.zeros(lmax + 2, dtype=np.int64)
        for part in range(parts):
            for first in range(m, min(m + step, lmax + 1)):
                width = columns_of(first, step, lmax, start)
                slab = out[place : place + height * width].reshape((height, width))
                above, beyond = np.zeros(width), np.zeros((height, (lmax - first) // step + 1))
                known, inverse, shift = lengths[first % step], inverses[first % step], first // step
                set_ends(m, part, first, step, lmax, start, rows, offsets, columns, slab, above, beyond)
                march_left(m, first, step, lmax, start, a, known, shift, slab, above)
                march_right(m, first, step, lmax, start, a, known, inverse, shift, slab, beyond)
                if dense.size:
                    spread(m, part, first, step, lmax, start, slab, dense)
                else:
                    place += height * width

    @outer
    def reflect(l, lmax, dense):
        reflect_rows(l, lmax, dense)

    return cast("tuple[Callable[..., None], ...]", (tabulate, fill, reflect))
