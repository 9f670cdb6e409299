"""Real libraries' transforms, each on a grid of its own, in one shape: the judges of the converters.

Nothing here knows a convention of ours but a name: fields come from `field`, which sums
`scipy.special.sph_harm_y` over the definition of chart R1, and coefficients from the libraries.
"""

import importlib
import os
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import sph_harm_y


@dataclass(frozen=True)
class Transform:
    """A library's transform at one lmax.

    Attributes
    ----------
    theta, phi : (nlat,) colatitudes, (nlon,) longitudes of the grid
    synthesise : coefficients -> (nlat, nlon) field
    analyse : field -> coefficients; None where the library only synthesises
    """

    theta: Any
    phi: Any
    synthesise: Any
    analyse: Any = None


def field(alpha, lmax, theta, phi):
    """Return sum_k alpha_k phi_k on a tensor grid (nlat, nlon): the definition of chart R1, term by term."""
    values = np.zeros((theta.size, phi.size))
    for m in range(lmax + 1):
        degrees = np.arange(m, lmax + 1)
        legendre = sph_harm_y(degrees[:, None], m, theta[None, :], 0.0).real
        waves = np.exp(1j * m * phi)
        if m == 0:
            values += (alpha[degrees**2 + degrees] @ legendre)[:, None]
            continue
        cosine, sine = alpha[degrees**2 + degrees + m], alpha[degrees**2 + degrees - m]
        values += np.sqrt(2) * np.outer(cosine @ legendre, waves.real)
        values += np.sqrt(2) * np.outer(sine @ legendre, waves.imag)
    return values


def gauss(lmax):
    """Return the Gauss-Legendre grid of lmax + 1 rings from the north and 2 lmax + 1 longitudes."""
    nodes = np.polynomial.legendre.leggauss(lmax + 1)[0]
    return np.arccos(nodes[::-1]), 2 * np.pi * np.arange(2 * lmax + 1) / (2 * lmax + 1)


def ducc(lmax):
    """Return ducc0's transform on the Gauss-Legendre grid; its alm have a leading axis of length 1."""
    ducc0 = importlib.import_module("ducc0")
    theta, phi = gauss(lmax)

    def synthesise(alm):
        return ducc0.sht.synthesis_2d(
            alm=alm[None], lmax=lmax, spin=0, ntheta=theta.size, nphi=phi.size, geometry="GL"
        )[0]

    def analyse(values):
        return ducc0.sht.analysis_2d(map=values[None], lmax=lmax, spin=0, geometry="GL")[0]

    return Transform(theta, phi, synthesise, analyse)


