"""How a walk forward is shown: its windows, what their tests come to, and how far to believe it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from rich.markup import escape
from rich.table import Table

from proratio_quantlab.measures import Unit, format_value
from proratio_quantlab.walk_forward import stability, stitched_equity, walk_forward_efficiency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from proratio_core.values import Timerange
    from proratio_quantlab.inference import Interval
    from proratio_quantlab.walk_forward import WindowResult
    from proratio_tradehub.research import Arm, WalkOutcome, WalkRequest

__all__ = ["outside_engine_frac", "print_walk", "walk_document", "walk_lines"]


def print_walk(console: Console, request: WalkRequest, outcome: WalkOutcome) -> None:
    """Print every window of every arm, the stitched tests beside each other, and the doubts."""
    run = outcome.prepared.specification
    if run.is_simulated:
        console.print("[black on yellow] SIMULATED [/] no market ever printed these candles")
    console.print(
        f"{run.family.replace(',', ', ')}, {run.timerange}", markup=False, highlight=False
    )
    for arm in outcome.arms:
        console.print(_windows(request, arm))
    console.print(_summary(outcome))
    for line in walk_lines(request, outcome):
        console.print(line, highlight=False)


def walk_document(request: WalkRequest, outcome: WalkOutcome) -> dict[str, Any]:
    """Return the whole outcome as one JSON document."""
    return {
        "family": outcome.prepared.specification.family,
        "timerange": str(outcome.prepared.specification.timerange),
        "simulated": outcome.prepared.specification.is_simulated,
        "combinations": request.space.size,
        "trials_a_window": request.plan.count(request.space),
        "arms": [_arm_document(request, arm) for arm in outcome.arms],
        "daily_difference": _interval_document(outcome.difference),
        "notes": list(outcome.notes),
    }


def _arm_document(request: WalkRequest, arm: Arm) -> dict[str, Any]:
    selection, paths = arm.selection, arm.paths
    equity = stitched_equity(arm.windows, starting_balance=arm.base.starting_balance)
    return {
        "profile": arm.base.profile,
        **_figures(arm),
        "sharpe_interval": _interval_document(arm.sharpe),
        "deflated_sharpe": arm.deflated,
        "efficiency": walk_forward_efficiency(arm.windows),
        "probability_of_overfitting": None
        if selection is None
        else selection.overfitting.probability,
        "spa_p": None if selection is None else selection.superiority.spa,
        "paths": None
        if paths is None
        else {"sharpes": paths.sharpes.tolist(), "losing_frac": paths.losing_frac},
        "stability": {
            moved.name: moved.step_frac
            for moved in (stability(axis, arm.windows) for axis in request.space.axes)
        },
        "windows": [_window_document(result) for result in arm.windows],
        "equity": [
            [str(moment)[:10], round(float(wallet), 8)]
            for moment, wallet in zip(equity["date"], equity["equity_quote"], strict=True)
        ],
        "runs": sum(result.runs for result in arm.windows),
        "engine_s": sum(result.engine_s for result in arm.windows),
        "seconds": sum(result.seconds for result in arm.windows),
    }


def _window_document(result: WindowResult) -> dict[str, Any]:
    return {
        "number": result.window.number,
        "train": str(result.window.train),
        "test": str(result.window.test),
        "chosen": None if result.chosen is None else dict(result.chosen),
        "train_sharpe": _sharpe(result, tested=False),
        "test_sharpe": _sharpe(result, tested=True),
        "test_profit_frac": float(np.prod(1 + result.daily) - 1),
        "test_trades": _trades(result),
        "spike": None if result.around is None else result.around.is_spike,
        "failed": result.failed,
    }


def _windows(request: WalkRequest, arm: Arm) -> Table:
    kind = "anchored" if request.cut.anchored else "rolling"
    table = Table(title=f"{_name(arm)}, {kind} windows", title_justify="left")
    names = [axis.name for axis in request.space.axes]
    for name in ("", "Train", "Test", *names, "Sharpe in", "out", "Profit out", "Trades", ""):
        table.add_column(escape(name.replace("_", " ")), justify="right")
    for result in arm.windows:
        spike = result.around is not None and result.around.is_spike
        table.add_row(
            str(result.window.number),
            _days(result.window.train),
            _days(result.window.test),
            *(escape(str(dict(result.chosen or ()).get(name, "–"))) for name in names),
            format_value(_sharpe(result, tested=False), Unit.RATIO),
            format_value(_sharpe(result, tested=True), Unit.RATIO),
            format_value(float(np.prod(1 + result.daily) - 1), Unit.FRAC),
            str(_trades(result)),
            "[yellow]spike[/]" if spike else "",
        )
    return table


def _summary(outcome: WalkOutcome) -> Table:
    table = Table(title="All tests, one after the other", title_justify="left")
    table.add_column("Measure")
    for arm in outcome.arms:
        table.add_column(_name(arm), justify="right")
    rows: list[tuple[str, list[str]]] = [
        ("Days (n)", [f"{len(arm.daily):,}" for arm in outcome.arms]),
        ("Trades (n)", [f"{_figures(arm)['trades']:,}" for arm in outcome.arms]),
        ("Profit", [format_value(_figures(arm)["profit_frac"], Unit.FRAC) for arm in outcome.arms]),
        (
            "Max drawdown",
            [format_value(_figures(arm)["max_drawdown_frac"], Unit.FRAC) for arm in outcome.arms],
        ),
        ("Sharpe, 95% interval", [_interval(arm.sharpe) for arm in outcome.arms]),
        ("Deflated Sharpe", [_share(arm.deflated) for arm in outcome.arms]),
        (
            "Efficiency, out / in",
            [
                format_value(walk_forward_efficiency(arm.windows), Unit.RATIO)
                for arm in outcome.arms
            ],
        ),
        (
            "Probability of overfitting",
            [
                _share(None if arm.selection is None else arm.selection.overfitting.probability)
                for arm in outcome.arms
            ],
        ),
        (
            "SPA, p of best variant",
            [
                "–" if arm.selection is None else f"{arm.selection.superiority.spa:.3f}"
                for arm in outcome.arms
            ],
        ),
        (
            "Cross-validated paths, median Sharpe",
            ["–" if arm.paths is None else f"{arm.paths.median:.2f}" for arm in outcome.arms],
        ),
        (
            "Paths that lose",
            [_share(None if arm.paths is None else arm.paths.losing_frac) for arm in outcome.arms],
        ),
    ]
    for label, cells in rows:
        table.add_row(label, *cells)
    return table


def walk_lines(request: WalkRequest, outcome: WalkOutcome) -> Iterator[str]:
    """Yield what limits what may be concluded, as lines with markup."""
    found = outcome.difference
    if found is not None:
        verdict = (
            "zero is inside, so the gate shows no effect that chance would not"
            if found.includes_zero
            else "zero is outside"
        )
        yield (
            f"Gated minus ungated, daily return: {found.value * 1e4:+.2f} bps, 95% interval "
            f"{found.low * 1e4:+.2f} to {found.high * 1e4:+.2f} bps, p = {found.p_value:.2f}, over "
            f"{found.observations:,} days: {verdict}."
        )
    for arm in outcome.arms:
        moved = [stability(axis, arm.windows) for axis in request.space.axes]
        told = ", ".join(
            f"{escape(m.name)} by {m.step_frac:.0%}" for m in moved if m.step_frac is not None
        )
        if told:
            yield (
                f"{_name(arm)}: from window to window the choice moved {told} of its axis on "
                "average; a third is what chance does."
            )
    share = outside_engine_frac(outcome)
    if share is not None:
        yield (
            f"{sum(r.runs for arm in outcome.arms for r in arm.windows):,} backtests run now, "
            f"{share:.0%} of the time outside Freqtrade's."
        )
    if len(outcome.arms) == 2:
        fewer = _figures(outcome.arms[1])["trades"] - _figures(outcome.arms[0])["trades"]
        if fewer > 0:
            yield (
                f"• Trading less is part of it: {fewer:,} fewer trades. A gate that refuses at "
                "random saves their costs too."
            )
    for note in outcome.notes:
        yield f"• {escape(note)}"
    profile = outcome.prepared.profile
    if profile is not None and profile.is_rules:
        yield (
            f"• RULE-BASED: the voters of profile {escape(profile.name)} are fixed rules over past "
            "prices, not language models."
        )
    yield "• Every position is closed at the end of each test, and pays for it."


def outside_engine_frac(outcome: WalkOutcome) -> float | None:
    """Return which part of the windows' time was not spent in Freqtrade; None if none ran."""
    results = [result for arm in outcome.arms for result in arm.windows if result.runs]
    seconds = sum(result.seconds for result in results)
    if not seconds:
        return None
    return 1 - sum(result.engine_s for result in results) / seconds


