"""What a ring gives to the sums of two orders, where the field varies along it: generated kernels of F_r(k).

F_r(k) = sum_j u_rj exp(i k phi_rj), k = 0 .. 2 lmax, by FFT.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import chart, covariance
from sphspec.grids.ring import SAME, RingGrid

Floats = NDArray[np.float64]
ROUNDING = 4 * np.finfo(np.float64).eps  # nodes and weights of ducc0 are symmetric to this


@dataclass(frozen=True, eq=False)
class RingWeights:
    """Rings with their Fourier sums, the northern half alone where the southern is its image.

    Attributes
    ----------
    z, sine : cosine and sine of the colatitudes, (R,)
    real, imaginary : F_r(k), (2 lmax + 1, R)
    mirrored : whether only even l + m + l' + m' couple
    """

    z: Floats
    sine: Floats
    real: Floats
    imaginary: Floats
    mirrored: bool

    def kernels(self, orders: NDArray[np.int64], others: NDArray[np.int64]) -> tuple[Floats, ...]:
        """Return what multiplies lambda_lm lambda_l'm' in chart R1, m <= m', each (orders, R).

        The parts are cos-cos, cos-sin, sin-cos and sin-sin.
        """
        difference, total = others - orders, orders + others
        scales = (
            np.broadcast_to(chart.scale(orders), total.shape),
            np.broadcast_to(chart.scale(others), total.shape),
        )
        return covariance.ring_kernel(  # type: ignore[no-any-return]
            scales[0][:, None], scales[1][:, None], self.real[difference], self.imaginary[difference],
            self.real[total], self.imaginary[total],
        )  # fmt: skip

    def complex_kernels(self, orders: NDArray[np.int64], others: NDArray[np.int64]) -> tuple[Floats, ...]:
        """Return the same for Re C_(lm,l'm') and Im C_(lm,l'm'), two parts."""
        scale, scale2 = (
            np.broadcast_to(chart.scale(m), (orders + others).shape)[:, None] for m in (orders, others)
        )
        return chart.complex_covariance(scale, scale2, *self.kernels(orders, others))  # type: ignore[no-any-return]


def ring_weights(grid: RingGrid, u: Floats, lmax: int) -> RingWeights:
    """Return the rings of a grid with the Fourier sums of a field u (npix,) on its points."""
    z, sine = grid.ring_directions
    mirrored = is_mirrored(grid, u)
    half = (z.size + 1) // 2 if mirrored else z.size
    frequencies = np.arange(2 * lmax + 1)
    transforms = np.empty((half, frequencies.size), dtype=np.complex128)
    for r, (begin, count) in enumerate(zip(grid.ring_start[:half], grid.nphi[:half], strict=True)):
        transforms[r] = np.fft.fft(u[begin : begin + count])[frequencies % count]
    angles = phases(grid.phi0[:half], frequencies)
    real, imaginary = covariance.ring_spectrum(transforms.real, transforms.imag, angles, 1)
    image = np.full(half, 2.0 if mirrored else 1.0)
    if mirrored and z.size % 2:
        image[-1] = 1.0  # the equator is its own image
    real, imaginary = ((part * image[:, None]).T.copy() for part in (real, imaginary))
    return RingWeights(z[:half], sine[:half], real, imaginary, mirrored)


def phases(phi0: Floats, frequencies: NDArray[np.int64]) -> Floats:
    """Return k phi0 modulo a turn, (R, k): its product as a double has lost digits of the angle."""
    turn = 8 * np.arctan(np.longdouble(1))
    angles: Floats = np.remainder(phi0[:, None].astype(np.longdouble) * frequencies, turn).astype(np.float64)
    return angles


def is_mirrored(grid: RingGrid, u: Floats) -> bool:
    """Tell whether grid and field are symmetric about the equator, to rounding."""
    if not grid.symmetric or np.abs(grid.phi0 - grid.phi0[::-1]).max() > SAME:
        return False
    flipped = np.concatenate(np.split(u, grid.ring_start[1:])[::-1])
    return bool(np.all(np.abs(u - flipped) <= ROUNDING * np.maximum(np.abs(u), np.abs(flipped))))
