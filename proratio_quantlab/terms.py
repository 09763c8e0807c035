"""On what terms a backtest trades: wallet, positions and costs, as configured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import rapidjson

from proratio_core.errors import ConfigurationError

__all__ = ["Terms", "read_exchange", "read_risk_profile", "read_source", "read_terms"]

_EXCHANGE_FEE_FRAC: Final = 0.001
"""What Binance takes from a spot trade without discounts; the rest of `fee` is slippage."""

_COMMENTED: Final = rapidjson.PM_COMMENTS | rapidjson.PM_TRAILING_COMMAS


@dataclass(frozen=True, slots=True)
class Terms:
    """What a backtest starts with and what each side of a trade costs.

    Parameters
    ----------
    starting_balance
        Wallet at the start, quote currency.
    max_open_trades
        How many positions may be open at once.
    fee_frac, slippage_frac
        Cost of each side as fractions of its value; Freqtrade knows their sum only, as `fee`.
    """

    starting_balance: float
    max_open_trades: int
    fee_frac: float
    slippage_frac: float


def read_terms(files: Iterable[Path]) -> Terms:
    """Return the terms that Freqtrade configurations state, later files overriding earlier ones.

    Raises
    ------
    ConfigurationError
        A file is not readable JSON, or a value is missing or makes no sense.
    """
    stated = _merged(files)
    cost = _number(stated, "fee", at_least=0.0)
    fee = min(cost, _EXCHANGE_FEE_FRAC)
    return Terms(
        starting_balance=_number(stated, "dry_run_wallet", at_least=1e-9),
        max_open_trades=int(_number(stated, "max_open_trades", at_least=1)),
        fee_frac=fee,
        slippage_frac=round(cost - fee, 12),
    )


def read_exchange(files: Iterable[Path]) -> str:
    """Return the ccxt id of the exchange that Freqtrade configurations name.

    Raises
    ------
    ConfigurationError
        A file is not readable JSON, or none names an exchange.
    """
    exchange = _merged(files).get("exchange")
    name = exchange.get("name") if isinstance(exchange, dict) else None
    if not isinstance(name, str):
        raise ConfigurationError(
            "the Freqtrade configuration names no exchange; config.json needs "
            '"exchange": {"name": "binance"}'
        )
    return name


def read_risk_profile(files: Iterable[Path]) -> str | None:
    """Return the risk profile that Freqtrade configurations name; None when none does.

    Raises
    ------
    ConfigurationError
        A file is not readable JSON, or the name is no text.
    """
    section = _merged(files).get("proratio", {})
    name = section.get("risk") if isinstance(section, dict) else section
    if name is not None and not isinstance(name, str):
        raise ConfigurationError(
            f'the Freqtrade configuration names the risk profile {name!r}; write "proratio": '
            '{"risk": "proratio"}'
        )
    return name


def read_source(files: Sequence[Path]) -> str:
    """Return whose market Freqtrade configurations trade on; an exchange's where they say no more.

    What stands in for an exchange, `replay` or `testnet`, is named as the source.

    Raises
    ------
    ConfigurationError
        A file is not readable JSON, or none names an exchange.
    """
    section = _merged(files).get("proratio")
    if isinstance(section, dict) and section.get("source"):
        return str(section["source"])
    return read_exchange(files)


def _merged(files: Iterable[Path]) -> dict[str, Any]:
    """Return the top-level entries of all files, an object merged with the one before it."""
    stated: dict[str, Any] = {}
    for file in files:
        for name, value in _read(file).items():
            before = stated.get(name)
            if isinstance(before, dict) and isinstance(value, dict):
                value = {**before, **value}  # noqa: PLW2901  # an object is merged, not replaced
            stated[name] = value
    return stated


def _read(file: Path) -> dict[str, Any]:
    try:
        document = rapidjson.loads(file.read_text(encoding="utf-8"), parse_mode=_COMMENTED)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"{file} is not readable JSON: {reason}") from error
    if not isinstance(document, dict):
        raise ConfigurationError(f"{file} holds a {type(document).__name__}; expected an object")
    return document


def _number(stated: dict[str, Any], name: str, *, at_least: float) -> float:
    value = stated.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= at_least:
        raise ConfigurationError(
            f"the Freqtrade configuration states {name} = {value!r}; a backtest needs a number of "
            f"at least {at_least:g} in config.json or config-backtest.json"
        )
    return float(value)
