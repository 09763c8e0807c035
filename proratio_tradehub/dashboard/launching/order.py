"""A backtest as a visitor orders it: checked before anything is started. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from proratio_core.errors import DataError
from proratio_core.values import Pair, Timeframe
from proratio_quantlab.specification import UNGATED
from proratio_tradehub.strategies.rules import CATALOGUE

__all__ = ["BacktestOrder", "StoredCandles", "checked_order"]

_MOST_PAIRS: Final = 20
_LONGEST: Final = timedelta(days=366 * 6)


@dataclass(frozen=True, slots=True)
class StoredCandles:
    """What is stored of an exchange in candles of one length."""

    exchange: str
    timeframe: Timeframe
    pairs: tuple[Pair, ...]

    @property
    def title(self) -> str:
        """For people."""
        return f"{self.exchange} {self.timeframe}"


@dataclass(frozen=True, slots=True)
class BacktestOrder:
    """What is to be run.

    Parameters
    ----------
    strategy, exchange, timeframe, pairs
        The strategy and its candles.
    first_day, last_day
        The days, UTC, both included.
    profile
        Who gates the entries; `none` is nobody.
    compare_ungated
        Whether the ungated twin is run too.
    """

    strategy: str
    exchange: str
    timeframe: Timeframe
    pairs: tuple[Pair, ...]
    first_day: date
    last_day: date
    profile: str
    compare_ungated: bool = False

    @property
    def timerange(self) -> str:
        """The days as the command line has them."""
        return f"{self.first_day:%Y%m%d}-{self.last_day + timedelta(days=1):%Y%m%d}"

    @property
    def title(self) -> str:
        """For people."""
        pairs = ", ".join(map(str, self.pairs))
        return f"{self.strategy} · {pairs} {self.timeframe} · {self.first_day} to {self.last_day}"

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments of `proratio`."""
        twin = ("--compare-ungated",) if self.compare_ungated else ()
        return (
            *("backtest", self.strategy, "--exchange", self.exchange),
            *("--timeframe", self.timeframe.value, "--timerange", self.timerange),
            *("--profile", self.profile, *twin, "--json", "--progress-lines"),
            *(word for pair in self.pairs for word in ("--pairs", str(pair))),
        )


def checked_order(
    order: BacktestOrder, stored: Sequence[StoredCandles], profiles: Collection[str]
) -> BacktestOrder:
    """Return an order that can be carried out.

    Parameters
    ----------
    order
        As it was entered.
    stored
        The candles there are.
    profiles
        The profiles there are.

    Raises
    ------
    DataError
        It cannot; the message says what to change.
    """
    card = CATALOGUE.get(order.strategy)
    if card is None:
        raise DataError(f"there is no strategy {order.strategy!r}; choose one of the library")
    if order.profile not in (UNGATED, *profiles):
        raise DataError(f"there is no profile {order.profile!r}; choose another one")
    if order.compare_ungated and order.profile == UNGATED:
        raise DataError("an ungated run has no ungated twin; choose a profile, or do not compare")
    if not 1 <= len(order.pairs) <= _MOST_PAIRS:
        raise DataError(f"choose one to {_MOST_PAIRS} pairs, not {len(order.pairs)}")
    wrong = [str(pair) for pair in order.pairs if pair.market is not card.market]
    if wrong:
        raise DataError(f"{order.strategy} trades {card.market}; {', '.join(wrong)} is not")
    known = {(one.exchange, one.timeframe): one.pairs for one in stored}
    absent = set(order.pairs) - set(known.get((order.exchange, order.timeframe), ()))
    if absent:
        names = ", ".join(sorted(map(str, absent)))
        raise DataError(f"no {order.exchange} {order.timeframe} candles of {names} are stored")
    if not timedelta() <= order.last_day - order.first_day <= _LONGEST:
        raise DataError(
            f"{order.first_day} to {order.last_day} is no span of a day to six years; choose others"
        )
    return order
