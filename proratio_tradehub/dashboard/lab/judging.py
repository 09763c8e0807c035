"""Judges one run, or two beside each other, in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_quantlab.comparison import Line
from proratio_quantlab.measures import MEASURES
from proratio_quantlab.pairing import pair_runs
from proratio_quantlab.report.curves import curves_figure
from proratio_quantlab.results import BacktestResult, ResultStore
from proratio_quantlab.risk_statement import risk_statement
from proratio_tradehub.backtesting import tear_sheet_of
from proratio_tradehub.dashboard.charts import dressed
from proratio_tradehub.dashboard.lab.pair_figure import pair_figure
from proratio_tradehub.dashboard.lab.research import research_figures
from proratio_tradehub.dashboard.reading import Access

__all__ = ["Judgement", "PairJudgement", "judge_pair", "judge_run"]

_STATEMENT_LIMIT_MS: Final = 60_000
_HEIGHTS_PX: Final = {
    "curves": 380,
    **dict.fromkeys(("fan", "regimes", "months", "distribution", "rolling"), 320),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A run as its tear sheet has it.

    Parameters
    ----------
    quote
        The currency of its money.
    simulated, rule_based
        Whether no market printed its candles; whether fixed rules voted.
    lines
        Every measure.
    certainty, risk, caveats
        How sure its Sharpe ratio is, what the limits did, what to know before believing it.
    figures
        By name, in the order of the page.
    research
        What the searches it belongs to came to, `sensitivity` and `walk`, as far as such runs are
        stored.
    """

    quote: str
    simulated: bool
    rule_based: bool
    lines: tuple[Line, ...]
    certainty: tuple[str, ...]
    risk: str
    caveats: tuple[str, ...]
    figures: Mapping[str, go.Figure]
    research: Mapping[str, go.Figure]


@dataclass(frozen=True, slots=True)
class PairJudgement:
    """Two runs beside each other.

    Parameters
    ----------
    quote, simulated
        As of `Judgement`.
    verdict
        Whether one did better, in a sentence.
    sentences
        The paired differences.
    lines
        Every measure of the first and, as `ungated`, of the second.
    caveats
        What to know before believing it.
    figure
        Both wallets.
    """

    quote: str
    simulated: bool
    verdict: str
    sentences: tuple[str, ...]
    lines: tuple[Line, ...]
    caveats: tuple[str, ...]
    figure: go.Figure


def judge_run(access: Access, settings: Settings, run_hash: str) -> Judgement:
    """Return the tear sheet of a stored run.

    Raises
    ------
    DataError
        It is not stored any more.
    TransientError
        The database is away.
    """
    with access.opened(statement_timeout_ms=_STATEMENT_LIMIT_MS) as database:
        run = _stored(ResultStore(database), run_hash)
        sheet = tear_sheet_of(run, database, settings)
        comparison = sheet.comparison
        return Judgement(
            quote=comparison.quote,
            simulated=run.simulated,
            rule_based=comparison.rule_based,
            lines=comparison.lines,
            certainty=comparison.certainty.lines,
            risk=risk_statement(run),
            caveats=comparison.caveats,
            figures=_dressed({"curves": curves_figure(comparison), **sheet.figures}),
            research=_dressed(dict(research_figures(database, run))),
        )


def judge_pair(access: Access, first: str, second: str) -> PairJudgement:
    """Return two stored runs beside each other, paired on the days both have.

    Raises
    ------
    DataError
        One is not stored any more, or they stand on other candles.
    TransientError
        The database is away.
    """
    with access.opened(statement_timeout_ms=_STATEMENT_LIMIT_MS) as database:
        store = ResultStore(database)
        pair = pair_runs(_stored(store, first), _stored(store, second))
    quote = pair.first.specification.pairs[0].quote
    return PairJudgement(
        quote=quote,
        simulated=pair.first.simulated,
        verdict=pair.verdict,
        sentences=pair.lines,
        lines=tuple(
            Line(measure, measure.of(pair.first.metrics), measure.of(pair.second.metrics))
            for measure in MEASURES
        ),
        caveats=pair.caveats,
        figure=dressed(pair_figure(pair.first, pair.second, quote=quote), height_px=360),
    )


def _dressed(figures: Mapping[str, go.Figure]) -> dict[str, go.Figure]:
    """Return the figures in the look of the dashboard; those without a height here keep theirs."""
    return {
        name: dressed(figure, height_px=_HEIGHTS_PX.get(name) or figure.layout.height or 320)
        for name, figure in figures.items()
    }


def _stored(store: ResultStore, run_hash: str) -> BacktestResult:
    run = store.find(run_hash)
    if run is None:
        raise DataError(f"run {run_hash[:12]} is not stored any more; choose another one")
    return run
