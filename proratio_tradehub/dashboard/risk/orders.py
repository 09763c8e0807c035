"""What an operator may order, and in words what it will do and to whom. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from proratio_tradehub.dashboard.look import formats
from proratio_tradehub.desk import RiskReport
from proratio_tradehub.halts import BotTrade, Mode, Standing
from proratio_tradehub.marks import Mark

__all__ = ["Choice", "Draft", "bots_obeying", "effects_of", "identity_of", "offered"]


class Choice(StrEnum):
    """What may be ordered; its value is what the button says."""

    HALT = "Halt"
    REDUCE_ONLY = "Reduce only"
    RESUME = "Resume"
    LIQUIDATE = "Close everything"


@dataclass(frozen=True, slots=True)
class Draft:
    """An order that was stated and is to be confirmed.

    Parameters
    ----------
    choice, reason
        What, and why.
    identity
        Of the orders that held when it was shown; where they changed, it is to be shown again.
    effects, bots
        What it will do, and for whom.
    token
        What carries it out, once.
    warrant
        What lets everything be closed, once and within a minute; empty for other orders.
    """

    choice: Choice
    reason: str
    identity: str
    effects: tuple[str, ...]
    bots: tuple[str, ...]
    token: str
    warrant: str = ""


def identity_of(standing: Standing) -> str:
    """Return what differs whenever other orders hold."""
    return " ".join(sorted(event.id for event in standing.restraints))


def offered(standing: Standing) -> tuple[Choice, ...]:
    """Return what changes anything as trading stands."""
    stops = {
        Mode.HALTED: (),
        Mode.SAFE_MODE: (Choice.HALT,),
        Mode.REDUCE_ONLY: (Choice.HALT,),
        Mode.TRADING: (Choice.HALT, Choice.REDUCE_ONLY),
    }[standing.mode]
    resume = (Choice.RESUME,) if standing.restraints or standing.unknown else ()
    return (*stops, *resume, Choice.LIQUIDATE)


def effects_of(
    choice: Choice,
    standing: Standing,
    *,
    held: Sequence[BotTrade] = (),
    bot_problem: str = "",
) -> tuple[str, ...]:
    """Return line for line what an order will do.

    Parameters
    ----------
    choice
        The order.
    standing
        What holds now.
    held, bot_problem
        What the bot holds, for closing everything; or why it cannot be asked.
    """
    return tuple(_EFFECTS[choice](standing, held, bot_problem))


def bots_obeying(reports: Sequence[RiskReport], now: datetime) -> tuple[str, ...]:
    """Return a line for each bot that is known: whose money, what it holds, whether it listens."""
    return tuple(_bot(report, now) for report in reports)


def _bot(report: RiskReport, now: datetime) -> str:
    mark = Mark.of_account(report.account)
    held = len(report.positions)
    what = {0: "nothing held", 1: "1 position"}.get(held, f"{held} positions")
    heard = f"heard {formats.age(report.updated_at, now)}"
    if not report.is_fresh(now):
        heard = f"silent, last {heard}: it obeys from when it runs again"
    return f"{mark} · {report.account} · {report.strategy} · {what} · {heard}"


def _halt(_: Standing, __: Sequence[BotTrade], ___: str) -> Iterator[str]:
    yield "No bot opens a position or adds to one; open entry orders are cancelled."
    yield "Positions are not adjusted any more. Stops and exits go on."
    yield "It holds until somebody resumes."


def _reduce(_: Standing, __: Sequence[BotTrade], ___: str) -> Iterator[str]:
    yield "No bot opens a position or adds to one; open entry orders are cancelled."
    yield "Positions may still be made smaller. Stops and exits go on."
    yield "It holds until somebody resumes."


def _resume(standing: Standing, _: Sequence[BotTrade], __: str) -> Iterator[str]:
    for event in standing.restraints:
        yield f"Ends: {event}"
    if any(event.is_of_a_limit for event in standing.restraints):
        yield "A limit ordered this: losses from before now count no more towards it."
    yield "Every bot may enter again, within its limits."
    if standing.unknown:
        yield f"Not everything is known: {standing.unknown}"


def _liquidate(_: Standing, held: Sequence[BotTrade], problem: str) -> Iterator[str]:
    yield "Within a minute from now: halts every bot first; that holds until somebody resumes."
    if problem:
        yield f"Nothing can be closed from here: {problem}"
        return
    if not held:
        yield "The bot holds nothing, so this only halts."
    for trade in held:
        yield f"Closes at the market's price: {trade}"


_EFFECTS = {
    Choice.HALT: _halt,
    Choice.REDUCE_ONLY: _reduce,
    Choice.RESUME: _resume,
    Choice.LIQUIDATE: _liquidate,
}
