"""The compiled loops of two starting rows: ring sums of lambda_(lmax+1) and lambda_lmax with every lambda_l'.

Thirty-two rings at a time climb from order m to lmax + 1, twice: for the two functions of highest degree,
and to add their products with all the others. Sums are kept in lanes until the last ring is done.
"""

import numpy as np

from sphspec._generated import legendre
from sphspec.engine.compile import inline, inner
from sphspec.engine.lanes import load, store

GROUP = 32  # rings that climb together: their values stay in registers
ROOM = 6  # rows of a group's values that are kept between stretches
UNIT = 256  # a ring's values carry a power of 2^UNIT beside them on the way up to order one
STRIDE = 16  # degrees between looks at the powers: a step grows by less than 2^8 up to lmax 32767
LARGE = 2.0**64  # from here a value goes to the next power: before, it is below 2^-64 of order one
SMALL = 2.0**-128
SCALE = 2.0**-UNIT
next_degree = inline(legendre.next_degree)


@inner
def begin_rings(mantissa, power, room, powers):
    """Put the sectoral values of some rings into room[0], zero before them; count the small ones."""
    waiting = 0
    for r in range(powers.size):
        room[0, r], room[1, r], powers[r] = mantissa[r], 0.0, power[r]
        waiting += power[r] < 0
    return waiting


@inner
def rescale(current, previous, powers):
    """Take rings that have grown up to the next power; return how many reach order one."""
    reached, grown = 0, 0
    for r in range(powers.size):
        grown += abs(current[r]) > LARGE
    if grown == 0:
        return 0
    for r in range(powers.size):
        if powers[r] < 0 and abs(current[r]) > LARGE:
            current[r] *= SCALE
            previous[r] *= SCALE
            powers[r] += 1
            reached += powers[r] == 0
    return reached


@inner
def climb(begin, end, z, current, previous, a, inverse):
    """Go from lambda_l, lambda_(l-1), l = m + begin, up to l = m + end, in place; two degrees at a time."""
    z0, z1, z2, z3 = load(z, 0), load(z, 8), load(z, 16), load(z, 24)
    c0, c1, c2, c3 = load(current, 0), load(current, 8), load(current, 16), load(current, 24)
    p0, p1, p2, p3 = load(previous, 0), load(previous, 8), load(previous, 16), load(previous, 24)
    for k in range(begin, end, 2):
        i, a_k = inverse[k + 1], a[k]
        p0, p1 = next_degree(z0, c0, p0, i, a_k), next_degree(z1, c1, p1, i, a_k)
        p2, p3 = next_degree(z2, c2, p2, i, a_k), next_degree(z3, c3, p3, i, a_k)
        i, a_k = inverse[k + 2], a[k + 1]
        c0, c1 = next_degree(z0, p0, c0, i, a_k), next_degree(z1, p1, c1, i, a_k)
        c2, c3 = next_degree(z2, p2, c2, i, a_k), next_degree(z3, p3, c3, i, a_k)
    store(current, 0, c0), store(current, 8, c1), store(current, 16, c2), store(current, 24, c3)
    store(previous, 0, p0), store(previous, 8, p1), store(previous, 16, p2), store(previous, 24, p3)


@inner
def climb_adding(begin, end, z, current, previous, a, inverse, first, second, sums):
    """As `climb`; add sum_r first lambda_l to lanes l - m of the sums, of second to those of l + 1."""
    z0, z1, z2, z3 = load(z, 0), load(z, 8), load(z, 16), load(z, 24)
    c0, c1, c2, c3 = load(current, 0), load(current, 8), load(current, 16), load(current, 24)
    p0, p1, p2, p3 = load(previous, 0), load(previous, 8), load(previous, 16), load(previous, 24)
    u0, u1, u2, u3 = load(first, 0), load(first, 8), load(first, 16), load(first, 24)
    v0, v1, v2, v3 = load(second, 0), load(second, 8), load(second, 16), load(second, 24)
    for k in range(begin, end, 2):
        store(sums, 8 * k, load(sums, 8 * k) + ((u0 * c0 + u1 * c1) + (u2 * c2 + u3 * c3)))
        i, a_k = inverse[k + 1], a[k]
        p0, p1 = next_degree(z0, c0, p0, i, a_k), next_degree(z1, c1, p1, i, a_k)
        p2, p3 = next_degree(z2, c2, p2, i, a_k), next_degree(z3, c3, p3, i, a_k)
        store(sums, 8 * k + 8, load(sums, 8 * k + 8) + ((v0 * p0 + v1 * p1) + (v2 * p2 + v3 * p3)))
        i, a_k = inverse[k + 2], a[k + 1]
        c0, c1 = next_degree(z0, p0, c0, i, a_k), next_degree(z1, p1, c1, i, a_k)
        c2, c3 = next_degree(z2, p2, c2, i, a_k), next_degree(z3, p3, c3, i, a_k)
    store(current, 0, c0), store(current, 8, c1), store(current, 16, c2), store(current, 24, c3)
    store(previous, 0, p0), store(previous, 8, p1), store(previous, 16, p2), store(previous, 24, p3)


