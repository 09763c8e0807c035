"""The strategy library: what each strategy is, where it trades, and the rule it follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from proratio_core.values import Market, Pair, Timeframe
from proratio_tradehub.strategies.rules.agent import AgentRule
from proratio_tradehub.strategies.rules.base import Rule
from proratio_tradehub.strategies.rules.bollinger_bounce import BollingerBounceRule
from proratio_tradehub.strategies.rules.breakout import BreakoutRule
from proratio_tradehub.strategies.rules.ema_cross import EmaCrossRule
from proratio_tradehub.strategies.rules.funding_carry import FundingCarryRule
from proratio_tradehub.strategies.rules.grid import GridRule
from proratio_tradehub.strategies.rules.mean_reversion import MeanReversionRule
from proratio_tradehub.strategies.rules.momentum import MomentumRule
from proratio_tradehub.strategies.rules.scalping import ScalpingRule
from proratio_tradehub.strategies.rules.trend import TrendRule

__all__ = ["CATALOGUE", "RULES", "Card", "usual_pairs", "usual_timeframe"]


@dataclass(frozen=True, slots=True)
class Card:
    """What there is to know about a strategy before it is run.

    Parameters
    ----------
    rule
        Its entry and exit rule.
    what
        What it does, in one sentence.
    fails_when
        The market in which it loses.
    regimes
        The names of `REGIMES` it is meant for.
    holding
        How long a position typically lives: about the median on recorded candles.
    market, timeframe
        Where it trades and on candles of what length.
    adds
        Whether it adds to a position that is open.
    """

    rule: Rule
    what: str
    fails_when: str
    regimes: frozenset[str]
    holding: timedelta
    market: Market = Market.SPOT
    timeframe: Timeframe = Timeframe.H1
    adds: bool = False


_CROSS: Final = Card(
    EmaCrossRule(),
    what="One average of the price crosses another.",
    fails_when="the market ranges: every turn is late, and each crossing back costs a round trip",
    regimes=frozenset({"rising", "ranging", "turbulent"}),
    holding=timedelta(hours=14),
)

CATALOGUE: Mapping[str, Card] = MappingProxyType(
    {
        "AIEnhancedTrend": Card(
            TrendRule(),
            what="A fast average crosses a slow one, confirmed by a calm RSI and volume.",
            fails_when="the market ranges: it buys the tops of small waves",
            regimes=frozenset({"rising", "ranging", "turbulent"}),
            holding=timedelta(hours=10),
        ),
        "BollingerBounce": Card(
            BollingerBounceRule(),
            what="A close back above the lower Bollinger band, held to the upper band.",
            fails_when="a fall goes on in steps: every return into the bands is bought again",
            regimes=frozenset({"ranging"}),
            holding=timedelta(hours=11),
        ),
        "DonchianBreakout": Card(
            BreakoutRule(),
            what="A close above the highest price of two days on high volume.",
            fails_when="the market ranges: what breaks out comes straight back",
            regimes=frozenset({"rising", "turbulent"}),
            holding=timedelta(hours=36),
        ),
        "FundingCarry": Card(
            FundingCarryRule(),
            what="Holds a perpetual while shorts pay longs, and the price is above its average.",
            fails_when="shorts are right: funding of 0.01% is no match for a fall of 5%",
            regimes=frozenset({"rising", "ranging", "turbulent"}),
            holding=timedelta(days=1),
            market=Market.PERPETUAL,
        ),
        "Grid": Card(
            GridRule(),
            what="Buys in up to four steps low in a range, and sells high in it.",
            fails_when="the range breaks downwards: every step is bought, then the stop sells all",
            regimes=frozenset({"ranging"}),
            holding=timedelta(hours=10),
            adds=True,
        ),
        "MeanReversion": Card(
            MeanReversionRule(),
            what="Buys the first oversold close below the lower Bollinger band, sells at the mean.",
            fails_when="a fall is the beginning of a larger one",
            regimes=frozenset({"ranging"}),
            holding=timedelta(hours=10),
        ),
        "Momentum": Card(
            MomentumRule(),
            what="Buys what rose over a day and over three, in a strong trend.",
            fails_when="a rise ends at once: it buys late by design",
            regimes=frozenset({"rising"}),
            holding=timedelta(hours=21),
        ),
        "MovingAverageCross": _CROSS,
        "PerpetualsAgent": Card(
            AgentRule(),
            what="Asks the panel about every candle: BUY is long, SELL is short, HOLD is out.",
            fails_when="votes change their mind: every change of side costs a round trip",
            regimes=frozenset({"rising", "falling", "turbulent"}),
            holding=timedelta(hours=1),
            market=Market.PERPETUAL,
            timeframe=Timeframe.M3,
        ),
        "Scalping": Card(
            ScalpingRule(),
            what="Buys the end of a dip in a rising market, if the way back pays its costs.",
            fails_when="costs are underestimated: its profit is a few times the round trip at best",
            regimes=frozenset({"rising", "turbulent"}),
            holding=timedelta(minutes=90),
            timeframe=Timeframe.M5,
        ),
        "SimpleTestStrategy": _CROSS,
    }
)
"""The card of each strategy in `user_data/strategies`, by the strategy's name."""

RULES: Mapping[str, Rule] = MappingProxyType({name: card.rule for name, card in CATALOGUE.items()})
"""The rule of each of them."""


def usual_timeframe(strategy: str) -> Timeframe:
    """Return the candles a strategy is made for; hourly ones where the library does not know it."""
    return CATALOGUE[strategy].timeframe if strategy in CATALOGUE else Timeframe.H1


def usual_pairs(strategy: str) -> tuple[Pair, ...]:
    """Return two pairs of the kind a strategy trades, for whoever names none.

    Examples
    --------
    >>> [str(pair) for pair in usual_pairs("FundingCarry")]
    ['BTC/USDT:USDT', 'ETH/USDT:USDT']
    """
    card = CATALOGUE.get(strategy)
    settle = "USDT" if card is not None and card.market is Market.PERPETUAL else None
    return tuple(Pair(base, "USDT", settle) for base in ("BTC", "ETH"))
