"""The command `sphspec audit`: its options, and what they mean."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sphspec import _validate as check
from sphspec.commands.options import AsJson


def audit(
    target: Annotated[
        str,
        typer.Argument(
            help="module:function or module:Class, called as sampler(rng, size); a file or folder of draws; "
            "adapter:NAME; or a TOML file with [target] and [claim].",
            show_default=False,
        ),
    ],
    claim: Annotated[
        str | None,
        typer.Option(help="The law that is claimed: white, isotropic, noise, marginal.", show_default=False),
    ] = None,
    grid: Annotated[
        str | None, typer.Option(help="Grid of the claim, e.g. healpix:nside=8.", show_default=False)
    ] = None,
    lmax: Annotated[int | None, typer.Option(help="Band limit of the claim.", show_default=False)] = None,
    cl: Annotated[
        str | None,
        typer.Option(help="C_l of an isotropic field: a file of lmax + 1 numbers.", show_default=False),
    ] = None,
    power_law: Annotated[
        float | None,
        typer.Option(help="C_l = 1/(1 + l)^x instead of a file, to --lmax.", show_default=False),
    ] = None,
    variance: Annotated[
        str | None,
        typer.Option(help="Pixel variance: a number, or a file of one per point.", show_default=False),
    ] = None,
    operator: Annotated[
        str | None, typer.Option(help="Analysis of the noise, e.g. jacobi:iterations=3.", show_default=False)
    ] = None,
    process: Annotated[
        str | None, typer.Option(help="Process of a marginal: vp ...", show_default=False)
    ] = None,
    time: Annotated[float | None, typer.Option(help="Time of a marginal.", show_default=False)] = None,
    alpha0: Annotated[
        str | None, typer.Option(help="Start of a marginal, a file; default zeros.", show_default=False)
    ] = None,
    samples: Annotated[int | None, typer.Option(help="Most draws to take.", show_default=False)] = None,
    seconds: Annotated[
        float | None,
        typer.Option(help="After which no further round is begun, default 10.", show_default=False),
    ] = None,
    false_alarm: Annotated[
        float | None,
        typer.Option(
            help="Probability of any finding on a right generator, default 1e-6.", show_default=False
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the draws, default 0.", show_default=False)
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write the finding as a PDF too.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold somebody's noise generator against a law, and name what is wrong with it.

    The finding: which defect fits best, its size with an interval, the p-value at the stated false-alarm
    rate, and what would make it right. Exit code 1 on a finding.

    Claims: `white` (independent pixels on --grid), `isotropic` (--cl or --power-law, on --grid where draws
    are maps), `noise` (N(0, Sigma) of --grid, --operator, --lmax), `marginal` (a diffusion at --time).

    Examples: `sphspec audit mine:noise --claim white --grid healpix:nside=8`,
    `sphspec audit draws.npy --claim isotropic --cl cl.txt`, `sphspec audit adapter:torch-harmonics`,
    `sphspec audit audit.toml --report finding.pdf`
    """
    data = None if power_law is None else {"kind": "power-law", "exponent": power_law}
    options = {
        "kind": claim, "grid": grid, "lmax": lmax, "cl": cl, "data": data, "operator": operator,
        "variance": _number_or_name(variance), "process": None if process is None else {"kind": process},
        "t": time, "alpha0": alpha0,
    }  # fmt: skip
    budget = {
        "samples": None if samples is None else check.integer("--samples", samples, 1),
        "seconds": None if seconds is None else check.positive("--seconds", seconds),
        "false_alarm": None if false_alarm is None else check.positive("--false-alarm", false_alarm),
        "seed": None if seed is None else check.integer("--seed", seed, 0),
    }
    from sphspec.commands.audit import audited

    ok = audited(target, _given(options), _given(budget), report, as_json)
    raise typer.Exit(0 if ok else 1)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _number_or_name(text: str | None) -> float | str | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return text
