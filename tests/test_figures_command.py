"""`sphspec figures`: what is written, that its bytes do not change, and what is refused."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from sphspec.cli import main
from sphspec.processes import VP
from sphspec.report import figures
from sphspec.report.cases import grouped, measure
from sphspec.report.gallery import gallery, names_of
from sphspec.study import Setting, Study

ROOT = Path(__file__).resolve().parents[1]
STUDY = """
name = "small"

[[settings]]
grid = "healpix:nside=2"
lmax = [4]
operators = ["quadrature", "jacobi:iterations=1"]
"""
GROUP = ["block-norms", "correlation", "spectra", "variance"]
WHOLE = ["healpix-expansion", "limit-law", "masked-example", "noise-design", "process-moments"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["sphspec", "figures", *map(str, arguments)])
    try:
        main()
    except SystemExit as stopped:
        return stopped.code
    return 0


def digests():
    """Return a hash of every figure of study.toml in every format."""
    return {
        f"{name}.{form}": hashlib.sha256(figures.rendered(drawing, form)).hexdigest()
        for name, drawing in gallery(Study.load("study.toml"))
        for form in figures.FORMATS
    }


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Return what a process of another hash seed and time zone makes of them."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "study.toml").write_text(STUDY)
    code = f"import json\nfrom {__name__.rpartition('.')[2]} import digests\nprint(json.dumps(digests()))"
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "PYTHONPATH": paths}
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, check=True
    )
    return json.loads(finished.stdout)


def test_every_figure_has_a_file_and_a_caption(monkeypatch, capsys, folder, elsewhere):
    assert run(monkeypatch, "study.toml", "-o", "new/out", "--json") == 0
    captions = json.loads(capsys.readouterr().out)
    names = sorted([*(f"healpix-nside2-lmax4-{part}.svg" for part in GROUP), *(f"{w}.svg" for w in WHOLE)])
    assert sorted(captions) == names
    assert sorted(path.name for path in (folder / "new/out").iterdir()) == ["captions.json", *names]
    assert json.loads((folder / "new/out/captions.json").read_text()) == captions
    for file, said in captions.items():
        assert len(said["caption"]) > 20
        assert len(said["alt"]) > 20
        text = (folder / "new/out" / file).read_text()
        assert text.startswith("<?xml")
        assert "<dc:date>" not in text
        assert hashlib.sha256(text.encode()).hexdigest() == elsewhere[file]


def test_bytes_do_not_depend_on_hash_seed_time_zone_or_time(elsewhere):
    here = digests()
    assert len(here) == 3 * (len(GROUP) + len(WHOLE))
    assert [name for name in here if here[name] != elsewhere[name]] == []


def test_formats_are_what_they_say_without_a_date(folder):
    drawing = figures.process_moments(VP(), (0.5,))
    assert figures.rendered(drawing, "svg").startswith(b"<?xml")
    pdf = figures.rendered(drawing, "pdf")
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf
    (folder / "a.png").write_bytes(figures.rendered(drawing, "png", 60))
    with Image.open(folder / "a.png") as image:
        assert image.size == (390, 120)
        assert "Software" not in image.info


def test_files_of_one_grid_are_told_apart():
    def named(*settings):
        return names_of(grouped(measure(Study(settings=settings), lambda _: None)))

    grid = "gauss-legendre:nlat=3,nlon=5"
    plain, loud = Setting(grid=grid, lmax=2), Setting(grid=grid, lmax=2, variance=2.5)
    other = Setting(grid=grid, lmax=1)
    stem = "gauss-legendre-nlat3-nlon5"
    assert named(plain, other) == [f"{stem}-lmax2", f"{stem}-lmax1"]
    assert named(plain, loud) == [f"{stem}-lmax2-variance1", f"{stem}-lmax2-variance2.5"]
    assert named(plain, other, plain) == [f"{stem}-lmax2-variance1-1", f"{stem}-lmax1",
                                          f"{stem}-lmax2-variance1-2"]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["study.toml", "-o", "out", "--format", "jpeg"], "unknown format 'jpeg'; known: pdf, png, svg"),
        (["study.toml", "-o", "out", "--dpi", "3"], "--dpi must be an integer from 30 to 1200, got 3"),
        (["study.toml", "-o", "study.toml"], "cannot write into study.toml: it is a file; name a folder"),
        (["study.toml", "-o", "/proc/out"], "name another folder"),
        (["absent.toml", "-o", "out"], "cannot read study absent.toml"),
        (["wrong.toml", "-o", "out"], "unknown grid 'torus'"),
    ],
)
def test_bad_input_is_one_line_before_any_work(monkeypatch, capsys, folder, arguments, said):
    (folder / "wrong.toml").write_text(STUDY.replace("healpix", "torus"))
    assert run(monkeypatch, *arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert not (folder / "out").exists()


def test_without_matplotlib_the_extra_is_named(folder):
    code = (
        "import sys\n"
        "from importlib.abc import MetaPathFinder\n"
        "import importlib.util as util\n"
        "found = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'matplotlib' else found(name, *rest)\n"
        "try:\n    import sphspec.plot\nexcept ImportError as error:\n    print(error)\n"
        "sys.argv = ['sphspec', 'figures', 'study.toml', '-o', 'out']\n"
        "from sphspec.cli import main\nmain()\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 2
    assert finished.stdout.strip() == "sphspec.plot needs matplotlib: pip install 'sphspec[report]'"
    assert finished.stderr.strip() == "error: figures need matplotlib: pip install 'sphspec[report]'"
    assert not (folder / "out").exists()


def test_a_failure_leaves_whole_files_alone(monkeypatch, folder):
    def failing(*_):
        raise ValueError("planted")

    monkeypatch.setattr(figures, "spectra", failing)
    assert run(monkeypatch, "study.toml", "-o", "out") == 2
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        f"healpix-nside2-lmax4-{part}.svg" for part in ("block-norms", "correlation")
    ]


def test_import_of_the_package_leaves_matplotlib_alone():
    code = (
        "import sys, sphspec, sphspec.cli; assert 'matplotlib' not in sys.modules\n"
        "assert sphspec.plot.COLOURS; assert 'matplotlib' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
