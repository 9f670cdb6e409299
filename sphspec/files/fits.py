"""FITS as healpy writes it, through astropy, which reads any header without healpy.

Coefficients: one table a draw, INDEX = l^2 + l + m + 1, REAL, IMAG; beside them the numbers in chart R1, for
the factor sqrt 2 between the two may round. Maps: one table, a column a draw, in RING order.
"""

import io
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions import convert, degrees_orders, from_complex, to_complex
from sphspec.files.draws import Draws
from sphspec.pixels import reorder

Floats = NDArray[np.float64]
SAID = "SPHSPEC"  # keyword of the metadata
COSINE, SINE = "R1_COS", "R1_SIN"


def read(path: Path) -> Draws:
    """Return the draws of a FITS file: alm, or HEALPix maps in RING order."""
    from astropy.io import fits
    from astropy.utils.exceptions import AstropyWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", AstropyWarning)  # what is cut short is no more than a warning there
        units = fits.open(io.BytesIO(path.read_bytes()))  # a broken file does not stay open
        tables = [unit for unit in units if isinstance(unit, fits.BinTableHDU)]  # reads every header
    with units:
        if not tables:
            raise ValueError(f"{path} has no table: neither maps nor alm")
        header = tables[0].header
        said = json.loads(header[SAID]) if SAID in header else {}
        names = [name.upper() for name in tables[0].columns.names]
        if {"INDEX", "REAL", "IMAG"} <= set(names):
            return Draws(np.stack([_alpha(table.data) for table in tables]), "coefficients", said)
        maps = np.stack([np.asarray(tables[0].data[name]).ravel() for name in tables[0].columns.names])
        if maps.dtype.itemsize < 8:
            said = {**said, "stored": f"float{8 * maps.dtype.itemsize}"}
        maps = maps.astype(np.float64)
        order = str(header.get("ORDERING", "RING")).strip().upper()
        if header.get("PIXTYPE", "").strip() == "HEALPIX":
            if str(header.get("INDXSCHM", "IMPLICIT")).strip() != "IMPLICIT":
                raise ValueError(f"{path} is a partial map; give whole maps")
            said = {"grid": f"healpix:nside={int(header['NSIDE'])}", **said}
        if order.startswith("NEST"):
            maps, said = reorder(maps, "nest", "ring"), {**said, "ordering": "RING, from NEST"}
        return Draws(maps, "maps", said)


def write(path: Path, draws: Draws) -> None:
    """Write alm tables, or a table of maps."""
    from astropy.io import fits

    said = json.dumps(dict(draws.metadata))
    if draws.kind is None:
        raise ValueError("FITS needs to know the kind of the draws: kind='maps' or 'coefficients'")
    units: list[Any] = [fits.PrimaryHDU()]
    if draws.kind == "coefficients":
        units += [fits.BinTableHDU.from_columns(_columns(row)) for row in draws.values]
    else:
        columns = [fits.Column(f"MAP{i}", "D", array=row) for i, row in enumerate(draws.values)]
        units.append(fits.BinTableHDU.from_columns(columns))
        _healpix_header(units[1].header, draws)
    units[1].header[SAID] = said
    fits.HDUList(units).writeto(path)


def _healpix_header(header: Any, draws: Draws) -> None:
    kind, _, rest = str(draws.metadata.get("grid", "")).partition(":nside=")
    if kind == "healpix":
        header.update(PIXTYPE="HEALPIX", ORDERING="RING", NSIDE=int(rest.split(",")[0]), INDXSCHM="IMPLICIT")
        header.update(FIRSTPIX=0, LASTPIX=draws.values.shape[1] - 1)


def _columns(alpha: Floats) -> list[Any]:
    from astropy.io import fits

    lmax = int(np.sqrt(alpha.size)) - 1
    degrees, orders = degrees_orders(lmax)
    place = np.flatnonzero(orders >= 0)
    place = place[np.lexsort((degrees[place], orders[place]))]  # m-major, as healpy
    alm = to_complex(alpha, lmax)
    mirror = degrees[place] ** 2 + degrees[place] - orders[place]
    return [
        fits.Column("INDEX", "J", array=degrees[place] ** 2 + degrees[place] + orders[place] + 1),
        fits.Column("REAL", "D", array=alm.real), fits.Column("IMAG", "D", array=alm.imag),
        fits.Column(COSINE, "D", array=alpha[place]),
        fits.Column(SINE, "D", array=np.where(orders[place] > 0, alpha[mirror], 0.0)),
    ]  # fmt: skip


def _alpha(table: Any) -> Floats:
    """Return R1 coefficients of one alm table, its rows in any order."""
    places = np.asarray(table["INDEX"], dtype=np.int64) - 1
    if places.size == 0 or places.min() < 0:
        raise ValueError("the INDEX of alm must be l^2 + l + m + 1 with m >= 0")
    degrees = np.floor(np.sqrt(places)).astype(np.int64)
    orders, lmax = places - degrees * degrees - degrees, int(degrees.max())
    if orders.min() < 0 or np.unique(places).size != places.size:
        raise ValueError("alm must have m >= 0 and each (l, m) once")
    if COSINE in table.columns.names:
        alpha = np.zeros((lmax + 1) ** 2)
        sines = orders > 0
        alpha[places] = table[COSINE]
        alpha[(places - 2 * orders)[sines]] = np.asarray(table[SINE])[sines]
        return alpha
    alm = np.zeros((lmax + 1) * (lmax + 2) // 2, dtype=np.complex128)
    alm[orders * (2 * lmax + 1 - orders) // 2 + degrees] = np.asarray(table["REAL"], float) + 1j * np.asarray(
        table["IMAG"], float
    )
    convert(alm[None], "healpy", "r1")  # refuses imaginary parts at m = 0
    return from_complex(alm, lmax)
