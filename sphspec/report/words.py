"""How numbers and names read in the report: formatted text, never a computation."""

import re
from collections.abc import Iterable

import numpy as np

SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
MINUS = "−"
GRIDS = {
    "healpix": "HEALPix",
    "gauss-legendre": "Gauss-Legendre",
    "equiangular": "Equiangular",
    "reduced-gaussian": "Reduced Gaussian",
    "fibonacci": "Fibonacci",
    "icosahedron": "Icosahedron",
    "points": "Points",
}
PLAIN = (1e-3, 1e5)  # magnitudes written without a power of ten


def power_of_ten(exponent: int) -> str:
    """Return 10 with its exponent raised.

    >>> power_of_ten(-3)
    '10⁻³'
    """
    return f"10{str(exponent).translate(SUPERSCRIPT)}"


def number(value: float, digits: int = 3) -> str:
    """Return a number to so many significant digits.

    >>> number(-0.06123), number(1.2e-15), number(float("inf"))
    ('−0.0612', '1.20 × 10⁻¹⁵', '∞')
    """
    if np.isnan(value):
        return "undefined"
    sign = MINUS if value < 0 else ""
    size = abs(float(value))
    if np.isinf(size):
        return f"{sign}∞"
    if size == 0:
        return "0"
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    if PLAIN[0] <= size < PLAIN[1]:
        return f"{sign}{size:.{max(0, digits - 1 - int(exponent))}f}"
    return f"{sign}{mantissa} × {power_of_ten(int(exponent))}"


def percent(share: float, digits: int = 3) -> str:
    r"""Return a share in percent, to so many significant digits.

    >>> percent(0.05, 1)
    '5\xa0%'
    """
    return f"{number(100 * share, digits)}\N{NO-BREAK SPACE}%"


def short(value: float) -> str:
    """Return a setting as it was given, without needless digits.

    >>> short(1.0), short(1e-6), short(0.25)
    ('1', '10⁻⁶', '0.25')
    """
    if value == 0 or PLAIN[0] <= abs(value) < PLAIN[1]:
        return f"{value:.10g}".replace("-", MINUS)
    mantissa, exponent = f"{value:.9e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".").replace("-", MINUS)
    return power_of_ten(int(exponent)) if mantissa == "1" else f"{mantissa} × {power_of_ten(int(exponent))}"


def probability(log10: float) -> str:
    """Return a probability given by its logarithm, however small.

    >>> probability(-0.5), probability(-400.3)
    ('0.32', '5.0 × 10⁻⁴⁰¹')
    """
    exponent = int(np.floor(log10)) if np.isfinite(log10) else 0
    if exponent >= -3 or not np.isfinite(log10):
        return number(float(10.0**log10), 2)
    return f"{10 ** (log10 - exponent):.1f} × {power_of_ten(exponent)}"


def listed(words: Iterable[str]) -> str:
    """Join words with commas and a last "and".

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def grid_title(name: str) -> str:
    """Return a grid's name in words.

    >>> grid_title("healpix:nside=8"), grid_title("gauss-legendre:nlat=9,nlon=17")
    ('HEALPix nside 8', 'Gauss-Legendre nlat 9, nlon 17')
    """
    kind, _, rest = name.partition(":")
    return f"{GRIDS.get(kind, kind)} {spaced(rest)}".strip()


def operator_title(name: str) -> str:
    """Return an operator's name in words.

    >>> operator_title("jacobi:iterations=3")
    'Jacobi, iterations 3'
    """
    kind, _, rest = name.partition(":")
    title = kind.replace("-", " ").capitalize()
    return f"{title}, {spaced(rest)}" if rest else title


def spaced(arguments: str) -> str:
    """Return "a 1, b 2" for "a=1,b=2"."""
    return arguments.replace("=", " ").replace(",", ", ")


def case_title(grid: str, lmax: int, operator: str) -> str:
    """Return grid, band limit and operator in words."""
    return f"{grid_title(grid)}, lmax {lmax}, {operator_title(operator)}"


def run_title(label: str) -> str:
    """Return the label of a case or run, "GRID lmax=L OPERATOR what", in words."""
    found = re.match(r"(\S+) lmax=(\d+) (\S+)(.*)", label)
    if found is None:
        return label
    grid, lmax, operator, rest = found.groups()
    title = case_title(grid, int(lmax), operator)
    return f"{title}: {rest.strip().replace('=', ' = ')}" if rest.strip() else title


def pair_title(pair: tuple[tuple[int, int], tuple[int, int]]) -> str:
    """Return "(l, m) with (l', m')"."""
    first, second = (f"({l}, {m})".replace("-", MINUS) for l, m in pair)
    return f"{first} with {second}"
