"""The figures of the report: functions that return Drawings, SVG with caption and alternative text."""

from sphspec.report.figures.compared import grids_compared
from sphspec.report.figures.cost import cost_figure
from sphspec.report.figures.diffusion import bias_figure, laws_figure
from sphspec.report.figures.expansion import expansion_errors
from sphspec.report.figures.heatmaps import covariance_maps
from sphspec.report.figures.limit import design_figure, limit_figure
from sphspec.report.figures.masks import mask_figure
from sphspec.report.figures.montecarlo import variance_ratios
from sphspec.report.figures.pit import uniformity
from sphspec.report.figures.process import process_moments
from sphspec.report.figures.round_trip import round_trip_figure
from sphspec.report.figures.spectra import spectra
from sphspec.report.figures.structure import block_norm_maps, variance_maps
from sphspec.report.figures.style import FORMATS, Drawing, rendered

__all__ = [
    "FORMATS",
    "Drawing",
    "bias_figure",
    "block_norm_maps",
    "cost_figure",
    "covariance_maps",
    "design_figure",
    "expansion_errors",
    "grids_compared",
    "laws_figure",
    "limit_figure",
    "mask_figure",
    "process_moments",
    "rendered",
    "round_trip_figure",
    "spectra",
    "uniformity",
    "variance_maps",
    "variance_ratios",
]
