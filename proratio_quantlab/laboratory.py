"""Runs specifications in this process, each once: what was run before is read, not run again."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_quantlab.lean_imports import lean_imports
from proratio_quantlab.metrics import Metrics
from proratio_quantlab.results import BacktestResult, ResultStore
from proratio_quantlab.run_index import Failure, RunIndex
from proratio_quantlab.specification import Specification
from proratio_quantlab.wallet import daily_returns
from proratio_signals.spending import run_cost_usd

if TYPE_CHECKING:
    from proratio_quantlab.freqtrade_runner import BacktestRunner

__all__ = ["Laboratory", "Site", "Trial"]


@dataclass(frozen=True, slots=True)
class Site:
    """Where an installation is, in words that another process understands.

    Parameters
    ----------
    user_data
        The Freqtrade user directory.
    database_url
        The database; with its password, so it is never shown.
    exchange
        ccxt id whose code Freqtrade needs.
    """

    user_data: Path
    database_url: str
    exchange: str

    def __repr__(self) -> str:
        return f"Site({self.user_data})"


@dataclass(frozen=True)
class Trial:
    """What one specification came to.

    Parameters
    ----------
    specification
        What was run.
    metrics
        Its figures; None when it failed.
    daily
        The wallet's daily returns, shape (days,); empty when it failed.
    error
        Why it failed; None when it did not.
    reused
        Whether this was known before.
    engine_s
        Seconds spent inside Freqtrade's backtest; 0 when it was known.
    """

    specification: Specification
    metrics: Metrics | None
    daily: npt.NDArray[np.float64]
    error: str | None = None
    reused: bool = False
    engine_s: float = 0.0


class Laboratory:
    """Runs specifications and keeps what they gave as soon as it is there.

    Parameters
    ----------
    site
        Where everything is.

    Use it as a context manager; the engine is loaded by the first run that needs it.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._database = Database(site.database_url)
        self._results = ResultStore(self._database)
        self._index = RunIndex(self._database)
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the engine and of the database."""
        self._resources.close()
        self.__dict__.pop("runner", None)
        self._database.close()

    @cached_property
    def runner(self) -> BacktestRunner:
        """The resident engine; importing it takes a second, so only what needs it asks for it."""
        with lean_imports([self._site.exchange]):
            from proratio_quantlab.freqtrade_runner import BacktestRunner  # noqa: PLC0415

        return self._resources.enter_context(BacktestRunner(self._site.user_data, self._database))

    def trial(self, specification: Specification, *, fresh: bool = False) -> Trial:
        """Return what this run came to, from the store when it was run before.

        A run that raises is recorded as a failure and returned as one: it would raise again, as
        its code and its data are part of the specification.

        Parameters
        ----------
        specification
            What to run.
        fresh
            Run even what was run, or failed, before.

        Raises
        ------
        TransientError
            The database is away or its disk is full. Nothing is recorded: trying again may help.
        """
        known = None if fresh else self._known(specification)
        if known is not None:
            return known
        try:
            result = self.runner.run(specification)
        except TransientError:
            raise
        except MemoryError as error:
            raise TransientError("a run is out of memory; use fewer --workers") from error
        except Exception as error:  # noqa: BLE001  # a strategy is a stranger's code
            failure = Failure(specification, " ".join(f"{type(error).__name__}: {error}".split()))
            self._index.record_failure(failure)
            return _failed(failure, reused=False)
        engine_s = self.runner.last_engine_s
        result = result.charged(self._cost_usd(specification))
        self._results.save(result)
        return _trial_of(result, engine_s=engine_s)

    def result(self, specification: Specification) -> BacktestResult:
        """Return the whole result of a run, from the store when it was run before.

        Raises
        ------
        ProratioError
            It cannot be run.
        """
        stored = self._results.find(specification.hash)
        if stored is not None:
            return stored
        result = self.runner.run(specification).charged(self._cost_usd(specification))
        self._results.save(result)
        return result

    def _known(self, specification: Specification) -> Trial | None:
        name = specification.hash
        found = self._index.find([name]).get(name)
        if found is not None:
            daily = self._index.daily_returns([name]).get(name)
            if daily is not None:
                return Trial(specification, found.metrics, daily, reused=True)
        failure = self._index.failures([name]).get(name)
        return None if failure is None else _failed(failure, reused=True)

    def _cost_usd(self, specification: Specification) -> float:
        """Return what the votes that a run can read cost; nobody is paid for an ungated one."""
        if not specification.is_gated:
            return 0.0
        return run_cost_usd(
            self._database,
            specification.series,
            profile_hash=specification.profile_hash,
            timerange=specification.timerange,
            newest_vote=specification.ledger_version,
        )


def _trial_of(result: BacktestResult, *, engine_s: float) -> Trial:
    balance = result.specification.starting_balance
    daily = daily_returns(result.equity, starting_balance=balance)
    return Trial(result.specification, result.metrics, daily, engine_s=engine_s)


def _failed(failure: Failure, *, reused: bool) -> Trial:
    return Trial(failure.specification, None, np.empty(0), error=failure.error, reused=reused)
