"""Generated from derivations; do not edit.

Derivations: closure, fractional-laplacian, growth, heat-flow, linear-basis, linear-between,
linear-doubling, linear-moments, modified-drift, response, symmetric-drift, van-loan
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "closed_drift",
    "closure_residual",
    "congruence",
    "doubled_factor",
    "doubled_noise",
    "fractional_rate",
    "gathered_noise",
    "growth",
    "heat_rate",
    "increment_factor",
    "later_law",
    "mean_factor",
    "modified_drift",
    "noise_entry",
    "response",
    "symmetric_form",
]


def growth(total: Value, t: Value) -> Value:
    r"""Return the integral of e^(total s) over 0 <= s <= t.

    .. math::
        \begin{cases} t \left(\left(\left(\left(\left(\left(\left(\left(\left(\frac{\begin{cases} t total
        & \text{for}\: t \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise}
        \end{cases}}{3628800} + \frac{1}{362880}\right) \left(\begin{cases} t total & \text{for}\: t
        \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) +
        \frac{1}{40320}\right) \left(\begin{cases} t total & \text{for}\: t \left|{total}\right| \leq
        \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) + \frac{1}{5040}\right) \left(\begin{cases}
        t total & \text{for}\: t \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise}
        \end{cases}\right) + \frac{1}{720}\right) \left(\begin{cases} t total & \text{for}\: t
        \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) +
        \frac{1}{120}\right) \left(\begin{cases} t total & \text{for}\: t \left|{total}\right| \leq
        \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) + \frac{1}{24}\right) \left(\begin{cases} t
        total & \text{for}\: t \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise}
        \end{cases}\right) + \frac{1}{6}\right) \left(\begin{cases} t total & \text{for}\: t
        \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) +
        \frac{1}{2}\right) \left(\begin{cases} t total & \text{for}\: t \left|{total}\right| \leq
        \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) + 1\right) & \text{for}\: t
        \left|{total}\right| \leq \frac{1}{16} \\\frac{e^{t total} - 1}{\begin{cases} 0 & \text{for}\: t
        \left|{total}\right| \leq \frac{1}{16} \\total & \text{otherwise} \end{cases} + \begin{cases}
        \begin{cases} t total & \text{for}\: t \left|{total}\right| \leq \frac{1}{16} \\0 &
        \text{otherwise} \end{cases} + 1 & \text{for}\: t \left|{total}\right| \leq \frac{1}{16} \\0 &
        \text{otherwise} \end{cases}} & \text{otherwise} \end{cases}

    Parameters
    ----------
    total
        rate of a second moment
    t
        time >= 0

    Notes
    -----
    Derivation: growth
    Fingerprint: 47.9187593867873225561492452597
    """
    total, t = xp.together(total, t)
    part_0 = t * total
    part_1 = t * abs(total) <= 1 / 16
    part_2 = xp.where(part_1, part_0, 0)
    part_15 = part_2 * (part_2 * (part_2 * (1 / 3628800 * part_2 + 1 / 362880) + 1 / 40320) + 1 / 5040)
    part_14 = part_15 + 1 / 720
    part_13 = part_14 * part_2
    part_12 = part_13 + 1 / 120
    part_11 = part_12 * part_2
    part_10 = part_11 + 1 / 24
    part_9 = part_10 * part_2
    part_8 = part_9 + 1 / 6
    part_7 = part_2 * part_8
    part_6 = part_7 + 1 / 2
    part_5 = part_2 * part_6
    part_4 = part_5 + 1
    part_3 = part_4 * t
    part_16 = xp.expm1(part_0) / (xp.where(part_1, 0, total) + xp.where(part_1, part_2 + 1, 0))
    return xp.where(part_1, part_3, part_16)


def response(spectral_filter: Value, gram: Value) -> Value:
    r"""Return K = A S, (n, n).

    .. math::
        spectral_{filter} gram

    Parameters
    ----------
    spectral_filter
        filter Q of A = Q Phi^T W, (n, n)
    gram
        Gram matrix G, (n, n)

    Notes
    -----
    Derivation: response
    Fingerprint: 16.3836281537632187893669576154
    """
    if spectral_filter.ndim != 2 or spectral_filter.shape[0] != spectral_filter.shape[1]:
        raise ValueError(f"spectral_filter must be a square matrix, got {spectral_filter.shape}")
    if gram.shape != spectral_filter.shape:
        raise ValueError(f"gram must be {spectral_filter.shape}, got {gram.shape}")
    return spectral_filter @ gram


def modified_drift(response: Value, generator: Value) -> Value:
    r"""Return B = K M, (n, n).

    .. math::
        response generator

    Parameters
    ----------
    response
        K, (n, n)
    generator
        M, (n, n)

    Notes
    -----
    Derivation: modified-drift
    Fingerprint: 17.6048493232981565709823007087
    """
    if response.ndim != 2 or response.shape[0] != response.shape[1]:
        raise ValueError(f"response must be a square matrix, got {response.shape}")
    if generator.shape != response.shape:
        raise ValueError(f"generator must be {response.shape}, got {generator.shape}")
    return response @ generator


def closed_drift(analysed: Value, inverse: Value) -> Value:
    r"""Return B = A F R, (n, n).

    .. math::
        analysed inverse

    Parameters
    ----------
    analysed
        A F, (n, N)
    inverse
        R, (N, n)

    Notes
    -----
    Derivation: closure
    Fingerprint: 18.1130424521850672074000133939
    """
    if analysed.ndim != 2:
        raise ValueError(f"analysed must be a matrix that fits, got {analysed.shape}")
    if inverse.ndim != 2 or inverse.shape[0] != analysed.shape[1] or inverse.shape[1] != analysed.shape[0]:
        raise ValueError(f"inverse must be a matrix that fits, got {inverse.shape}")
    return analysed @ inverse


def closure_residual(analysed: Value, spectral: Value, operator: Value) -> Value:
    r"""Return A F - B A, (n, N).

    .. math::
        analysed - spectral operator

    Parameters
    ----------
    analysed
        A F, (n, N)
    spectral
        B = A F R, (n, n)
    operator
        A, (n, N)

    Notes
    -----
    Derivation: closure
    Fingerprint: -7.74452561362513514588855360117
    """
    if analysed.ndim != 2:
        raise ValueError(f"analysed must be a matrix that fits, got {analysed.shape}")
    if spectral.ndim != 2 or spectral.shape[0] != analysed.shape[0] or spectral.shape[1] != analysed.shape[0]:
        raise ValueError(f"spectral must be a matrix that fits, got {spectral.shape}")
    if operator.ndim != 2 or operator.shape[0] != analysed.shape[0] or operator.shape[1] != analysed.shape[1]:
        raise ValueError(f"operator must be a matrix that fits, got {operator.shape}")
    return -spectral @ operator + analysed


def mean_factor(rate: Value, t: Value) -> Value:
    r"""Return e^(l_i t).

    .. math::
        e^{rate t}

    Parameters
    ----------
    rate
        l_i, diagonal entry of B
    t
        time

    Notes
    -----
    Derivation: linear-moments
    Fingerprint: 5.84528116716761706482391647859
    """
    return xp.exp(rate * t)


def noise_entry(g2: Value, sigma: Value, grown: Value) -> Value:
    r"""Return N_ij(t), the covariance gathered since t = 0.

    .. math::
        g_{2} grown \sigma

    Parameters
    ----------
    g2
        g^2
    sigma
        Sigma_ij
    grown
        growth(l_i + l_j, t)

    Notes
    -----
    Derivation: linear-moments
    Fingerprint: 0.492005455812105190705171149671
    """
    return g2 * grown * sigma


def increment_factor(rate: Value, t: Value) -> Value:
    r"""Return e^(l_i t) - 1.

    .. math::
        e^{rate t} - 1

    Parameters
    ----------
    rate
        l_i, diagonal entry of B
    t
        time

    Notes
    -----
    Derivation: linear-between
    Fingerprint: 4.84528116716761706482391647859
    """
    return xp.expm1(rate * t)


def later_law(factor: Value, law: Value, noise: Value) -> Value:
    r"""Return covariance at the later time, (n, n).

    .. math::
        factor law factor^{T} + noise

    Parameters
    ----------
    factor
        E, (n, n)
    law
        covariance at the earlier time, (n, n)
    noise
        N, (n, n)

    Notes
    -----
    Derivation: linear-between
    Fingerprint: 43.9258493197830870235796551580
    """
    if factor.ndim != 2 or factor.shape[0] != factor.shape[1]:
        raise ValueError(f"factor must be a square matrix, got {factor.shape}")
    if law.shape != factor.shape:
        raise ValueError(f"law must be {factor.shape}, got {law.shape}")
    if noise.shape != factor.shape:
        raise ValueError(f"noise must be {factor.shape}, got {noise.shape}")
    return factor @ law @ factor.T + noise


def doubled_factor(factor: Value) -> Value:
    r"""Return E(2h), (n, n).

    .. math::
        factor^{2}

    Parameters
    ----------
    factor
        E, (n, n)

    Notes
    -----
    Derivation: linear-doubling
    Fingerprint: 17.7614472100521278310150039889
    """
    if factor.ndim != 2 or factor.shape[0] != factor.shape[1]:
        raise ValueError(f"factor must be a square matrix, got {factor.shape}")
    return factor @ factor


def doubled_noise(factor: Value, noise: Value) -> Value:
    r"""Return N(2h), (n, n).

    .. math::
        factor noise factor^{T} + noise

    Parameters
    ----------
    factor
        E, (n, n)
    noise
        N, (n, n)

    Notes
    -----
    Derivation: linear-doubling
    Fingerprint: 48.0026106929406226376294677690
    """
    if factor.ndim != 2 or factor.shape[0] != factor.shape[1]:
        raise ValueError(f"factor must be a square matrix, got {factor.shape}")
    if noise.shape != factor.shape:
        raise ValueError(f"noise must be {factor.shape}, got {noise.shape}")
    return factor @ noise @ factor.T + noise


def gathered_noise(corner: Value, factor: Value) -> Value:
    r"""Return N(h), (n, n).

    .. math::
        corner factor^{T}

    Parameters
    ----------
    corner
        upper right block of the exponential, (n, n)
    factor
        E, (n, n)

    Notes
    -----
    Derivation: van-loan
    Fingerprint: 23.0844073793190521282400325108
    """
    if corner.ndim != 2 or corner.shape[0] != corner.shape[1]:
        raise ValueError(f"corner must be a square matrix, got {corner.shape}")
    if factor.shape != corner.shape:
        raise ValueError(f"factor must be {corner.shape}, got {factor.shape}")
    return corner @ factor.T


def congruence(basis: Value, moment: Value) -> Value:
    r"""Return V Y V^T, (n, n).

    .. math::
        basis moment basis^{T}

    Parameters
    ----------
    basis
        V, or its inverse, (n, n)
    moment
        Y, or Sigma, (n, n)

    Notes
    -----
    Derivation: linear-basis
    Fingerprint: 66.5896997358800366746297401731
    """
    if basis.ndim != 2 or basis.shape[0] != basis.shape[1]:
        raise ValueError(f"basis must be a square matrix, got {basis.shape}")
    if moment.shape != basis.shape:
        raise ValueError(f"moment must be {basis.shape}, got {moment.shape}")
    return basis @ moment @ basis.T


def symmetric_form(root: Value, generator: Value) -> Value:
    r"""Return H = L^T M L, (n, n).

    .. math::
        root^{T} generator root

    Parameters
    ----------
    root
        L of K = L L^T, (n, n)
    generator
        M, (n, n)

    Notes
    -----
    Derivation: symmetric-drift
    Fingerprint: 40.0500459156683099094657980255
    """
    if root.ndim != 2 or root.shape[0] != root.shape[1]:
        raise ValueError(f"root must be a square matrix, got {root.shape}")
    if generator.shape != root.shape:
        raise ValueError(f"generator must be {root.shape}, got {generator.shape}")
    return root.T @ generator @ root


def heat_rate(l: Value, kappa: Value) -> Value:
    r"""Return the entry of M.

    .. math::
        - \kappa l \left(l + 1\right)

    Parameters
    ----------
    l
        degree
    kappa
        conductivity

    Notes
    -----
    Derivation: heat-flow
    Fingerprint: -2.33640130791924720299352422529
    """
    return -kappa * l * (l + 1)


def fractional_rate(l: Value, kappa: Value, power: Value) -> Value:
    r"""Return the entry of M.

    .. math::
        - \kappa \left(\begin{cases} 0 & \text{for}\: l = 0 \\e^{power \log{\left(l \left(l + 1\right) +
        \begin{cases} 1 & \text{for}\: l = 0 \\0 & \text{otherwise} \end{cases} \right)}} &
        \text{otherwise} \end{cases}\right)

    Parameters
    ----------
    l
        degree
    kappa
        conductivity
    power
        exponent of the Laplacian, > 0

    Notes
    -----
    Derivation: fractional-laplacian
    Fingerprint: -11.5386228961436275315486831023
    """
    l, kappa, power = xp.together(l, kappa, power)
    part_0 = l == 0
    return -kappa * xp.where(part_0, 0, xp.exp(power * xp.log(l * (l + 1) + xp.where(part_0, 1, 0))))
