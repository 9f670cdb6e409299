"""The compiled loops of couplings between orders: tables on short rings, rows of dense sectors.

A row of a sector is written once from one end to the other: for every lane a sum of few rank-one terms,
scalar times a row of a table, and C_(lm,l'm) of the row's own order.
"""

import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np

from sphspec._generated import legendre
from sphspec.engine import compiled_rows
from sphspec.engine.compile import inner, outer
from sphspec.engine.compiled_rows import SCALE, SMALL, STRIDE, begin_rings, next_degree, rescale
from sphspec.engine.fold import BLOCK


@inner
def tabulate(m, last, z, mantissa, power, a, inverse, table, room, powers):
    """Set table[l - m, r] to lambda_lm on a block of rings for l = m .. last, and one row more.

    On the way up, what is below 2^-64 of order one is set to 0.
    """
    waiting = begin_rings(mantissa, power, room, powers)
    current, previous = room[0], room[1]
    for k in range(0, last - m + 1, 2):
        if waiting and k % STRIDE == 0:
            waiting -= rescale(current, previous, powers)
        row, after = table[k], table[k + 1]
        first, length, second, longer = inverse[k + 1], a[k], inverse[k + 2], a[k + 1]
        for r in range(BLOCK):
            here = current[r]
            between = next_degree(z[r], here, previous[r], first, length)
            row[r] = here if powers[r] == 0 else 0.0
            after[r] = between if powers[r] == 0 else 0.0
            previous[r] = between
            current[r] = next_degree(z[r], between, here, second, longer)


@lru_cache(maxsize=1)
def fill_tables() -> Callable[..., None]:
    """Return the compiled function that tabulates lambda_lm of consecutive orders on rings.

    What numba has on disk is taken only if it was compiled of these very steps.
    """
    sources = (Path(str(module.__file__)).read_bytes() for module in (legendre, compiled_rows))
    steps = zlib.crc32(b"".join(sources)) | 1

    @outer
    def fill(orders, lmax, z, sine, mantissa, power, factors, lengths, candidates, starts, values, position):
        if steps == 0:  # never: it makes the steps a part of what is compiled
            return
        rings, parts = candidates.shape[1], starts.shape[1]
        table, powers = np.empty((lmax - orders[0] + 2, BLOCK)), np.empty(BLOCK, dtype=np.int64)
        room, inverses = np.empty((2, BLOCK)), np.empty(lengths.shape)
        for place in range(orders.size):
            for k in range(1, lengths.shape[1]):
                inverses[place, k] = 1.0 / lengths[place, k]
        for place in range(orders.size):
            m = orders[place]
            if place:
                for r in range(z.size):
                    mantissa[r] *= factors[m] * sine[r]
                    if abs(mantissa[r]) < SMALL:
                        mantissa[r] /= SCALE
                        power[r] -= 1
            n, row = lmax - m + 1, 0
            for begin in range(0, rings, BLOCK):
                end = min(begin + BLOCK, rings)
                wanted = False
                for r in range(begin, end):
                    wanted = wanted or candidates[m, r]
                if not wanted:
                    continue
                tabulate(
                    m, lmax, z[begin : begin + BLOCK], mantissa[begin : begin + BLOCK],
                    power[begin : begin + BLOCK], lengths[place], inverses[place], table, room, powers,
                )  # fmt: skip
                for r in range(begin, end):
                    if not candidates[m, r]:
                        continue
                    some = False
                    for part in range(parts):
                        width = (n - part + parts - 1) // parts
                        start = starts[m, part] + row * width
                        for i in range(width):
                            value = table[part + parts * i, r - begin]
                            values[start + i] = value
                            some = some or value != 0.0
                    if some:
                        position[m, r] = row
                        row += 1

    return cast("Callable[..., None]", fill)


@inner
def write_one(out, x, a, n):
    """Set out = a x."""
    for i in range(n):
        out[i] = a * x[i]


@inner
def write_two(out, x, y, a, b, n):
    """Set out = a x + b y."""
    for i in range(n):
        out[i] = a * x[i] + b * y[i]


@inner
def add_two(out, x, y, a, b, n):
    """Add a x + b y to out."""
    for i in range(n):
        out[i] += a * x[i] + b * y[i]


@inner
def add_four(out, x, y, z, w, a, b, c, d, n):
    """Add a x + b y + c z + d w to out."""
    for i in range(n):
        out[i] += a * x[i] + b * y[i] + c * z[i] + d * w[i]


