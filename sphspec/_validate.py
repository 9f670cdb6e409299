"""Checks at the boundary: every refusal names the value, the allowed range and the cure."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sphspec import _arrays as arrays

T = TypeVar("T")
PART = 1 << 22  # numbers that are looked at together
GIB = float(1 << 30)
LARGEST = 2**53  # integers up to here are exact as doubles
LONG = 60  # characters of a refused value that are shown


def integer(name: str, value: Any, low: int, high: int = LARGEST) -> int:
    """Return value as an int within [low, high]; ValueError otherwise."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_)
    if not whole or value < low or value > high:
        bound = f">= {low}" if high == LARGEST else f"from {low} to {high}"
        shown = repr(value) if len(repr(value)) < LONG else f"{repr(value)[:LONG]}..."
        raise ValueError(f"{name} must be an integer {bound}, got {shown}")
    return int(value)


def positive(name: str, value: Any, *, allow_zero: bool = False) -> float:
    """Return value as a finite positive float (or zero, where allowed)."""
    bound = ">= 0" if allow_zero else "> 0"
    real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if isinstance(value, np.float32 | np.float16):
        raise ValueError(f"{name} must be float64: float32 would lose the digits claimed; convert it")
    try:
        number = float(value) if real else np.nan
    except OverflowError:
        number = np.inf
    if not np.isfinite(number) or number < 0 or (number == 0 and not allow_zero):
        shown = repr(value) if len(repr(value)) < LONG else f"{repr(value)[:LONG]}..."
        raise ValueError(f"{name} must be a finite number {bound}, got {shown}")
    return number


def known(name: str, value: Any, table: Mapping[str, T]) -> T:
    """Return the entry that a word names; ValueError with the known words otherwise."""
    if not isinstance(value, str) or value not in table:
        raise ValueError(f"unknown {name} {value!r}; known: {', '.join(sorted(table))}")
    return table[value]


def real_array(name: str, values: Any, length: int | None = None) -> NDArray[np.float64]:
    """Return finite real values as float64, last axis of the given length.

    float32 is converted without loss; complex, object, masked and non-finite values are refused.
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ValueError(f"{name} has masked entries; fill them, e.g. with zero, or use zero weights")
    try:
        array = np.asarray(values)
    except (RuntimeError, TypeError) as error:  # an array of another library that cannot be read
        raise ValueError(f"{name} must be an array that NumPy can read: {error}") from None
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} must be real numbers, got dtype {array.dtype}")
    if length is not None and (array.ndim == 0 or array.shape[-1] != length):
        raise ValueError(f"{name} must have {length} entries on its last axis, got shape {array.shape}")
    array = np.asarray(array, dtype=np.float64)
    if not np.isfinite(array).all():
        bad = int(np.size(array) - np.count_nonzero(np.isfinite(array)))
        raise ValueError(f"{name} must be finite, got {bad} NaN or infinite values of {array.size}")
    return array


def coefficients(name: str, values: Any, length: int) -> Any:
    """Return coefficients (..., length) of any array library, NumPy's as by `real_array`.

    Another library's precision is kept, and its values are not looked at.
    """
    if arrays.is_numpy(values):
        return real_array(name, values, length)
    if not arrays.is_real(values):
        raise ValueError(f"{name} must be real floating-point coefficients of chart R1, got {values.dtype}")
    if values.ndim == 0 or values.shape[-1] != length:
        shape = tuple(values.shape)
        raise ValueError(f"{name} must have {length} entries on its last axis, got shape {shape}")
    return values


def times(name: str, values: Any, *, positive: bool = False) -> Any:
    """Return times within [0, 1], or (0, 1]: a Python number, or an array of any library.

    Values that cannot be looked at, while JAX traces or PyTorch compiles, pass.
    """
    if arrays.is_numpy(values):
        array = real_array(name, values)
        given = float(array) if array.ndim == 0 else array
    elif not arrays.is_real(values):
        raise ValueError(f"{name} must be real floating-point numbers, got {values.dtype}")
    else:
        given = array = values
        if not arrays.is_concrete(values):
            return given
    if arrays.any_of((array < 0) | (array > 1) | (array != array) | (positive & (array == 0))):
        xp = arrays.namespace(array)
        low, high = float(xp.min(array)), float(xp.max(array))
        raise ValueError(f"{name} must be in {'(' if positive else '['}0, 1], got {low} .. {high}")
    return given


def batch(coefficients: Mapping[str, Any], moments: Mapping[str, Any]) -> None:
    """Refuse coefficients and times of several libraries, or of shapes that do not broadcast."""
    arrays.namespace(*coefficients.values(), *moments.values())
    shapes = {name: tuple(value.shape[:-1]) for name, value in coefficients.items()}
    shapes |= {name: tuple(getattr(value, "shape", ())) for name, value in moments.items()}
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"batch axes and times must broadcast, got {listed}") from None


def exact_array(name: str, values: Any, length: int | None = None) -> NDArray[np.float64]:
    """Return a copy of values that enter a covariance, one axis; float32 is refused (7 digits)."""
    if np.asarray(values).dtype in (np.float32, np.float16):
        raise ValueError(f"{name} must be float64: float32 would lose the digits claimed; convert it")
    array = np.array(real_array(name, values, length))
    if array.ndim != 1:
        raise ValueError(f"{name} must have one axis, got shape {array.shape}")
    return array


def pixel_variance(name: str, values: Any, npix: int) -> NDArray[np.float64]:
    """Return a pixel variance >= 0, a number or (npix,), as a read-only field of its own, (npix,)."""
    if np.ndim(values) == 0:
        return np.full(npix, positive(name, values, allow_zero=True))
    field = exact_array(name, values, npix)
    if field.min() < 0:
        raise ValueError(f"{name} must be >= 0, got {field.min()} at point {int(field.argmin())}")
    field.setflags(write=False)
    return field


def finite_result(name: str, values: NDArray[np.float64], cure: str) -> NDArray[np.float64]:
    """Return computed values; ValueError where they overflowed."""
    rows = -(-values.size // PART)  # parts, of which each takes a mask for itself
    if not all(np.isfinite(part).all() for part in np.array_split(np.atleast_1d(values), max(rows, 1))):
        raise ValueError(f"{name} overflows double precision; {cure}")
    return values


def shape(name: str, size: Any) -> tuple[int, ...]:
    """Return a sample size (None, an int >= 0 or a tuple of them) as a shape."""
    if size is None:
        return ()
    entries = size if isinstance(size, tuple | list) else (size,)
    return tuple(integer(name, entry, 0) for entry in entries)


def writable(path: Path) -> None:
    """Raise ValueError unless a file can be written at the path; its folder is created if missing."""
    try:
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
        if path.exists() and not path.is_file():
            raise OSError(f"{path} is not a regular file")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):
            pass
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}; name another file") from None


def replace_file(path: Path, content: bytes) -> None:
    """Write a file in one step: a temporary file beside it, then a rename; a mode it had is kept."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def fits(needed: float, what: str, cure: str = "lower lmax") -> None:
    """Raise ValueError when so many bytes are more than the memory that is free."""
    free = available_memory()
    if needed > free:
        size = f"{needed / GIB:.1f}" if needed < 1e6 * GIB else f"{needed / GIB:.1e}"
        raise ValueError(f"{what} needs {size} GiB, {free / GIB:.1f} GiB are free; {cure}")


def available_memory() -> float:
    """Return the number of bytes that this process can still take."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return float(line.split()[1]) * 1024
    except OSError:
        pass
    return float(os.sysconf("SC_PAGE_SIZE")) * float(os.sysconf("SC_PHYS_PAGES"))
