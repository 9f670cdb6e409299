"""Classes of scores that people use, T11: a factor per coefficient or per degree, a filter on the grid."""

from sympy import Eq, Matrix, MatrixSymbol, Symbol, Trace, diag, expand, symbols

from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.losses import FREE, OPERATOR, PIXELS, VARIANCES, N, n
from derivations.minimisers import (
    FIRST,
    LAW,
    MAPS,
    MINUS_ONE,
    SECOND,
    SPREAD,
    WEIGHTS,
    stated_equations,
    under_trace,
)
from derivations.symbols import l

ENTRY = Eq(Symbol("M_kl"), Symbol("W_kl") * Symbol("P_kl"))
PER_DEGREE = Eq(Symbol("c_l"), (2 * l + 1) / Symbol("P_l"))
SYNTHESIS = MatrixSymbol("Phi", N, n)
FILTER = Eq(
    Matrix(symbols("M_kl b_k")),
    Matrix(
        [
            Trace(FIRST.T * (SYNTHESIS.T * PIXELS * SYNTHESIS) * SECOND * LAW),
            Trace(FIRST.T * SYNTHESIS.T * PIXELS * OPERATOR.T),
        ]
    ),
)

metric, law = symbols("metric law", real=True)
HADAMARD = metric * law


def _prove_diagonal() -> tuple[Step, ...]:
    units = (diag(1, 0), diag(0, 1))
    plain = {WEIGHTS[0, 0]: 1, WEIGHTS[0, 1]: 0, WEIGHTS[1, 1]: 1}
    steps = []
    for k, j in ((0, 0), (0, 1), (1, 1)):
        entry = HADAMARD.subs({metric: WEIGHTS[k, j], law: SPREAD[k, j]})
        stated = ENTRY.rhs.subs({Symbol("W_kl"): WEIGHTS[k, j], Symbol("P_kl"): SPREAD[k, j]})
        found, cross = stated_equations(units[k], units[j])
        left = Matrix([found - entry, found - stated])
        steps.append(Step(f"M_{k}{j}: the kernel and the statement", left))
        if k == j:
            steps.append(Step(f"b_{k} = W_{k}{k}", cross.subs(MINUS_ONE) - WEIGHTS[k, k]))
            factor = (cross / found).subs(MINUS_ONE | plain)
            steps.append(Step(f"plain: c_{k} = 1/P_{k}{k}", factor - 1 / SPREAD[k, k]))
    return tuple(steps)


def _prove_per_degree() -> tuple[Step, ...]:
    # degrees are disjoint: in the plain metric M is diagonal. Degree 0 and 1 of lmax = 1
    variances = Matrix(4, 4, lambda i, j: Symbol(f"P_{min(i, j)}{max(i, j)}", real=True))
    steps = []
    for degree, unit in ((0, diag(1, 0, 0, 0)), (1, diag(0, 1, 1, 1))):
        total = (unit * variances).trace()
        found = unit.trace() / (unit * unit * variances).trace()
        stated = PER_DEGREE.rhs.subs({l: degree, Symbol("P_l"): total})
        steps.append(Step(f"c_{degree}", found - stated))
    crossing = (diag(1, 0, 0, 0) * diag(0, 1, 1, 1) * variances).trace()
    return (*steps, Step("M_01 = 0", crossing))


def _prove_filter() -> tuple[Step, ...]:
    # scores on the pixels -Phi U A x_t; moments of x_t are free: X, with A X A^T for P
    synthesis, unit = Matrix(3, 2, symbols("p:6", real=True)), MAPS[0]
    other, moments = MAPS[1], Matrix(3, 3, lambda i, j: Symbol(f"X_{min(i, j)}{max(i, j)}", real=True))
    law_there = FREE * moments * FREE.T
    pixel = [synthesis * map_ * FREE for map_ in (unit, other)]  # U_k of the normal equations on the pixels
    entries = {
        "U_k": unit, "U_l": other, "P": law_there, "A": FREE, "D": VARIANCES, "Phi": synthesis,
    }  # fmt: skip
    product, cross = (
        explicit(under_trace(entry).subs(N, 3), n, 2, **entries).trace() for entry in FILTER.rhs
    )
    found = (pixel[0].T * VARIANCES * pixel[1] * moments).trace()
    target = (pixel[0].T * VARIANCES).trace()  # C = -1 on the pixels
    return (
        Step("M_kl on 3 pixels", expand(found - product)),
        Step("b_k on 3 pixels", expand(target - cross)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="best-diagonal-score",
            title="One factor per coefficient (T11)",
            statement="For the class of diagonal scores M is the entrywise product of metric and covariance "
            "and b the metric's diagonal; in the plain metric c_k = 1/P_kk.",
            expression=ENTRY,
            proof=_prove_diagonal,
            scope="two coordinates, all entries free (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "minimisers",
                    "normal_entry",
                    ((metric, "entry of the metric"), (law, "entry of the covariance of alpha_t")),
                    HADAMARD,
                    "entry of M",
                ),
            ),
        ),
        Derivation(
            name="best-degree-score",
            title="One factor per degree (T11)",
            statement="In the plain metric c_l = (2 l + 1)/P_l with P_l the variance of degree l of alpha_t, "
            "summed over m.",
            expression=PER_DEGREE,
            proof=_prove_per_degree,
            scope="lmax = 1, all entries free (symbolic); degrees are disjoint",
            reference="our derivation",
        ),
        Derivation(
            name="best-filter",
            title="An isotropic filter on the pixels (T11)",
            statement="Scores -Phi U A x_t of the pixels, against the target of the pixels in the metric D: "
            "what the data are between the harmonics enters through the covariance of alpha_t alone.",
            expression=FILTER,
            proof=_prove_filter,
            scope="2 harmonics on 3 pixels with free operator, synthesis, maps and moments (symbolic)",
            reference="our derivation",
        ),
    )
