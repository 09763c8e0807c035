"""What a model is asked to write, and the only way its text becomes an opinion.

Nothing is salvaged: a text that is not exactly one JSON object of the schema is an abstention. The
schema sent to the providers carries no numeric limits, because not all of them accept such; limits
stand in the descriptions and are enforced here.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proratio_core.errors import DataError
from proratio_signals.opinions import (
    MAX_HORIZON_CANDLES,
    MAX_ITEM_CHARS,
    MAX_ITEMS,
    MAX_REASONING_CHARS,
    MAX_RETURN_FRAC,
    Abstention,
    AbstentionKind,
    Action,
    Opinion,
)

__all__ = ["ANSWER_SCHEMA", "SCHEMA_NAME", "parse_opinion"]

SCHEMA_NAME = "opinion"

_MAX_TEXT_CHARS = 100_000
"""Far above any valid answer; bounds the work a hostile one can cause."""


def _items(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": description}


_PROPERTIES: dict[str, dict[str, Any]] = {
    "action": {
        "type": "string",
        "enum": [action.value for action in Action],
        "description": "what to do at the close of the last candle",
    },
    "confidence": {
        "type": "number",
        "description": "probability from 0 to 1 that the action is right",
    },
    "expected_return_frac": {
        "type": "number",
        "description": "price move expected over the horizon as a fraction from "
        f"{-MAX_RETURN_FRAC:g} to {MAX_RETURN_FRAC:g}: 0.02 is +2%, negative when it falls",
    },
    "horizon_candles": {
        "type": "integer",
        "description": f"in how many candles, from 1 to {MAX_HORIZON_CANDLES}",
    },
    "reasoning": {
        "type": "string",
        "description": f"why, in at most {MAX_REASONING_CHARS} characters",
    },
    "factors": _items(f"what speaks for it; at most {MAX_ITEMS} of {MAX_ITEM_CHARS} characters"),
    "risks": _items(f"what could prove it wrong; at most {MAX_ITEMS} of {MAX_ITEM_CHARS} each"),
}

ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": _PROPERTIES,
    "required": list(_PROPERTIES),
    "additionalProperties": False,
}
"""JSON Schema of an answer, in the subset that every provider's structured output accepts."""

_Item = Annotated[str, Field(min_length=1, max_length=MAX_ITEM_CHARS)]
_Items = Annotated[tuple[_Item, ...], Field(max_length=MAX_ITEMS)]


class _Answer(BaseModel):
    """The same document as `ANSWER_SCHEMA`, with its limits; strict, so no type is converted."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    action: Action
    confidence: Annotated[float, Field(ge=0, le=1)]
    expected_return_frac: Annotated[float, Field(ge=-MAX_RETURN_FRAC, le=MAX_RETURN_FRAC)]
    horizon_candles: Annotated[int, Field(ge=1, le=MAX_HORIZON_CANDLES)]
    reasoning: Annotated[str, Field(min_length=1, max_length=MAX_REASONING_CHARS)]
    factors: _Items
    risks: _Items


def parse_opinion(text: str) -> Opinion | Abstention:
    """Return the opinion `text` states, or an abstention of kind INVALID that says what is wrong.

    Parameters
    ----------
    text
        The model's whole answer. Markdown fences, prose around the object, repeated keys, numbers
        written as text, booleans for numbers, NaN and infinities all make it invalid.

    Examples
    --------
    >>> parse_opinion("BUY!").kind
    <AbstentionKind.INVALID: 'INVALID'>
    """
    if len(text) > _MAX_TEXT_CHARS:
        return _invalid(f"the answer has {len(text)} characters, more than {_MAX_TEXT_CHARS}")
    try:
        json.loads(text, object_pairs_hook=_refuse_repeated_keys, parse_constant=_refuse_constant)
        answer = _Answer.model_validate_json(text)
        return Opinion(**{name: getattr(answer, name) for name in _PROPERTIES})
    except ValidationError as error:
        return _invalid("; ".join(_problem(dict(problem)) for problem in error.errors()[:3]))
    except (ValueError, RecursionError) as error:
        return _invalid(f"the answer is not one JSON object of the schema ({error!s:.120})")
    except DataError as error:
        return _invalid(str(error))


def _invalid(detail: str) -> Abstention:
    return Abstention(AbstentionKind.INVALID, detail)


def _problem(problem: dict[str, Any]) -> str:
    """Return where and what, without the offending value: it is the model's text, not ours."""
    place = ".".join(str(step) for step in problem["loc"]) or "the answer"
    return f"{place}: {problem['msg']}"


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
