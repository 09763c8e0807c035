"""What is run: everything a backtest's outcome depends on, frozen and hashed.

Two runs with equal specifications have equal outcomes, so a stored result stands for both.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from proratio_core.errors import DataError
from proratio_core.values import SIMULATED, Pair, SeriesKey, Timeframe, Timerange

__all__ = ["UNGATED", "Specification"]

UNGATED = "none"
"""What stands in the place of a profile's name where nobody is to be asked."""


@dataclass(frozen=True)
class Specification:
    """One backtest, before it is run.

    Parameters
    ----------
    strategy
        Class name in `user_data/strategies`.
    exchange
        Whose candles; `simulated` for the scenario market.
    pairs
        What may be traded.
    timeframe, timerange
        Candle length; span of candle open times.
    profile
        Who votes; None is the ungated twin, which asks nobody.
    profile_hash
        Hash of that profile; empty without one.
    starting_balance
        Wallet at the start, quote currency.
    fee_frac, slippage_frac
        Charged on each side of a trade, as fractions of its value.
    max_open_trades
        How many positions may be open at once.
    code_hash
        Of our packages, the strategy's file and Freqtrade's version.
    config_hash
        Of the Freqtrade configuration files.
    data_versions
        Name and version of every series read.
    ledger_version
        Newest vote that could be read; 0 without a profile.
    """

    strategy: str
    exchange: str
    pairs: tuple[Pair, ...]
    timeframe: Timeframe
    timerange: Timerange
    profile: str | None
    profile_hash: str
    starting_balance: float
    fee_frac: float
    slippage_frac: float
    max_open_trades: int
    code_hash: str
    config_hash: str
    data_versions: tuple[tuple[str, int], ...]
    ledger_version: int

    def __post_init__(self) -> None:
        if not self.pairs:
            raise DataError("a backtest needs at least one pair, e.g. --pairs BTC/USDT")
        if len(set(self.pairs)) != len(self.pairs):
            raise DataError("a backtest names a pair twice; name each once")

    @property
    def is_simulated(self) -> bool:
        """Whether no real market ever printed the candles."""
        return self.exchange == SIMULATED

    @property
    def is_gated(self) -> bool:
        """Whether entries need the consensus's approval."""
        return self.profile is not None

    @property
    def series(self) -> tuple[SeriesKey, ...]:
        """The candle series this run reads, in the order of the pairs."""
        return tuple(SeriesKey(self.exchange, pair, self.timeframe) for pair in self.pairs)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def ungated(self) -> Specification:
        """Return the twin of this run that asks nobody."""
        return replace(self, profile=None, profile_hash="", ledger_version=0)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON document that `from_json` turns back into an equal specification."""
        texts = {
            "pairs": [str(pair) for pair in self.pairs],
            "timeframe": self.timeframe.value,
            "timerange": str(self.timerange),
            "data_versions": [list(entry) for entry in self.data_versions],
        }
        return asdict(self) | texts

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Specification:
        """Return the specification a document of `to_json` describes."""
        timerange = document["timerange"]
        values = {
            "pairs": tuple(Pair.parse(pair) for pair in document["pairs"]),
            "timeframe": Timeframe(document["timeframe"]),
            "timerange": Timerange() if timerange == "-" else Timerange.parse(timerange),
            "data_versions": tuple((name, version) for name, version in document["data_versions"]),
        }
        return cls(**(document | values))
