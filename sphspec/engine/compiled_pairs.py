"""The compiled loops of two orders: Legendre tables, the march of both degrees, and the dense matrix.

One order m is marched against WIDTH orders m' >= m at once, side by side in memory: such a slab stays in
the cache from its first row to its last number. Which degree is marched decides the stability: l where
l m' >= l' m, and l', after that, on the rest (T2b).
"""

import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np

from sphspec._generated import displacement, legendre
from sphspec.engine.compile import inner, outer
from sphspec.engine.compiled import downwards
from sphspec.engine.compiled_rows import next_degree
from sphspec.engine.pair_sums import WIDTH

TILE = 32  # rows and columns of the pieces in which one triangle is copied onto the other


@inner
def tabulate_order(m, last, z, start, inverses, lengths, table):
    """Set table[l - m, r] to lambda_lm(z_r), l = m .. last."""
    table[0, :] = start
    for k in range(last - m):
        row, new = table[k], table[k + 1]
        previous = table[k - 1] if k else row  # times A_m = 0
        inverse, length = inverses[k], lengths[k]
        for r in range(z.size):
            new[r] = next_degree(z[r], row[r], previous[r], inverse, length)


@inner
def set_coefficients(first, step, lmax, lengths, known, inverses):
    """Set known[.., l', m'] to A_l'^m' and its inverse, l' = first .. lmax + 1, zero where there is none."""
    known[:] = 0.0
    inverses[:] = 0.0
    for k in range(min(WIDTH, (lmax - first) // step + 1)):
        order = first + step * k
        for right in range(order + 1, lmax + 2):
            which, slot = (right - first) % step, (right - first) // step
            known[which, slot * WIDTH + k] = lengths[order, right]
            inverses[which, slot * WIDTH + k] = 1.0 / lengths[order, right]


@inner
def set_ends(m, part, first, step, lmax, rows, offsets, columns, slab, above, beyond):
    """Take over the sums at l or l' = lmax, lmax + 1: into the slab, `above` (l) and `beyond` (l')."""
    parts, last, end = columns.shape[1], slab.shape[0] - 1, (lmax - first) // step * WIDTH
    slab[last, :] = 0.0
    slab[:, end:] = 0.0
    above[:] = 0.0
    beyond[:] = 0.0
    for k in range(min(WIDTH, (lmax - first) // step + 1)):
        order = first + step * k
        size = lmax - order + 1
        place = offsets[order] + (m * parts + part) * 2 * size - order
        for right in range(order, lmax + 1):
            slot = (right - first) // step * WIDTH + k
            if (right - first - last) % step == 0:
                slab[last, slot] = rows[place + right]
            if (right - first - last - 1) % step == 0:
                above[slot] = rows[place + size + right]
        ends = columns[order - m, part]
        for j in range(last + 1):
            if (lmax - first - j) % step == 0:
                slab[j, end + k] = ends[0, j]
            beyond[j, k] = ends[1, j]


@inner
def march_left(m, first, step, lmax, a, known, slab, above):
    """Fill the slab downwards in l wherever one of its orders m' has l m' >= l' m."""
    widest = first + step * (WIDTH - 1)
    for l in range(lmax, m, -1):  # rows l + 1 and l give row l - 1
        top = lmax - 1 if m == 0 else min(lmax - 1, (l - 1) * widest // m)
        parity = (l - 1 - m) % step
        if top < first + parity:
            continue
        end = ((top - first - parity) // step + 1) * WIDTH
        row, new = slab[l - m], slab[l - 1 - m]
        below = above if l == lmax else slab[l + 1 - m]
        up, inverse = a[l + 1 - m], 1.0 / a[l - m]
        after = WIDTH if step == 1 or parity else 0  # from l' to l' + 1 in a row
        ups, downs = known[(parity + 1) % step, after : after + end], known[parity]
        begin = 0
        if step == 1 or parity == 0:  # at l' = first there is none to the left
            begin = WIDTH
            for k in range(WIDTH):
                new[k] = downwards(up, inverse, ups[k], 0.0, below[k], row[after + k], 0.0)
        before = 0 if step == 2 and parity else WIDTH
        add_left(
            new[begin:end],
            below[begin:end],
            row[begin + after : end + after],
            row[begin - before : end - before],
            ups[begin:],
            downs[begin:end],
            up,
            inverse,
        )


@inner
def add_left(new, below, right, left, up_right, down_right, up, inverse):
    """Set C_(l-1,l') of consecutive l' and m'."""
    for k in range(new.size):
        new[k] = downwards(up, inverse, up_right[k], down_right[k], below[k], right[k], left[k])


@inner
def march_right(m, first, step, lmax, a, known, inverses, slab, beyond):
    """Fill the rest of the slab, l m' < l' m, downwards in l'."""
    if m == 0:
        return
    for right in range(lmax, first, -1):  # columns l' + 1 and l' give column l' - 1
        parity = (right - 1 - first) % step
        new, here, below = (
            (right - 1 - first) // step * WIDTH,
            (right - first) // step * WIDTH,
            (right + 1 - first) // step * WIDTH,
        )
        ups = known[(parity + 2) % step, below : below + WIDTH]
        inverse = inverses[(parity + 1) % step, here : here + WIDTH]
        for l in range(m + parity, min(lmax, ((right - 1) * m - 1) // first + 1), step):
            bound = (right - 1) * m
            size = min(WIDTH, ((bound + l - 1) // l - first + step - 1) // step)
            j = l - m
            source = beyond[j] if right == lmax else slab[j, below : below + WIDTH]
            above = slab[j + 1, here : here + WIDTH]
            before = slab[j - 1, here : here + WIDTH] if j else above  # times A_m = 0
            add_right(slab[j, new : new + WIDTH], source, above, before, ups, inverse, a[j + 1], a[j], size)


@inner
def add_right(new, below, right, left, up, inverse, up_right, down_right, size):
    """Set C_(l,l'-1) of the first orders m'."""
    for k in range(WIDTH):
        value = downwards(up[k], inverse[k], up_right, down_right, below[k], right[k], left[k])
        new[k] = value if k < size else new[k]


@inner
def spread(m, part, step, lmax, out, dense):
    """Write the slabs of one part into the rows of m or -m of a dense matrix, row by row."""
    sine, right_sine, height = part // 2, part % 2, lmax - m + 1
    for l in range(m, lmax + 1):
        row, begin = dense[l * l + l - m] if sine else dense[l * l + l + m], 0
        for parity in range(step):
            for first in range(m + parity, lmax + 1, step * WIDTH):
                width = ((lmax - first) // step + 1) * WIDTH
                values = out[begin + (l - m) * width : begin + (l - m + 1) * width]
                begin += height * width
                for right in range(first + (l - m) % step, lmax + 1, step):
                    slot, center = (right - first) // step, right * right + right
                    place, size = slot * WIDTH, min(WIDTH, slot + 1)
                    if right_sine:
                        for k in range(0 if first else 1, size):
                            row[center - first - step * k] = values[place + k]
                    else:
                        for k in range(size):
                            row[center + first + step * k] = values[place + k]


@inner
def reflect_rows(l, lmax, dense):
    """Set the rows of degree l where |m| > |m'|, or |m| = |m'| above the diagonal, from the columns."""
    i = l * l + l
    for right in range(lmax + 1):
        j = right * right + right
        for begin in range(-l, l + 1, TILE):
            for right_begin in range(-right, right + 1, TILE):
                for m in range(begin, min(begin + TILE, l + 1)):
                    size, row = abs(m), dense[i + m]
                    low, high = max(right_begin, 1 - size), min(right_begin + TILE, right + 1, size)
                    for order in range(low, high):
                        row[j + order] = dense[j + order, i + m]
        for m in range(-min(l, right), min(l, right) + 1):
            for order in (-m, m):
                if i + m < j + order:
                    dense[i + m, j + order] = dense[j + order, i + m]


@lru_cache(maxsize=1)
def pair_loops() -> tuple[Callable[..., None], ...]:
    """Return the compiled functions: tables of one order, all pairs of one order, the reflection.

    What numba has on disk is taken only if it was compiled of these very generated steps.
    """
    sources = (Path(str(module.__file__)).read_bytes() for module in (displacement, legendre))
    steps = zlib.crc32(b"".join(sources)) | 1

    @outer
    def tabulate(m, last, z, start, inverses, lengths, table):
        if steps == 0:  # never: it makes the generated steps a part of what is compiled
            return
        tabulate_order(m, last, z, start, inverses, lengths, table)

    @outer
    def fill(m, lmax, parts, step, lengths, rows, offsets, columns, out, dense):
        if steps == 0:
            return
        height, place, a = lmax - m + 1, 0, lengths[m, m:].copy()
        longest = ((lmax - m) // step + 2) * WIDTH
        known, inverses = np.empty((step, longest)), np.empty((step, longest))
        above, beyond = np.empty(longest), np.empty((height, WIDTH))
        for part in range(parts):
            for parity in range(step):
                for first in range(m + parity, lmax + 1, step * WIDTH):
                    width = ((lmax - first) // step + 1) * WIDTH
                    slab = out[place : place + height * width].reshape((height, width))
                    place += height * width
                    set_coefficients(first, step, lmax, lengths, known, inverses)
                    set_ends(m, part, first, step, lmax, rows, offsets, columns, slab, above, beyond)
                    march_left(m, first, step, lmax, a, known, slab, above)
                    march_right(m, first, step, lmax, a, known, inverses, slab, beyond)
            if dense.size:
                spread(m, part, step, lmax, out, dense)
                place = 0

    @outer
    def reflect(l, lmax, dense):
        reflect_rows(l, lmax, dense)

    return cast("tuple[Callable[..., None], ...]", (tabulate, fill, reflect))
