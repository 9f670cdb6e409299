"""Three-address NumPy code for a sum of products: writes into `out`, uses `scratch`, allocates nothing."""

from sympy import Add, Expr, Mul, Symbol


def in_place_lines(expression: Expr, arguments: tuple[Symbol, ...]) -> list[str]:
    """Return the statements that leave the value of a sum of products of symbols in `out`."""
    lines: list[str] = []
    place = {argument: position for position, argument in enumerate(arguments)}
    terms = sorted(
        Add.make_args(expression), key=lambda term: min(place[symbol] for symbol in term.free_symbols)
    )
    for number, term in enumerate(terms):
        coefficient, rest = term.as_coeff_Mul()
        factors = sorted(Mul.make_args(rest), key=lambda factor: place[factor])
        if coefficient not in (1, -1) or len(factors) < 2 or (number == 0 and coefficient < 0):
            raise NotImplementedError(f"not a sum of products of symbols: {term}")
        target = "out" if number == 0 else "scratch"
        lines.append(f"np.multiply({factors[0].name}, {factors[1].name}, out={target})")
        lines += [f"np.multiply({target}, {factor.name}, out={target})" for factor in factors[2:]]
        if number:
            operation = "add" if coefficient > 0 else "subtract"
            lines.append(f"np.{operation}(out, scratch, out=out)")
    return lines
