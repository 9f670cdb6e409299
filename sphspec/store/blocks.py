"""One block on disk: an uncompressed chunk that ends in its CRC-32C, believed only with its seal.

The chunk is written first, then the array's description with the seal (the checksum again, the order, the
key of the store); each is a temporary file and a rename. Whatever is killed in between leaves an array
without a description, which counts as missing. Zarr reads a chunk that is not there as the fill value:
reading compares the seal with the numbers themselves.

Blocks are not compressed: mantissas of doubles look random. LZ4 and Zstandard with shuffled bytes take
off a tenth, at less than the speed of the disk.
"""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from sphspec.store.layout import Layout

Floats = NDArray[np.float64]
SEAL, DESCRIPTION = "seal", "zarr.json"


class MissingError(ValueError):
    """A block was never finished."""


class DamagedError(ValueError):
    """A block is not what was written."""


def put(folder: Path, layout: Layout, m: int, packed: Floats, key: str) -> None:
    """Write a block; OSError that names it where the disk does not take it."""
    import zarr
    from zarr.codecs import Crc32cCodec
    from zarr.storage import LocalStore

    place = folder / layout.name(m)
    try:
        (place / DESCRIPTION).unlink(missing_ok=True)
        _write_chunk(place / "c" / "0", packed)
        zarr.create_array(
            LocalStore(folder), name=layout.name(m), shape=packed.shape, chunks=packed.shape, dtype="float64",
            compressors=[Crc32cCodec()], filters=None, fill_value=np.nan,
            attributes={SEAL: _seal(m, packed, key)},
        )  # fmt: skip
    except OSError as error:
        raise OSError(
            f"cannot write the block of order {m} ({packed.nbytes} bytes) to {folder}: "
            f"{error.strerror or error}; make room"
        ) from None


def get(folder: Path, layout: Layout, m: int, key: str) -> Floats:
    """Return a block as it was written.

    Raises
    ------
    MissingError
        where it was never finished.
    DamagedError
        where it is not what was written.
    """
    import zarr
    from zarr.storage import LocalStore

    try:
        store = LocalStore(folder, read_only=True)
        array = zarr.open_array(store, path=layout.name(m), mode="r", zarr_format=3)
        seal = array.attrs.get(SEAL)
    except FileNotFoundError:
        raise MissingError(_say(folder, m, "is missing")) from None
    except Exception as error:  # whatever a library makes of damaged JSON
        raise DamagedError(_say(folder, m, f"is damaged ({_line(error)})")) from None
    if seal is None:
        raise MissingError(_say(folder, m, "was not finished"))
    if array.shape != (int(layout.sizes[m]),) or array.dtype != np.float64:
        raise DamagedError(_say(folder, m, f"is damaged (shape {array.shape}, {array.dtype})"))
    try:
        packed = np.ascontiguousarray(array[:])
    except Exception as error:  # a wrong checksum or length, in the words of the codec
        raise DamagedError(_say(folder, m, f"is damaged ({_line(error)})")) from None
    if seal != _seal(m, packed, key):
        raise DamagedError(_say(folder, m, "is damaged (its checksum is not that of its seal)"))
    return packed


def _write_chunk(path: Path, packed: Floats) -> None:
    """Write what Zarr's codecs "bytes" and "crc32c" make of the numbers, without a copy of them."""
    content = np.ascontiguousarray(packed, dtype="<f8")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{uuid4().hex}.partial")
    try:
        with temporary.open("wb") as stream:
            stream.write(content.data)
            stream.write(_checksum(content).to_bytes(4, "little"))
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _checksum(packed: Floats) -> int:
    import google_crc32c

    return int(google_crc32c.value(packed.view(np.uint8)))


def _seal(m: int, packed: Floats, key: str) -> dict[str, Any]:
    return {"m": m, "key": key, "crc32c": f"{_checksum(packed):08x}"}


def _say(folder: Path, m: int, what: str) -> str:
    return f"{folder}: the block of order {m} {what}; write it again: sphspec cov STUDY -o STORE --resume"


def _line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
