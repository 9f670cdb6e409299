"""Sigma as a labelled Dataset."""

import json

import numpy as np
import pytest
from drawfiles import same_bits

from sphspec import Healpix, Quadrature, noise_covariance
from sphspec.conventions import index
from sphspec.described import weights_digest


def test_entries_are_found_by_degree_and_order():
    grid = Healpix(2)
    cov = noise_covariance(Quadrature(grid, 4), 1.0 + np.cos(grid.theta) ** 2)
    sigma, labelled = cov.dense(), cov.to_xarray()
    assert same_bits(labelled.values, sigma)
    found = labelled.set_xindex(["l", "m"]).set_xindex(["l_2", "m_2"])
    for l, m, l2, m2 in ((0, 0, 2, 0), (3, -2, 1, -1), (4, 4, 4, -4), (4, 0, 0, 0)):
        assert float(found.sel(l=l, m=m, l_2=l2, m_2=m2)) == sigma[index(l, m), index(l2, m2)]
    assert labelled.attrs["grid"] == "healpix:nside=2"
    assert labelled.attrs["weights"] == weights_digest(grid.weights)
    assert labelled.attrs["operator"] == "quadrature"
    assert labelled.attrs["lmax"] == 4
    assert "sphspec" in json.loads(labelled.attrs["versions"])


def test_a_dataset_goes_to_a_file_and_back(tmp_path):
    import xarray

    labelled = noise_covariance(Quadrature(Healpix(2), 3)).to_xarray()
    labelled.to_netcdf(tmp_path / "sigma.nc")
    with xarray.open_dataarray(tmp_path / "sigma.nc") as found:
        assert found.identical(labelled)


def test_memory_and_the_package_are_checked_first(monkeypatch):
    cov = noise_covariance(Quadrature(Healpix(2), 3))
    monkeypatch.setattr("sphspec._validate.available_memory", lambda: 1000.0)
    with pytest.raises(ValueError, match="GiB are free"):
        cov.to_xarray()
    monkeypatch.setattr("sphspec.labelled.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"sphspec\[files\]"):
        cov.to_xarray()
