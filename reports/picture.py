"""Draw the README's picture, reports/correlations.png: `python reports/picture.py`."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sphspec import GaussLegendre, Healpix, NoiseCovariance, Quadrature, noise_covariance
from sphspec.conventions import degrees_orders
from sphspec.plot import couplings

TARGET = Path(__file__).with_name("correlations.png")


def power(cov: NoiseCovariance) -> np.ndarray:
    """Return the mean variance of each degree over that of all."""
    degrees, _ = degrees_orders(cov.lmax)
    spectrum = np.bincount(degrees, cov.diagonal()) / np.bincount(degrees)
    return np.asarray(spectrum / cov.diagonal().mean())


def main() -> None:
    """Write the picture."""
    healpix = noise_covariance(Quadrature(Healpix(8), 23))
    legendre = noise_covariance(Quadrature(GaussLegendre(17, 33), 16))
    figure = Figure(figsize=(11, 3.3), layout="constrained")
    spectrum, *maps = figure.subplots(1, 3, width_ratios=[1, 1.15, 1.15])
    spectrum.plot(power(healpix), "o-", color="#0072B2", label="HEALPix")
    spectrum.plot(power(legendre), "s-", color="#D55E00", markersize=3, label="Gauss-Legendre")
    spectrum.set(xlabel="degree", ylabel="angular power over its mean", ylim=(0, 2), title="Exactly flat ...")
    spectrum.legend(frameon=False)
    panels = (("HEALPix", healpix), ("Gauss-Legendre", legendre))
    for axes, (title, cov) in zip(maps, panels, strict=True):
        part = couplings(cov, entries=False)
        size = float(np.abs(part.signed).max())
        image = axes.imshow(part.signed, cmap=mpl.colormaps["RdBu_r"], vmin=-size, vmax=size)
        axes.set(xlabel="degree", ylabel="degree", title=f"... yet not white: {title}")
        axes.locator_params(integer=True)
        figure.colorbar(image, ax=axes, label="largest correlation")
    FigureCanvasAgg(figure).print_png(str(TARGET), metadata={"Software": None})


if __name__ == "__main__":
    main()
