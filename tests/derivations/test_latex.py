"""Formulas in LaTeX: the printed formula bracket by bracket, and nothing that is not understood."""

import json
import re
from importlib.resources import files

import pytest

from derivations.codegen.latex import latex_of

CATALOGUE = json.loads(files("sphspec._generated").joinpath("catalogue.json").read_text(encoding="utf-8"))
KNOWN = {
    "frac", "sqrt", "binom", "sum", "int", "left", "right", "lfloor", "rfloor", "overline", "boldsymbol",
    "mathbf", "mathrm", "operatorname", "text", "begin", "end", "cdot", "bmod", "top", "infty", "ell", "le",
    "ge", "ne", "sin", "cos", "ln", "exp", "partial",
}  # fmt: skip


@pytest.mark.parametrize(
    ("typst", "latex"),
    [
        ("sqrt(frac(2 ell + 1, 4 pi))", r"\sqrt{\frac{2 \ell + 1}{4 \pi}}"),
        ("(frac(a, b))^2", r"\left(\frac{a}{b}\right)^{2}"),
        ("(a + b)^2", r"(a + b)^{2}"),
        ("lambda_(ell, m) (-z)", r"\lambda_{\ell, m} (-z)"),
        ("ell'^2", r"\ell'^{2}"),
        ("u_(L, m - m')", r"u_{L, m - m'}"),
        ("x^(3\\/2)", "x^{3 / 2}"),
        ("root(3, x)", r"\sqrt[3]{x}"),
        ("abs(C_(ell, m))^2", r"\left|C_{\ell, m}\right|^{2}"),
        ("(a + ell)!", r"(a + \ell)!"),
        ("a - (-b)", "a - (-b)"),
        ("overline(Y_(ell, m))", r"\overline{Y_{\ell, m}}"),
        ("bold(upright(U))_k^top bold(upright(Phi))", r"\mathbf{U}_{k}^{\top} \boldsymbol{\Phi}"),
        ("upright(e)^(s t)", r"\mathrm{e}^{s t}"),
        ('op("Re") C', r"\operatorname{Re} C"),
        ('sigma_"min"', r"\sigma_{\mathrm{min}}"),
        ("mat(a, b; c, d)", r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}"),
        (
            'cases(0 &quad "if" j mod i = 0, 1 &quad "otherwise")',
            r"\begin{cases} 0 & \text{if } j \bmod i = 0 \\ 1 & \text{otherwise} \end{cases}",
        ),
        ("integral_0^t f(s) dif s", r"\int_{0}^{t} f (s) \mathrm{d} s"),
        ("frac(dif, dif theta) (sin(theta) f)", r"\frac{\mathrm{d}}{\mathrm{d} \theta} (\sin (\theta) f)"),
    ],
)
def test_every_form_is_kept(typst, latex):
    assert latex_of(typst) == latex


@pytest.mark.parametrize("typst", ["arrow(x)", "frac(a, b", "x # y", "nabla f", "a )"])
def test_what_is_not_known_is_refused(typst):
    with pytest.raises(NotImplementedError):
        latex_of(typst)


def formulas():
    for entry in CATALOGUE:
        yield entry["name"], entry
        yield from ((f"{entry['name']} {example['name']}", example) for example in entry["examples"])


@pytest.mark.parametrize(("name", "entry"), list(formulas()))
def test_the_whole_catalogue_is_there_balanced_and_in_known_words(name, entry):
    latex = entry["latex"]
    assert latex == latex_of(entry["typst"]), name
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")
    assert latex.count(r"\begin") == latex.count(r"\end")
    commands = set(re.findall(r"\\([A-Za-z]+)", latex)) - KNOWN
    assert {command.lower() for command in commands} <= {
        *[
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "zeta",
            "eta",
            "kappa",
            "lambda",
            "mu",
            "phi",
            "pi",
            "rho",
            "sigma",
            "theta",
            "omega",
            "xi",
        ]
    }
    assert sorted(re.findall(r"[0-9]+", latex)) == sorted(re.findall(r"[0-9]+", entry["typst"]))  # none lost
