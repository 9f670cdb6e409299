"""Generated from derivations; do not edit.

Derivations: azimuthal-nyquist, basis-norms, classical-norm, complex-moments, no-phase, power-units
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "classical_real",
    "classical_start",
    "classical_step",
    "complex_moments",
    "nyquist",
    "phase",
    "power_units",
    "real_moments",
    "schmidt_norm",
    "unit_norm",
]


def unit_norm(l: Value) -> Value:
    r"""Return kappa of mean square 1.

    .. math::
        2 \sqrt{\pi}

    Parameters
    ----------
    l
        degree

    Notes
    -----
    Derivation: basis-norms
    Fingerprint: 3.54490770181103205459633496668
    """
    return xp.constant(2 * xp.sqrt(xp.pi), l)


def schmidt_norm(l: Value) -> Value:
    r"""Return kappa of mean square 1/(2l+1).

    .. math::
        \frac{2 \sqrt{\pi}}{\sqrt{2 l + 1}}

    Parameters
    ----------
    l
        degree

    Notes
    -----
    Derivation: basis-norms
    Fingerprint: 1.93707474959328630089414722896
    """
    return 2 * xp.sqrt(xp.pi) / xp.sqrt(2 * l + 1)


def classical_start(l: Value) -> Value:
    r"""Return kappa at m = 0.

    .. math::
        \frac{2 \sqrt{\pi}}{\sqrt{2 l + 1}}

    Parameters
    ----------
    l
        degree

    Notes
    -----
    Derivation: classical-norm
    Fingerprint: 1.93707474959328630089414722896
    """
    return 2 * xp.sqrt(xp.pi) / xp.sqrt(2 * l + 1)


def classical_step(l: Value, m: Value) -> Value:
    r"""Return kappa_m / kappa_(m-1).

    .. math::
        \sqrt{\left(l + m\right) \left(l - m + 1\right)}

    Parameters
    ----------
    l
        degree
    m
        order, m >= 1

    Notes
    -----
    Derivation: classical-norm
    Fingerprint: 1.62944866171302984913522470319
    """
    return xp.sqrt((l + m) * (l - m + 1))


def classical_real(kappa_above: Value, scale: Value) -> Value:
    r"""Return kappa of the real basis.

    .. math::
        \frac{\kappa_{above}}{scale}

    Parameters
    ----------
    kappa_above
        kappa of the complex basis
    scale
        chart factor of m

    Notes
    -----
    Derivation: classical-norm
    Fingerprint: 0.771901005191147980269187095004
    """
    return kappa_above / scale


def phase(m: Value) -> Value:
    r"""Return N_lm / Y_lm.

    .. math::
        \begin{cases} 1 & \text{for}\: m \bmod 2 = 0 \\-1 & \text{otherwise} \end{cases}

    Parameters
    ----------
    m
        order

    Notes
    -----
    Derivation: no-phase
    Fingerprint: 43.6575202604522196736525074812
    """
    return xp.where(xp.mod(m, 2) == 0, 1, -1)


def complex_moments(xx: Value, xy: Value, yx: Value, yy: Value) -> Value:
    r"""Return Re C, Im C, Re P and Im P.

    .. math::
        \left[\begin{matrix}xx + yy\\- xy + yx\\xx - yy\\xy + yx\end{matrix}\right]

    Parameters
    ----------
    xx
        E[x x']
    xy
        E[x y']
    yx
        E[y x']
    yy
        E[y y']

    Notes
    -----
    Derivation: complex-moments
    Fingerprint: 11.0627179129045885019877459854
    """
    return xx + yy, -xy + yx, xx - yy, xy + yx


def real_moments(c_re: Value, c_im: Value, p_re: Value, p_im: Value) -> Value:
    r"""Return E[xx'], E[xy'], E[yx'], E[yy'].

    .. math::
        \left[\begin{matrix}\frac{c_{re}}{2} + \frac{p_{re}}{2}\\- \frac{c_{im}}{2} +
        \frac{p_{im}}{2}\\\frac{c_{im}}{2} + \frac{p_{im}}{2}\\\frac{c_{re}}{2} -
        \frac{p_{re}}{2}\end{matrix}\right]

    Parameters
    ----------
    c_re
        Re C
    c_im
        Im C
    p_re
        Re P
    p_im
        Im P

    Notes
    -----
    Derivation: complex-moments
    Fingerprint: 4.45579006625346707437529403251
    """
    part_0 = 1 / 2 * c_re
    part_1 = 1 / 2 * p_re
    part_2 = 1 / 2 * c_im
    return part_0 + part_1, 1 / 2 * p_im - part_2, 1 / 2 * p_im + part_2, part_0 - part_1


def nyquist(x: Value) -> Value:
    r"""Return b.

    .. math::
        2 x

    Parameters
    ----------
    x
        Re a

    Notes
    -----
    Derivation: azimuthal-nyquist
    Fingerprint: 1.35501363999928514658677158877
    """
    return 2 * x


def power_units(l: Value, c_l: Value) -> Value:
    r"""Return power per degree and per coefficient.

    .. math::
        \left[\begin{matrix}\frac{c_{l} \left(2 l + 1\right)}{4 \pi}\\\frac{c_{l}}{4
        \pi}\end{matrix}\right]

    Parameters
    ----------
    l
        degree
    c_l
        C_l

    Notes
    -----
    Derivation: power-units
    Fingerprint: 0.218083900192931515050569144932
    """
    part_0 = 1 / 4 * c_l / xp.pi
    return part_0 * (2 * l + 1), part_0
