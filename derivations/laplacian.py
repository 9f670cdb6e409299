"""The rates of the heat flow and of the fractional Laplacian on the sphere, T9: diagonal in Y_lm."""

from sympy import Eq, Expr, Integer, Piecewise, Symbol, assoc_legendre, diff, exp, log, simplify

from derivations.derivation import Derivation, Kernel, Step
from derivations.symbols import MEANING, l, z

conductivity, power = Symbol("kappa", positive=True), Symbol("power", positive=True)
HEAT = Eq(Symbol("lambda"), -conductivity * l * (l + 1))
FRACTIONAL = Eq(Symbol("lambda"), -conductivity * (l * (l + 1)) ** power)
DEGREES = 5


def fractional_rate(degree: Expr) -> Expr:
    """Return the rate as it is computed; the logarithm never meets zero."""
    flat = Eq(degree, 0)
    eigenvalue = degree * (degree + 1) + Piecewise((1, flat), (0, True))
    return -conductivity * Piecewise((0, flat), (exp(power * log(eigenvalue)), True))


def _prove_heat() -> tuple[Step, ...]:
    # the Laplacian of Y = P_l^m(z) e^(i m phi): ((1-z^2) P')' - m^2/(1-z^2) P = -l(l+1) P
    steps = []
    for degree in range(DEGREES):
        for order in range(degree + 1):
            value = assoc_legendre(degree, order, z).doit()
            spread = diff((1 - z**2) * diff(value, z), z) - order**2 / (1 - z**2) * value
            rate = HEAT.rhs.subs({l: degree, conductivity: 1})
            steps.append(Step(f"Y of l = {degree}, m = {order}", simplify(spread - rate * value)))
    return tuple(steps)


def _prove_fractional() -> tuple[Step, ...]:
    upper = Symbol("upper", positive=True, integer=True)
    return (
        Step("power 1 is the heat flow", FRACTIONAL.rhs.subs(power, 1) - HEAT.rhs),
        Step("what is computed, l >= 1", simplify(fractional_rate(upper) - FRACTIONAL.rhs.subs(l, upper))),
        Step("at l = 0", fractional_rate(Integer(0)) - FRACTIONAL.rhs.subs(l, 0)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    arguments = ((l, MEANING[l]), (conductivity, "conductivity"))
    return (
        Derivation(
            name="heat-flow",
            title="Heat flow on the sphere (T9)",
            statement="The Laplacian of Y_lm is -l(l+1) Y_lm: heat of conductivity kappa decays at the rate "
            "kappa l(l+1), whatever the order.",
            expression=HEAT,
            proof=_prove_heat,
            scope=f"l < {DEGREES}, 0 <= m <= l (symbolic in z); for all l it is Legendre's equation",
            reference="classical",
            kernels=(Kernel("linear_drift", "heat_rate", arguments, HEAT.rhs, "the entry of M"),),
        ),
        Derivation(
            name="fractional-laplacian",
            title="Fractional Laplacian on the sphere (T9)",
            statement="-kappa (-Laplacian)^power has the entries -kappa (l(l+1))^power.",
            expression=FRACTIONAL,
            proof=_prove_fractional,
            scope="all l (symbolic), by the spectral definition of the power",
            reference="definition",
            kernels=(
                Kernel(
                    "linear_drift",
                    "fractional_rate",
                    (*arguments, (power, "exponent of the Laplacian, > 0")),
                    fractional_rate(l),
                    "the entry of M",
                ),
            ),
        ),
    )