@inner
def combine(out, n, vectors, starts, scalars, p, q):
    """Set out to the sum of scalars times vectors, terms p .. q - 1, at least one."""
    x = vectors[starts[p] : starts[p] + n]
    if (q - p) % 2:
        write_one(out, x, scalars[p], n)
        p += 1
    else:
        y = vectors[starts[p + 1] : starts[p + 1] + n]
        write_two(out, x, y, scalars[p], scalars[p + 1], n)
        p += 2
    if (q - p) % 4:
        x, y = vectors[starts[p] : starts[p] + n], vectors[starts[p + 1] : starts[p + 1] + n]
        add_two(out, x, y, scalars[p], scalars[p + 1], n)
        p += 2
    while p < q:
        x, y = vectors[starts[p] : starts[p] + n], vectors[starts[p + 1] : starts[p + 1] + n]
        z, w = vectors[starts[p + 2] : starts[p + 2] + n], vectors[starts[p + 3] : starts[p + 3] + n]
        add_four(out, x, y, z, w, scalars[p], scalars[p + 1], scalars[p + 2], scalars[p + 3], n)
        p += 4


@inner
def fill_lane(
    lane, out, packed, places, counts, tables, values, triangles, blocks, pointers, left, right, coefficients
):
    """Write the rows of one lane: all columns of a square, or those of a packed upper triangle.

    The terms of lanes that stand before carry the coefficient on their side: both halves of the square
    are then the same products, to the last bit.
    """
    lanes, n = counts.size, counts[lane]
    size, first = places[lanes], lane if packed else 0
    low, high = pointers[lane * lanes + first], pointers[(lane + 1) * lanes]
    before = pointers[lane * lanes + lane]
    starts, scalars = np.empty(high - low, dtype=np.int64), np.empty(high - low)
    length = 0
    for b in range(first, lane):
        length += counts[b] * (pointers[lane * lanes + b + 1] - pointers[lane * lanes + b])
    scaled, length = np.empty(length), 0
    for b in range(first, lanes):
        for p in range(pointers[lane * lanes + b], pointers[lane * lanes + b + 1]):
            start = tables[b] + right[p] * counts[b]
            starts[p - low] = start
            if b < lane:
                for i in range(counts[b]):
                    scaled[length + i] = coefficients[p] * values[start + i]
                starts[p - low] = length
                length += counts[b]
    active = np.empty(lanes, dtype=np.int64)  # lanes with terms, and this one: what is between them is 0
    some = 0
    for b in range(first, lanes):
        if b == lane or pointers[lane * lanes + b] < pointers[lane * lanes + b + 1]:
            active[some] = b
            some += 1
    for i in range(n):
        row = places[lane] + i
        base = row * size - row * (row + 1) // 2 if packed else row * size
        for p in range(low, high):
            scalar = values[tables[lane] + left[p] * n + i]
            scalars[p - low] = scalar if p < before else coefficients[p] * scalar
        done = row if packed else 0
        for b in active[:some]:
            p, q = pointers[lane * lanes + b] - low, pointers[lane * lanes + b + 1] - low
            if done < places[b]:
                out[base + done : base + places[b]] = 0.0
            done = places[b + 1]
            target = out[base + places[b] : base + done]
            if b < lane:
                combine(target, counts[b], scaled, starts, scalars, p, q)
            elif b > lane:
                combine(target, counts[b], values, starts, scalars, p, q)
            else:
                for j in range(i, n):
                    target[j] = blocks[triangles[lane] + j * (j + 1) // 2 + i]
                for term in range(p, q):
                    vector = values[starts[term] : starts[term] + n]
                    for j in range(i, n):
                        target[j] += scalars[term] * vector[j]
                if not packed:
                    for j in range(i):
                        target[j] = out[(places[lane] + j) * size + row]
        out[base + done : base + size] = 0.0


@outer
def fill_lanes(
    begin,
    end,
    out,
    packed,
    places,
    counts,
    tables,
    values,
    triangles,
    blocks,
    pointers,
    left,
    right,
    coefficients,
):
    """Write the rows of some lanes, one lane after the other."""
    for lane in range(begin, end):
        fill_lane(
            lane,
            out,
            packed,
            places,
            counts,
            tables,
            values,
            triangles,
            blocks,
            pointers,
            left,
            right,
            coefficients,
        )
