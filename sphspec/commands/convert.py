"""What `sphspec convert` does: coefficients, covariances of them, pixel orders and power spectra."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from sphspec import _validate as check
from sphspec.conventions import convert, convert_power, known, named
from sphspec.pixels import reorder

ORDERS = ("ring", "nest", "xy")
POWERS = ("c_l", "per_l", "per_lm")


def converted(
    source: Path,
    target: Path,
    old: str,
    new: str,
    lmax: int | None,
    *,
    covariance: bool,
    lossy: bool,
    overwrite: bool,
) -> None:
    """Read an array of one convention, write it in another.

    Parameters
    ----------
    source, target : .npy files
    old, new : conventions of coefficients, pixel orders, or kinds of power spectra
    lmax : of the coefficients, where the shape does not tell
    covariance : whether the array is a covariance of coefficients in R1, (n, n)
    lossy : whether what the new convention cannot hold is dropped
    overwrite : whether a file that is there is replaced
    """
    if target.suffix != ".npy":
        raise ValueError(f"the result is an array: its name must end in .npy, got {str(target)!r}")
    if target.exists() and not overwrite:
        raise ValueError(f"{target} exists; give another name, or --overwrite")
    check.writable(target)
    values = read_array(source)
    result = _converted(values, old, new, lmax, covariance=covariance, lossy=lossy)
    check.replace_file(target, _bytes_of(result))
    shapes = f"{values.dtype} {values.shape} in {old} -> {result.dtype} {result.shape} in {new}"
    Console(stderr=True, soft_wrap=True).print(f"{target}: {shapes}", highlight=False, markup=False)


def read_array(path: Path) -> NDArray[Any]:
    """Return the array of a .npy file; nothing is ever unpickled.

    Raises
    ------
    ValueError
        for a file that is not there, cut short, of objects, or of another kind.
    """
    try:
        values = np.load(path, allow_pickle=False)
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, EOFError) as error:
        raise ValueError(f"{path} is no .npy array of numbers: {str(error).splitlines()[0]}") from None
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fc":
        raise ValueError(f"{path} must hold one array of real or complex floating-point numbers")
    bad = int(values.size - np.count_nonzero(np.isfinite(values)))
    if bad:
        raise ValueError(f"{path} has {bad} NaN or infinite values of {values.size}")
    return values


def _converted(
    values: NDArray[Any], old: str, new: str, lmax: int | None, *, covariance: bool, lossy: bool
) -> NDArray[Any]:
    kinds = {_kind(old), _kind(new)}
    if len(kinds) > 1:
        raise ValueError(f"{old!r} and {new!r} are of different kinds: {' and '.join(sorted(kinds))}")
    kind = kinds.pop()
    if covariance:
        return _covariance(values, old, new, kind)
    if kind == "pixel orders":
        return reorder(values, old, new)
    if kind == "powers":
        return np.asarray(convert_power(values, old, new))
    try:
        return np.asarray(convert(values, old, new, lmax, lossy=lossy))
    except ValueError as error:  # the options are those of the command line
        raise ValueError(str(error).replace("lossy=True", "--lossy").split(", tolerance=")[0]) from None


def _covariance(values: NDArray[Any], old: str, new: str, kind: str) -> NDArray[Any]:
    if kind != "conventions" or old != "r1":
        raise ValueError(f"a covariance is converted from r1 to another convention, got {old!r} to {new!r}")
    convention = named(new)
    if convention.is_complex:
        raise ValueError(
            f"in {new!r} a covariance is a pair, C and P: use named({new!r}).covariance(sigma) in Python"
        )
    return np.asarray(convention.covariance(values))


def _kind(name: str) -> str:
    """Return what a name is one of."""
    if name.partition(":")[0].lower() in ORDERS:
        return "pixel orders"
    if name in POWERS:
        return "powers"
    if name in known() or name.partition(":")[0] in {each.partition(":")[0] for each in known()}:
        return "conventions"
    listed = ", ".join([*sorted({each.partition(":")[0] for each in known()}), *ORDERS, *POWERS])
    raise ValueError(f"unknown convention {name!r}; known: {listed}")


def _bytes_of(values: NDArray[Any]) -> bytes:
    import io

    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()
