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
STRIDE = 16  # degrees between looks at the powers: a step grows by less than 2^8 up to lmax 32767
LARGE = 2.0**64  # from here a value goes to the next power: before, it is below 2^-64 of order one
SMALL = 2.0**-128
SCALE = 2.0**-UNIT

inline: Any = numba.njit(inline="always")
inner: Any = numba.njit(nogil=True, error_model="numpy")  # plain IEEE: the same bits in every process
outer: Any = numba.njit(nogil=True, error_model="numpy", cache=True)
next_degree, downwards = inline(legendre.next_degree), inline(displacement.downwards)


@inner
def begin_rings(mantissa, power, room, powers):
    """Put the sectoral values of a block of rings into room[0], zero before them; count the small ones."""
    waiting = 0
    for r in range(BLOCK):
        room[0, r], room[1, r], powers[r] = mantissa[r], 0.0, power[r]
        waiting += power[r] < 0
    return waiting


@inner
def rescale(current, previous, powers):
    """Take rings that have grown up to the next power; return how many reach order one."""
    reached, grown = 0, 0
    for r in range(BLOCK):
        grown += abs(current[r]) > LARGE
    if grown == 0:
        return 0
    for r in range(BLOCK):
        if powers[r] < 0 and abs(current[r]) > LARGE:
            current[r] *= SCALE
            previous[r] *= SCALE
            powers[r] += 1
            reached += powers[r] == 0
    return reached


@inner
def two_degrees(z, current, previous, first, length, second, longer):
    """Go from lambda_l, lambda_(l-1) to lambda_(l+2), lambda_(l+1), in place."""
    for r in range(BLOCK):
        here = current[r]
        between = next_degree(z[r], here, previous[r], first, length)
        previous[r] = between
        current[r] = next_degree(z[r], between, here, second, longer)


