"""Voters made of plain rules over prices: for installations without keys, and as a yardstick.

They are rules, never language models: their model names, their served model and every reasoning
say so. Each reads the snapshot of its prompt and weighs a few signs of one kind:

- technical: do trend and momentum agree on a direction, and how straight was the way;
- risk: is a position with the trend worth its noise: volatility, shocks, stretch, drawdown;
- sentiment: who is in a hurry: volume and breadth as a proxy for the mood, from prices alone.

The constants were chosen by what the signs mean and by participation, so that somewhat under half
of the trend-cross candidates on hourly candles find a consensus and the rules can show every path
of the system. They were **not** tuned on profit, and no profit should be expected of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_signals.opinions import Action, Answer, Opinion, Usage
from proratio_signals.profile import Role, Voter
from proratio_signals.prompts import Prompt
from proratio_signals.providers.base import Provider

__all__ = ["RulesVoter", "create", "judge"]

_STOP_FRAC: Final = 0.05
"""The stop the strategies plan with; risk is measured against it."""
_HORIZON_CANDLES: Final = 24
_SURE: Final = 0.95
"""The highest confidence a rule ever has."""
_HOLD_BELOW: Final = 0.35
"""Signs that lean less than this, of 1, are no direction."""

Facts = Mapping[str, float]


class _Sign(NamedTuple):
    """One observation: what it says in words, and how far it leans, -1 (sell) to 1 (buy)."""

    text: str
    lean: float


def judge(role: Role, facts: Facts) -> Opinion:
    """Return the opinion of the rules for `role`.

    Parameters
    ----------
    role
        Which rules.
    facts
        The facts of a snapshot; see `facts.py`.
    """
    return _RULES[role](facts)


def _technical(facts: Facts) -> Opinion:
    noise = max(facts["atr_14_frac"], 1e-6)
    signs = (
        _Sign("EMA 20 against EMA 50", _clip(facts["ema_20_over_ema_50_frac"] / noise)),
        _Sign("slope of EMA 50", _clip(facts["ema_50_slope_10_frac"] / noise * 2)),
        _Sign("close against SMA 200", _clip(facts["close_over_sma_200_frac"] / noise / 2)),
        _Sign("return over 24 candles", _clip(facts["return_24_frac"] / noise / 2)),
        _Sign("return over 72 candles", _clip(facts["return_72_frac"] / noise / 3)),
        _Sign("MACD histogram", _clip(facts["macd_histogram_frac"] / noise * 4)),
        _Sign("RSI 14 against 50", _clip((facts["rsi_14"] - 50) / 15)),
    )
    strength = _clip(facts["adx_14"] / 50) / 2 + facts["path_efficiency_48_frac"]
    return _lean("technical", signs, facts, emphasis=0.9 + 0.3 * _clip(strength))


def _sentiment(facts: Facts) -> Opinion:
    day = _clip(facts["return_24_frac"] / max(facts["atr_14_frac"], 1e-6))
    crowd = _clip(facts["volume_over_mean_20_ratio"] - 1)
    signs = (
        _Sign("volume in rising candles", _clip((facts["rising_volume_24_frac"] - 0.5) * 5)),
        _Sign("share of rising candles", _clip((facts["rising_candles_24_frac"] - 0.5) * 5)),
        _Sign("higher highs and lows", _clip(facts["higher_minus_lower_24_frac"] * 4)),
        _Sign("closes in their range", _clip((facts["close_in_range_24_frac"] - 0.5) * 8)),
        _Sign("crowd behind the day's move", max(0.0, crowd) * day),
    )
    activity = _clip(facts["volume_24_over_window_ratio"] - 0.5)
    return _lean("sentiment", signs, facts, emphasis=1.0 + 0.2 * activity)


def _risk(facts: Facts) -> Opinion:
    """Judge the danger of a position with the trend; side with it when that is tolerable."""
    up = facts["ema_20_over_ema_50_frac"] >= 0
    shock = -facts["worst_candle_48_frac"] if up else facts["best_candle_48_frac"]
    stretch = facts["distance_from_ema_50_atr"] * (1 if up else -1)
    behind = facts["drawdown_window_frac"] if up else facts["rise_window_frac"]
    raw = (
        _Sign("ordinary noise against the stop", facts["atr_14_frac"] * 2.5 / _STOP_FRAC),
        _Sign("volatility rising", (facts["volatility_ratio"] - 1) / 1.5),
        _Sign("a recent shock against the position", shock / _STOP_FRAC),
        _Sign("price stretched from its mean", (stretch - 1) / 4),
        _Sign("far behind the window's extreme", behind / (4 * _STOP_FRAC)),
    )
    dangers = tuple(_Sign(text, max(0.0, _clip(level))) for text, level in raw)
    mean = sum(danger.lean for danger in dangers) / len(dangers)
    level = (mean + max(danger.lean for danger in dangers)) / 2
    named = tuple(f"{text}: danger {lean:.2f}" for text, lean in dangers)
    calm = tuple(text for text, danger in zip(named, dangers, strict=True) if danger.lean < 0.5)
    acute = tuple(text for text, danger in zip(named, dangers, strict=True) if danger.lean >= 0.5)
    if level >= 0.6:  # the dangers are what speaks for staying out
        return _opinion("risk", Action.HOLD, min(_SURE, level), facts, factors=acute, risks=calm)
    action, confidence = (Action.BUY if up else Action.SELL), _SURE - 0.6 * level
    return _opinion("risk", action, confidence, facts, factors=calm, risks=acute)


def _lean(role: str, signs: tuple[_Sign, ...], facts: Facts, *, emphasis: float) -> Opinion:
    """Return the opinion that the mean of `signs` leads to."""
    mean = sum(sign.lean for sign in signs) / len(signs)
    strength = min(1.0, abs(mean) * emphasis)
    side = 1 if mean > 0 else -1
    if strength < _HOLD_BELOW:
        action, confidence = Action.HOLD, 1 - strength * 2
    else:
        action, confidence = Action.from_code(side), 0.5 + 0.55 * strength
    named = [(f"{text}: {lean:+.2f}", lean * side) for text, lean in signs]
    return _opinion(
        role,
        action,
        min(_SURE, confidence),
        facts,
        factors=tuple(text for text, lean in named if lean > 0),
        risks=tuple(text for text, lean in named if lean <= 0),
    )


def _opinion(
    role: str,
    action: Action,
    confidence: float,
    facts: Facts,
    *,
    factors: tuple[str, ...],
    risks: tuple[str, ...],
) -> Opinion:
    move = facts["atr_14_frac"] * _HORIZON_CANDLES**0.5 * (2 * confidence - 1)
    return Opinion(
        action=action,
        confidence=round(confidence, 4),
        expected_return_frac=round(_clip(action.code * move), 6) + 0.0,
        horizon_candles=_HORIZON_CANDLES,
        reasoning=f"Rules over prices ({role}), not a language model: {len(factors)} of "
        f"{len(factors) + len(risks)} signs speak for {action}.",
        factors=factors,
        risks=risks,
    )


def _clip(value: float) -> float:
    return max(-1.0, min(1.0, value))


_RULES: Final[Mapping[str, Callable[[Facts], Opinion]]] = {
    "technical": _technical,
    "risk": _risk,
    "sentiment": _sentiment,
}


@dataclass(frozen=True, slots=True)
class RulesVoter:
    """A provider that answers at once, from the prompt's own snapshot.

    Parameters
    ----------
    voter
        The seat it fills.
    """

    is_free: ClassVar[bool] = True
    voter: Voter

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:  # noqa: ARG002
        """Return the opinion of the rules; they are faster than any deadline."""
        opinion = judge(self.voter.role, prompt.snapshot.facts)
        return Answer(opinion, self.voter.model, Usage(0, 0), latency_s=0.0, cost_usd=0.0)

    async def close(self) -> None:
        """Hold nothing, so give back nothing."""


def create(voter: Voter, settings: Settings) -> Provider:  # noqa: ARG001
    """Return the rules for a seat; the entry point `rules`.

    Raises
    ------
    ConfigurationError
        The seat asks for a model that is not this version of these rules.
    """
    expected = f"rules-{voter.role}-1"
    if voter.model != expected:
        raise ConfigurationError(
            f"voter {voter.name} asks the rules for the model {voter.model!r}; "
            f"this version has {expected!r}"
        )
    return RulesVoter(voter)