def s2fft(lmax):
    """Return s2fft's transform on McEwen and Wiaux's grid."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("jax").config.update("jax_enable_x64", True)
        library = importlib.import_module("s2fft")
        samples = importlib.import_module("s2fft.sampling.s2_samples")
    band = lmax + 1
    theta, phi = samples.thetas(band, "mw"), samples.phis_equiang(band, "mw")
    return Transform(
        np.asarray(theta),
        np.asarray(phi),
        lambda flm: np.asarray(library.inverse(flm, band, method="numpy")),
        lambda values: np.asarray(library.forward(values.astype(complex), band, method="numpy")),
    )


def torch_harmonics(norm, csphase, longitudes=None):
    """Return a maker of torch-harmonics' transforms on Gauss-Legendre rings, in double precision."""

    def make(lmax):
        torch = importlib.import_module("torch")
        library = importlib.import_module("torch_harmonics")
        theta, phi = gauss(lmax)
        if longitudes is not None:
            phi = 2 * np.pi * np.arange(longitudes(lmax)) / longitudes(lmax)
        options = {"lmax": lmax + 1, "mmax": min(lmax, phi.size // 2) + 1, "grid": "legendre-gauss"}
        options |= {"norm": norm, "csphase": bool(csphase)}
        forward = library.RealSHT(theta.size, phi.size, **options).double()
        inverse = library.InverseRealSHT(theta.size, phi.size, **options).double()
        return Transform(
            theta,
            phi,
            lambda alm: inverse(torch.as_tensor(alm)).numpy(),
            lambda values: forward(torch.as_tensor(values)).numpy(),
        )

    return make


def pyshtools(kind, norm, csphase):
    """Return a maker of pyshtools' transforms on its GLQ grid, by its Fortran library.

    Not by its ducc0 backend, whose complex `expand` has sqrt2 too little in "unnorm" (pyshtools 4.14.1).
    """

    def make(lmax):
        library = importlib.import_module("pyshtools")
        library.backends.select_preferred_backend("shtools")
        grid = library.SHGrid.from_zeros(lmax, grid="GLQ", kind=kind)
        theta, phi = np.deg2rad(90 - grid.lats()), np.deg2rad(grid.lons())

        def synthesise(cilm):
            coefficients = library.SHCoeffs.from_array(cilm, normalization=norm, csphase=csphase)
            return coefficients.expand(grid="GLQ").data

        def analyse(values):
            data = values.astype(complex) if kind == "complex" else values
            found = library.SHGrid.from_array(data, grid="GLQ")
            return found.expand(normalization=norm, csphase=csphase).coeffs

        return Transform(theta, phi, synthesise, analyse)

    return make


def nifty(lmax):
    """Return NIFTy's synthesis from LMSpace to its Gauss-Legendre space."""
    cl = importlib.import_module("nifty.cl")
    theta, phi = gauss(lmax)
    operator = cl.SHTOperator(cl.LMSpace(lmax), cl.GLSpace(theta.size, phi.size))

    def synthesise(packed):
        return operator(cl.makeField(operator.domain, packed)).asnumpy().reshape(theta.size, phi.size)

    return Transform(theta, phi, synthesise)


def libsharp(lmax):
    """Return NIFTy's synthesis without its 1/sqrt(4 pi): the packing that it has from libsharp."""
    scaled = nifty(lmax)
    return Transform(scaled.theta, scaled.phi, lambda packed: np.sqrt(4 * np.pi) * scaled.synthesise(packed))


def sphericart(lmax):
    """Return the sum over sphericart's basis."""
    library = importlib.import_module("sphericart")
    theta, phi = gauss(lmax)
    basis = library.SphericalHarmonics(lmax).compute(_points(theta, phi).reshape(-1, 3))
    return Transform(theta, phi, lambda values: (basis @ values).reshape(theta.size, phi.size))


def e3nn(norm):
    """Return a maker of sums over e3nn's basis at (y, z, x); e3nn has degrees up to 11."""

    def make(lmax):
        torch = importlib.import_module("torch")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            o3 = importlib.import_module("e3nn.o3")
        theta, phi = gauss(lmax)
        points = torch.as_tensor(_points(theta, phi)[..., [1, 2, 0]])
        basis = o3.spherical_harmonics(list(range(lmax + 1)), points, True, norm).numpy()
        return Transform(theta, phi, lambda values: basis @ values)

    return make


def scipy_sum(lmax):
    """Return the sum over sph_harm_y of all orders, m from -l to l, degree by degree."""
    theta, phi = gauss(lmax)
    basis = np.array(
        [sph_harm_y(l, m, theta[:, None], phi) for l in range(lmax + 1) for m in range(-l, l + 1)]
    )
    return Transform(theta, phi, lambda values: np.tensordot(values, basis, 1))


def _points(theta, phi):
    x, y = np.outer(np.sin(theta), np.cos(phi)), np.outer(np.sin(theta), np.sin(phi))
    return np.stack([x, y, np.outer(np.cos(theta), np.ones(phi.size))], axis=-1)


PYSHTOOLS = {
    f"pyshtools:kind={kind},norm={norm},csphase={csphase}": pyshtools(kind, norm, csphase)
    for kind in ("real", "complex")
    for norm in ("4pi", "ortho", "schmidt", "unnorm")
    for csphase in (1, -1)
}
TORCH = {
    f"torch-harmonics:norm={norm},csphase={csphase}": torch_harmonics(norm, csphase)
    for norm in ("ortho", "schmidt", "unnorm")
    for csphase in (1, 0)
}
MAKERS = {
    "complex": scipy_sum,
    "healpy": ducc,
    "libsharp": libsharp,
    "nifty": nifty,
    "s2fft": s2fft,
    "sphericart": sphericart,
    **PYSHTOOLS,
    **TORCH,
    **{f"e3nn:norm={norm}": e3nn(norm) for norm in ("integral", "component", "norm")},
}
NEEDS = {
    "complex": (),
    "healpy": ("ducc0",),
    "libsharp": ("nifty.cl",),
    "nifty": ("nifty.cl",),
    "e3nn": ("torch", "e3nn"),
    "s2fft": ("jax", "s2fft"),
    "torch-harmonics": ("torch", "torch_harmonics"),
}


def needs(name):
    """Return the modules that a convention's library is made of."""
    family = name.partition(":")[0]
    return NEEDS.get(family, (family,))
