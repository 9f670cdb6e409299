"""Eight numbers in one register, for compiled loops: sums over rings that are fast in plain IEEE.

A compiler must not change the order of a sum, so that it adds one ring after the other. Written in lanes
the order is stated, the same on every machine: lane by lane, and the lanes at the end. The generated
functions take lanes as they take numbers.
"""

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

WIDTH = 8
_NUMBER = ir.DoubleType()
_VECTOR = ir.VectorType(_NUMBER, WIDTH)


class Lanes(types.Type):
    """The type of eight float64."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


LANES = Lanes()


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


def _spread(builder: Any, value: Any) -> Any:
    """Return one number in every lane."""
    first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    places = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, ir.Constant(_VECTOR, ir.Undefined), places)


def _arithmetic(function: Any, instruction: str, *shapes: tuple[Any, ...]) -> None:
    """Let a function of lanes, or of lanes and a number, be one instruction."""
    typing = {"cases": [signature(LANES, *shape) for shape in shapes]}
    infer_global(function)(type("LanesTyping", (ConcreteTemplate,), typing))

    def lower(_: Any, builder: Any, sig: Any, values: Any) -> Any:
        whole = [
            value if kind is LANES else _spread(builder, value)
            for kind, value in zip(sig.args, values, strict=True)
        ]
        return getattr(builder, instruction)(*whole)

    for shape in shapes:
        lower_builtin(function, *shape)(lower)


_PAIRS = ((LANES, LANES), (LANES, types.float64), (types.float64, LANES))
_arithmetic(operator.add, "fadd", *_PAIRS)
_arithmetic(operator.sub, "fsub", *_PAIRS)
_arithmetic(operator.mul, "fmul", *_PAIRS)
_arithmetic(operator.neg, "fneg", (LANES,))


def _place(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """Return where the lanes of a contiguous array that begin at an index lie."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _VECTOR.as_pointer())


def _load(_: Any, array: Any, index: Any) -> Any:
    """Return array[index : index + 8] of a contiguous array (n,); bounds are not looked at."""

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        return builder.load(_place(context, builder, sig.args[0], *values), align=8)

    return LANES(array, index), generate


def _store(_: Any, array: Any, index: Any, value: Any) -> Any:
    """Set array[index : index + 8] of a contiguous array (n,); bounds are not looked at."""

    def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        builder.store(values[2], _place(context, builder, sig.args[0], *values[:2]), align=8)
        return context.get_dummy_value()

    return types.void(array, index, value), generate


def _at(_: Any, lanes: Any, place: Any) -> Any:
    """Return one of the lanes, place 0 .. 7."""

    def generate(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.extract_element(values[0], builder.trunc(values[1], ir.IntType(32)))

    return types.float64(lanes, place), generate


at: Any = intrinsic(_at)
load: Any = intrinsic(_load)
store: Any = intrinsic(_store)
