"""Sums of a block as bytes and back, to the last bit."""

import json
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec.verify.moments import Sums

Floats = NDArray[np.float64]


def pack(sums: Sums) -> bytes:
    """Return a line of JSON with the shapes, then little-endian float64; of products the lower triangle.

    What is no array (count, marks ...) stands in the line itself; JSON keeps every digit of a number.
    """
    shapes, plain, parts = {}, {}, []
    for name in sorted(field.name for field in fields(Sums)):
        value = getattr(sums, name)
        if not isinstance(value, np.ndarray):
            plain[name] = value
            continue
        shapes[name] = value.shape
        parts.append(value[np.tril_indices(value.shape[0])] if name == "products" else value.ravel())
    head = json.dumps({"shapes": shapes, "plain": plain}).encode()
    return head + b"\n" + np.concatenate(parts).astype("<f8").tobytes()


def unpack(content: bytes) -> Sums:
    """Return the sums that `pack` made bytes of."""
    head, _, rest = content.partition(b"\n")
    told, values = json.loads(head), np.frombuffer(rest, "<f8").astype(np.float64)
    arrays: dict[str, Any] = {}
    first = 0
    for name, shape in told["shapes"].items():
        size = shape[0] * (shape[0] + 1) // 2 if name == "products" else int(np.prod(shape))
        part = values[first : first + size]
        arrays[name] = _symmetric(part, shape[0]) if name == "products" else part.reshape(shape)
        first += size
    plain = told["plain"]
    return Sums(**arrays, **{**plain, "marks": tuple(plain["marks"])})


def _symmetric(lower: Floats, rank: int) -> Floats:
    matrix = np.zeros((rank, rank))
    row, column = np.tril_indices(rank)
    matrix[row, column] = matrix[column, row] = lower
    return matrix