@inner
def top(m, last, z, mantissa, power, a, inverse, room, powers, here, above):
    """Set `above` and `here` to lambda_lm on a group of rings for l = last and last - 1.

    What never grows to order one is set to 0.
    """
    waiting = begin_rings(mantissa, power, room, powers)
    current, previous = room[0], room[1]
    even = (last - m) // 2 * 2
    k = 0
    while k < even:
        end = min(k + STRIDE, even) if waiting else even
        climb(k, end, z, current, previous, a, inverse)
        k = end
        if waiting:
            waiting -= rescale(current, previous, powers)
    for r in range(GROUP):
        if powers[r] < 0:
            above[r], here[r] = 0.0, 0.0
        elif even < last - m:
            above[r] = next_degree(z[r], current[r], previous[r], inverse[even + 1], a[even])
            here[r] = current[r]
        else:
            above[r], here[r] = current[r], previous[r]


@inner
def enlist(weights, powers, live):
    """Let the rings that are of order one count; the others stand with 0."""
    for kind in range(weights.shape[0]):
        for r in range(GROUP):
            live[kind, r] = weights[kind, r] if powers[r] == 0 else 0.0


@inner
def add_products(m, last, z, mantissa, power, a, inverse, room, powers, weights, live, sums):
    """Add sum_r weights[i, 0] lambda_l' to the lanes sums[i], l' - m even, and of weights[i, 1] for odd ones.

    weights, live : (kinds, GROUP), two rows for each of the sums
    sums : (rows, lanes of l' - m = 0, 1, ...)
    """
    waiting = begin_rings(mantissa, power, room, powers)
    current, previous = room[0], room[1]
    enlist(weights, powers, live)
    k, count = 0, last - m + 1
    while k < count:
        end = min(k + STRIDE, count) if waiting else count
        if waiting == GROUP:
            climb(k, end, z, current, previous, a, inverse)
        elif sums.shape[0] == 1:
            climb_adding(k, end, z, current, previous, a, inverse, live[0], live[1], sums[0])
        else:
            room[2], room[3] = current, previous
            climb_adding(k, end, z, room[2], room[3], a, inverse, live[0], live[1], sums[0])
            climb_adding(k, end, z, current, previous, a, inverse, live[2], live[3], sums[1])
        k = end
        if waiting:
            reached = rescale(current, previous, powers)
            waiting -= reached
            if reached:
                enlist(weights, powers, live)


@inner
def starting_rows(m, last, z, sine, mantissa, power, a, inverse, plus, minus, mirrored, room):
    """Return sum_r u_r lambda_l lambda_l', l' = m .. last, for l = last - 1 and l = last.

    Where rings are mirrored an entry with l + l' odd is 0.

    plus, minus : u where l + l' is even, and where it is odd
    room : (ROOM, GROUP)
    """
    count, odd = last - m + 1, (last - m) % 2
    margin = max(100.0, 0.01 * last)
    powers = np.empty(GROUP, dtype=np.int64)
    kinds = 1 if mirrored else 2
    sums, weights = np.zeros((kinds, 8 * (count + 1))), np.empty((2 * kinds, GROUP))
    live, here, above = np.empty((2 * kinds, GROUP)), room[4], room[5]
    for begin in range(0, z.size, GROUP):
        end = begin + GROUP
        if m - last * sine[end - 1] > margin:
            continue
        part, small, big = z[begin:end], mantissa[begin:end], power[begin:end]
        top(m, last, part, small, big, a, inverse, room, powers, here, above)
        for r in range(GROUP):
            even_sum, odd_sum = plus[begin + r], minus[begin + r]
            if mirrored:  # the row of the parity that l' has
                weights[odd, r], weights[1 - odd, r] = even_sum * above[r], even_sum * here[r]
            else:
                weights[odd, r], weights[1 - odd, r] = even_sum * above[r], odd_sum * above[r]
                weights[2 + odd, r], weights[3 - odd, r] = odd_sum * here[r], even_sum * here[r]
        add_products(m, last, part, small, big, a, inverse, room, powers, weights, live, sums)
    low, high = np.zeros(count), np.zeros(count)
    for k in range(count):
        if mirrored and (k + odd) % 2:
            low[k] = folded(sums[0], 8 * k)
        else:
            high[k] = folded(sums[0], 8 * k)
        if not mirrored:
            low[k] = folded(sums[1], 8 * k)
    return low, high


@inner
def folded(sums, first):
    """Return the sum of eight lanes."""
    low = (sums[first] + sums[first + 4]) + (sums[first + 2] + sums[first + 6])
    return low + ((sums[first + 1] + sums[first + 5]) + (sums[first + 3] + sums[first + 7]))
