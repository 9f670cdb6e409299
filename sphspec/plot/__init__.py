"""Figures of covariances for matplotlib: each function draws into Axes and returns its artists.

Nothing is shown or saved, no setting of matplotlib is changed, no colour bar is added: an image that is
returned goes to `figure.colorbar`. Without Axes the current ones are used, as by `matplotlib.pyplot`.

>>> from matplotlib.figure import Figure
>>> import sphspec
>>> from sphspec import plot
>>> cov = sphspec.noise_covariance(sphspec.Quadrature(sphspec.Healpix(2), 4))
>>> plot.correlation(cov, Figure().subplots()).get_array().shape
(5, 5)
"""

from importlib.util import find_spec

if find_spec("matplotlib") is None:
    raise ImportError("sphspec.plot needs matplotlib: pip install 'sphspec[report]'")

from sphspec.plot.bands import EcdfBand, ecdf_band
from sphspec.plot.couplings import Couplings, couplings, shared_scale
from sphspec.plot.ecdf import pit_ecdf
from sphspec.plot.maps import variance_map, variance_scale
from sphspec.plot.matrices import correlation, log_correlation
from sphspec.plot.moments import process_moments
from sphspec.plot.norms import block_norms, degree_norms
from sphspec.plot.spectra import anisotropy, eigenvalues
from sphspec.plot.style import COLOURS, MARKERS
from sphspec.plot.variance import field_variance

__all__ = [
    "COLOURS",
    "MARKERS",
    "Couplings",
    "EcdfBand",
    "anisotropy",
    "block_norms",
    "correlation",
    "couplings",
    "degree_norms",
    "ecdf_band",
    "eigenvalues",
    "field_variance",
    "log_correlation",
    "pit_ecdf",
    "process_moments",
    "shared_scale",
    "variance_map",
    "variance_scale",
]
