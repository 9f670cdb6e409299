"""The figures of a study that need no Monte Carlo, by name: what `sphspec figures` writes."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from sphspec.report import figures
from sphspec.report.cases import Group, grouped, largest_plain, measure
from sphspec.report.expansion import trust
from sphspec.report.figures import Drawing
from sphspec.report.limit import designs_of, ladder, spectra_of
from sphspec.report.masks import masked_example
from sphspec.study import MARGINAL_TIMES, Study


def gallery(study: Study, progress: Callable[[str], None] = lambda _: None) -> Iterator[tuple[str, Drawing]]:
    """Yield names and drawings: those of each grid and band limit, then those of the study as a whole.

    Parameters
    ----------
    study : whose covariances are drawn
    progress : told of every step

    Raises
    ------
    ValueError
        where a covariance does not fit in memory, or an operator is singular on its grid.
    """
    measured = measure(study, progress)
    groups = grouped(measured)
    for name, group in zip(names_of(groups), groups, strict=True):
        progress(f"figures of {group.title}")
        yield from _numbered(f"{name}-correlation", figures.covariance_maps(group))
        yield from _numbered(f"{name}-block-norms", figures.block_norm_maps(group))
        yield f"{name}-spectra", figures.spectra(group)
        yield from _numbered(f"{name}-variance", figures.variance_maps(group))
    leading = largest_plain(measured)
    if len(leading) > 1:
        yield from _numbered("side-by-side", figures.grids_compared(leading))
    progress("limit law and noise design")
    yield "limit-law", figures.limit_figure(spectra_of(measured), ladder())
    if designs := designs_of(measured):
        yield "noise-design", figures.design_figure(designs)
    progress("process, masks and expansion")
    yield "process-moments", figures.process_moments(study.process.make(), MARGINAL_TIMES)
    yield "masked-example", figures.mask_figure(masked_example())
    yield "healpix-expansion", figures.expansion_errors(trust())
    if study.cost:
        yield "cost", figures.cost_figure(study.cost)


def names_of(groups: tuple[Group, ...]) -> list[str]:
    """Return a name for the files of each group, none twice.

    Grid and band limit; the variance too where that does not tell groups apart, and a number where they
    are the same in everything.
    """
    names = [f"{slug(group.members[0].cov.operator.grid.name)}-lmax{group.lmax}" for group in groups]
    counts = Counter(names)
    names = [
        f"{name}-variance{group.members[0].case.variance:g}" if counts[name] > 1 else name
        for name, group in zip(names, groups, strict=True)
    ]
    counts = Counter(names)
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        seen[name] += 1
        names[place] = f"{name}-{seen[name]}" if counts[name] > 1 else name
    return names


def slug(grid: str) -> str:
    """Return a grid's name for files: letters, digits, points and hyphens.

    >>> slug("healpix:nside=8"), slug("equiangular:nlat=17,nlon=32,rule=clenshaw-curtis")
    ('healpix-nside8', 'equiangular-nlat17-nlon32-clenshaw-curtis')
    """
    kind, _, rest = grid.partition(":")
    parts = [kind]
    for argument in rest.split(",") if rest else ():
        key, _, value = argument.partition("=")
        parts.append(f"{key}{value}" if value[:1].isdigit() else value or key)
    return re.sub(r"[^A-Za-z0-9.]+", "-", "-".join(parts)).strip("-.")


def _numbered(name: str, drawings: list[Drawing]) -> Iterator[tuple[str, Drawing]]:
    for place, drawing in enumerate(drawings, 1):
        yield (f"{name}-{place}" if len(drawings) > 1 else name), drawing
