"""Other orders and signs that coefficients come in when they are taken for chart R1."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def layouts(degrees: Ints, orders: Ints) -> Iterator[tuple[str, str, Ints, Floats]]:
    """Yield defect, detail, order and signs: place k holds signs[k] * alpha[order[k]].

    Parameters
    ----------
    degrees, orders : (n,) of every coefficient in R1
    """
    here, ones = np.arange(degrees.size), np.ones(degrees.size)
    absolute, sine = np.abs(orders), (orders < 0).astype(np.int64)
    yield "cos-sin-swap", "cosines and sines exchanged", degrees * degrees + degrees - orders, ones
    for detail, keys in (
        ("m-major, cosine and sine in pairs", (sine, degrees, absolute)),
        ("m-major, sines after the cosines of each m", (degrees, sine, absolute)),
        ("m-major, all sines after all cosines", (degrees, absolute, sine)),
        ("m-major from -lmax to lmax", (degrees, orders)),
        ("l-major, all sines after all cosines", (absolute, degrees, sine)),
        ("l-major, cosine and sine in pairs", (sine, absolute, degrees)),
        ("l-major, sines after the cosines of each l", (absolute, sine, degrees)),
    ):
        order = np.lexsort(keys)
        yield "ordering", detail, order, ones
        yield "ordering", f"inverse of {detail}", np.argsort(order), ones
    yield "ordering", "from lmax down", np.flip(here), ones
    parity, negative = np.power(-1.0, absolute), np.where(orders < 0, -1.0, 1.0)
    yield "ordering", "m for -m (sign of the sines)", here, negative
    yield "ordering", "m for -m of complex coefficients", here, parity * negative
    yield "ordering", "the phase (-1)^m", here, parity
    yield "ordering", "north for south", here, np.power(-1.0, degrees + absolute)
