"""The kernel of a scalar linear SDE between any two times, T9: from the moments at both."""

from sympy import Eq, Expr, Function, Matrix, Symbol, diff, expand, symbols

from derivations.derivation import Derivation, Kernel, Step
from derivations.sde import mean_symbol, variance_symbol
from derivations.symbols import t

m_t, m_s, v_t, v_s = symbols("m_t m_s v_t v_s", real=True)
BETWEEN = Eq(Matrix(symbols("m_t_s v_t_s")), Matrix([m_t / m_s, v_t - m_t**2 / m_s**2 * v_s]))
RATIO = Symbol("ratio", real=True)
EARLIER = symbols("mean_s variance_s", real=True)
NAMES = dict(zip((m_t, v_t, m_s, v_s), (mean_symbol, variance_symbol, *EARLIER), strict=True))


def _prove_between() -> tuple[Step, ...]:
    # any m, v that solve their equations, at times r <= s <= t
    r, s = symbols("r s", nonnegative=True)
    a, g2, m, v = (Function(name) for name in ("a", "g2", "m", "v"))
    equations = {diff(m(t), t): a(t) * m(t), diff(v(t), t): 2 * a(t) * v(t) + g2(t)}

    def kernel(begin: Expr, end: Expr) -> tuple[Expr, Expr]:
        ratio, left = BETWEEN.rhs.subs({m_t: m(end), v_t: v(end), m_s: m(begin), v_s: v(begin)})
        return ratio, left

    (ratio, left), early, late = kernel(s, t), kernel(r, s), kernel(r, t)
    return (
        Step("m_ts' = a m_ts", expand(diff(ratio, t).subs(equations) - a(t) * ratio)),
        Step("m_ss = 1", ratio.subs(t, s) - 1),
        Step("v_ts' = 2 a v_ts + g^2", expand(diff(left, t).subs(equations) - 2 * a(t) * left - g2(t))),
        Step("v_ss = 0", left.subs(t, s)),
        Step("from r over s to t: means multiply", ratio * early[0] - late[0]),
        Step("from r over s to t: variances add", expand(ratio**2 * early[1] + left - late[1])),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    means = ((mean_symbol, "m(t)"), (EARLIER[0], "m(s)"))
    variances = ((variance_symbol, "v(t)"), (EARLIER[1], "v(s)"))
    ratio = BETWEEN.rhs[0].subs(NAMES)
    spread = BETWEEN.rhs[1].subs(m_t, RATIO * m_s).subs(NAMES)  # the ratio once: m_s^2 may underflow
    return (
        Derivation(
            name="transition-kernel",
            title="Kernel between two times (T9)",
            statement="alpha_t given the path up to s < t is N(m_ts alpha_s, v_ts Sigma), m_ts = m(t)/m(s) "
            "and v_ts = v(t) - m_ts^2 v(s).",
            expression=BETWEEN,
            proof=_prove_between,
            scope="any m and v that solve m' = a m, v' = 2 a v + g^2 (symbolic functions)",
            reference="our derivation",
            kernels=(
                Kernel("sde", "mean_between", means, ratio, "m(t)/m(s)"),
                Kernel(
                    "sde", "variance_between", ((RATIO, "m(t)/m(s)"), *variances), spread,
                    "variance of alpha_t given alpha_s, s <= t, over Sigma",
                ),
            ),
        ),
    )  # fmt: skip
