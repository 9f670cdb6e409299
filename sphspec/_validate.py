"""Checks at the boundary: every refusal names the value, the allowed range and the cure."""

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

GIB = float(1 << 30)


def integer(name: str, value: Any, low: int, high: int | None = None) -> int:
    """Return value as an int within [low, high]; ValueError otherwise."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_)
    if not whole or value < low or (high is not None and value > high):
        bound = f">= {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be an integer {bound}, got {value!r}")
    return int(value)


def positive(name: str, value: Any, *, allow_zero: bool = False) -> float:
    """Return value as a finite positive float (or zero, where allowed)."""
    bound = ">= 0" if allow_zero else "> 0"
    if not isinstance(value, int | float | np.number) or isinstance(value, bool):
        raise ValueError(f"{name} must be a number {bound}, got {value!r}")
    number = float(np.real(value))
    if np.iscomplexobj(value) or not np.isfinite(number) or number < 0 or (number == 0 and not allow_zero):
        raise ValueError(f"{name} must be a finite number {bound}, got {value!r}")
    return number


def real_array(name: str, values: Any, length: int | None = None) -> NDArray[np.float64]:
    """Return finite real values as float64, last axis of the given length.

    float32 is converted without loss; complex, object and non-finite values are refused.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} must be real numbers, got dtype {array.dtype}")
    if length is not None and (array.ndim == 0 or array.shape[-1] != length):
        raise ValueError(f"{name} must have {length} entries on its last axis, got shape {array.shape}")
    array = np.asarray(array, dtype=np.float64)
    if not np.isfinite(array).all():
        bad = int(np.size(array) - np.count_nonzero(np.isfinite(array)))
        raise ValueError(f"{name} must be finite, got {bad} NaN or infinite values of {array.size}")
    return array


def exact_array(name: str, values: Any, length: int | None = None) -> NDArray[np.float64]:
    """Return values that enter a covariance: as `real_array`, but float32 is refused (7 digits)."""
    if np.asarray(values).dtype in (np.float32, np.float16):
        raise ValueError(f"{name} must be float64: float32 would lose the digits claimed; convert it")
    return real_array(name, values, length)


def writable(path: Path) -> None:
    """Raise ValueError unless a file can be written at the path; its folder is created if missing."""
    try:
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):
            pass
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}; name another file") from None


def write_text(path: Path, text: str) -> None:
    """Write a file in one step: a temporary file beside it, then a rename."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def fits(needed: float, what: str, cure: str = "lower lmax") -> None:
    """Raise ValueError when so many bytes are more than the memory that is free."""
    free = available_memory()
    if needed > free:
        raise ValueError(f"{what} needs {needed / GIB:.1f} GiB, {free / GIB:.1f} GiB are free; {cure}")


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