@inner
def folded(terms):
    """Return the sum of a block's terms, halves upon halves."""
    for r in range(BLOCK // 2):
        terms[r] += terms[r + BLOCK // 2]
    for r in range(BLOCK // 4):
        terms[r] += terms[r + BLOCK // 4]
    for r in range(BLOCK // 8):
        terms[r] += terms[r + BLOCK // 8]
    low = (terms[0] + terms[4]) + (terms[2] + terms[6])
    return low + ((terms[1] + terms[5]) + (terms[3] + terms[7]))


@inner
def two_products(z, current, previous, first, length, second, longer, one, other, terms):
    """As `two_degrees`; return sum_r one lambda_l and sum_r other lambda_(l+1)."""
    left, right = terms[0], terms[1]
    for r in range(BLOCK):
        here = current[r]
        between = next_degree(z[r], here, previous[r], first, length)
        previous[r] = between
        current[r] = next_degree(z[r], between, here, second, longer)
        left[r] = one[r] * here
        right[r] = other[r] * between
    return folded(left), folded(right)


@inner
def four_products(z, current, previous, first, length, second, longer, one, two, three, four, terms):
    """As `two_degrees`; return the sums of one, two with lambda_l and of three, four with lambda_(l+1)."""
    for r in range(BLOCK):
        here = current[r]
        between = next_degree(z[r], here, previous[r], first, length)
        previous[r] = between
        current[r] = next_degree(z[r], between, here, second, longer)
        terms[0, r] = one[r] * here
        terms[1, r] = two[r] * here
        terms[2, r] = three[r] * between
        terms[3, r] = four[r] * between
    return folded(terms[0]), folded(terms[1]), folded(terms[2]), folded(terms[3])


@inner
def top(m, last, z, mantissa, power, a, inverse, room, powers, here, above):
    """Set `above` and `here` to lambda_lm on a block of rings for l = last and last - 1.

    What never grows to order one is set to 0.
    """
    waiting = begin_rings(mantissa, power, room, powers)
    current, previous = room[0], room[1]
    count = last - m
    for k in range(0, count - 1, 2):
        if waiting and k % STRIDE == 0:
            waiting -= rescale(current, previous, powers)
        two_degrees(z, current, previous, inverse[k + 1], a[k], inverse[k + 2], a[k + 1])
    for r in range(BLOCK):
        if powers[r] < 0:
            above[r], here[r] = 0.0, 0.0
        elif count % 2:
            above[r] = next_degree(z[r], current[r], previous[r], inverse[count], a[count - 1])
            here[r] = current[r]
        else:
            above[r], here[r] = current[r], previous[r]


@inner
def add_products(m, last, z, mantissa, power, a, inverse, room, powers, weights, mirrored, here, above):
    """Add sum_r u_r lambda_last lambda_l' and the same of last - 1 to the rows `above` and `here`.

    weights : u lambda_last for l' of its parity and of the other, then u lambda_(last-1) for these l'
    """
    waiting = begin_rings(mantissa, power, room, powers)
    current, previous, live = room[0], room[1], room[2:6]
    live[:] = 0.0
    if waiting < BLOCK:
        enlist(weights, powers, live)
    odd = (last - m) % 2
    upper, upper2, lower, lower2 = live[odd], live[1 - odd], live[2 + odd], live[3 - odd]
    count, partial = last - m + 1, np.empty((4, BLOCK))
    for k in range(0, count - 1, 2):
        if waiting and k % STRIDE == 0:
            reached = rescale(current, previous, powers)
            waiting -= reached
            if reached:
                enlist(weights, powers, live)
        first, length, second, longer = inverse[k + 1], a[k], inverse[k + 2], a[k + 1]
        if waiting == BLOCK:
            two_degrees(z, current, previous, first, length, second, longer)
        elif not mirrored:
            sums = four_products(
                z, current, previous, first, length, second, longer, upper, lower, upper2, lower2, partial
            )
            above[k] += sums[0]
            here[k] += sums[1]
            above[k + 1] += sums[2]
            here[k + 1] += sums[3]
        elif odd:
            total, rest = two_products(
                z, current, previous, first, length, second, longer, lower, upper2, partial
            )
            here[k] += total
            above[k + 1] += rest
        else:
            total, rest = two_products(
                z, current, previous, first, length, second, longer, upper, lower2, partial
            )
            above[k] += total
            here[k + 1] += rest
    if count % 2:
        for r in range(BLOCK):
            above[count - 1] += upper[r] * current[r]
            here[count - 1] += lower[r] * current[r]


@inner
def enlist(weights, powers, live):
    """Let the rings that are of order one count."""
    for r in range(BLOCK):
        if powers[r] == 0:
            for kind in range(4):
                live[kind, r] = weights[kind, r]


@inner
def march_split(m, lmax, above, here, a, inverse, even, odd, out):
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
        up, over = a[k + 1], inverse[k]
        i, q = (k - 1) // 2, (k - 1) % 2
        start = i * (i + 1) // 2
        if q:
            new = odd_row(parts[1][start : start + i + 1], row, below, up, over, even, odd)
        else:
            new = even_row(parts[0][start : start + i + 1], row, below, up, over, even, odd)
        below, row = row, new


@inner
def odd_row(new, row, below, up, over, even, odd):
    """Fill a row whose columns are l' = m + 1 + 2 j."""
    for j in range(new.size):
        new[j] = downwards(up, over, even[j + 1], odd[j], below[j], row[j + 1], row[j])
    return new


@inner
def even_row(new, row, below, up, over, even, odd):
    """Fill a row whose columns are l' = m + 2 j; A_m = 0 ends it at the left."""
    new[0] = downwards(up, over, odd[0], 0.0, below[0], row[0], 0.0)
    for j in range(1, new.size):
        new[j] = downwards(up, over, odd[j], even[j], below[j], row[j], row[j - 1])
    return new


@inner
def march_full(m, lmax, above, here, a, inverse, out):
    """Fill the packed triangle of one order, l' <= l, from the rows lmax + 1 and lmax."""
    n = lmax - m + 1
    row = out[(n - 1) * n // 2 : n * (n + 1) // 2]
    for j in range(n):
        row[j] = here[j]
    below = above
    for k in range(n - 1, 0, -1):
        up, over = a[k + 1], inverse[k]
        new = out[(k - 1) * k // 2 : k * (k + 1) // 2]
        new[0] = downwards(up, over, a[1], 0.0, below[0], row[1], 0.0)
        for j in range(1, k):
            new[j] = downwards(up, over, a[j + 1], a[j], below[j], row[j + 1], row[j - 1])
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
        orders, lmax, z, sine, plus, minus, mirrored, mantissa, power, factors, lengths, out
    ):  # fmt: skip
        if steps == 0:  # never: it makes the generated steps a part of what is compiled
            return
        last, rings, written = lmax + 1, z.size, 0
        room, powers = np.empty((8, BLOCK)), np.empty(BLOCK, dtype=np.int64)
        weights = np.empty((4, BLOCK))
        margin = max(100.0, 0.01 * last)
        inverses = np.empty(lengths.shape)  # kept as numbers: the compiler would divide in every loop
        for place in range(orders.size):
            for k in range(1, lengths.shape[1]):
                inverses[place, k] = 1.0 / lengths[place, k]
        for place in range(orders.size):
            m = orders[place]
            if place:
                for r in range(rings):
                    mantissa[r] *= factors[m] * sine[r]
                    if abs(mantissa[r]) < SMALL:
                        mantissa[r] /= SCALE
                        power[r] -= 1
            n = lmax - m + 1
            a, inverse = lengths[place], inverses[place]
            here, above = np.zeros(n + 1), np.zeros(n + 1)
            for begin in range(0, rings, BLOCK):
                end = begin + BLOCK
                if m - last * sine[end - 1] > margin:
                    continue
                part, small, big = z[begin:end], mantissa[begin:end], power[begin:end]
                top(m, last, part, small, big, a, inverse, room, powers, room[7], room[6])
                for r in range(BLOCK):
                    weights[0, r] = plus[place, begin + r] * room[6, r]
                    weights[1, r] = minus[place, begin + r] * room[6, r]
                    weights[2, r] = minus[place, begin + r] * room[7, r]
                    weights[3, r] = plus[place, begin + r] * room[7, r]
                add_products(
                    m, last, part, small, big, a, inverse, room, powers, weights, mirrored, here, above
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
