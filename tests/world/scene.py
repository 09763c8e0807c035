"""What the world is: real candles, made-up votes and trades, and the moment it is looked at.

Everything is drawn from one seed, so the same world comes out every time. The models do not exist;
what they say is put together here. The trades follow the votes over candles the market printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from proratio_core.values import Pair, SeriesKey, Timeframe

__all__ = ["ACCOUNT", "MODELS", "NOW", "PROFILE", "QUOTE", "SEED", "Scale", "key_of", "pair_names"]

SEED: Final = 20251031
ACCOUNT: Final = "freqtrade dry_run binance spot"
QUOTE: Final = "USDT"
LAST_CLOSE: Final = datetime(2025, 10, 31, 20, tzinfo=UTC)
NOW: Final = LAST_CLOSE + timedelta(minutes=7, seconds=30)
"""Seven minutes after the last candle closed."""

_PAIRS: Final = ("BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "BNB", "AVAX", "DOT")

PROFILE: Final = """\
threshold = 0.6
deadline_s = 20.0
quorum = { minimum_voters = 2, minimum_weight_frac = 0.6 }

[[voters]]
name = "chatgpt"
provider = "openai"
role = "technical"
weight = 0.40
model = "example-chart-1"

[[voters]]
name = "claude"
provider = "anthropic"
role = "risk"
weight = 0.35
model = "example-risk-1"

[[voters]]
name = "gemini"
provider = "gemini"
role = "sentiment"
weight = 0.25
model = "example-mood-1"
"""

MODELS: Final = "\n".join(
    f"""\
[[models]]
provider = "{provider}"
id = "{name}"
[models.cutoff]
day = 2025-03-31
source = "made up for tests"
read_on = 2025-10-01
[[models.prices]]
since = 2024-01-01
input_usd = {price}
output_usd = {5 * price}
source = "made up for tests"
read_on = 2025-10-01
"""
    for provider, name, price in (
        ("openai", "example-chart-1", 1.0),
        ("anthropic", "example-risk-1", 2.0),
        ("gemini", "example-mood-1", 0.5),
    )
)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything.

    Parameters
    ----------
    pairs
        How many, nine at most: of those a whole year was recorded.
    days
        How far back.
    vote_every_candles
        A question every so many hours and pair.
    """

    pairs: int = 3
    days: int = 365
    vote_every_candles: int = 8


def pair_names(scale: Scale) -> tuple[str, ...]:
    """Return the base currencies of a world."""
    return _PAIRS[: scale.pairs]


def key_of(base: str) -> SeriesKey:
    """Return the hourly series of a base currency."""
    return SeriesKey("binance", Pair(base, QUOTE), Timeframe.H1)
