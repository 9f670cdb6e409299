"""Generated from derivations; do not edit.

Derivations: gauss-legendre-growth, latitude-limit-law, octahedral-limit-law, symbol-compression,
zonal-block
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "condition_growth",
    "latitude_cdf",
    "latitude_pdf",
    "latitude_quantile",
    "octahedral_angle",
    "octahedral_cdf",
    "octahedral_count",
    "octahedral_pdf",
    "octahedral_symbol",
    "ring_eigenvalue",
    "symbol",
]


def symbol(w: Value, variance: Value, npix: Value) -> Value:
    r"""Return the symbol u.

    .. math::
        \frac{npix variance w}{4 \pi}

    Parameters
    ----------
    w
        quadrature weight in steradians
    variance
        pixel noise variance per unit time
    npix
        number of points

    Notes
    -----
    Derivation: symbol-compression
    Fingerprint: 0.0362870807487111162503452146989
    """
    return 1 / 4 * npix * variance * w / xp.pi


def latitude_cdf(s: Value) -> Value:
    r"""Return the share of eigenvalues up to s.

    .. math::
        1 - \sqrt{- \frac{4 s^{2}}{\pi^{2}} + 1}

    Parameters
    ----------
    s
        value of the symbol, 0 <= s < pi/2

    Notes
    -----
    Derivation: latitude-limit-law
    Fingerprint: 0.0556090557055457273548341311049
    """
    return 1 - xp.sqrt(-4 * s**2 / xp.pi**2 + 1)


def latitude_pdf(s: Value) -> Value:
    r"""Return the density at s.

    .. math::
        \frac{4 s}{\pi \sqrt{- 4 s^{2} + \pi^{2}}}

    Parameters
    ----------
    s
        value of the symbol, 0 <= s < pi/2

    Notes
    -----
    Derivation: latitude-limit-law
    Fingerprint: 0.221662825105785512233217942926
    """
    return 4 * s / (xp.pi * xp.sqrt(-4 * s**2 + xp.pi**2))


def latitude_quantile(p: Value) -> Value:
    r"""Return the value up to which the share p lies.

    .. math::
        \frac{\pi \sqrt{1 - \left(1 - p\right)^{2}}}{2}

    Parameters
    ----------
    p
        probability

    Notes
    -----
    Derivation: latitude-limit-law
    Fingerprint: 1.42574656725056103733169166734
    """
    return 1 / 2 * xp.pi * xp.sqrt(1 - (1 - p) ** 2)


def octahedral_count(r: Value) -> Value:
    r"""Return the number of points of the ring.

    .. math::
        4 r + 16

    Parameters
    ----------
    r
        ring from the pole, from 1

    Notes
    -----
    Derivation: octahedral-limit-law
    Fingerprint: 19.0822319724936733109643682837
    """
    return 4 * r + 16


def octahedral_symbol(theta: Value) -> Value:
    r"""Return u.

    .. math::
        \frac{\pi^{2} \sin{\left(\theta \right)}}{8 \theta}

    Parameters
    ----------
    theta
        colatitude in radians, 0 < theta <= pi/2

    Notes
    -----
    Derivation: octahedral-limit-law
    Fingerprint: 1.00320109722114539604741735159
    """
    return 1 / 8 * xp.pi**2 * xp.sin(theta) / theta


def octahedral_cdf(theta: Value) -> Value:
    r"""Return the share of eigenvalues up to u(theta).

    .. math::
        \cos{\left(\theta \right)}

    Parameters
    ----------
    theta
        colatitude in radians, 0 < theta <= pi/2

    Notes
    -----
    Derivation: octahedral-limit-law
    Fingerprint: 0.461783160728854999522250643540
    """
    return xp.cos(theta)


def octahedral_pdf(theta: Value) -> Value:
    r"""Return the density at u(theta).

    .. math::
        - \frac{8 \theta^{2} \sin{\left(\theta \right)}}{\pi^{2} \left(\theta \cos{\left(\theta \right)} -
        \sin{\left(\theta \right)}\right)}

    Parameters
    ----------
    theta
        colatitude in radians, 0 < theta <= pi/2

    Notes
    -----
    Derivation: octahedral-limit-law
    Fingerprint: 2.23189592032497961962622838585
    """
    part_0 = xp.sin(theta)
    return -8 * part_0 * theta**2 / (xp.pi**2 * (-part_0 + theta * xp.cos(theta)))


def octahedral_angle(p: Value) -> Value:
    r"""Return the colatitude where the share p is reached.

    .. math::
        \operatorname{acos}{\left(p \right)}

    Parameters
    ----------
    p
        probability

    Notes
    -----
    Derivation: octahedral-limit-law
    Fingerprint: 0.951711075649380302400873988731
    """
    return xp.arccos(p)


def ring_eigenvalue(w: Value, variance: Value) -> Value:
    r"""Return the eigenvalue of the zonal block of Sigma that belongs to a ring.

    .. math::
        variance w

    Parameters
    ----------
    w
        quadrature weight in steradians
    variance
        pixel noise variance per unit time

    Notes
    -----
    Derivation: zonal-block
    Fingerprint: 0.803368535251470197678962666313
    """
    return variance * w


def condition_growth(bessel: Value) -> Value:
    r"""Return the limit of cond/n.

    .. math::
        \frac{\pi bessel^{2}}{2}

    Parameters
    ----------
    bessel
        J_1 at the first zero of J_0

    Notes
    -----
    Derivation: gauss-legendre-growth
    Fingerprint: 1.05737093406025669141487307348
    """
    return 1 / 2 * xp.pi * bessel**2
