"""`proratio signals cost`: what the voters cost, what is left, what a trade must gain for it."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proratio_tradehub.cli.session import open_session, print_json

if TYPE_CHECKING:
    from datetime import date

    from proratio_signals.profile import Profile
    from proratio_signals.spending import Cost
    from proratio_tradehub.cli.session import Session
    from proratio_tradehub.trade_costs import TradeCost

__all__ = ["cost"]


class By(StrEnum):
    """What costs are shown for."""

    DAY = "day"
    PROVIDER = "provider"
    PAIR = "pair"
    TRADE = "trade"


def cost(
    *,
    by: Annotated[By, typer.Option(help="Group by day, provider, pair or trade.")] = By.DAY,
    days: Annotated[int, typer.Option(min=1, help="How many days back, today included.")] = 30,
    stake: Annotated[
        float | None,
        typer.Option(min=0.01, help="Stake for the break-even edge, USD. Default: as configured."),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Whose caps; default: PRORATIO_PROFILE.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """Show what votes cost, what today's caps leave, and what a trade has to gain to pay for it.

    The break-even edge is cost / stake: the gain, beyond fees and slippage, at which a position has
    paid for its call. `--by trade` takes the newest stored gated backtest.

    Example: [bold]proratio signals cost --by provider --stake 100[/]
    """
    from datetime import timedelta

    from proratio_signals.profile import load_profile

    with open_session() as session:
        chosen = load_profile(
            profile or session.settings.profile, session.settings.user_data / "profiles"
        )
        since = session.clock.now().date() - timedelta(days=days - 1)
        stake_usd = _configured_stake_usd(session) if stake is None else stake
        document = _today(session, chosen)
        document |= {"by": by.value, "since": since, "stake_usd": stake_usd}
        if by is By.TRADE:
            document["rows"] = _trade_rows(session)
        else:
            document["rows"] = _rows(session, by, since=since, stake_usd=stake_usd)
        if json:
            print_json(document)
            return
        _print(session, document)


def _today(session: Session, profile: Profile) -> dict[str, Any]:
    """Return today's money and how the providers do."""
    from proratio_signals.spending import Grouping, costs, provider_health
    from proratio_signals.wrappers.stack import caps_of

    now = session.clock.now()
    today = costs(session.database, Grouping.DAY, since=now.date())
    caps = caps_of(profile, session.settings)
    return {
        "today": {
            "day": now.date(),
            "spent_usd": sum(row.spent_usd for row in today),
            "reserved_usd": sum(row.reserved_usd for row in today),
            "caps": asdict(caps),
        },
        "providers": [asdict(health) for health in provider_health(session.database, now=now)],
    }


def _rows(session: Session, by: By, *, since: date, stake_usd: float) -> list[dict[str, Any]]:
    from proratio_signals.spending import Grouping, costs

    found = costs(session.database, Grouping(by.value), since=since)
    return [_row(row, stake_usd) for row in found]


def _row(row: Cost, stake_usd: float) -> dict[str, Any]:
    from proratio_signals.spending import break_even_edge_frac

    call_usd = row.call_usd
    edge = None if call_usd is None else break_even_edge_frac(call_usd, stake_usd=stake_usd)
    return row._asdict() | {"call_usd": call_usd, "break_even_edge_frac": edge}


def _trade_rows(session: Session) -> list[dict[str, Any]]:
    from proratio_tradehub.trade_costs import newest_trade_costs

    return [_trade_row(row) for row in newest_trade_costs(session.database)]


def _trade_row(row: TradeCost) -> dict[str, Any]:
    return asdict(row) | {"break_even_edge_frac": row.break_even_edge_frac}


def _configured_stake_usd(session: Session) -> float:
    """Return the wallet of a backtest, divided by the positions it may hold."""
    from proratio_quantlab.fingerprint import config_files
    from proratio_quantlab.terms import read_terms

    terms = read_terms(config_files(session.settings.user_data, futures=False))
    return terms.starting_balance / terms.max_open_trades


def _print(session: Session, document: dict[str, Any]) -> None:
    from proratio_tradehub.cli.cost_view import caps_line, cost_table, health_lines, trade_table

    console = session.console
    console.print(caps_line(document["today"]), highlight=False)
    for line in health_lines(document["providers"]):
        console.print(line, highlight=False)
    rows = document["rows"]
    if not rows:
        console.print("nothing was paid for in this time", highlight=False)
        return
    if document["by"] == By.TRADE:
        console.print(trade_table(rows))
    else:
        console.print(cost_table(rows, by=document["by"], stake_usd=document["stake_usd"]))
