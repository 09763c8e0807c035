"""One paid question to one voter: its name, what it cost, and what was said. Pure."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from proratio_signals.opinions import (
    Abstention,
    AbstentionKind,
    Action,
    Answer,
    Opinion,
    Usage,
)
from proratio_signals.records import storable

if TYPE_CHECKING:
    from proratio_signals.profile import Voter
    from proratio_signals.prompts.render import Prompt

__all__ = [
    "UNANSWERED",
    "Call",
    "Settlement",
    "answer_document",
    "answer_from",
    "call_key",
    "charge_usd",
    "outcome_of",
]

UNANSWERED = "UNANSWERED"
"""Outcome of a call that its provider never carried out; it cost nothing and can be asked again."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that wants money.

    Parameters
    ----------
    key
        Equal keys ask the same voter of the same profile exactly the same.
    provider, model
        Who would be paid.
    worst_case_usd
        The most it can cost.
    lease_s
        After so many seconds the call is over, one way or the other.
    """

    key: str
    provider: str
    model: str
    worst_case_usd: float
    lease_s: float


class Settlement(NamedTuple):
    """What a reservation is replaced by; tokens and answer None where there are none."""

    id: int
    usd: float
    outcome: str
    input_tokens: int | None
    output_tokens: int | None
    answer: str | None


def call_key(prompt: Prompt, voter: Voter, *, profile_hash: str, occasion: str = "") -> str:
    """Return the name of a call: SHA-256 of everything its answer depends on.

    Parameters
    ----------
    prompt, voter, profile_hash
        What is asked, of whom, for whom. The prompt's hash covers everything the voter is shown,
        the profile's hash model and temperature.
    occasion
        Tells apart calls that are meant to be repeated, such as the third of five samples.
    """
    parts = [occasion, profile_hash, voter.name, prompt.hash, getattr(prompt.snapshot, "hash", "")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def charge_usd(answer: Answer, *, reserved_usd: float) -> float:
    """Return what an answer is charged: its cost, or what it may have cost where nobody knows.

    A provider that answered with an HTTP error, or was never reached, charges nothing. Everything
    else whose tokens are unknown (silence, a broken connection, a body without usage) is charged
    the whole reservation, and so is a cost that is no amount of money.
    """
    result = answer.result
    if answer.cost_usd is not None:
        is_amount = math.isfinite(answer.cost_usd) and answer.cost_usd >= 0
        return answer.cost_usd if is_amount else reserved_usd
    if isinstance(result, Abstention) and not result.billable:
        return 0.0
    return reserved_usd


def outcome_of(answer: Answer) -> str:
    """Return `OPINION`, or the kind of abstention."""
    result = answer.result
    return result.kind.value if isinstance(result, Abstention) else "OPINION"


def answer_document(answer: Answer) -> str:
    """Return what was said as JSON; tokens and cost are columns of their own."""
    result = answer.result
    if isinstance(result, Abstention):
        said: dict[str, Any] = {"abstention": result.kind, "detail": storable(result.detail)}
    else:
        said = {"opinion": asdict(result)}
    served = {"served_model": storable(answer.served_model), "latency_s": answer.latency_s}
    return json.dumps(said | served, allow_nan=False)


def answer_from(document: Mapping[str, Any], usage: Usage, *, cost_usd: float) -> Answer:
    """Return the answer that `answer_document` described."""
    result: Opinion | Abstention
    if "opinion" in document:
        values = document["opinion"]
        lists = {name: tuple(values[name]) for name in ("factors", "risks")}
        result = Opinion(**(values | lists | {"action": Action(values["action"])}))
    else:
        result = Abstention(AbstentionKind(document["abstention"]), document["detail"])
    return Answer(
        result,
        document["served_model"],
        usage,
        latency_s=document["latency_s"],
        cost_usd=cost_usd,
    )
