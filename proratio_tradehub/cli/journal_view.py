"""How the journal and the executions are shown; every text in them is somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from proratio_signals.shown_text import shown
from proratio_tradehub.journal import Kind, summarise
from proratio_tradehub.marks import Mark

if TYPE_CHECKING:
    from proratio_tradehub.journal import Execution, ExecutionSummary, JournalEntry

__all__ = ["entry_document", "execution_document", "print_entries", "print_executions"]

_NOTHING: Final = "Nothing is on record here. A bot writes it as it trades, in dry-run and live."


def entry_document(entry: JournalEntry) -> dict[str, Any]:
    """Return an entry as a JSON document."""
    return asdict(entry) | {"mark": Mark.of_account(entry.account).value}


def print_entries(console: Console, entries: Sequence[JournalEntry]) -> None:
    """Print entries, those of each account under its mark."""
    if not entries:
        console.print(_NOTHING)
    for account in dict.fromkeys(entry.account for entry in entries):
        _print_account(console, account)
        table = Table()
        for name in ("At (UTC)", "Kind", "Market", "Trade", "Signal"):
            table.add_column(name, no_wrap=True)
        table.add_column("What", overflow="fold")
        for entry in entries:
            if entry.account == account:
                table.add_row(*_row(entry))
        _print_whole(console, table, least_last=_WORDS_WIDTH)


def execution_document(executions: Sequence[Execution]) -> dict[str, Any]:
    """Return executions and their summary as one JSON document."""
    return {
        "summary": [asdict(line) for line in summarise(executions)],
        "trades": [
            asdict(one) | {"mark": Mark.of_account(one.trade.account).value} for one in executions
        ],
    }


def print_executions(console: Console, executions: Sequence[Execution], *, each: bool) -> None:
    """Print a line for each strategy and market of each account, and for each trade if asked."""
    if not executions:
        console.print(_NOTHING)
    for account in dict.fromkeys(one.trade.account for one in executions):
        own = [one for one in executions if one.trade.account == account]
        _print_account(console, account)
        _print_whole(console, _summary_table(summarise(own)))
        if each:
            _print_whole(console, _each_table(own))
    if executions:
        console.print(
            "Slippage and fees in bps, a hundredth of a percent; above zero is a cost. "
            "Delays in seconds, medians and the slowest tenth."
        )


def _print_account(console: Console, account: str) -> None:
    mark = Mark.of_account(account)
    console.print(f"[bold]{mark}[/] {escape(shown(account))}", highlight=False, soft_wrap=True)


def _row(entry: JournalEntry) -> tuple[str, ...]:
    cells = (
        f"{entry.at:%Y-%m-%d %H:%M:%S}",
        entry.kind.value,
        entry.symbol or "",
        "" if entry.trade_id is None else str(entry.trade_id),
        entry.signal_id or "",
        _WORDS.get(entry.kind, _plain)(entry.document),
    )
    return tuple(escape(shown(cell)) for cell in cells)


def _plain(document: Mapping[str, Any]) -> str:
    known = (f"{name} {value}" for name, value in document.items() if value not in (None, {}, []))
    return ", ".join(known)


def _candidate(document: Mapping[str, Any]) -> str:
    return f"candle closed at {document.get('close_price')}"


def _vote(document: Mapping[str, Any]) -> str:
    if "action" not in document:
        return f"{document.get('state')}: {document.get('detail', '')}"
    lacking = ", a voter was missing" if document.get("degraded") else ""
    score, dissent = document.get("score", 0.0), document.get("dissent", 0.0)
    return f"{document['action']}, score {score:.2f}, dissent {dissent:.2f}{lacking}"


def _verdict(document: Mapping[str, Any]) -> str:
    if not document.get("is_allowed"):
        refusals = document.get("refusals") or ()
        return "refused: " + "; ".join(f"{one['rule']}: {one['message']}" for one in refusals)
    caps = ", ".join(f"{cap['rule']} {cap['stake_quote']:.2f}" for cap in document["caps"])
    return (
        f"allowed ({document['step']}): stake {document['stake_quote']:.2f}, would lose "
        f"{document['planned_loss_quote']:.2f} at its stop{f'; caps: {caps}' if caps else ''}"
    )


def _order(document: Mapping[str, Any]) -> str:
    asked = document.get("stop_price") or document.get("price")
    kind = document.get("type") or ""
    return f"{document.get('role')} {kind}: {document.get('amount')} at {asked}"


def _fill(document: Mapping[str, Any]) -> str:
    rest = "" if document.get("is_whole") else f", {document.get('remaining')} left"
    return f"{document.get('role')}: {document.get('filled')} at {document.get('price')}{rest}"


def _exit(document: Mapping[str, Any]) -> str:
    profit, frac = document.get("profit_quote"), document.get("profit_frac")
    came_to = "" if profit is None else f" {profit:+.2f} ({frac or 0.0:+.2%})"
    return f"{document.get('reason')}:{came_to}, {document.get('open_rate')} to " + str(
        document.get("close_rate")
    )


_ROOM: Final = 1_000
"""More columns than any table has that is not folded."""

_WORDS_WIDTH: Final = 24

_WORDS: Final[Mapping[Kind, Callable[[Mapping[str, Any]], str]]] = {
    Kind.CANDIDATE: _candidate,
    Kind.VOTE: _vote,
    Kind.VERDICT: _verdict,
    Kind.ORDER: _order,
    Kind.FILL: _fill,
    Kind.EXIT: _exit,
}


def _summary_table(lines: Iterable[ExecutionSummary]) -> Table:
    table = _figures("Strategy", "Market", "Trades", "Close", "Verdict", "Exit", "Fees")
    for name in ("Order s", "Fill s", "Slow s", "Filled", "In part"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in lines:
        table.add_row(
            *(escape(shown(one.strategy)), escape(shown(one.symbol)), str(one.trades)),
            *map(_bps, (one.close_slippage_bps, one.verdict_slippage_bps)),
            *map(_bps, (one.exit_slippage_bps, one.fee_bps)),
            *map(_s, (one.order_delay_s, one.fill_delay_s, one.slow_fill_delay_s)),
            "" if one.fill_ratio is None else f"{one.fill_ratio:.1%}",
            str(one.partial),
        )
    return table


def _each_table(executions: Iterable[Execution]) -> Table:
    table = _figures("Opened (UTC)", "Market", "Trade", "Close", "Verdict", "Exit", "Fees")
    for name in ("Order s", "Fill s", "Fills", "Filled"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in executions:
        table.add_row(
            f"{one.trade.opened_at:%Y-%m-%d %H:%M:%S}",
            *(escape(shown(one.trade.symbol)), str(one.trade.trade_id)),
            *map(_bps, (one.close_slippage_bps, one.verdict_slippage_bps)),
            *map(_bps, (one.exit_slippage_bps, one.fee_bps)),
            *map(_s, (one.order_delay_s, one.fill_delay_s)),
            *(str(one.fills), "" if one.fill_ratio is None else f"{one.fill_ratio:.1%}"),
        )
    return table


def _print_whole(console: Console, table: Table, *, least_last: int | None = None) -> None:
    """Print a table as wide as its cells are: a figure that is cut to fit reads as another.

    With `least_last` the text of the last column is folded where there is no room, to no less.
    """
    last = table.columns[-1]
    last.max_width = least_last
    needed = console.measure(table, options=console.options.update(width=_ROOM)).maximum
    last.max_width = None
    Console(file=console.file, width=max(console.width, needed)).print(table)


def _figures(first: str, second: str, *others: str) -> Table:
    table = Table()
    for name in (first, second):
        table.add_column(name, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _bps(value: float | None) -> str:
    return "" if value is None else f"{value:+.1f}"


def _s(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
