"""What a voter says, and what a vote comes to: frozen values at the bottom of the package."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from proratio_core.errors import DataError

if TYPE_CHECKING:
    from proratio_signals.profile import Voter

__all__ = [
    "MAX_HORIZON_CANDLES",
    "MAX_ITEMS",
    "MAX_ITEM_CHARS",
    "MAX_REASONING_CHARS",
    "MAX_RETURN_FRAC",
    "Abstention",
    "AbstentionKind",
    "Action",
    "Answer",
    "Ballot",
    "Consensus",
    "Opinion",
    "Usage",
]

MAX_RETURN_FRAC = 1.0
"""The largest move, up or down, that is still a forecast and not a mistake."""
MAX_HORIZON_CANDLES = 1_000
MAX_REASONING_CHARS = 4_000
MAX_ITEMS = 12
"""How many factors, and how many risks, an opinion may name."""
MAX_ITEM_CHARS = 400


class Action(StrEnum):
    """What a voter, or a vote, recommends.

    Examples
    --------
    >>> Action.SELL.code
    -1
    >>> Action.from_code(1)
    <Action.BUY: 'BUY'>
    """

    BUY = "BUY"
    SELL = "SELL"
    HOLD = "HOLD"

    @property
    def code(self) -> int:
        """The action as it is stored: 1 to buy, -1 to sell, 0 to hold."""
        return {Action.BUY: 1, Action.SELL: -1, Action.HOLD: 0}[self]

    @classmethod
    def from_code(cls, code: int) -> Action:
        """Return the action stored as `code`.

        Raises
        ------
        DataError
            `code` is not -1, 0 or 1.
        """
        for action in cls:
            if action.code == code:
                return action
        raise DataError(f"action code {code!r} is unknown; expected -1 (SELL), 0 (HOLD), 1 (BUY)")


@dataclass(frozen=True, slots=True)
class Opinion:
    """One voter's validated judgement of one candle.

    Parameters
    ----------
    action
        What to do at the close of the judged candle.
    confidence
        How sure the voter is, 0 to 1.
    expected_return_frac
        Price move the voter expects over the horizon, as a fraction: 0.02 is +2%; -1 to 1.
    horizon_candles
        In how many candles, 1 to 1,000.
    reasoning
        Why, in prose; 1 to 4,000 characters.
    factors, risks
        What speaks for it and what could prove it wrong; at most 12 each, of 1 to 400 characters.

    Raises
    ------
    DataError
        A value is outside its range, not finite, of another type, or cannot be stored as text.
    """

    action: Action
    confidence: float
    expected_return_frac: float
    horizon_candles: int
    reasoning: str
    factors: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.action, Action):
            raise DataError(f"action is {self.action!r}; expected one of {', '.join(Action)}")
        _check_number("confidence", self.confidence, low=0.0, high=1.0)
        _check_number(
            "expected_return_frac",
            self.expected_return_frac,
            low=-MAX_RETURN_FRAC,
            high=MAX_RETURN_FRAC,
        )
        if type(self.horizon_candles) is not int:
            raise DataError(f"horizon_candles is {self.horizon_candles!r}; expected an integer")
        _check_number("horizon_candles", self.horizon_candles, low=1, high=MAX_HORIZON_CANDLES)
        _check_text("reasoning", self.reasoning, limit=MAX_REASONING_CHARS)
        _check_items("factors", self.factors)
        _check_items("risks", self.risks)


class AbstentionKind(StrEnum):
    """Why a voter has no opinion, grouped by what a person would do about it."""

    TIMEOUT = "TIMEOUT"
    """No complete answer within the deadline."""
    RATE_LIMITED = "RATE_LIMITED"
    """The provider asked us to slow down, or the account's quota is used up."""
    SERVER_ERROR = "SERVER_ERROR"
    """The provider failed (5xx)."""
    CONNECTION = "CONNECTION"
    """The provider could not be reached, or the connection broke."""
    AUTHENTICATION = "AUTHENTICATION"
    """The key was not accepted, or may not use this model."""
    REFUSED = "REFUSED"
    """The model declined, or a content filter stopped it."""
    TRUNCATED = "TRUNCATED"
    """The answer ended before it was complete."""
    INVALID = "INVALID"
    """The answer contradicts the schema; nothing of it is used."""
    NOT_CONFIGURED = "NOT_CONFIGURED"
    """The installation lacks this voter's key or address; nothing was asked."""
    BUDGET = "BUDGET"
    """The money set aside for the day does not cover the call; nothing was asked."""
    SUSPENDED = "SUSPENDED"
    """The provider failed repeatedly and is left alone for a moment; nothing was asked."""
    LOST = "LOST"
    """Nothing was asked, for a reason of our own: another process asks exactly this or died today
    while it did, and nobody pays for it twice; or the database did not grant the money in time."""
    FAILED = "FAILED"
    """Anything else, such as a request the provider does not accept."""


@dataclass(frozen=True, slots=True)
class Abstention:
    """A voter without an opinion.

    Parameters
    ----------
    kind, detail
        Why; `detail` never holds a secret.
    retry_after_s
        Seconds the provider asked to wait, infinite when waiting will not help; None when it did
        not say. Not part of what is kept or compared.
    billable
        Whether the provider may have charged for it: False only where it answered with an HTTP
        error or was never reached. Not part of what is kept or compared.
    """

    kind: AbstentionKind
    detail: str
    retry_after_s: float | None = field(default=None, compare=False)
    billable: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens the provider says it counted; None where it did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one provider for one question.

    Parameters
    ----------
    result
        The opinion, or why there is none.
    served_model
        The model the provider says it used; empty when it never answered.
    usage
        Tokens counted by the provider.
    latency_s
        Seconds from asking to knowing.
    cost_usd
        Tokens times the registered price. Where the tokens are unknown: what the budget was charged
        for it, which is never less; None when no budget was asked.
    """

    result: Opinion | Abstention
    served_model: str
    usage: Usage
    latency_s: float
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class Ballot:
    """One voter's answer to one prompt."""

    voter: Voter
    answer: Answer
    prompt_hash: str


@dataclass(frozen=True, slots=True)
class Consensus:
    """What a vote comes to.

    Parameters
    ----------
    action
        BUY or SELL only when the score passed the threshold and the quorum held, else HOLD.
    score
        Sum of weight x confidence of the voters for the strongest action, 0 to 1.
    dissent
        Share of the answering weight that wanted another action, 0 to 1.
    participation
        Share of the whole weight that answered, 0 to 1.
    degraded
        Whether any voter abstained.
    ballots
        Every ballot, in the order of the profile.
    """

    action: Action
    score: float
    dissent: float
    participation: float
    degraded: bool
    ballots: tuple[Ballot, ...]


def _check_number(name: str, value: float, *, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{name} is {value!r}; expected a number")
    if not (math.isfinite(value) and low <= value <= high):
        raise DataError(f"{name} is {value!r}; expected a number from {low:g} to {high:g}")


def _check_text(name: str, value: str, *, limit: int) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > limit:
        raise DataError(f"{name} is {value!r:.80}; expected 1 to {limit} characters of text")
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise DataError(f"{name} holds NUL or half of a surrogate pair; expected Unicode text")


def _check_items(name: str, items: tuple[str, ...]) -> None:
    if not isinstance(items, tuple) or len(items) > MAX_ITEMS:
        raise DataError(f"{name} is {items!r:.80}; expected a tuple of at most {MAX_ITEMS}")
    for item in items:
        _check_text(f"one of {name}", item, limit=MAX_ITEM_CHARS)
