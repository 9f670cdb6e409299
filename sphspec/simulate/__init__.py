"""The simulator: pixel-space noise and paths, pushed through other people's transforms.

Nothing here may come from the formulas under test: no import of the generated code, the covariance,
the SDEs or anything that uses them. Conventions are stated again, on purpose.
"""

from sphspec.simulate.brownian import brownian_increments, euler_path
from sphspec.simulate.ducc import DuccWitness
from sphspec.simulate.linear import drifted_path, healpy_drift, heat_rates
from sphspec.simulate.resampled import ResamplingWitness
from sphspec.simulate.reverse import (
    CommonFactor,
    GaussianData,
    ReverseSampler,
    brute_covariance,
    reverse_sampler,
)
from sphspec.simulate.transition import ScalarSDE, cosine_vp, moments, ornstein_uhlenbeck, sub_vp, ve, vp
from sphspec.simulate.witness import DirectWitness, HealpyWitness, Witness, harmonic_matrix, squared

__all__ = [
    "CommonFactor",
    "DirectWitness",
    "DuccWitness",
    "GaussianData",
    "HealpyWitness",
    "ResamplingWitness",
    "ReverseSampler",
    "ScalarSDE",
    "Witness",
    "brownian_increments",
    "brute_covariance",
    "cosine_vp",
    "drifted_path",
    "euler_path",
    "harmonic_matrix",
    "healpy_drift",
    "heat_rates",
    "moments",
    "ornstein_uhlenbeck",
    "reverse_sampler",
    "squared",
    "sub_vp",
    "ve",
    "vp",
]
