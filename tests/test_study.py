"""Studies: the file under reports/ is the default study; every mistake is one line that names its place."""

from pathlib import Path

import pytest

from sphspec import Study
from sphspec.specs import GRIDS, make_grid, make_operator, parse_spec

ROOT = Path(__file__).resolve().parents[1]


def test_the_default_study_is_the_file_under_reports():
    written, default = Study.load(ROOT / "reports" / "default.toml"), Study()
    assert written.process.make() == default.process.make()
    assert written.data.make() == default.data.make()
    assert written.model_copy(update={"process": default.process, "data": default.data}) == default


def test_the_default_study_covers_what_it_promises():
    labels = [case.label for case in Study().cases()]
    assert len(labels) == 7
    for lmax in (16, 23):
        for operator in ("quadrature", "jacobi:iterations=3", "least-squares"):
            assert f"healpix:nside=8 lmax={lmax} {operator}" in labels
    assert "gauss-legendre:nlat=17,nlon=33 lmax=16 quadrature" in labels


def test_specs_name_grids_and_operators():
    assert make_grid("healpix:nside=3").npix == 108
    operator = make_operator("jacobi:iterations=2", make_grid("gauss-legendre:nlat=3,nlon=5"), 2)
    assert operator.iterations == 2
    assert parse_spec("healpix:nside=8", GRIDS, "grid")[1] == {"nside": 8}


@pytest.mark.parametrize(
    ("text", "npix"),
    [
        ("equiangular:nlat=33,nlon=64,rule=clenshaw-curtis,poles=single", 31 * 64 + 2),
        ("equiangular:nlat=4,nlon=5", 20),
        ("reduced-gaussian:octahedral=8", 544),
        ("reduced-gaussian:classical=32", 6114),
        ("fibonacci:npix=100", 100),
        ("icosahedron", 12),
        ("healpix:nside=8,weights=ring", 768),
        ("healpix:nside=3,weights=equal", 108),
    ],
)
def test_every_grid_has_a_spec_and_its_name_is_one(text, npix):
    grid = make_grid(text)
    assert grid.npix == npix
    again = make_grid(grid.name)
    assert again.name == grid.name
    assert (again.weights == grid.weights).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("equiangular:nlat=4,nlon=5,rule=simpson", "unknown rule 'simpson'; known: clenshaw-curtis, "),
        ("equiangular:nlat=4,nlon=5,rule=7", "unknown rule 7"),
        ("equiangular:nlat=4,lon=5", "unknown key 'lon'; known: nlat, nlon, poles, rule"),
        ("equiangular:nlat=4", "missing 1 required positional argument: 'nlon'"),
        ("equiangular:nlat=4,nlon=five", "nlon must be an integer >= 1, got 'five'"),
        ("equiangular:nlat=4,nlon=5.5", "expected key=integer or key=word, got 'nlon=5.5'"),
        ("equiangular:nlat", "expected key=integer or key=word, got 'nlat'"),
        ("reduced-gaussian", "needs one of octahedral=n and classical=n"),
        ("reduced-gaussian:octahedral=3,classical=32", "needs one of"),
        ("reduced-gaussian:classical=33", "known n: 32"),
        ("icosahedron:npix=12", "unknown key 'npix'; known: none"),
        ("healpix:nside=8,weights=pixel", "unknown weights 'pixel'; known: equal, ring"),
        (
            "dodecahedron",
            "unknown grid 'dodecahedron'; known: equiangular, fibonacci, gauss-legendre, healpix, ",
        ),
    ],
)
def test_mistakes_in_a_spec_name_what_is_known(text, message):
    with pytest.raises(ValueError, match=message):
        make_grid(text)


GOOD = '[[settings]]\ngrid = "healpix:nside=2"\nlmax = 5\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("surprise = 1\n" + GOOD, "unknown key 'surprise'; known keys: .*budget"),
        (GOOD + "colour = 'red'\n", "unknown key 'settings.0.colour'"),
        (GOOD + "[budget]\nsample = 3\n", "unknown key 'budget.sample'"),
        (GOOD.replace("healpix", "healpics"), "unknown grid 'healpics'; known: equiangular, .*, healpix"),
        (GOOD.replace("nside=2", "nside=0"), "nside must be an integer from 1 .* got 0"),
        (GOOD.replace("nside=2", "nside=-1"), "got -1"),
        (GOOD.replace("nside=2", "nside=two"), "nside must be an integer from 1 .* got 'two'"),
        (GOOD.replace("nside=2", "nlat=2"), "unknown key 'nlat'; known: nside, weights"),
        (GOOD.replace("lmax = 5", "lmax = -1"), "lmax must be an integer >= 0, got -1"),
        (GOOD.replace("lmax = 5", "lmax = []"), "lmax and operators must not be empty"),
        (GOOD.replace("lmax = 5", "lmax = 3000000"), "GiB"),
        (GOOD + "variance = -1.0\n", "variance must be a finite number > 0, got -1.0"),
        (GOOD + "variance = nan\n", "variance must be a finite number > 0, got nan"),
        (GOOD + 'operators = ["jakobi"]\n', "unknown operator 'jakobi'"),
        (GOOD + '[process]\nkind = "vp"\nsigma_min = 1.0\n', "unexpected keyword argument 'sigma_min'"),
        (GOOD + '[process]\nkind = "vp"\nbeta_min = -1.0\n', "beta_min must be a finite number > 0"),
        (GOOD + '[process]\nkind = "brown"\n', "process.kind"),
        (GOOD + '[data]\nkind = "flat"\n', "data.kind"),
        (GOOD + "[data]\nexponent = -1.0\n", "exponent must be a finite number >= 0, got -1.0"),
        (GOOD + "[data]\nslope = 1.0\n", "unexpected keyword argument 'slope'"),
        (GOOD + '[data]\nkind = "table"\nvalues = [1.0, 0.5]\n', "given up to degree 1, lmax = 5 is beyond"),
        (GOOD + '[data]\nkind = "table"\nvalues = [1.0, -0.5]\n', "numbers >= 0, not all 0"),
        (GOOD + '[data]\nkind = "table"\n', "missing 1 required positional argument: 'values'"),
        (GOOD + "[budget]\nsamples = 1\n", "budget.samples: Input should be greater than or equal to 100"),
        (GOOD + "[budget]\ntimes = [1.0, 0.5]\n", "times must increase"),
        ("settings = []\n", r"at least one \[\[settings\]\] entry"),
        (
            "name = '../x'\n" + GOOD,
            "name: letters, digits, '.', '_' and '-', a letter or digit first, got '../x'",
        ),
        ("nonsense", "cannot read study"),
    ],
)
def test_mistakes_in_a_study_are_one_clear_line(tmp_path, text, message):
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        Study.load(path)
    assert "\n" not in str(caught.value)
    assert "study.toml" in str(caught.value)
