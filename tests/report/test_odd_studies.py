"""Reports of studies at the edge: one coefficient, a singular Sigma, nside without ring weights in healpy."""

import re

import pytest
from pypdf import PdfReader

from sphspec.report import write_report
from sphspec.study import Budget, Setting, Study
from sphspec.suite import run_suite

ODD = {
    "one": (Setting(grid="gauss-legendre:nlat=1,nlon=1", lmax=0),),
    "healpix": (Setting(grid="healpix:nside=1", lmax=(0, 3)), Setting(grid="healpix:nside=3", lmax=5)),
    "scattered": (Setting(grid="fibonacci:npix=50", lmax=3, operators=("least-squares",)),),
}


@pytest.mark.parametrize("name", ODD)
def test_a_report_is_written(tmp_path, name):
    study = Study(name=name, settings=ODD[name], budget=Budget(samples=200))
    verdict = run_suite(study, derivations=False)
    assert verdict.ok
    write_report(study, verdict, tmp_path / "odd.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(tmp_path / "odd.pdf").pages)
    assert not re.search(r"\b(nan|None)\b|\?\?", text)
