"""What is run: everything a backtest's outcome depends on, frozen and hashed.

Two runs with equal specifications have equal outcomes, so a stored result stands for both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from typing import Any, Final

from proratio_core.errors import DataError
from proratio_core.values import SIMULATED, Pair, SeriesKey, Timeframe, Timerange

__all__ = ["UNGATED", "ParameterValue", "Specification"]

ParameterValue = int | float | bool | str
"""What a parameter of a strategy can be set to."""

UNGATED = "none"
"""What stands in the place of a profile's name where nobody is to be asked."""

_SINCE_LATER: Final = frozenset({"parameters", "seed", "impact", "risk_profile", "risk_hash"})
"""Fields that earlier versions did not have. At their defaults they are left out of the document,
so that what was stored then is read, and hashed, as it was."""


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
    parameters
        What the strategy's parameters are set to, by name; those not named keep their defaults.
    seed
        Of the random generators a strategy may use.
    impact
        Y of the square-root law of slippage (see `slippage.py`), charged on top of
        `slippage_frac`; 0 leaves that as all there is.
    risk_profile, risk_hash
        Which limits hold, by name and by content; empty in runs from before there were any.
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
    parameters: tuple[tuple[str, ParameterValue], ...] = ()
    seed: int = 0
    impact: float = 0.0
    risk_profile: str = ""
    risk_hash: str = ""

    def __post_init__(self) -> None:
        in_order = tuple(sorted(self.parameters, key=lambda entry: entry[0]))
        object.__setattr__(self, "parameters", in_order)  # so that their order means nothing
        names = [name for name, _ in self.parameters]
        if len(set(names)) != len(names):
            raise DataError(f"a parameter is set twice: {', '.join(names)}; set each once")
        if not 0 <= self.impact < 100:  # NaN fails too
            raise DataError(f"an impact of {self.impact} makes no sense; Y is of order one")
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

    @property
    def family(self) -> str:
        """What all variants of one search share: strategy, exchange, candle length and pairs."""
        pairs = ",".join(map(str, self.pairs))
        return f"{self.strategy} {self.exchange} {self.timeframe} {pairs}"

    def varied(self, parameters: Mapping[str, ParameterValue]) -> Specification:
        """Return this run with these parameters set besides, or in place of, those it has."""
        merged = dict(self.parameters) | dict(parameters)
        return replace(self, parameters=tuple(merged.items()))

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
            "parameters": dict(self.parameters),
        }
        unset = {
            field.name
            for field in fields(self)
            if field.name in _SINCE_LATER and getattr(self, field.name) == field.default
        }
        document = asdict(self) | texts
        return {name: value for name, value in document.items() if name not in unset}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Specification:
        """Return the specification a document of `to_json` describes."""
        timerange = document["timerange"]
        values = {
            "pairs": tuple(Pair.parse(pair) for pair in document["pairs"]),
            "timeframe": Timeframe(document["timeframe"]),
            "timerange": Timerange() if timerange == "-" else Timerange.parse(timerange),
            "data_versions": tuple((name, version) for name, version in document["data_versions"]),
            "parameters": tuple(document.get("parameters", {}).items()),
        }
        return cls(**(document | values))
