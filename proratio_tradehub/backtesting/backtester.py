"""One backtest from start to end: export what changed, ask what is missing, run or reuse."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import astuple, dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

from proratio_core.candles import CandleStore
from proratio_core.candles.feather import ExportedFile, ExportReport, export_series
from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_core.exchange import find_rules
from proratio_core.settings import Settings
from proratio_core.values import Market, Timerange
from proratio_core.waiting import wait_for
from proratio_quantlab.comparison import Comparison, compare
from proratio_quantlab.fingerprint import code_hash, config_files, config_hash
from proratio_quantlab.laboratory import Site
from proratio_quantlab.lean_imports import lean_imports
from proratio_quantlab.results import BacktestResult, ResultStore
from proratio_quantlab.run_index import RunIndex
from proratio_quantlab.search_space import Point
from proratio_quantlab.specification import Specification
from proratio_quantlab.terms import read_exchange, read_risk_profile, read_terms
from proratio_signals.backfill import BackfillReport, Prospect, backfill, plan, report_on
from proratio_signals.consult import open_advisor
from proratio_signals.history import read_votes
from proratio_signals.ledger import Ledger
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.repeats import read_steadiness
from proratio_signals.spending import run_cost_usd
from proratio_tradehub.backtesting.gating import profile_for
from proratio_tradehub.backtesting.request import (
    BacktestRequest,
    resolve_timerange,
    series_to_export,
)
from proratio_tradehub.risk import load_risk_profile
from proratio_tradehub.strategies.parameters import set_parameters
from proratio_tradehub.strategies.questions import (
    questions_for,
    read_funding,
    rule_of,
    startup_span,
)
from proratio_tradehub.strategies.rules import Rule

if TYPE_CHECKING:
    from proratio_quantlab.freqtrade_runner import BacktestRunner

__all__ = ["Backtester", "Outcome"]

_AT_ONCE_MODELS = 8
_AT_ONCE_RULES = 64
"""Questions under way at once: models have rate limits, rules share transactions."""

Progress = Callable[[str, float], None]
"""Told what is being done, and which part of it is, 0 to 1."""


@dataclass(frozen=True)
class Outcome:
    """What a request came to.

    Parameters
    ----------
    comparison
        The run, and its ungated twin when it was asked for.
    profile
        Who gated the run; None when nobody did.
    exported
        What was done to Freqtrade's candle files.
    backfilled
        What was asked; None for an ungated run.
    reused
        Hashes of the specifications whose stored results were taken.
    """

    comparison: Comparison
    profile: Profile | None
    exported: ExportReport
    backfilled: BackfillReport | None
    reused: frozenset[str]

    def is_reused(self, result: BacktestResult) -> bool:
        """Return whether `result` was stored by an earlier run."""
        return result.specification.hash in self.reused


@dataclass(frozen=True)
class Prepared:
    """What a request comes to before anything is run; the fields are those of `Outcome`."""

    specification: Specification
    profile: Profile | None
    exported: ExportReport
    backfilled: BackfillReport | None


def _unheard(_what: str, _part: float) -> None:
    """Report progress to nobody."""


class Backtester:
    """Answers requests; the engine and its candles stay loaded between them until it is closed.

    Parameters
    ----------
    settings, database, clock
        The installation.
    progress
        Told how far it is.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        clock: Clock,
        progress: Progress = _unheard,
    ) -> None:
        self._settings = settings
        self._database = database
        self._store = CandleStore(database)
        self._results = ResultStore(database)
        self._clock = clock
        self._progress = progress
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the engine; the next run starts it again."""
        self._resources.close()
        self.__dict__.pop("runner", None)

    def run(self, request: BacktestRequest) -> Outcome:
        """Return what the request comes to; results are stored as soon as they are there.

        Raises
        ------
        ConfigurationError
            The strategy, the profile or the configuration is not usable.
        DataError
            Candles are missing.
        TransientError
            The database or the voters are away; what was asked is kept.
        """
        prepared = self.prepare(request)
        wanted = [prepared.specification]
        if request.compare_ungated:
            wanted.append(prepared.specification.ungated())
        results, reused = self._obtain(wanted, fresh=request.fresh)
        profile = prepared.profile
        asked = results[0].specification
        comparison = compare(
            *results,
            rule_based=profile is not None and profile.is_rules,
            tried=RunIndex(self._database).tried(asked.family, asked.timerange),
        )
        return Outcome(comparison, profile, prepared.exported, prepared.backfilled, reused)

    def prepare(self, request: BacktestRequest, variants: Iterable[Point] = ((),)) -> Prepared:
        """Bring candle files and ledger up to date and return exactly what is to be run.

        Parameters
        ----------
        request
            The run.
        variants
            Parameters it is to be run with besides, one after the other: the candidates of all of
            them are put to the voters now, so that one ledger version stands for all.

        Raises
        ------
        ConfigurationError, DataError, TransientError
            As for `run`.
        """
        profile = profile_for(request.strategy, request.profile, self._settings)
        if request.compare_ungated and profile is None:
            raise ConfigurationError(
                f"{request.strategy} is ungated here, so it has no ungated twin to be compared "
                "with; leave out --compare-ungated, or name a --profile it can ask"
            )
        timerange = resolve_timerange(request, self._store)
        exported = self._export(request)
        backfilled, ledger_version = None, 0
        if profile is not None:
            rules = self._rules(request, variants)
            backfilled = self._fill_ledger(request, profile, timerange, rules=rules)
            ledger_version = self._ledger_version(request, profile, timerange)
        specification = self._specify(
            request, profile, timerange, exported=exported, ledger_version=ledger_version
        )
        return Prepared(specification, profile, exported, backfilled)

    def stored(self, request: BacktestRequest) -> Timerange:
        """Return from when to when every pair of the request has candles.

        Raises
        ------
        DataError
            A pair has none at all, or the pairs have none in common.
        """
        return resolve_timerange(replace(request, timerange=Timerange()), self._store)

    @property
    def site(self) -> Site:
        """Where this installation is, in words that a worker process understands."""
        exchange = read_exchange(config_files(self._settings.user_data, futures=False))
        return Site(self._settings.user_data.resolve(), self._database.url, exchange)

    @cached_property
    def runner(self) -> BacktestRunner:
        """The resident engine; importing it takes seconds, so only what needs it asks for it."""
        exchange = read_exchange(config_files(self._settings.user_data, futures=False))
        with lean_imports([exchange]):
            from proratio_quantlab.freqtrade_runner import BacktestRunner  # noqa: PLC0415

        return self._resources.enter_context(
            BacktestRunner(self._settings.user_data, self._database)
        )

    def _export(self, request: BacktestRequest) -> ExportReport:
        def report(done: int, total: int, _file: ExportedFile, /) -> None:
            self._progress("Exporting candles", done / total)

        keys = series_to_export(request, self._store)
        return export_series(self._store, keys, self._settings.data_dir, progress=report)

    def _rules(self, request: BacktestRequest, variants: Iterable[Point]) -> list[Rule]:
        """Return every different rule that the variants make of the strategy's."""
        rule, stated = rule_of(request.strategy, self._settings.user_data), request.parameters
        made = (set_parameters(rule, dict(stated) | dict(variant)) for variant in variants)
        return list({repr(rule): rule for rule in made}.values())

    def _fill_ledger(
        self,
        request: BacktestRequest,
        profile: Profile,
        timerange: Timerange,
        *,
        rules: list[Rule],
    ) -> BackfillReport:
        """Ask about every candidate of the rules that the ledger has no vote on."""
        asked: dict[Question, None] = {}
        for key in request.series:
            startup = max(startup_span(rule, key) for rule in rules)
            start = timerange.start and timerange.start - startup
            frame = self._store.read(key, Timerange(start, timerange.end))
            for rule in rules:
                funding = read_funding(rule, key, self._store)
                found = questions_for(rule, key, frame, timerange, funding=funding)
                asked |= dict.fromkeys(found)
        questions = list(asked)
        ledger = Ledger(self._database)
        planned = plan(questions, Prospect(profile, self._store), ledger)
        if not planned.open:  # an imported ledger needs no key
            return report_on(planned)

        async def ask() -> BackfillReport:
            async with open_advisor(
                self._settings, self._database, profile, clock=self._clock
            ) as advisor:
                at_once = _AT_ONCE_RULES if profile.is_rules else _AT_ONCE_MODELS
                return await backfill(
                    questions, advisor, ledger, concurrency=at_once, progress=report
                )

        def report(done: int, total: int) -> None:
            self._progress("Asking the voters", min(done / max(total, 1), 1.0))

        return wait_for(ask())

    def _ledger_version(
        self, request: BacktestRequest, profile: Profile, timerange: Timerange
    ) -> int:
        """Return the id of the newest vote this run can read, repeats included."""
        until = timerange.end or self._clock.now()
        ids = (
            read_votes(self._database, key, profile_hash=profile.hash, until=until)["vote_id"]
            for key in request.series
        )
        newest = max((int(series.max()) for series in ids if len(series)), default=0)
        if profile.stability is None:
            return newest
        key = request.series[0]  # one exchange and one timeframe
        repeats = read_steadiness(
            self._database, profile, exchange=key.exchange, timeframe=key.timeframe, until=until
        )
        return max(newest, repeats.newest_vote)

    def _specify(
        self,
        request: BacktestRequest,
        profile: Profile | None,
        timerange: Timerange,
        *,
        exported: ExportReport,
        ledger_version: int,
    ) -> Specification:
        user_data = self._settings.user_data
        futures = any(pair.market is Market.PERPETUAL for pair in request.pairs)
        files = config_files(user_data, futures=futures)
        terms = read_terms(files)
        name = request.risk or read_risk_profile(files) or self._settings.risk_profile
        risk = load_risk_profile(name, user_data / "risk")
        return Specification(
            strategy=request.strategy,
            exchange=request.exchange,
            pairs=request.pairs,
            timeframe=request.timeframe,
            timerange=timerange,
            profile=None if profile is None else profile.name,
            profile_hash="" if profile is None else profile.hash,
            starting_balance=terms.starting_balance,
            fee_frac=terms.fee_frac,
            slippage_frac=terms.slippage_frac,
            risk_profile=risk.name,
            risk_hash=risk.hash,
            max_open_trades=terms.max_open_trades,
            code_hash=code_hash(user_data, request.strategy),
            config_hash=config_hash(user_data, futures=futures),
            data_versions=(
                *((str(file.key), file.version) for file in exported.files),
                (f"{request.exchange} market rules", self._rules_version(request)),
            ),
            ledger_version=ledger_version,
            parameters=request.parameters,
            seed=request.seed,
            impact=request.impact,
        )

    def _rules_version(self, request: BacktestRequest) -> int:
        """Return a number that changes with what the exchange accepts as an order."""
        rules = find_rules(self._database, request.exchange, request.pairs)
        stated = [(str(pair), astuple(rules[pair])) for pair in request.pairs]
        return zlib.crc32(repr(stated).encode())

    def _obtain(
        self, wanted: list[Specification], *, fresh: bool
    ) -> tuple[list[BacktestResult], frozenset[str]]:
        """Return the results of `wanted`, and the hashes of those that were stored before."""
        results, reused = [], set()
        for specification in wanted:
            stored = None if fresh else self._results.find(specification.hash)
            if stored is not None:
                reused.add(specification.hash)
                results.append(stored.charged(self._cost_usd(specification)))
                continue
            name = "Backtesting gated" if specification.is_gated else "Backtesting ungated"
            self._progress(name, 0.0)
            result = self.runner.run(specification, progress=partial(self._progress, name))
            result = result.charged(self._cost_usd(specification))
            self._progress(name, 1.0)
            self._results.save(result)
            results.append(result)
        return results, frozenset(reused)

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
