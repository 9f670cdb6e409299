"""python -m derivations: list the derivations, run their proofs, and check or write the generated code.

With --grid and --lmax it writes a standalone module instead: the exact law of one grid's noise.
"""

import argparse
import sys
import textwrap
from pathlib import Path

from derivations.catalogue import catalogue
from derivations.codegen import writer
from derivations.codegen.render import COMMAND
from derivations.derivation import ProofError
from derivations.grids.spec import parse_grid
from derivations.pipeline import TARGET, build, prove_all
from derivations.standalone import standalone_module
from derivations.standalone.render import PROCESSES


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0 when current, 1 when a proof fails or the generated code is stale."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.grid is not None or options.lmax is not None:
        return _standalone(parser, options)
    derivations = catalogue()
    for entry in derivations:
        print(f"{entry.name}: {entry.title}")
        print(textwrap.indent(textwrap.fill(entry.statement, 92), "    "))
    if options.list:
        return 0
    try:
        proved = prove_all(derivations)
    except ProofError as failure:
        print(f"proof failed: {failure}", file=sys.stderr)
        if not options.unproved:
            return 1
        proved = {}
    print(f"proved: {len(proved)} derivations, {sum(map(len, proved.values()))} steps reduced to zero")
    files = build(proved)
    if options.write:
        changed = writer.write(files, TARGET)
        print(f"written: {', '.join(changed) if changed else 'nothing, all current'}")
        return 0
    report = writer.differences(files, TARGET)
    if report:
        print(report, file=sys.stderr)
        print(f"generated code is not what the derivations give; mend: {COMMAND}", file=sys.stderr)
        return 1
    print(f"current: {len(files)} generated files")
    return 0


def _standalone(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if options.grid is None or options.lmax is None:
        parser.error("a standalone module needs both --grid and --lmax, e.g. --grid healpix:nside=4 --lmax 8")
    command = f"sphspec derive --grid {options.grid} --lmax {options.lmax} --process {options.process}"
    try:
        grid = parse_grid(options.grid, tuple(map(float.fromhex, options.ring_weights or ())))
        text = standalone_module(grid, options.lmax, options.process, name=options.grid, command=command)
        if options.output is None:
            print(text, end="")
        else:
            writer.replace(options.output, text)
            print(f"written: {options.output}", file=sys.stderr)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m derivations",
        description="List the derivations with their statements, run every proof, then compare the "
        "generated code in sphspec/_generated with what the derivations give.",
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="compare, write nothing (the default)")
    action.add_argument("--write", action="store_true", help="regenerate sphspec/_generated")
    action.add_argument("--list", action="store_true", help="only list the statements")
    standalone = parser.add_argument_group("standalone module")
    standalone.add_argument("--grid", help='e.g. "healpix:nside=4", "gauss-legendre:nlat=9,nlon=17"')
    standalone.add_argument("--lmax", type=int, help="band limit, inclusive")
    standalone.add_argument(
        "--ring-weights",
        nargs="+",
        metavar="HEX",
        help="of healpix:...,weights=ring, relative to 4 pi/N, pole to equator, as hexadecimal floats",
    )
    standalone.add_argument("--process", default="vp", choices=sorted(PROCESSES), help="default vp")
    standalone.add_argument("-o", "--output", type=Path, help="the module; default: print it")
    parser.add_argument(
        "--unproved",
        action="store_true",
        help="go on when a proof fails: for planting an error and seeing the verification catch it",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
