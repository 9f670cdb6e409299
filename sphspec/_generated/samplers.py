"""Generated from derivations; do not edit.

Derivations: exponential-flow, exponential-flow-matrix, exponential-step, exponential-step-matrix,
flow-euler, flow-euler-matrix, flow-heun, flow-heun-matrix, flow-velocity, langevin-matrix, langevin-size,
langevin-step
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "exponential_flow",
    "exponential_flow_matrix",
    "exponential_gap",
    "exponential_matrix",
    "exponential_power",
    "exponential_step",
    "flow_euler",
    "flow_euler_matrix",
    "flow_heun",
    "flow_heun_matrix",
    "langevin_matrix",
    "langevin_power",
    "langevin_size",
    "langevin_step",
    "velocity_matrix",
]


def exponential_gap(mean: Value, mean_s: Value, deviation: Value, deviation_s: Value) -> Value:
    r"""Return m_s (lambda_t - lambda_s).

    .. math::
        \frac{deviation mean_{s}}{mean} - deviation_{s}

    Parameters
    ----------
    mean
        m(t)
    mean_s
        m(s)
    deviation
        s_t, the root of v(t)
    deviation_s
        root of v(s)

    Notes
    -----
    Derivation: exponential-step
    Fingerprint: -0.0946014461630836896452403412422
    """
    return deviation * mean_s / mean - deviation_s


def exponential_power(mean: Value, mean_s: Value, deviation: Value, deviation_s: Value) -> Value:
    r"""Return q, the step's noise over Sigma.

    .. math::
        \left(\frac{deviation mean_{s}}{mean} - deviation_{s}\right) \left(\frac{deviation mean_{s}}{mean}
        + deviation_{s}\right)

    Parameters
    ----------
    mean
        m(t)
    mean_s
        m(s)
    deviation
        s_t, the root of v(t)
    deviation_s
        root of v(s)

    Notes
    -----
    Derivation: exponential-step
    Fingerprint: -0.121563679956663668103785441024
    """
    part_0 = deviation * mean_s / mean
    return (-deviation_s + part_0) * (deviation_s + part_0)


def exponential_step(
    state: Value,
    predicted: Value,
    mean: Value,
    mean_s: Value,
    deviation: Value,
    deviation_s: Value,
    power: Value,
    noise: Value,
) -> Value:
    r"""Return alpha at s.

    .. math::
        noise \sqrt{power} - predicted \left(\frac{2 deviation mean_{s}}{mean} - 2 deviation_{s}\right) +
        \frac{mean_{s} state}{mean}

    Parameters
    ----------
    state
        alpha at t
    predicted
        predicted noise at t
    mean
        m(t)
    mean_s
        m(s)
    deviation
        s_t, the root of v(t)
    deviation_s
        root of v(s)
    power
        q
    noise
        draw of N(0, Sigma)

    Notes
    -----
    Derivation: exponential-step
    Fingerprint: 1.94064696902497738116068715706
    """
    part_0 = mean_s / mean
    return noise * xp.sqrt(power) + part_0 * state - predicted * (2 * deviation * part_0 - 2 * deviation_s)


def exponential_flow(
    state: Value, predicted: Value, mean: Value, mean_s: Value, deviation: Value, deviation_s: Value
) -> Value:
    r"""Return alpha at s.

    .. math::
        - predicted \left(\frac{deviation mean_{s}}{mean} - deviation_{s}\right) + \frac{mean_{s}
        state}{mean}

    Parameters
    ----------
    state
        alpha at t
    predicted
        predicted noise at t
    mean
        m(t)
    mean_s
        m(s)
    deviation
        s_t, the root of v(t)
    deviation_s
        root of v(s)

    Notes
    -----
    Derivation: exponential-flow
    Fingerprint: 0.833649897901248518547134182529
    """
    part_0 = mean ** (-1.0)
    return mean_s * part_0 * state - predicted * (deviation * mean_s * part_0 - deviation_s)


def exponential_matrix(
    noise_covariance: Value, score_matrix: Value, mean: Value, mean_s: Value, deviation: Value, gap: Value
) -> Value:
    r"""Return F, (n, n).

    .. math::
        2 deviation gap noise_{covariance} score_{matrix} + \frac{mean_{s}}{mean} \mathbb{I}

    Parameters
    ----------
    noise_covariance
        noise covariance Sigma, (n, n)
    score_matrix
        S of the score S alpha at t, (n, n)
    mean
        m(t)
    mean_s
        m(s)
    deviation
        s_t, the root of v(t)
    gap
        m_s (lambda_t - lambda_s)

    Notes
    -----
    Derivation: exponential-step-matrix
    Fingerprint: 24.8218381176059114888431026059
    """
    if noise_covariance.ndim != 2 or noise_covariance.shape[0] != noise_covariance.shape[1]:
        raise ValueError(f"noise_covariance must be a square matrix, got {noise_covariance.shape}")
    if score_matrix.shape != noise_covariance.shape:
        raise ValueError(f"score_matrix must be {noise_covariance.shape}, got {score_matrix.shape}")
    identity = xp.identity(noise_covariance)
    return mean_s / mean * identity + 2 * deviation * gap * noise_covariance @ score_matrix


def exponential_flow_matrix(
    noise_covariance: Value, score_matrix: Value, mean: Value, mean_s: Value, deviation: Value, gap: Value
) -> Value:
    r"""Return F, (n, n).

    .. math::
        deviation gap noise_{covariance} score_{matrix} + \frac{mean_{s}}{mean} \mathbb{I}

    Parameters
    ----------
    noise_covariance
        noise covariance Sigma, (n, n)
    score_matrix
        S of the score S alpha at t, (n, n)
    mean
        m(t)
    mean_s
        m(s)
    deviation
        s_t, the root of v(t)
    gap
        m_s (lambda_t - lambda_s)

    Notes
    -----
    Derivation: exponential-flow-matrix
    Fingerprint: 14.8416214373352459258954907682
    """
    if noise_covariance.ndim != 2 or noise_covariance.shape[0] != noise_covariance.shape[1]:
        raise ValueError(f"noise_covariance must be a square matrix, got {noise_covariance.shape}")
    if score_matrix.shape != noise_covariance.shape:
        raise ValueError(f"score_matrix must be {noise_covariance.shape}, got {score_matrix.shape}")
    identity = xp.identity(noise_covariance)
    return mean_s / mean * identity + deviation * gap * noise_covariance @ score_matrix


def flow_euler(state: Value, first: Value, dt: Value) -> Value:
    r"""Return alpha at t - dt.

    .. math::
        - dt first + state

    Parameters
    ----------
    state
        alpha at t
    first
        velocity at t
    dt
        time step

    Notes
    -----
    Derivation: flow-euler
    Fingerprint: -0.931797375743435321218086146539
    """
    return -dt * first + state


def flow_heun(state: Value, first: Value, second: Value, dt: Value) -> Value:
    r"""Return alpha at t - dt.

    .. math::
        - \frac{dt \left(first + second\right)}{2} + state

    Parameters
    ----------
    state
        alpha at t
    first
        velocity at t
    second
        velocity after the Euler step
    dt
        time step

    Notes
    -----
    Derivation: flow-heun
    Fingerprint: -0.507055337417700320393060510662
    """
    return -1 / 2 * dt * (first + second) + state


def velocity_matrix(noise_covariance: Value, score_matrix: Value, drift_matrix: Value, g2: Value) -> Value:
    r"""Return V, (n, n).

    .. math::
        - \frac{g_{2}}{2} noise_{covariance} score_{matrix} + drift_{matrix}

    Parameters
    ----------
    noise_covariance
        noise covariance Sigma, (n, n)
    score_matrix
        S of the score, (n, n)
    drift_matrix
        B of the forward drift, (n, n)
    g2
        g(t)^2

    Notes
    -----
    Derivation: flow-velocity
    Fingerprint: 0.770824732439478912317897638633
    """
    if noise_covariance.ndim != 2 or noise_covariance.shape[0] != noise_covariance.shape[1]:
        raise ValueError(f"noise_covariance must be a square matrix, got {noise_covariance.shape}")
    if score_matrix.shape != noise_covariance.shape:
        raise ValueError(f"score_matrix must be {noise_covariance.shape}, got {score_matrix.shape}")
    if drift_matrix.shape != noise_covariance.shape:
        raise ValueError(f"drift_matrix must be {noise_covariance.shape}, got {drift_matrix.shape}")
    return -1 / 2 * g2 * noise_covariance @ score_matrix + drift_matrix


def flow_euler_matrix(velocity: Value, dt: Value) -> Value:
    r"""Return F, (n, n).

    .. math::
        - dt velocity + \mathbb{I}

    Parameters
    ----------
    velocity
        V at t, (n, n)
    dt
        time step

    Notes
    -----
    Derivation: flow-euler-matrix
    Fingerprint: -13.6751728650500512246766189233
    """
    if velocity.ndim != 2 or velocity.shape[0] != velocity.shape[1]:
        raise ValueError(f"velocity must be a square matrix, got {velocity.shape}")
    identity = xp.identity(velocity)
    return -dt * velocity + identity


def flow_heun_matrix(velocity: Value, velocity_s: Value, dt: Value) -> Value:
    r"""Return F, (n, n).

    .. math::
        - \frac{dt}{2} \left(velocity + velocity_{s} \left(- dt velocity + \mathbb{I}\right)\right) +
        \mathbb{I}

    Parameters
    ----------
    velocity
        V at t, (n, n)
    velocity_s
        V at t - dt, (n, n)
    dt
        time step

    Notes
    -----
    Derivation: flow-heun-matrix
    Fingerprint: 18.0842349409580854991044975900
    """
    if velocity.ndim != 2 or velocity.shape[0] != velocity.shape[1]:
        raise ValueError(f"velocity must be a square matrix, got {velocity.shape}")
    if velocity_s.shape != velocity.shape:
        raise ValueError(f"velocity_s must be {velocity.shape}, got {velocity_s.shape}")
    identity = xp.identity(velocity)
    return -1 / 2 * dt * (velocity_s @ (-dt * velocity + identity) + velocity) + identity


def langevin_step(state: Value, sigma_score: Value, size: Value, noise: Value) -> Value:
    r"""Return alpha after the correction.

    .. math::
        \sqrt{2} noise \sqrt{size} + \sigma_{score} size + state

    Parameters
    ----------
    state
        alpha
    sigma_score
        Sigma times the score
    size
        step size h
    noise
        draw of N(0, Sigma)

    Notes
    -----
    Derivation: langevin-step
    Fingerprint: 4.95518643330362795144934153539
    """
    return xp.sqrt(2) * noise * xp.sqrt(size) + sigma_score * size + state


def langevin_power(size: Value) -> Value:
    r"""Return q, the correction's noise over Sigma.

    .. math::
        2 size

    Parameters
    ----------
    size
        step size h

    Notes
    -----
    Derivation: langevin-step
    Fingerprint: 2.60048657862214582792148576118
    """
    return 2 * size


def langevin_size(ratio: Value, variance: Value) -> Value:
    r"""Return step size h.

    .. math::
        2 ratio^{2} variance

    Parameters
    ----------
    ratio
        r
    variance
        v(t)

    Notes
    -----
    Derivation: langevin-size
    Fingerprint: 0.920294445575573068176587438449
    """
    return 2 * ratio**2 * variance


def langevin_matrix(noise_covariance: Value, score_matrix: Value, size: Value) -> Value:
    r"""Return F, (n, n).

    .. math::
        size noise_{covariance} score_{matrix} + \mathbb{I}

    Parameters
    ----------
    noise_covariance
        noise covariance Sigma, (n, n)
    score_matrix
        S of the score S alpha, (n, n)
    size
        step size h

    Notes
    -----
    Derivation: langevin-matrix
    Fingerprint: 30.4968736885676594735460441755
    """
    if noise_covariance.ndim != 2 or noise_covariance.shape[0] != noise_covariance.shape[1]:
        raise ValueError(f"noise_covariance must be a square matrix, got {noise_covariance.shape}")
    if score_matrix.shape != noise_covariance.shape:
        raise ValueError(f"score_matrix must be {noise_covariance.shape}, got {score_matrix.shape}")
    identity = xp.identity(noise_covariance)
    return size * noise_covariance @ score_matrix + identity
