"""Simulators with an error in their time steps, which a path shows, or in their noise, which draws show."""

import numpy as np

from sphspec.verify.fixture import MONTE_CARLO, PATH, Fixture, Floats, Mutant, Simulator, simulator

BOTH = (PATH, MONTE_CARLO)
CUT = 2.5  # deviations
SHARED = 0.2  # of the noise that neighbours share
OFFSET = 0.05  # deviations
FREEDOM = 4  # of the t-distribution of maps with an amplitude of their own
Shape = tuple[int, ...]


def _single_precision(fixture: Fixture) -> Simulator:
    def increments(normals: Floats, dt: Floats) -> Floats:
        deviation = np.sqrt(dt * fixture.variance).astype(np.float32)
        return np.asarray(normals.astype(np.float32) * deviation, dtype=np.float64)

    return simulator(fixture, increments=increments)


def _accumulated(fixture: Fixture) -> Simulator:
    """Return the simulator that takes each value of the path for an increment."""
    return simulator(fixture, increments=lambda z, dt: np.cumsum(z * np.sqrt(dt * fixture.variance), axis=1))


def _steps_exchanged(fixture: Fixture) -> Simulator:
    """Return the simulator that takes the time steps in another order."""
    moved = np.roll(np.diff(fixture.times, prepend=0.0), 1)[:, None]
    return simulator(fixture, increments=lambda z, _: z * np.sqrt(moved * fixture.variance))


def _same_key(rng: np.random.Generator, shape: Shape) -> Floats:
    del rng  # each block of draws starts from the same key
    return np.random.Generator(np.random.Philox(1)).standard_normal(shape)


def _same_step(rng: np.random.Generator, shape: Shape) -> Floats:
    first = rng.standard_normal((shape[0], 1, *shape[2:]))
    return np.broadcast_to(first, shape).copy()


def _antithetic(rng: np.random.Generator, shape: Shape) -> Floats:
    normals = rng.standard_normal(shape)
    normals[:, 1::2] = -normals[:, : shape[1] - 1 : 2]
    return normals


def _antithetic_paths(rng: np.random.Generator, shape: Shape) -> Floats:
    normals = rng.standard_normal(shape)
    normals[1::2] = -normals[: shape[0] - 1 : 2]
    return normals


def _repeated_paths(rng: np.random.Generator, shape: Shape) -> Floats:
    normals, half = rng.standard_normal(shape), shape[0] // 2
    normals[half : 2 * half] = normals[:half]
    return normals


def _cut(rng: np.random.Generator, shape: Shape) -> Floats:
    return np.clip(rng.standard_normal(shape), -CUT, CUT)


def _dead(rng: np.random.Generator, shape: Shape) -> Floats:
    normals = rng.standard_normal(shape)
    normals[..., shape[-1] // 2] = 0.0
    return normals


def _neighbours(rng: np.random.Generator, shape: Shape) -> Floats:
    normals = rng.standard_normal(shape)
    moved = np.roll(normals, 1, axis=-1)
    return np.asarray(np.sqrt(1 - SHARED) * normals + np.sqrt(SHARED) * moved)


def _offset(rng: np.random.Generator, shape: Shape) -> Floats:
    return rng.standard_normal(shape) + OFFSET


def _heavy(rng: np.random.Generator, shape: Shape) -> Floats:
    """Every map with an amplitude of its own: t-distributed, variance 1."""
    amplitude = np.sqrt((FREEDOM - 2) / rng.chisquare(FREEDOM, (*shape[:2], 1)))
    return np.asarray(amplitude * rng.standard_normal(shape))


SIMULATORS = (
    Mutant("dt for sqrt(dt)", "increments grow as dt", BOTH,
           lambda f: simulator(f, increments=lambda z, dt: z * dt * np.sqrt(f.variance))),
    Mutant("equal time steps", "mean dt for each step", BOTH,
           lambda f: simulator(f, increments=lambda z, dt: z * np.sqrt(dt.mean() * f.variance))),
    Mutant("time steps exchanged", "each step with the dt of another", BOTH, _steps_exchanged),
    Mutant("sigma^2 for sigma", "variance for deviation of the pixels", BOTH,
           lambda f: simulator(f, increments=lambda z, dt: z * np.sqrt(dt) * f.variance)),
    Mutant("path for increments", "sums of increments summed again", BOTH, _accumulated),
    Mutant("float32 draws", "increments in single precision", (PATH,), _single_precision),
    Mutant("reused key", "every block of draws from the same stream", (MONTE_CARLO,),
           lambda f: simulator(f, _same_key)),
    Mutant("same normals each step", "one draw for all steps of a path", (MONTE_CARLO,),
           lambda f: simulator(f, _same_step)),
    Mutant("antithetic steps", "every second step undoes the one before", (MONTE_CARLO,),
           lambda f: simulator(f, _antithetic)),
    Mutant("antithetic paths", "every second path mirrors the one before", (MONTE_CARLO,),
           lambda f: simulator(f, _antithetic_paths)),
    Mutant("paths repeated", "half of a block's paths are the other half's", (MONTE_CARLO,),
           lambda f: simulator(f, _repeated_paths)),
    Mutant("normals cut off", f"at {CUT} deviations", (MONTE_CARLO,), lambda f: simulator(f, _cut)),
    Mutant("dead pixel", "one pixel without noise", (MONTE_CARLO,), lambda f: simulator(f, _dead)),
    Mutant("shared noise", f"neighbouring pixels correlated, {SHARED:.0%} of the variance", (MONTE_CARLO,),
           lambda f: simulator(f, _neighbours)),
    Mutant("offset", f"mean of {OFFSET} deviations in every pixel", (MONTE_CARLO,),
           lambda f: simulator(f, _offset)),
    Mutant("heavy tails", "maps with an amplitude of their own, t of 4 degrees of freedom", (MONTE_CARLO,),
           lambda f: simulator(f, _heavy)),
)  # fmt: skip