def _figures(arm: Arm) -> dict[str, Any]:
    wallet = np.concatenate(([1.0], np.cumprod(1 + arm.daily)))
    return {
        "days": len(arm.daily),
        "trades": sum(_trades(result) for result in arm.windows),
        "profit_frac": float(wallet[-1] - 1),
        "max_drawdown_frac": float((1 - wallet / np.maximum.accumulate(wallet)).max()),
        "sharpe": None if arm.sharpe is None else arm.sharpe.value,
    }


def _name(arm: Arm) -> str:
    return "Ungated" if arm.base.profile is None else f"Gated by {arm.base.profile}"


def _trades(result: WindowResult) -> int:
    tested = result.tested
    return 0 if tested is None or tested.metrics is None else tested.metrics.trades


def _sharpe(result: WindowResult, *, tested: bool) -> float | None:
    trial = result.tested if tested else result.trained
    return None if trial is None or trial.metrics is None else trial.metrics.sharpe


def _days(span: Timerange) -> str:
    return f"{span.start:%Y-%m-%d}\n{span.end:%Y-%m-%d}"


def _interval(found: Interval | None) -> str:
    return "–" if found is None else f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _interval_document(found: Interval | None) -> dict[str, float] | None:
    if found is None:
        return None
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "p_value": found.p_value,
        "observations": found.observations,
    }
