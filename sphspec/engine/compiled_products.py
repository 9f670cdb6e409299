"""The compiled loops of products with blocks and factors: each block and each table is read once a vector."""

from typing import Any

import numba
import numpy as np

FLAGS = {"reassoc", "contract", "nsz"}  # sums in any order: products differ in their last digits
inner: Any = numba.njit(nogil=True, error_model="numpy", fastmath=FLAGS)
outer: Any = numba.njit(nogil=True, error_model="numpy", fastmath=FLAGS, cache=True)


@outer
def multiply_orders(begin, end, lmax, alpha, out, blocks, offsets, starts, values, rows, moments):
    """Set out to C_(lm,l'm) alpha for some orders, and moments to sum_l lambda_lm(z_r) alpha_lm."""
    parts = starts.shape[1]
    x, y = np.empty(lmax + 1), np.empty(lmax + 1)
    for m in range(begin, end):
        triangle = offsets[m]
        for part in range(parts):
            n = (lmax - m + 1 - part + parts - 1) // parts
            for v in range(alpha.shape[0]):
                for sign in range(2 if m else 1):
                    order = -m if sign else m
                    for i in range(n):
                        l = m + part + parts * i
                        x[i] = alpha[v, l * l + l + order]
                        y[i] = 0.0
                    multiply_packed(n, blocks[triangle : triangle + n * (n + 1) // 2], x, y)
                    for i in range(n):
                        l = m + part + parts * i
                        out[v, l * l + l + order] = y[i]
                    for row in range(rows[m + 1] - rows[m]):
                        start = starts[m, part] + row * n
                        moments[part, sign, rows[m] + row, v] = inner_product(n, values[start : start + n], x)
            triangle += n * (n + 1) // 2


@inner
def multiply_packed(n, triangle, x, y):
    """Add the product of a packed symmetric matrix with x to y."""
    for i in range(n):
        row, here, total = triangle[i * (i + 1) // 2 : (i + 1) * (i + 2) // 2], x[i], 0.0
        for j in range(i):
            total += row[j] * x[j]
            y[j] += row[j] * here
        y[i] += total + row[i] * here


@inner
def inner_product(n, vector, x):
    """Return the sum of products."""
    total = 0.0
    for i in range(n):
        total += vector[i] * x[i]
    return total


@outer
def spread_orders(begin, end, lmax, out, starts, values, rows, moments):
    """Add sum_r lambda_lm(z_r) moments_r to out for some orders."""
    parts = starts.shape[1]
    y = np.empty(lmax + 1)
    for m in range(begin, end):
        for part in range(parts):
            n = (lmax - m + 1 - part + parts - 1) // parts
            for v in range(out.shape[0]):
                for sign in range(2 if m else 1):
                    order = -m if sign else m
                    y[:n] = 0.0
                    for row in range(rows[m + 1] - rows[m]):
                        start = starts[m, part] + row * n
                        vector, scale = values[start : start + n], moments[part, sign, rows[m] + row, v]
                        for i in range(n):
                            y[i] += scale * vector[i]
                    for i in range(n):
                        l = m + part + parts * i
                        out[v, l * l + l + order] += y[i]
