"""The compiled loops: Legendre tables of a block of rings, two starting rows, and the march downwards.

The steps inside the loops are the generated functions; what stands here is the order in which they are
taken. Imported when first needed, for numba takes half a second; what it compiles it keeps on disk.
"""

import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np

from sphspec._generated import displacement, legendre
from sphspec.engine.fold import BLOCK

UNIT = 256  # a ring's values carry a power of 2^UNIT beside them on the way up to order one
TILE = 16  # rows and columns that are mirrored at once
STRIDE = 8  # degrees between looks at the powers: eight steps grow by less than 2^64 up to lmax 32767
LARGE = 2.0 ** (UNIT // 2)
SCALE = 2.0**-UNIT
FLAGS = {"reassoc", "contract", "nsz"}  # sums in any order, fused products: the last digit only

inline: Any = numba.njit(inline="always")
inner: Any = numba.njit(nogil=True, fastmath=FLAGS, error_model="numpy")
outer: Any = numba.njit(nogil=True, fastmath=FLAGS, error_model="numpy", cache=True)
next_degree, downwards = inline(legendre.next_degree), inline(displacement.downwards)


@inner
def tabulate(m, last, z, mantissa, power, ups, downs, table, powers):
    """Set table[l - m, r] to lambda_lm(z_r) for l = m .. last on a block of rings.

    Returns the first degree that is not 0 on all of them: on the way up, what is below 2^-64 is set to 0.
    """
    first, waiting = climb(m, last, z, mantissa, power, ups, downs, table, powers)
    for k in range(waiting - m, last - m):
        row, previous, new = table[k], table[k - 1], table[k + 1]
        up, down = ups[k], downs[k]
        for r in range(BLOCK):
            new[r] = next_degree(z[r], row[r], previous[r], up, down)
    return first


@inner
def climb(m, last, z, mantissa, power, ups, downs, table, powers):
    """Fill the table's rows up to where every ring is of order one.

    Returns the first degree that is not 0, and the degree up to which the rows are filled.
    """
    current, previous = mantissa.copy(), np.zeros(BLOCK)
    waiting = 0
    for r in range(BLOCK):
        powers[r] = power[r]
        waiting += power[r] < 0
    first, settled = last + 1, 0
    for l in range(m, last + 1):
        row, up, down = table[l - m], ups[l - m], downs[l - m]
        if waiting and (l - m) % STRIDE == 0:
            for r in range(BLOCK):
                if powers[r] < 0 and abs(current[r]) > LARGE:
                    current[r] *= SCALE
                    previous[r] *= SCALE
                    powers[r] += 1
                    waiting -= powers[r] == 0
        if waiting < BLOCK and first > last:
            first = l
        for r in range(BLOCK):
            here = current[r]
            row[r] = here if powers[r] == 0 else 0.0
            current[r] = next_degree(z[r], here, previous[r], up, down)
            previous[r] = here
        settled = settled + 1 if waiting == 0 else 0
        if settled == 2:
            return first, l
    return first, last


@inner
def add_products(m, degree, first, table, plus, minus, mirrored, weights, row):
    """Add sum_r u_r lambda_degree lambda_l' to row[l' - m], l' = first .. degree.

    u is `plus` where l' and the degree have one parity, `minus` where they have not.
    """
    values = table[degree - m]
    for parity in range(1 if mirrored else 2):
        u = plus if parity == 0 else minus
        for r in range(BLOCK):
            weights[r] = u[r] * values[r]
        for l in range(first + (first + degree + parity) % 2, degree + 1, 2):
            other = table[l - m]
            total = 0.0
            for r in range(BLOCK):
                total += weights[r] * other[r]
            row[l - m] += total


@inner
def march_split(m, lmax, above, here, a, even, odd, out):
    """Fill the two packed triangles of one order, l + l' even, from the rows lmax + 1 and lmax."""
    n = lmax - m + 1
    cut = ((n + 1) // 2) * ((n + 1) // 2 + 1) // 2
    parts = (out[:cut], out[cut:])
    i, q = (n - 1) // 2, (n - 1) % 2
    start = i * (i + 1) // 2
    row = parts[1][start : start + i + 1] if q else parts[0][start : start + i + 1]
    for j in range(i + 1):
        row[j] = here[q + 2 * j]
    below = np.empty(n // 2 + 1)
    for j in range(n // 2):
        below[j] = above[1 - q + 2 * j]
    for k in range(n - 1, 0, -1):  # row l = m + k gives row l - 1
        up, inverse = a[k + 1], 1.0 / a[k]
        i, q = (k - 1) // 2, (k - 1) % 2
        start = i * (i + 1) // 2
        if q:
            new = odd_row(parts[1][start : start + i + 1], row, below, up, inverse, even, odd)
        else:
            new = even_row(parts[0][start : start + i + 1], row, below, up, inverse, even, odd)
        below, row = row, new


@inner
def odd_row(new, row, below, up, inverse, even, odd):
    """Fill a row whose columns are l' = m + 1 + 2 j."""
    for j in range(new.size):
        new[j] = downwards(up, inverse, even[j + 1], odd[j], below[j], row[j + 1], row[j])
    return new


@inner
def even_row(new, row, below, up, inverse, even, odd):
    """Fill a row whose columns are l' = m + 2 j; A_m = 0 ends it at the left."""
    new[0] = downwards(up, inverse, odd[0], 0.0, below[0], row[0], 0.0)
    for j in range(1, new.size):
        new[j] = downwards(up, inverse, odd[j], even[j], below[j], row[j], row[j - 1])
    return new


@inner
def march_full(m, lmax, above, here, a, out):
    """Fill the packed triangle of one order, l' <= l, from the rows lmax + 1 and lmax."""
    n = lmax - m + 1
    row = out[(n - 1) * n // 2 : n * (n + 1) // 2]
    for j in range(n):
        row[j] = here[j]
    below = above
    for k in range(n - 1, 0, -1):
        up, inverse = a[k + 1], 1.0 / a[k]
        new = out[(k - 1) * k // 2 : k * (k + 1) // 2]
        new[0] = downwards(up, inverse, a[1], 0.0, below[0], row[1], 0.0)
        for j in range(1, k):
            new[j] = downwards(up, inverse, a[j + 1], a[j], below[j], row[j + 1], row[j - 1])
        below, row = row, new


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
    sources = (Path(str(module.__file__)).read_bytes() for module in (displacement, legendre))
    steps = zlib.crc32(b"".join(sources)) | 1

    @outer
    def fill(
        orders,
        lmax,
        z,
        sine,
        plus,
        minus,
        mirrored,
        mantissa,
        power,
        factors,
        lengths,
        ups,
        downs,
        out,
        offsets,
    ):
        if steps == 0:  # never: it makes the generated steps a part of what is compiled
            return
        last, rings = lmax + 1, z.size
        table = np.empty((last - orders[0] + 1, BLOCK))
        weights, powers = np.empty(BLOCK), np.empty(BLOCK, dtype=np.int64)
        margin = max(100.0, 0.01 * last)
        for place in range(orders.size):
            m = orders[place]
            if place:
                for r in range(rings):
                    mantissa[r] *= factors[m] * sine[r]
                    if abs(mantissa[r]) < 1.0 / LARGE:
                        mantissa[r] /= SCALE
                        power[r] -= 1
            n = lmax - m + 1
            here, above = np.zeros(n + 1), np.zeros(n + 1)
            for begin in range(0, rings, BLOCK):
                end = begin + BLOCK
                if m - last * sine[end - 1] > margin:
                    continue
                first = tabulate(
                    m, last, z[begin:end], mantissa[begin:end], power[begin:end], ups[place], downs[place],
                    table, powers,
                )  # fmt: skip
                for degree, row in ((last, above), (lmax, here)):
                    add_products(
                        m, degree, first, table, plus[begin:end], minus[begin:end], mirrored, weights, row
                    )
            target = out[offsets[place] : offsets[place + 1]]
            a = lengths[place]
            if mirrored:
                march_split(m, lmax, above, here, a, a[0::2].copy(), a[1::2].copy(), target)
            else:
                march_full(m, lmax, above, here, a, target)

    return cast("Callable[..., None]", fill)
