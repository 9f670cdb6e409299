"""FITS, as healpy reads it: one table of complex coefficients a draw, or one column a map.

A complex a_lm is a coefficient of chart R1 over sqrt 2, rounded; so that no bit is lost the coefficients
stand in the file once more, as an image that healpy leaves alone.
"""

import gzip
from io import BytesIO
from math import isqrt
from typing import Any

import numpy as np

from sphspec.conventions import index
from sphspec.files.draws import COEFFICIENTS, MAPS, Draws
from sphspec.files.fits_read import CARD, IMAGE, require_astropy
from sphspec.files.layouts import complex_of
from sphspec.files.record import record_text

COLUMNS = 999  # as many as a FITS table can have
ROW = 1024  # pixels in a row of a large map, as healpy has it


def fits_bytes(draws: Draws) -> bytes:
    """Return draws as a FITS file."""
    require_astropy()
    from astropy.io import fits

    primary = fits.PrimaryHDU()
    primary.header[CARD] = record_text(draws)
    tables = _alm_tables(draws) if draws.kind == COEFFICIENTS else _map_tables(draws)
    stream = BytesIO()
    fits.HDUList([primary, *tables]).writeto(stream)
    return stream.getvalue()


def gzipped_fits_bytes(draws: Draws) -> bytes:
    """Return draws as a compressed FITS file; the bytes do not depend on the clock."""
    return gzip.compress(fits_bytes(draws), mtime=0)


def _alm_tables(draws: Draws) -> list[Any]:
    from astropy.io import fits

    lmax = isqrt(draws.values.shape[1]) - 1
    m = np.repeat(np.arange(lmax + 1), np.arange(lmax + 1, 0, -1))
    l = np.concatenate([np.arange(order, lmax + 1) for order in range(lmax + 1)])
    places = np.asarray(index(l, m) + 1, dtype=np.int32)
    tables: list[Any] = []
    for alm in complex_of(draws.values):
        columns = [
            fits.Column("index", "J", unit="l*l+l+m+1", array=places),
            fits.Column("real", "D", unit=_units(draws), array=alm.real),
            fits.Column("imag", "D", unit=_units(draws), array=alm.imag),
        ]
        table = fits.BinTableHDU.from_columns(columns)
        table.header["MAX-LPOL"], table.header["MAX-MPOL"] = lmax, lmax
        tables.append(table)
    return [*tables, fits.ImageHDU(draws.values.astype(">f8"), name=IMAGE)]


def _map_tables(draws: Draws) -> list[Any]:
    from astropy.io import fits

    npix = draws.values.shape[1]
    vector = npix > ROW and npix % ROW == 0
    shape, form = ((-1, ROW), f"{ROW}D") if vector else ((-1,), "D")
    tables = []
    for start in range(0, draws.values.shape[0], COLUMNS):
        columns = [
            fits.Column(f"DRAW_{start + place}", form, unit=_units(draws), array=row.reshape(shape))
            for place, row in enumerate(draws.values[start : start + COLUMNS])
        ]
        table = fits.BinTableHDU.from_columns(columns)
        if draws.kind == MAPS and str(draws.metadata.get("grid", "")).startswith("healpix:"):
            table.header.update(
                {
                    "PIXTYPE": "HEALPIX", "ORDERING": "RING", "NSIDE": isqrt(npix // 12), "FIRSTPIX": 0,
                    "LASTPIX": npix - 1, "INDXSCHM": "IMPLICIT", "OBJECT": "FULLSKY",
                }
            )  # fmt: skip
        tables.append(table)
    return tables


def _units(draws: Draws) -> str | None:
    units = str(draws.metadata.get("units", ""))
    return units if units.isascii() and units.isprintable() and 0 < len(units) < 60 else None
