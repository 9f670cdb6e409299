"""Sums of a block as bytes and back, to the last bit: an .npz whose bytes depend on nothing but the sums."""

import zipfile
from dataclasses import fields
from io import BytesIO
from typing import Any

import numpy as np

from sphspec.verify.moments import Sums

SYMMETRIC = "products"  # its lower triangle is kept
DAMAGED = (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile)


def pack(sums: Sums) -> bytes:
    """Return the sums as the bytes of an .npz file."""
    content: dict[str, Any] = {field.name: getattr(sums, field.name) for field in fields(Sums)}
    content[SYMMETRIC] = sums.products[np.tril_indices(sums.total.size)]
    target = BytesIO()
    np.savez(target, **content)
    return target.getvalue()


def unpack(content: bytes) -> Sums:
    """Return the sums that `pack` made bytes of.

    Raises
    ------
    ValueError
        for bytes that are damaged or something else.
    """
    try:
        with np.load(BytesIO(content), allow_pickle=False) as stored:
            found = {field.name: stored[field.name] for field in fields(Sums)}
    except DAMAGED as error:
        raise ValueError(f"these are no sums of a block: {error}") from None
    size = found["total"].size
    products = np.zeros((size, size))
    row, column = np.tril_indices(size)
    products[row, column] = products[column, row] = found[SYMMETRIC]
    found[SYMMETRIC] = products
    plain = {name: value.item() for name, value in found.items() if value.ndim == 0}
    return Sums(**{**found, **plain, "marks": tuple(str(mark) for mark in found["marks"])})
