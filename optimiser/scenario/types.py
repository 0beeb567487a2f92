"""The small types every part of a scenario is made of, with their units and limits."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

GREATEST_AMOUNT = 1e9
"""EUR million. Beyond it a sum of amounts in euros no longer fits a double exactly (2^53 euros)."""

GREATEST_NUMBER = 1e12
LEAST_NUMBER = 1e-9
"""Attributes outside these sizes (zero apart) would be lost in the solver's arithmetic."""


class Part(BaseModel):
    """Base of every part of a scenario: unknown keys, wrong types, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def _year(value: Any) -> Any:
    if isinstance(value, str) and len(value) == 4 and value.isascii() and value.isdigit() and value[0] != "0":
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999:
        return value
    raise PydanticCustomError("bad-year", "not a year", {"value": str(value)[:40]})


def _unlimited(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    return math.inf if value is None or value == "unlimited" else handler(value)


def _no_floor(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    return -math.inf if value is None or value == "unlimited" else handler(value)


def _written(value: Any) -> Any:
    return "unlimited" if isinstance(value, float) and math.isinf(value) else value


def _number(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        size = abs(value)
        if math.isfinite(size) and size > GREATEST_NUMBER:
            raise PydanticCustomError("too-large", "too large", {"value": value, "limit": GREATEST_NUMBER})
        if 0 < size < LEAST_NUMBER:
            raise PydanticCustomError("too-small", "too small", {"value": value, "limit": LEAST_NUMBER})
    return value


def _amount(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool) and GREATEST_AMOUNT < value < math.inf:
        raise PydanticCustomError("too-much-money", "too large", {"value": value, "limit": GREATEST_AMOUNT})
    return value


def _count(value: Any) -> Any:
    if isinstance(value, float) and not value.is_integer():
        raise PydanticCustomError("not-whole", "not whole", {"value": value})
    return value


def _identifier(value: Any) -> Any:
    if isinstance(value, str) and (not value.isprintable() or value != value.strip()):
        raise PydanticCustomError("bad-id", "not an id", {"value": ascii(value)[:60]})
    return value


def _or_unlimited(schema: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, {"const": "unlimited"}, {"type": "null"}]})


Id = Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(_identifier)]
Tag = Id
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Year = Annotated[int, BeforeValidator(_year), WithJsonSchema({"type": "integer", "minimum": 1000, "maximum": 9999})]
Amount = Annotated[float, BeforeValidator(_amount), Field(ge=0, json_schema_extra={"maximum": GREATEST_AMOUNT})]
Number = Annotated[float, BeforeValidator(_number)]
Share = Annotated[float, Field(ge=0, le=1)]
# "unlimited" (and null, read as the same) is infinity inside, so that comparisons need no special case.
AmountOrUnlimited = Annotated[
    float,
    BeforeValidator(_amount),
    Field(ge=0),
    WrapValidator(_unlimited),
    PlainSerializer(_written),
    _or_unlimited({"type": "number", "minimum": 0, "maximum": GREATEST_AMOUNT}),
]
NumberOrUnlimited = Annotated[
    float,
    BeforeValidator(_number),
    WrapValidator(_unlimited),
    PlainSerializer(_written),
    _or_unlimited({"type": "number"}),
]
FloorOrUnlimited = Annotated[
    float,
    BeforeValidator(_number),
    WrapValidator(_no_floor),
    PlainSerializer(_written),
    _or_unlimited({"type": "number"}),
]
CountOrUnlimited = Annotated[
    int | float,
    BeforeValidator(_count),
    Field(ge=0, le=1_000_000),
    WrapValidator(_unlimited),
    PlainSerializer(_written),
    _or_unlimited({"type": "integer", "minimum": 0}),
]
ShareOrUnlimited = Annotated[
    float,
    Field(ge=0, le=1),
    WrapValidator(_unlimited),
    PlainSerializer(_written),
    _or_unlimited({"type": "number", "minimum": 0, "maximum": 1}),
]
Text = Annotated[str, Field(max_length=20_000)]
YearAmounts = Annotated[
    dict[Year, Amount],
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": "^[1-9][0-9]{3}$"},
            "additionalProperties": {"type": "number", "minimum": 0, "maximum": GREATEST_AMOUNT},
        }
    ),
]
_ELAPSED = r"^(0|[1-9][0-9]?)$"
ElapsedAmounts = Annotated[
    dict[Annotated[str, Field(pattern=_ELAPSED)], Amount],
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": _ELAPSED},
            "additionalProperties": {"type": "number", "minimum": 0, "maximum": GREATEST_AMOUNT},
        }
    ),
]
