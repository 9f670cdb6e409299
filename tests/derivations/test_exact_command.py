"""python -m derivations.exact: exact entries as JSON, without the catalogue."""

import json
import subprocess
import sys

import pytest

from derivations.exact.__main__ import main
from derivations.exact.listing import listing
from derivations.grids.spec import parse_grid


def test_entries_are_those_of_the_listing(capsys):
    assert main(["healpix:nside=2", "gauss-legendre:nlat=3,nlon=5", "--lmax", "2"]) == 0
    printed = json.loads(capsys.readouterr().out)
    for name, entries in printed.items():
        assert entries == json.loads(json.dumps(listing(parse_grid(name), 2)))
    assert list(printed) == ["healpix:nside=2", "gauss-legendre:nlat=3,nlon=5"]


def test_an_unknown_grid_is_one_line(capsys):
    assert main(["cubed-sphere:n=4"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: unknown grid 'cubed-sphere'; known: ")


@pytest.mark.parametrize("module", ["derivations.catalogue", "derivations.pipeline"])
def test_the_catalogue_is_left_alone(module):
    code = f"import sys, derivations.exact.__main__; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
