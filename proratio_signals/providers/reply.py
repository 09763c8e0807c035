"""What any provider's response comes down to: a text, how it ended, who served it, what it used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from proratio_core.errors import ProviderError
from proratio_signals.opinions import Abstention, AbstentionKind, Opinion, Usage
from proratio_signals.providers.answer_schema import parse_opinion

__all__ = ["Envelope", "Reply", "TokenCount", "Words", "read_envelope", "refused", "truncated"]

_MAX_TOKENS = 2**31 - 1
_MAX_WORDS_CHARS = 200


def _count(value: Any) -> int | None:
    """Return a plausible token count, or None: a wrong count must not cost a good answer."""
    if type(value) is int and 0 <= value <= _MAX_TOKENS:
        return value
    return None


def _words(value: Any) -> str:
    """Return text of the other side fit for a log line and a text column."""
    text = value if isinstance(value, str) else ""
    return "".join(mark for mark in text if mark.isprintable())[:_MAX_WORDS_CHARS]


TokenCount = Annotated[int | None, BeforeValidator(_count)]
"""A number of tokens as a provider states it; None when it is missing or makes no sense."""

Words = Annotated[str, BeforeValidator(_words)]
"""A short name as a provider states it; empty when it is missing."""


class Envelope(BaseModel):
    """The part of a provider's response we rely on; whatever else it holds is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())


EnvelopeT = TypeVar("EnvelopeT", bound=Envelope)


@dataclass(frozen=True, slots=True)
class Reply:
    """One response of a provider.

    Parameters
    ----------
    text
        Everything the model wrote as its answer.
    ended
        None when the model finished; otherwise why its text must not be used.
    served_model
        The model the provider says it used.
    usage
        Tokens the provider says it counted.
    """

    text: str
    ended: Abstention | None = None
    served_model: str = ""
    usage: Usage = field(default_factory=Usage)

    @property
    def result(self) -> Opinion | Abstention:
        """The opinion in the text, or why there is none."""
        return self.ended or parse_opinion(self.text)


def read_envelope(envelope: type[EnvelopeT], body: str | bytes) -> EnvelopeT:
    """Return `body` as an `envelope`.

    Raises
    ------
    ProviderError
        The body is not JSON, or not of the provider's shape.
    """
    try:
        return envelope.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "body"
        raise ProviderError(
            f"the response does not have the shape of its API ({place}: {first['msg']:.120})"
        ) from None  # the original error would carry the response


def refused(detail: str) -> Abstention:
    """Return an abstention for a model that declined or was stopped by a filter."""
    return Abstention(AbstentionKind.REFUSED, detail)


def truncated(detail: str) -> Abstention:
    """Return an abstention for an answer that ended too early."""
    return Abstention(AbstentionKind.TRUNCATED, detail)
