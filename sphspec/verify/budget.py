"""The error budget of one run of the suite: how a correct package's false-alarm rate is spent.

    false alarm = MONTE_CARLO (equal parts, one a run) + POOLED (all runs together) + NIGHTLY (the ledger)

Inside a run, shares of weighted Bonferroni between families (Holm's union bound: p_i <= alpha share_i / M_i).
"""

MONTE_CARLO, POOLED, NIGHTLY = 0.5, 0.25, 0.25
SHARES = {
    "total": 0.1,
    "direction": 0.25,
    "degree": 0.05,
    "order": 0.05,
    "coefficient": 0.15,
    "pair": 0.15,
    "omnibus": 0.05,
    "mean": 0.05,
    "shape": 0.05,
    "increments": 0.05,
    "steps": 0.05,
}
SCREEN = 0.03  # level of the first stage: what is below goes to fresh draws
FLAGGED = 8  # hypotheses that the second stage confirms at most
CONFIRM = 1.85  # draws of the second stage over those of the first
POWER = 0.999  # probability that a stated effect is found; half of the misses at each stage


def spent(false_alarm: float, runs: int) -> tuple[tuple[str, float], ...]:
    """Return what the false-alarm rate of a suite with so many Monte Carlo runs is spent on, adding up to it.

    The positive control's own failures (at 1.5 times an effect that is found with probability 0.999, less
    than 1e-10 a run) and the ledger, which only `--deep` spends, are part of it.
    """
    one = MONTE_CARLO * false_alarm / max(1, runs)
    return (
        (f"each of {runs} Monte Carlo runs, both stages together: {one:.2g}", MONTE_CARLO * false_alarm),
        ("all runs together, pooled", POOLED * false_alarm),
        ("the nightly ledger, all its epochs", NIGHTLY * false_alarm),
    )
