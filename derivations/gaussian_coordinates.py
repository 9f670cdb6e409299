"""Coordinates in which Gaussian data and noise are both diagonal, T12: samplers are one-dimensional.

V^T Sigma V = 1 and V^T P_0 V = diag(q) (generalised eigenvectors; W = V^-T): with alpha = W beta the data
have variances q, the noise has covariance 1, and the score pulls each beta_k by itself.
"""

from sympy import Eq, Matrix, MatrixSymbol, Symbol, diag, symbols, together

from derivations.derivation import Derivation, Step, explicit

n = Symbol("n", integer=True, positive=True)
m, v = symbols("m v", positive=True)
W, Q, IDENTITY = MatrixSymbol("W", n, n), MatrixSymbol("q", n, n), MatrixSymbol("one", n, n)
LAW = Eq(MatrixSymbol("P_t", n, n), W * (m**2 * Q + v * IDENTITY) * W.T)


def _prove() -> tuple[Step, ...]:
    # two coordinates, free invertible W and variances q; data and noise as W makes them
    entries = Matrix(2, 2, symbols("W_11 W_12 W_21 W_22", real=True))
    variances = diag(*symbols("q_1 q_2", positive=True))
    sigma, data = entries * entries.T, entries * variances * entries.T
    law = m**2 * data + v * sigma
    stated = explicit(LAW.rhs, n, 2, W=entries, q=variances, one=Matrix.eye(2))
    pull = -(m**2 * variances + v * Matrix.eye(2)).inv()
    smoothed = -sigma * law.inv()  # Sigma S
    return (
        Step("the statement", (law - stated).expand()),
        Step("Sigma S beta = pull, each coordinate by itself",
             (entries.inv() * smoothed * entries - pull).applyfunc(together)),
        Step("noise W xi has covariance Sigma", (entries * Matrix.eye(2) * entries.T - sigma).expand()),
    )  # fmt: skip


def derivations() -> tuple[Derivation, ...]:
    """Return the derivation of this module."""
    return (
        Derivation(
            name="gaussian-coordinates",
            title="Data and noise diagonal together (T12)",
            statement="With Sigma = W W^T and P_0 = W q W^T, q diagonal, P_t = W (m^2 q + v 1) W^T: in "
            "beta = W^-1 alpha every sampler runs on each coordinate by itself, with noise 1 and the pull "
            "-1/(m^2 q_k + v).",
            expression=LAW,
            proof=_prove,
            scope="two coordinates with free W and q (symbolic); such a W exists where Sigma is regular",
            reference="our derivation",
        ),
    )
