"""Figures for papers: functions that take an Axes, draw there, and return the artists.

No style is set and no window opened: what matplotlib is told elsewhere holds here too. Without an Axes the
current one is used. Needs matplotlib: pip install 'sphspec[report]'.

>>> import sphspec, sphspec.plot
>>> cov = sphspec.noise_covariance(sphspec.Quadrature(sphspec.Healpix(2), 4))
>>> sphspec.plot.eigenvalues(cov).get_label()
'quadrature'
"""

from sphspec.plot.blocks import block_norms
from sphspec.plot.colours import COLOURS, MARKERS
from sphspec.plot.correlations import correlation, log_correlation, shared_scale
from sphspec.plot.moments import process_moments
from sphspec.plot.pit import pit_ecdf
from sphspec.plot.sky import variance_map
from sphspec.plot.spectra import anisotropy, eigenvalues

__all__ = [
    "COLOURS",
    "MARKERS",
    "anisotropy",
    "block_norms",
    "correlation",
    "eigenvalues",
    "log_correlation",
    "pit_ecdf",
    "process_moments",
    "shared_scale",
    "variance_map",
]
