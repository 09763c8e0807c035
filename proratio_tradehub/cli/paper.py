"""`proratio paper`: a strategy on paper, against the exchange as it is or a recorded one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from proratio_tradehub.cli.session import open_session, print_json

if TYPE_CHECKING:
    from proratio_core.settings import Settings
    from proratio_tradehub.paper import PaperBot, ReplayPlan

__all__ = ["paper"]


_OF_A_REPLAY: Final = ("step", "exchange", "compare", "save", "json")
"""Options without a meaning for a bot against the exchange as it is."""


def paper(  # noqa: PLR0913  # one option each
    ctx: typer.Context,
    strategy: Annotated[
        str | None, typer.Argument(help="Class in user_data/strategies; not with --status.")
    ] = None,
    *,
    pairs: Annotated[
        list[str] | None,
        typer.Option(help="Pairs to trade, one or more. Default: those of the configuration."),
    ] = None,
    timeframe: Annotated[
        str | None, typer.Option(help="Length of a candle. Default: the strategy's own.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(help="Who gates the entries; 'none' is nobody. Default: PRORATIO_PROFILE."),
    ] = None,
    risk: Annotated[
        str | None,
        typer.Option(help="Which limits hold, by risk profile. Default: PRORATIO_RISK_PROFILE."),
    ] = None,
    config: Annotated[
        list[Path] | None,
        typer.Option(help="Further Freqtrade configurations above config.json; not in a replay."),
    ] = None,
    userdir: Annotated[
        Path | None, typer.Option(help="User directory. Default: PRORATIO_USER_DATA.")
    ] = None,
    replay: Annotated[
        str | None,
        typer.Option(help="Trade recorded days in virtual time, e.g. 2025-03-01..2025-03-14."),
    ] = None,
    step: Annotated[
        int, typer.Option(min=1, help="Virtual seconds between two loops of a replay.")
    ] = 60,
    exchange: Annotated[
        str, typer.Option(help="Whose stored candles a replay plays back; or 'simulated'.")
    ] = "binance",
    compare: Annotated[
        bool, typer.Option(help="Put a replay beside the backtest of the same candles.")
    ] = True,
    save: Annotated[
        Path | None, typer.Option(help="Write a replay's trades to this CSV file.")
    ] = None,
    status: Annotated[
        bool,
        typer.Option("--status", help="Say how the bots on paper are; exit code 4 if one is not."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """Let Freqtrade's own bot trade a strategy on paper: no order ever leaves this machine.

    Against the exchange as it is, one process keeps the bot alive: it starts it again when it
    dies, waiting longer each time, and ends it when it is ended itself. With --replay the same bot
    trades recorded candles in virtual time, as fast as this machine allows, and is put beside the
    backtest of the same days.

    Example: [bold]proratio paper Scalping --timeframe 5m --replay 2025-03-01..2025-03-14[/]
    """
    from proratio_core.errors import ConfigurationError
    from proratio_core.settings import load_settings, tell_processes
    from proratio_core.values import Timeframe
    from proratio_tradehub.cli.backtest import parsed_pairs
    from proratio_tradehub.paper import PaperBot, ReplayPlan, parse_window
    from proratio_tradehub.strategies.rules import usual_pairs, usual_timeframe

    if userdir is not None:
        tell_processes({"PRORATIO_USER_DATA": str(userdir)})
    settings = load_settings()
    if status:
        _show_status(settings, strategy, json=json)
        return
    if strategy is None:
        raise ConfigurationError("which strategy? `proratio strategies` lists what there is")
    if replay is None:
        _refuse_options_of_a_replay(ctx)
        bot = PaperBot(
            strategy,
            parsed_pairs(pairs or ()),
            None if timeframe is None else Timeframe.parse(timeframe),
            profile,
            risk,
            tuple(config or ()),
        )
        _supervise(settings, bot)
        return
    if config:
        raise ConfigurationError("a replay takes its terms from the backtest's configuration alone")
    length = Timeframe.parse(timeframe) if timeframe else usual_timeframe(strategy)
    start, end = parse_window(replay, length)
    chosen = parsed_pairs(pairs) if pairs else usual_pairs(strategy)
    plan = ReplayPlan(
        strategy, exchange, chosen, length, start, end, step_s=step, profile=profile, risk=risk
    )
    _replay(plan, compared=compare, save=save, json=json)


def _refuse_options_of_a_replay(ctx: typer.Context) -> None:
    from proratio_core.errors import ConfigurationError

    sources = ((name, ctx.get_parameter_source(name)) for name in _OF_A_REPLAY)
    given = [f"--{name}" for name, source in sources if source and source.name == "COMMANDLINE"]
    if given:
        raise ConfigurationError(
            f"{', '.join(given)} belongs to a session on recorded candles; add --replay "
            "2025-03-01..2025-03-14, or leave it out to trade against the exchange as it is"
        )


def _show_status(settings: Settings, strategy: str | None, *, json: bool) -> None:
    from datetime import UTC, datetime

    from proratio_core.errors import TransientError
    from proratio_tradehub.cli.paper_view import health_document, print_health
    from proratio_tradehub.paper import read_health

    reports = [r for r in read_health(settings) if strategy in (None, r.strategy)]
    now = datetime.now(UTC)
    if json:
        print_json([health_document(report, now) for report in reports])
    else:
        print_health(reports, now)
    ailing = [report.strategy for report in reports if report.trouble(now)]
    if ailing or (strategy is not None and not reports):
        raise TransientError(f"not well on paper: {', '.join(ailing) or strategy}")


def _supervise(settings: Settings, bot: PaperBot) -> None:
    """Keep the bot alive until Ctrl-C or SIGTERM."""
    from rich.console import Console

    from proratio_core.clock import SystemClock
    from proratio_tradehub.paper import keep_alive

    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    keep_alive(bot, settings, clock=SystemClock(), say=console.print)


def _replay(plan: ReplayPlan, *, compared: bool, save: Path | None, json: bool) -> None:
    from proratio_core.atomic_file import replacing
    from proratio_tradehub.cli.paper_view import outcome_document, print_outcome, session_progress
    from proratio_tradehub.paper import compare_with_backtest, run_session, trade_table

    if save is not None:
        _check_save(save)
    with open_session() as session:
        with session_progress(plan) as report:
            outcome = run_session(plan, session.settings, session.database, report=report)
        if save is not None:
            with _written(save), replacing(save) as partial:
                partial.write_text(trade_table(outcome.trades), encoding="utf-8")
        agreement = None
        if compared and outcome.until > plan.start + plan.candle:
            parts = (session.settings, session.database, session.clock)
            agreement = compare_with_backtest(outcome, *parts)
        if json:
            print_json(outcome_document(outcome, agreement))
            return
        print_outcome(session.console, outcome, agreement)


def _check_save(file: Path) -> None:
    """Raise before a session is run whose trades could not be written."""
    with _written(file):
        if file.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder")
        file.parent.mkdir(parents=True, exist_ok=True)
        trial = file.with_name(f".{file.name}.trial")
        trial.touch()
        trial.unlink()


@contextmanager
def _written(file: Path) -> Iterator[None]:
    from proratio_core.errors import ConfigurationError

    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"the trades cannot be written to {file} ({error.strerror}); name another file with "
            "--save"
        ) from error
