"""The compiled product of tables with themselves: packed triangles of sum_r u_r lambda_l lambda_l'."""

from sphspec.engine.compile import inner, outer
from sphspec.engine.lanes import WIDTH, at, load

TOGETHER = 4  # columns that a row is multiplied with at once


@outer
def fill_products(table, scaled, step, out):
    """Fill a packed triangle: out[i (i+1)/2 + j] = sum_r scaled[i % step, i, r] table[j, r], j <= i.

    table : (n, R), R a multiple of eight
    scaled : (1 or 2, n, R) the table times the weights where i + j is even, and where it is odd
    step : 1, or 2 where weights differ between even and odd i + j
    """
    for i in range(table.shape[0]):
        start = i * (i + 1) // 2
        for parity in range(step):
            row = scaled[parity, i]
            j = (i + parity) % step
            while j + step * (TOGETHER - 1) <= i:
                a, b, c, d = four(row, table[j], table[j + step], table[j + 2 * step], table[j + 3 * step])
                out[start + j], out[start + j + step] = a, b
                out[start + j + 2 * step], out[start + j + 3 * step] = c, d
                j += TOGETHER * step
            while j <= i:
                out[start + j] = four(row, table[j], table[j], table[j], table[j])[0]
                j += step


@inner
def four(row, first, second, third, fourth):
    """Return four inner products with one row."""
    here = load(row, 0)
    a, b, c, d = here * load(first, 0), here * load(second, 0), here * load(third, 0), here * load(fourth, 0)
    for r in range(WIDTH, row.size, WIDTH):
        here = load(row, r)
        a, b = a + here * load(first, r), b + here * load(second, r)
        c, d = c + here * load(third, r), d + here * load(fourth, r)
    return total(a), total(b), total(c), total(d)


@inner
def total(lanes):
    """Return the sum of eight lanes, halves upon halves."""
    low = (at(lanes, 0) + at(lanes, 4)) + (at(lanes, 2) + at(lanes, 6))
    return low + ((at(lanes, 1) + at(lanes, 5)) + (at(lanes, 3) + at(lanes, 7)))
