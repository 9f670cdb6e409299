"""python -m derivations.exact GRID ...: the exact entries of low degree of some grids, as JSON."""

import argparse
import json
import sys

from derivations.exact.listing import listing
from derivations.grids.spec import parse_grid


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, or 2 for a grid that is not known."""
    parser = argparse.ArgumentParser(prog="python -m derivations.exact", description=__doc__)
    parser.add_argument("grids", nargs="+", metavar="GRID", help='e.g. "healpix:nside=4"')
    parser.add_argument("--lmax", type=int, default=3, help="band limit, inclusive; default 3")
    options = parser.parse_args(arguments)
    try:
        grids = {name: parse_grid(name) for name in options.grids}
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(json.dumps({name: listing(grid, options.lmax) for name, grid in grids.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
