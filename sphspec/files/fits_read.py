"""FITS: complex coefficients as healpy's write_alm, maps as its write_map leaves them, and our own."""

import gzip
import warnings
from importlib.util import find_spec
from io import BytesIO
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.files.draws import COEFFICIENTS, MAPS
from sphspec.files.layouts import M_MAJOR, complex_of
from sphspec.files.record import NAME, Found, found_with

CARD = NAME[:7].upper()
IMAGE = "R1"  # coefficients in chart R1, to the last bit
GZIP = b"\x1f\x8b"  # how gzip begins
ALM = ("index", "real", "imag")


def require_astropy() -> None:
    """Raise ValueError where astropy is not installed."""
    if find_spec("astropy") is None:
        raise ValueError("FITS files need astropy: pip install 'sphspec[files]'")


def read_fits(path: Path) -> Found:
    """Return what a FITS file holds."""
    require_astropy()
    from astropy.io import fits

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is unusual, but can be read
        warnings.filterwarnings("error", message=".*truncated")
        # astropy leaves a damaged file open; these are bytes
        with BytesIO(_content(path)) as stream, fits.open(stream, lazy_load_hdus=False) as units:
            record = units[0].header.get(CARD)
            tables = [unit for unit in units if isinstance(unit, fits.BinTableHDU | fits.TableHDU)]
            if not tables:
                raise ValueError("it has no table of maps or coefficients")
            found = _alm(tables) if _names(tables[0])[:3] == ALM else _maps(tables)
            if record is None:
                return found
            image = [np.array(unit.data) for unit in units if unit.name == IMAGE]
    if found.kind == COEFFICIENTS:
        return found_with(record, _exact(found, image))
    return found_with(record, found.values)


def _content(path: Path) -> bytes:
    """Return a file's bytes, expanded where they are compressed, as far as memory allows."""
    with path.open("rb") as stream:
        compressed = stream.read(2) == GZIP
    limit = int(check.available_memory() / 4)  # tables and their copies are as large again
    with gzip.open(path) if compressed else path.open("rb") as stream:
        content = stream.read(limit + 1)
    check.fits(4.0 * len(content), "its tables", "split the file")
    return content


def _exact(found: Found, image: list[NDArray[Any]]) -> NDArray[Any]:
    """Return coefficients in chart R1, once they are seen to be those of the tables."""
    if len(image) != 1 or not np.array_equal(complex_of(image[0].astype(np.float64)), found.values):
        raise ValueError(f"its tables and its image {IMAGE} hold different coefficients")
    return image[0]


def _names(table: Any) -> tuple[str, ...]:
    return tuple(name.lower() for name in table.columns.names)


def _alm(tables: list[Any]) -> Found:
    """Return the complex coefficients of tables, m-major, (size, (lmax+1)(lmax+2)/2)."""
    rows = [_one_alm(table) for table in tables]
    if len({row.size for row in rows}) > 1:
        raise ValueError("its tables have coefficients up to different lmax")
    return Found(np.stack(rows), COEFFICIENTS, {"convention": M_MAJOR} | _said_units(tables[0], 1))


def _one_alm(table: Any) -> NDArray[Any]:
    index, real, imaginary = (np.asarray(table.data.field(place)).ravel() for place in range(3))
    if index.dtype.kind not in "iu" or index.size == 0 or index.min() < 1:
        raise ValueError("its column 'index' must have integers l^2 + l + m + 1 >= 1")
    places = index.astype(np.int64) - 1
    degrees = np.floor(np.sqrt(places)).astype(np.int64)
    orders = places - degrees * degrees - degrees
    lmax = max(int(degrees.max()), int(table.header.get("MAX-LPOL", 0)))
    count = (lmax + 1) * (lmax + 2) // 2
    if orders.min() < 0 or np.unique(places).size != places.size or places.size != count:
        raise ValueError(
            f"it must have every a_lm, 0 <= m <= l <= {lmax}, once: {count} rows, got {places.size} "
            f"({np.count_nonzero(orders < 0)} of m < 0); write it with mmax = lmax"
        )
    alm = np.empty(count, dtype=np.result_type(real.dtype.newbyteorder("="), np.complex64))
    to = orders * (2 * lmax + 1 - orders) // 2 + degrees
    alm.real[to], alm.imag[to] = real, imaginary
    return alm


def _maps(tables: list[Any]) -> Found:
    header = tables[0].header
    if "pixel" in _names(tables[0]) or str(header.get("OBJECT", "")).strip() == "PARTIAL":
        raise ValueError("it holds a part of the sphere; give whole maps")
    columns = [np.asarray(table.data.field(name)).ravel() for table in tables for name in table.columns.names]
    if any(column.dtype.kind not in "iuf" for column in columns):
        raise ValueError("its table has columns that are not real numbers")
    if len({column.size for column in columns}) > 1:
        raise ValueError("its columns are maps of different sizes")
    metadata: dict[str, Any] = _said_units(tables[0], 0)
    metadata["columns"] = [name for table in tables for name in table.columns.names]
    if str(header.get("PIXTYPE", "")).strip().upper() == "HEALPIX":
        nside = header.get("NSIDE", isqrt(columns[0].size // 12))
        ordering = str(header.get("ORDERING", "RING")).strip().upper()
        metadata |= {"grid": f"healpix:nside={nside}", "ordering": ordering}
    return Found(np.stack(columns), MAPS, metadata)


def _said_units(table: Any, column: int) -> dict[str, Any]:
    units = str(table.columns[column].unit or "").strip()
    return {"units": units} if units not in ("", "unknown") else {}
