"""Has orders stated, shown and carried out: by operators, each confirmation once, on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import Final

from proratio_core.database import open_database
from proratio_core.errors import ConfigurationError, ProratioError, RiskError
from proratio_tradehub.dashboard.access import Visitor
from proratio_tradehub.dashboard.access.deeds import deed_file
from proratio_tradehub.dashboard.access.operators import require_operator
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.risk.orders import (
    Choice,
    Draft,
    bots_obeying,
    effects_of,
    identity_of,
    offered,
)
from proratio_tradehub.dashboard.standing import read_standing
from proratio_tradehub.desk import RiskReport, read_reports
from proratio_tradehub.halts import (
    Action,
    BotTrade,
    Closing,
    HaltLedger,
    Halts,
    Liquidation,
    TradingBot,
    WarrantFile,
    halt_file,
)

__all__ = ["BY_HAND", "carry_out", "state_order"]

_STATEMENT_LIMIT_MS: Final = 5_000
_LONGEST_REASON: Final = 500
BY_HAND: Final = "close the rest at the exchange by hand"
"""Said where not everything was closed."""

_ONE_AT_A_TIME: Final = Lock()
"""Between looking at what holds and changing it, nobody else on this dashboard changes it."""


def state_order(
    house: House, visitor: Visitor | None, session: str, *, choice: Choice, reason: str
) -> Draft:
    """Return what is to be confirmed.

    Parameters
    ----------
    house
        The installation.
    visitor
        Who orders; None when their session has ended.
    session
        Of the page; the confirmation is good for it alone.
    choice, reason
        What, and why.

    Raises
    ------
    ConfigurationError
        The visitor may not act, or the reason is empty.
    RiskError
        As trading stands, the order would change nothing.
    """
    _operator(house, visitor, choice)
    words = " ".join(reason.split())[:_LONGEST_REASON]
    if not words:
        raise ConfigurationError("say in a few words why; the reason is put on record")
    standing = read_standing(house)
    if choice not in offered(standing):
        raise RiskError(f"trading is {standing.mode} already, so this would change nothing")
    held: tuple[BotTrade, ...] = ()
    problem = warrant = ""
    if choice is Choice.LIQUIDATE:
        try:
            held = TradingBot(house.settings).open_trades()
        except ProratioError as error:
            problem = str(error)
        warrant = _warrants(house).issue().token
    return Draft(
        choice=choice,
        reason=words,
        identity=identity_of(standing),
        effects=effects_of(choice, standing, held=held, bot_problem=problem),
        bots=bots_obeying(_reports(house), house.clock.now()),
        token=house.tokens.issue(session, choice),
        warrant=warrant,
    )


def carry_out(house: House, visitor: Visitor | None, session: str, draft: Draft) -> str:
    """Do what was confirmed; return in words what became of it.

    Raises
    ------
    ConfigurationError
        The visitor may not act, or the confirmation is not theirs, used or too old.
    RiskError
        Other orders hold than were shown, or the minute for closing everything is over.
    TransientError
        The order could be recorded nowhere.
    """
    by = _operator(house, visitor, draft.choice).name
    house.tokens.redeem(draft.token, session, draft.choice)
    with _ONE_AT_A_TIME, _opened_halts(house) as halts:
        try:
            _ensure_unchanged(halts, draft)
            outcome = _WAYS[draft.choice](house, halts, draft, by)
        except ProratioError as error:
            _note(house, by, draft.choice, f"{draft.reason}: failed: {error}")
            raise
    house.shelf.forget()
    return f"{outcome}{_note(house, by, draft.choice, f'{draft.reason}: {outcome}')}"


def _ensure_unchanged(halts: Halts, draft: Draft) -> None:
    standing = halts.standing()
    if identity_of(standing) != draft.identity:
        holds = standing.why or "nothing holds entries back any more"
        raise RiskError(f"nothing was done: meanwhile the orders changed. Now: {holds}")


def _halt(_: House, halts: Halts, draft: Draft, by: str) -> str:
    return _recorded("Halted.", halts.order(Action.HALT, reason=draft.reason, by=by).missed)


def _reduce(_: House, halts: Halts, draft: Draft, by: str) -> str:
    recorded = halts.order(Action.REDUCE_ONLY, reason=draft.reason, by=by)
    return _recorded("Positions may only be reduced.", recorded.missed)


def _resume(_: House, halts: Halts, draft: Draft, by: str) -> str:
    return _recorded("Resumed.", halts.resume(reason=draft.reason, by=by).missed)


def _liquidate(house: House, halts: Halts, draft: Draft, by: str) -> str:
    _warrants(house).redeem(draft.warrant)
    liquidation = Liquidation(halts, TradingBot(house.settings), clock=house.clock)
    return _told(liquidation.run(reason=draft.reason, by=by))


_WAYS: Final[dict[Choice, Callable[[House, Halts, Draft, str], str]]] = {
    Choice.HALT: _halt,
    Choice.REDUCE_ONLY: _reduce,
    Choice.RESUME: _resume,
    Choice.LIQUIDATE: _liquidate,
}


def _recorded(done: str, missed: tuple[str, ...]) -> str:
    return " ".join([done, *(f"Not recorded everywhere yet: {why}." for why in missed)])


def _told(closing: Closing) -> str:
    parts = ["Halted."]
    if closing.closed:
        parts.append(f"Closed: {', '.join(map(str, closing.closed))}.")
    if closing.open:
        parts.append(f"STILL OPEN: {', '.join(map(str, closing.open))}.")
    parts += closing.problems
    if closing.open or closing.problems:
        parts.append(f"Stops go on; {BY_HAND}.")
    return " ".join(parts)


def _operator(house: House, visitor: Visitor | None, choice: Choice) -> Visitor:
    deeds = deed_file(house.settings, house.clock)
    return require_operator(visitor, deeds, action=choice.value)


def _note(house: House, by: str, choice: Choice, detail: str) -> str:
    """Put a deed on record; return what is to be added where that failed: a halt comes first."""
    deeds = deed_file(house.settings, house.clock)
    problem = deeds.note(by=by, action=choice.value, detail=detail)
    return f" {problem}." if problem else ""


@contextmanager
def _opened_halts(house: House) -> Iterator[Halts]:
    """Yield the halts, by the file alone where PostgreSQL is away."""
    with ExitStack() as stack:
        ledger: HaltLedger | ProratioError
        try:
            database = open_database(house.settings, statement_timeout_ms=_STATEMENT_LIMIT_MS)
            ledger = HaltLedger(stack.enter_context(database))
        except ProratioError as error:
            ledger = error
        yield Halts(halt_file(house.settings), ledger, clock=house.clock)


def _warrants(house: House) -> WarrantFile:
    path = house.settings.state_dir / "liquidation.json"
    return WarrantFile(path, clock=house.clock, command="begin again on the page Risk")


def _reports(house: House) -> tuple[RiskReport, ...]:
    try:
        return read_reports(house.settings)
    except ProratioError:
        return ()
