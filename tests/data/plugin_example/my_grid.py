"""A grid of belts of equal area."""

import numpy as np

from sphspec import RingGrid


class Belts(RingGrid):
    """nlat rings of nlon points, each in the middle of its belt."""

    def __init__(self, nlat: int, nlon: int):
        z = 1 - (2 * np.arange(nlat) + 1) / nlat  # belts of equal area
        area = np.full(nlat, 4 * np.pi / (nlat * nlon))
        name = f"belts:nlat={nlat},nlon={nlon}"
        super().__init__(np.arccos(z), np.full(nlat, nlon), np.zeros(nlat), area, name=name)
