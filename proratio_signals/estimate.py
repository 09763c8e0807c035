"""What a backfill will use and cost, said before anything is spent; pure.

The worst case is the sum of what the budget sets aside before each call: a prompt never has more
tokens than bytes, an answer never more than its limit. The expected case takes what answers of the
same model in the same role used so far; while there are too few, prompts are counted by a rule of
thumb and answers taken as `ASSUMED_OUTPUT_TOKENS`. Calls that have to be repeated are not foreseen.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from proratio_signals.opinions import Usage
from proratio_signals.providers.remote import worst_usage

if TYPE_CHECKING:
    from proratio_signals.models import Model
    from proratio_signals.profile import Profile
    from proratio_signals.prompts import Prompt

__all__ = [
    "ASSUMED_OUTPUT_TOKENS",
    "LEAST_ANSWERS",
    "Estimate",
    "Habit",
    "VoterEstimate",
    "estimate",
    "expected_input_tokens",
]

ASSUMED_OUTPUT_TOKENS: Final = 1_200
"""An answer of some 300 tokens, and what a model may think at low effort before it."""

LEAST_ANSWERS: Final = 20
"""From so many answers on, what was used counts more than the rule of thumb."""

_SCHEMA_TOKENS: Final = 600
"""What the answer's schema adds to a prompt."""

_PIECES: Final = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_|\n")
_LETTERS_PER_TOKEN: Final = 6


@dataclass(frozen=True, slots=True)
class Habit:
    """What the answers of one model in one role used so far, in tokens, on average."""

    answers: int
    input_tokens: float
    output_tokens: float


@dataclass(frozen=True, slots=True)
class VoterEstimate:
    """What one seat will use.

    Parameters
    ----------
    voter, model
        The seat, and the model asked for.
    calls
        How many questions it is asked.
    input_tokens, output_tokens
        Expected, for all calls together.
    expected_usd, worst_usd
        For all calls together, in US dollars.
    measured_answers
        How many earlier answers the expectation rests on; 0 when it is a rule of thumb.
    """

    voter: str
    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    expected_usd: float
    worst_usd: float
    measured_answers: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What all seats together will use."""

    voters: tuple[VoterEstimate, ...]

    @property
    def input_tokens(self) -> int:
        """Expected tokens of all prompts."""
        return sum(voter.input_tokens for voter in self.voters)

    @property
    def output_tokens(self) -> int:
        """Expected tokens of all answers."""
        return sum(voter.output_tokens for voter in self.voters)

    @property
    def expected_usd(self) -> float:
        """Expected cost in US dollars."""
        return sum(voter.expected_usd for voter in self.voters)

    @property
    def worst_usd(self) -> float:
        """The most it can cost in US dollars."""
        return sum(voter.worst_usd for voter in self.voters)


def estimate(
    prompts: Iterable[Mapping[str, Prompt]],
    profile: Profile,
    *,
    models: Mapping[str, Model | None],
    habits: Mapping[tuple[str, str, str], Habit],
    on: date,
    batched: Collection[str] = (),
) -> Estimate:
    """Return what asking `prompts` will use.

    Parameters
    ----------
    prompts
        Of each question, by the voter's name.
    profile
        Who is asked.
    models
        With their prices, by the voter's name; None for who costs nothing.
    habits
        By provider, model and role.
    on
        The day whose prices hold.
    batched
        Names of the voters that are asked in batches.

    Raises
    ------
    ConfigurationError
        A model that is asked in batches has no batch price.
    """
    tallies = {voter.name: _Tally() for voter in profile.voters}
    for asked in prompts:
        for name, prompt in asked.items():
            if models[name] is not None:
                tallies[name].add(prompt)
            tallies[name].calls += 1
    seats = []
    for voter in profile.voters:
        tally, model = tallies[voter.name], models[voter.name]
        habit = habits.get((voter.provider, voter.model, voter.role))
        known = habit if habit is not None and habit.answers >= LEAST_ANSWERS else None
        expected = tally.expected(known)
        cost_usd = _batch_cost_usd if voter.name in batched else _cost_usd
        seats.append(
            VoterEstimate(
                voter.name,
                voter.model,
                calls=tally.calls,
                input_tokens=0 if model is None else expected.input_tokens or 0,
                output_tokens=0 if model is None else expected.output_tokens or 0,
                expected_usd=cost_usd(model, expected, on),
                worst_usd=cost_usd(model, Usage(tally.most_input, tally.most_output), on),
                measured_answers=0 if known is None else known.answers,
            )
        )
    return Estimate(tuple(seats))


def expected_input_tokens(prompt: Prompt) -> int:
    """Return about how many tokens `prompt` has, with the answer's schema.

    A token for every digit, mark and line, and for every six letters of a word: what the tokenizers
    that split numbers into digits do, and up to twice what those do that keep three together.
    """
    text = f"{prompt.system}\n{prompt.user}"
    pieces = (-(-len(piece) // _LETTERS_PER_TOKEN) for piece in _PIECES.findall(text))
    return sum(pieces) + _SCHEMA_TOKENS


class _Tally:
    """The prompts of one seat, counted."""

    def __init__(self) -> None:
        self.calls = 0
        self.most_input = 0
        self.most_output = 0
        self._input = 0

    def add(self, prompt: Prompt) -> None:
        worst = worst_usage(prompt)
        self.most_input += worst.input_tokens or 0
        self.most_output += worst.output_tokens or 0
        self._input += expected_input_tokens(prompt)

    def expected(self, habit: Habit | None) -> Usage:
        if habit is None:
            return Usage(self._input, self.calls * ASSUMED_OUTPUT_TOKENS)
        return Usage(
            round(self.calls * habit.input_tokens), round(self.calls * habit.output_tokens)
        )


def _cost_usd(model: Model | None, usage: Usage, on: date) -> float:
    return 0.0 if model is None else model.cost_usd(usage, on=on) or 0.0


def _batch_cost_usd(model: Model | None, usage: Usage, on: date) -> float:
    return 0.0 if model is None else model.batch_cost_usd(usage, on=on) or 0.0
