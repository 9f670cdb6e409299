"""Metrics of score matching: in which norm the difference d between a score and its target is measured.

    Plain |d|^2      Sigma d^T Sigma d      Likelihood g^2 d^T Sigma d      Noise |Sigma d|^2

With a root R of Sigma, R R^T = Sigma, and the noise s_t R z of a state, each is a sum of squares that needs
no inverse of Sigma but for the plain one. On pixels the covariance D stands for Sigma.
"""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import loss as generated
from sphspec.covariance import NoiseCovariance
from sphspec.processes import Process

Floats = NDArray[np.float64]


@runtime_checkable
class Metric(Protocol):
    """What a loss needs of a metric W: roots W^(1/2) for what is squared, and W itself."""

    def of_score(self, covariance: NoiseCovariance, score: Any) -> Any:
        """Return W^(1/2) s."""

    def of_white(self, covariance: NoiseCovariance, white: Any) -> Any:
        """Return W^(1/2) Sigma^-1 R z."""

    def of_coloured(self, covariance: NoiseCovariance, noise: Any) -> Any:
        """Return W^(1/2) Sigma^-1 r for r in the range of Sigma."""

    def weigh(self, process: Process, t: Any, loss: Any) -> Any:
        """Return the loss times the metric's factor at a time."""

    def dense(self, covariance: NoiseCovariance) -> Floats:
        """Return W without its factor, (n, n)."""

    def trace(self, covariance: NoiseCovariance) -> float:
        """Return tr(W Sigma^-1) without the factor, on the range of a singular Sigma."""

    def on_pixels(self, variance: Floats) -> Floats:
        """Return the diagonal of W without its factor for noise on pixels of covariance D, (npix,)."""


@dataclass(frozen=True)
class _Unweighted:
    def weigh(self, process: Process, t: Any, loss: Any) -> Any:
        """Return the loss: the metric does not change with time."""
        del process, t
        return loss


@dataclass(frozen=True)
class _OfSigma:
    def of_score(self, covariance: NoiseCovariance, score: Any) -> Any:
        """Return R^T s."""
        return covariance.apply_root_adjoint(score)

    def of_white(self, covariance: NoiseCovariance, white: Any) -> Any:
        """Return R^-1 R z: z, or on a singular Sigma the part of z that reaches the coefficients."""
        if covariance.rank() == covariance.n:
            return white
        return self.of_coloured(covariance, covariance.apply_root(white))

    def of_coloured(self, covariance: NoiseCovariance, noise: Any) -> Any:
        """Return R^T Sigma^-1 r."""
        return covariance.apply_root_adjoint(covariance.apply_inverse(noise, on_range=True))

    def dense(self, covariance: NoiseCovariance) -> Floats:
        """Return Sigma."""
        return covariance.dense()

    def trace(self, covariance: NoiseCovariance) -> float:
        """Return the rank of Sigma."""
        return float(covariance.rank())

    def on_pixels(self, variance: Floats) -> Floats:
        """Return the diagonal of D."""
        return variance


@dataclass(frozen=True)
class SigmaMetric(_OfSigma, _Unweighted):
    """d^T Sigma d: what score matching on the pixels amounts to; the same in every chart."""


@dataclass(frozen=True)
class LikelihoodMetric(_OfSigma):
    """g^2 d^T Sigma d: integrated over time it bounds twice the divergence of the data from the model."""

    def weigh(self, process: Process, t: Any, loss: Any) -> Any:
        """Return g(t)^2 times the loss."""
        return generated.likelihood(process.power(t), loss)


@dataclass(frozen=True)
class PlainMetric(_Unweighted):
    """|d|^2 of the coefficients in chart R1. The target needs the inverse of Sigma."""

    def of_score(self, covariance: NoiseCovariance, score: Any) -> Any:
        """Return s."""
        _require_regular(covariance)
        return score

    def of_white(self, covariance: NoiseCovariance, white: Any) -> Any:
        """Return Sigma^-1 R z."""
        return self.of_coloured(covariance, covariance.apply_root(white))

    def of_coloured(self, covariance: NoiseCovariance, noise: Any) -> Any:
        """Return Sigma^-1 r."""
        _require_regular(covariance)
        return covariance.apply_inverse(noise, on_range=True)

    def dense(self, covariance: NoiseCovariance) -> Floats:
        """Return 1."""
        _require_regular(covariance)
        return np.eye(covariance.n)

    def trace(self, covariance: NoiseCovariance) -> float:
        """Return tr Sigma^-1."""
        _require_regular(covariance)
        return float(np.sum(1 / covariance.eigenvalues()))

    def on_pixels(self, variance: Floats) -> Floats:
        """Return ones."""
        silent = int(np.count_nonzero(variance == 0))
        if silent:
            raise ValueError(
                f"the plain metric on pixels needs noise on each, got {silent} of {variance.size} without; "
                f"use SigmaMetric()"
            )
        return np.ones_like(variance)


@dataclass(frozen=True)
class NoiseMetric(_Unweighted):
    """|Sigma d|^2: what |predicted noise - noise|^2 amounts to, over s_t^2."""

    def of_score(self, covariance: NoiseCovariance, score: Any) -> Any:
        """Return Sigma s."""
        return covariance.apply(score)

    def of_white(self, covariance: NoiseCovariance, white: Any) -> Any:
        """Return R z."""
        return covariance.apply_root(white)

    def of_coloured(self, covariance: NoiseCovariance, noise: Any) -> Any:
        """Return r."""
        del covariance
        return noise

    def dense(self, covariance: NoiseCovariance) -> Floats:
        """Return Sigma^2."""
        sigma = covariance.dense()
        return np.asarray(sigma @ sigma)

    def trace(self, covariance: NoiseCovariance) -> float:
        """Return tr Sigma."""
        return float(np.sum(covariance.diagonal()))

    def on_pixels(self, variance: Floats) -> Floats:
        """Return the diagonal of D^2."""
        return variance**2


def _require_regular(covariance: NoiseCovariance) -> None:
    if covariance.rank() < covariance.n:
        raise ValueError(
            f"the plain metric needs the inverse of Sigma, whose rank is {covariance.rank()} of "
            f"{covariance.n}; use SigmaMetric(), which needs none"
        )
