"""What would make a generator right, a sentence for each defect."""

CURES = {
    "m0-power": (
        "give the m = 0 coefficients, which are real, the whole variance C_l: draw them as real normals, or "
        "multiply the real part of equal complex draws by sqrt(2)"
    ),
    "sqrt2": (
        "coefficients of m != 0 are off by sqrt(2): in chart R1 they are sqrt(2) Re a_lm and -sqrt(2) "
        "Im a_lm; convert once, not never and not twice"
    ),
    "cos-sin-swap": "exchange the cosine (m > 0) and sine (m < 0) coefficients, or Re and Im, back",
    "nyquist": (
        "draw the highest order or degree too: a transform or a loop leaves it out, or gives it another "
        "variance"
    ),
    "isotropic-for-sigma": (
        "draw from N(0, Sigma), e.g. with cov.sample(rng, size), not from independent equal normals"
    ),
    "scale": "divide the draws by the square root of the effect",
    "degree-trend": "correct the spectrum: the variance of each degree is not the claimed one",
    "latitude-variance": (
        "the variance must not depend on latitude beyond what is claimed: correct the pixel weights, or the "
        "power of single orders m"
    ),
    "coupling": "draw coefficients with the claimed correlations, no more and no fewer",
    "non-gaussian": "draw from a normal law: what comes has other marginals, or a common factor a draw",
    "dependent-draws": "make every draw anew from the rng that is given, without state or a fixed seed",
    "ordering": "put the pixels or coefficients in the claimed order and signs",
    "mean": "subtract the mean, or add the claimed one",
}
DEFECTS = tuple(sorted(CURES))
