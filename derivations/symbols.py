"""The alphabet: every symbol of the derivations, with its assumptions and its meaning.

The names are valid Python names, since generated functions use them for their arguments. How they are
set in print (l2 as l', lambda(l, m) with indices) is the printers' business: `TYPESET` and `SCRIPTS`
tell them.
"""

from sympy import Expr, Symbol

l = Symbol("l", integer=True, nonnegative=True)
m = Symbol("m", integer=True)
l2 = Symbol("l2", integer=True, nonnegative=True)
m2 = Symbol("m2", integer=True)
l3 = Symbol("l3", integer=True, nonnegative=True)
z = Symbol("z", real=True)
theta = Symbol("theta", real=True)
phi = Symbol("phi", real=True)
t = Symbol("t", nonnegative=True)
N_side = Symbol("N_side", integer=True, positive=True)
N_pix = Symbol("N_pix", integer=True, positive=True)
ring = Symbol("i", integer=True, positive=True)
count = Symbol("n", integer=True, positive=True)
azimuth = Symbol("phi0", real=True)
order = Symbol("k", integer=True)
weight = Symbol("w", real=True)
variance = Symbol("variance", nonnegative=True)
strength = Symbol("u", real=True)

TYPESET: dict[str, str] = {
    "l": "ell",
    "l2": "ell'",
    "m2": "m'",
    "l3": "L",
    "order_sum": "M",
    "relation": "P",
    "N_side": 'N_"side"',
    "N_pix": "N",
    "phi0": "phi.alt_0",
    "phi": "phi.alt",
    "variance": "s^2",
    "alpha_plus": "alpha_m",
    "alpha_minus": "alpha_(-m)",
    "g2": "g^2",
    "beta_min": 'beta_"min"',
    "beta_max": 'beta_"max"',
    "sigma_min": 'sigma_"min"',
    "sigma_max": 'sigma_"max"',
    "gram": "G",
    "spectral_filter": "Q",
    "sigma": "Sigma_0",
    "scale": "kappa_m",
    "scale2": "kappa_(m')",
    "c_re": 'op("Re") C',
    "c_im": 'op("Im") C',
    "p_re": 'op("Re") P',
    "p_im": 'op("Im") P',
    "cc": 'Sigma_"cc"',
    "cs": 'Sigma_"cs"',
    "sc": 'Sigma_"sc"',
    "ss": 'Sigma_"ss"',
    "F_n": "F",
}

# leading arguments that are set as indices
SCRIPTS: dict[str, int] = {
    "lambda": 2, "Y": 2, "Var": 2, "D": 2, "P": 1, "J": 1, "F_n": 1,
    "C": 4, "relation": 4, "u": 2, "W": 1, "c": 1, "a": 1, "b": 1, "e": 1,
}  # fmt: skip

MEANING: dict[Expr, str] = {
    l: "degree",
    m: "order",
    l2: "second degree",
    m2: "second order",
    l3: "degree of the sum of two angular momenta",
    z: "cosine of the colatitude",
    theta: "colatitude in radians",
    phi: "east longitude in radians",
    t: "diffusion time",
    N_side: "HEALPix resolution",
    N_pix: "number of pixels",
    ring: "ring number, 1 nearest to the north pole",
    count: "number of equispaced points on a ring",
    azimuth: "longitude of the ring's first point in radians",
    order: "azimuthal frequency",
    weight: "quadrature weight in steradians",
    variance: "pixel noise variance per unit time",
    strength: "w^2 s^2, the strength of a pixel's noise after weighting",
}
