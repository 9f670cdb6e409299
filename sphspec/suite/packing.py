"""Sums of a block as bytes and back, to the last bit: an .npz whose bytes depend on nothing but the sums."""

import zipfile
from dataclasses import fields
from io import BytesIO
from typing import Any

import numpy as np

from sphspec.verify.moments import Sums
from sphspec.verify.variances import Variances

SYMMETRIC = "products"  # its lower triangle is kept
KINDS: dict[str, type[Sums] | type[Variances]] = {"Sums": Sums, "Variances": Variances}
DAMAGED = (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile)


def pack(sums: Sums | Variances) -> bytes:
    """Return the sums as the bytes of an .npz file."""
    content: dict[str, Any] = {field.name: getattr(sums, field.name) for field in fields(sums)}
    if isinstance(sums, Sums):
        content[SYMMETRIC] = np.concatenate([row[: place + 1] for place, row in enumerate(sums.products)])
    target = BytesIO()
    np.savez(target, kind=type(sums).__name__, **content)
    return target.getvalue()


def unpack(content: bytes) -> Any:
    """Return the sums that `pack` made bytes of.

    Raises
    ------
    ValueError
        for bytes that are damaged or something else.
    """
    try:
        with np.load(BytesIO(content), allow_pickle=False) as stored:
            kind = KINDS[str(stored["kind"])]
            found = {field.name: stored[field.name] for field in fields(kind)}
    except DAMAGED as error:
        raise ValueError(f"these are no sums of a block: {error}") from None
    if SYMMETRIC in found:
        found[SYMMETRIC] = _whole(found[SYMMETRIC], found["total"].size)
    plain = {name: value.item() for name, value in found.items() if value.ndim == 0}
    return kind(**{**found, **plain, "marks": tuple(str(mark) for mark in found["marks"])})


def _whole(lower: np.ndarray, size: int) -> np.ndarray:
    matrix = np.zeros((size, size))
    row, column = np.tril_indices(size)
    matrix[row, column] = matrix[column, row] = lower
    return matrix
