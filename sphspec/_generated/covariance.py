"""Generated from derivations; do not edit.

Derivations: displacement, ring-sum, round-trip, spectral-covariance, sum-rule
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "degree_power",
    "displacement_residual",
    "noise_strength",
    "ring_fourier",
    "ring_kernel",
    "ring_spectrum",
    "round_trip_variance",
]


def noise_strength(w: Value, variance: Value) -> Value:
    r"""Return u = w^2 s^2 in Sigma = Phi^T diag(u) Phi.

    .. math::
        variance w^{2}

    Parameters
    ----------
    w
        quadrature weight in steradians
    variance
        pixel noise variance per unit time

    Notes
    -----
    Derivation: spectral-covariance
    Fingerprint: 0.655570255406662944193039162375
    """
    return variance * w**2


def degree_power(l: Value, total: Value) -> Value:
    r"""Return sum over m of Var(a_lm).

    .. math::
        \frac{total \left(2 l + 1\right)}{4 \pi}

    Parameters
    ----------
    l
        degree
    total
        sum over pixels of w^2 s^2

    Notes
    -----
    Derivation: sum-rule
    Fingerprint: 0.151095501905301857212513946759
    """
    return 1 / 4 * total * (2 * l + 1) / xp.pi


def round_trip_variance(trace_sigma_gram: Value) -> Value:
    r"""Return mean variance of the map that comes back.

    .. math::
        \frac{trace_{\sigma gram}}{4 \pi}

    Parameters
    ----------
    trace_sigma_gram
        tr(Sigma G)

    Notes
    -----
    Derivation: round-trip
    Fingerprint: 0.109693590797973266085381786208
    """
    return 1 / 4 * trace_sigma_gram / xp.pi


def ring_fourier(u: Value, n: Value, phi0: Value, k: Value) -> Value:
    r"""Return Re F(k) and Im F(k).

    .. math::
        \left[\begin{matrix}\begin{cases} n u \cos{\left(k \phi_{0} \right)} & \text{for}\: k \bmod n = 0
        \\0 & \text{otherwise} \end{cases}\\\begin{cases} n u \sin{\left(k \phi_{0} \right)} &
        \text{for}\: k \bmod n = 0 \\0 & \text{otherwise} \end{cases}\end{matrix}\right]

    Parameters
    ----------
    u
        w^2 s^2, the strength of a pixel's noise after weighting
    n
        number of equispaced points on a ring
    phi0
        longitude of the ring's first point in radians
    k
        azimuthal frequency

    Notes
    -----
    Derivation: ring-sum
    Fingerprint: 48.7282092735316351151738138598
    """
    u, n, phi0, k = xp.together(u, n, phi0, k)
    part_0 = k * phi0
    part_1 = n * u
    part_2 = xp.mod(k, n) == 0
    return xp.where(part_2, part_1 * xp.cos(part_0), 0), xp.where(part_2, part_1 * xp.sin(part_0), 0)


def ring_spectrum(dft_re: Value, dft_im: Value, phi0: Value, k: Value) -> Value:
    r"""Return Re F(k) and Im F(k) where u varies along the ring.

    .. math::
        \left[\begin{matrix}dft_{im} \sin{\left(k \phi_{0} \right)} + dft_{re} \cos{\left(k \phi_{0}
        \right)}\\- dft_{im} \cos{\left(k \phi_{0} \right)} + dft_{re} \sin{\left(k \phi_{0}
        \right)}\end{matrix}\right]

    Parameters
    ----------
    dft_re
        real part of the ring's DFT of u at k mod n
    dft_im
        imaginary part of it
    phi0
        longitude of the ring's first point in radians
    k
        azimuthal frequency

    Notes
    -----
    Derivation: ring-sum
    Fingerprint: 1.50918135475450965050557756503
    """
    part_0 = k * phi0
    part_1 = xp.sin(part_0)
    part_2 = xp.cos(part_0)
    return dft_im * part_1 + dft_re * part_2, -dft_im * part_2 + dft_re * part_1


def ring_kernel(scale: Value, scale2: Value, d_re: Value, d_im: Value, s_re: Value, s_im: Value) -> Value:
    r"""Return what multiplies lambda lambda' in Sigma: cos-cos, cos-sin, sin-cos, sin-sin.

    .. math::
        \left[\begin{matrix}\frac{d_{re} scale scale_{2}}{2} + \frac{s_{re} scale scale_{2}}{2} &
        \frac{d_{im} scale scale_{2}}{2} + \frac{s_{im} scale scale_{2}}{2}\\- \frac{d_{im} scale
        scale_{2}}{2} + \frac{s_{im} scale scale_{2}}{2} & \frac{d_{re} scale scale_{2}}{2} - \frac{s_{re}
        scale scale_{2}}{2}\end{matrix}\right]

    Parameters
    ----------
    scale
        chart factor of m
    scale2
        chart factor of m'
    d_re
        Re F(m'-m)
    d_im
        Im F(m'-m)
    s_re
        Re F(m+m')
    s_im
        Im F(m+m')

    Notes
    -----
    Derivation: ring-sum
    Fingerprint: 1.63946959243617174905674966974
    """
    part_0 = 1 / 2 * scale * scale2
    part_1 = d_re * part_0
    part_2 = part_0 * s_re
    part_3 = d_im * part_0
    return part_1 + part_2, part_0 * s_im + part_3, -part_3 + 1 / 2 * s_im * scale * scale2, part_1 - part_2


def displacement_residual(
    up_left: Value,
    down_left: Value,
    up_right: Value,
    down_right: Value,
    below: Value,
    above: Value,
    right: Value,
    left: Value,
) -> Value:
    r"""Return the residual, zero for a ring sum.

    .. math::
        above down_{left} + below up_{left} - down_{right} left - right up_{right}

    Parameters
    ----------
    up_left
        A_(l+1) of m
    down_left
        A_l of m
    up_right
        A_(l'+1) of m'
    down_right
        A_l' of m'
    below
        C_(l+1,l')
    above
        C_(l-1,l')
    right
        C_(l,l'+1)
    left
        C_(l,l'-1)

    Notes
    -----
    Derivation: displacement
    Fingerprint: -0.101241552153567760882652048355
    """
    return above * down_left + below * up_left - down_right * left - right * up_right
