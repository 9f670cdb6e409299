"""`sphspec audit`: targets, claims, exit codes, bad input, and the PDF."""

import json

import numpy as np
import pypdf
import pytest
from typer.testing import CliRunner

from sphspec.audit_study import AuditStudy
from sphspec.cli import app, main

MODULE = """
import numpy as np

LMAX = 8
N = (LMAX + 1) ** 2
orders = np.concatenate([np.arange(-l, l + 1) for l in range(LMAX + 1)])

def right(rng, size):
    return rng.standard_normal((size, N))

def halved(rng, size):
    return np.where(orders == 0, np.sqrt(0.5), 1.0) * rng.standard_normal((size, N))

class Scaled:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, rng, size):
        return self.factor * rng.standard_normal((size, N))

def shifted(rng, size, by=0.0):
    return by + rng.standard_normal((size, N))

def failing(rng, size):
    raise RuntimeError("no luck")

number = 3
"""
CLAIM = ["--claim", "isotropic", "--power-law", "0", "--lmax", "8"]


@pytest.fixture(autouse=True)
def module(tmp_path, monkeypatch):
    (tmp_path / "planted_generators.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "empty.txt").write_text("# degree by degree\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["audit", *map(str, arguments)])


def finding(*arguments):
    result = run(*arguments, "--json", "--samples", "600")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    found = json.loads(result.stdout)
    assert result.exit_code == (0 if found["ok"] else 1)
    return found


def test_a_right_generator_passes_with_what_would_have_been_caught():
    found = finding("planted_generators:right", *CLAIM)
    assert found["ok"]
    assert found["defect"] is None
    assert found["detectable"]


def test_a_finding_has_a_name_an_interval_a_cure_and_exit_code_1():
    found = finding("planted_generators:halved", *CLAIM)
    assert found["defect"] == "m0-power"
    assert found["cure"]
    low, high = found["interval"]
    assert low < 0.5 < high
    assert found["p_value"] <= 1e-6


def test_text_says_the_same():
    result = run("planted_generators:halved", *CLAIM, "--samples", "600")
    assert result.exit_code == 1
    assert "FINDING: m0-power" in result.stdout
    assert "cure:" in result.stdout


def test_classes_and_functions_take_arguments_from_a_file(module):
    (module / "audit.toml").write_text(
        'samples = 600\n[target]\ntarget = "planted_generators:Scaled"\narguments = {factor = 1.1}\n'
        '[claim]\nkind = "isotropic"\nlmax = 8\ndata = {kind = "power-law", exponent = 0.0}\n'
    )
    found = finding("audit.toml")
    assert found["defect"] == "scale"
    low, high = found["interval"]
    assert low < 1.21 < high
    (module / "audit.toml").write_text(
        'samples = 600\n[target]\ntarget = "planted_generators:shifted"\narguments = {by = 0.5}\n'
    )
    assert finding("audit.toml", *CLAIM)["defect"] == "mean"


def test_every_claim_can_be_made(module):
    np.savetxt(module / "cl.txt", np.ones(9))
    assert finding("planted_generators:right", "--claim", "isotropic", "--cl", "cl.txt")["ok"]
    noise = ["--grid", "gauss-legendre:nlat=9,nlon=17", "--lmax", "8"]
    found = finding("planted_generators:right", "--claim", "noise", *noise)
    assert not found["ok"]
    found = finding("planted_generators:right", "--claim", "marginal", *noise, "--time", "0.5")
    assert not found["ok"]
    (module / "pixels.py").write_text(
        "def noise(rng, size):\n    return 2.0 * rng.standard_normal((size, 48))\n"
    )
    assert finding("pixels:noise", "--claim", "white", "--grid", "healpix:nside=2", "--variance", "4")["ok"]


def test_the_pdf_has_the_finding_its_numbers_and_the_attachment(module):
    target = module / "finding.pdf"
    result = run("planted_generators:halved", *CLAIM, "--samples", "600", "--report", target)
    assert result.exit_code == 1, result.output
    reader = pypdf.PdfReader(target)
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "Finding: m0-power" in text
    assert "cure" in text
    assert "nan" not in text.lower()
    attached = json.loads(reader.attachments["finding.json"][0])
    assert attached["defect"] == "m0-power"
    first = target.read_bytes()
    assert run("planted_generators:halved", *CLAIM, "--samples", "600", "--report", target).exit_code == 1
    assert target.read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere:noise", *CLAIM], "cannot import nowhere"),
        (["planted_generators:absent", *CLAIM], "has no absent"),
        (["planted_generators:number", *CLAIM], "must be callable"),
        (["planted_generators:failing", *CLAIM], "no luck"),
        (["planted_generators:Scaled", *CLAIM], "Scaled(...) failed"),
        (["no such thing", *CLAIM], "no module:function"),
        (["planted_generators:right"], "give --claim"),
        (["planted_generators:right", "--claim", "pink"], "claim"),
        (["planted_generators:right", "--claim", "white"], "needs grid"),
        (["planted_generators:right", "--claim", "isotropic"], "one of cl and data"),
        (["planted_generators:right", "--claim", "isotropic", "--cl", "absent.txt"], "absent.txt"),
        (["planted_generators:right", "--claim", "noise", "--grid", "healpix:nside=2"], "needs lmax"),
        (["planted_generators:right", *CLAIM, "--false-alarm", "2"], "false_alarm"),
        (["planted_generators:right", *CLAIM, "--report", "finding.txt"], ".pdf"),
        (["planted_generators:right", *CLAIM, "--samples", "0"], "--samples"),
        (["planted_generators:right", "--claim", "isotropic", "--cl", "empty.txt"], "empty.txt"),
        (
            ["planted_generators:right", "--claim", "white", "--grid", "healpix:nside=2", "--cl", "c.txt"],
            "not cl",
        ),
        (["planted_generators:right", "--claim", "white", "--grid", "healpix:nside=3"], "(2, 108)"),
        (["absent.toml"], "absent.toml"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, said, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["sphspec", "audit", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]


def test_a_file_of_an_audit_is_validated(module):
    path = module / "audit.toml"
    for text, said in (
        ("[target", "not TOML"),
        ('[target]\ntarget = "a:b"\ncolour = "red"\n', "colour"),
        ('[target]\ntarget = "a:b"\n[claim]\nkind = "white"\n', "needs grid"),
        ("samples = 100\n", "target"),
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=said) as stopped:
            AuditStudy.load(path)
        assert "\n" not in str(stopped.value)


def test_numbers_are_never_unpickled(module):
    np.save(module / "cl.npy", np.array([{}], dtype=object), allow_pickle=True)
    result = run("planted_generators:right", "--claim", "isotropic", "--cl", "cl.npy")
    assert isinstance(result.exception, ValueError)
    assert "cl.npy" in str(result.exception)
