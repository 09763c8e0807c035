"""The risk desk: every entry passes here twice, once for its stake and once at its price.

It asks the same engine in a backtest, in dry-run and live. Whatever fails here refuses, and three
failures in a row order safe mode, because a desk that fails has stopped knowing the risk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

import msgspec

from proratio_core.clock import to_ms
from proratio_core.errors import RiskError
from proratio_tradehub.desk.account import Account, Costs, equity_quote, portfolio_state
from proratio_tradehub.desk.candles import CandleBook
from proratio_tradehub.desk.equity import EquityBook
from proratio_tradehub.desk.positions import pair_of
from proratio_tradehub.desk.refusals import RefusalTally, RefusedEntry
from proratio_tradehub.desk.report import Headroom, HeldPosition, headroom_of, positions_of
from proratio_tradehub.desk.restraint import Restraint
from proratio_tradehub.halts import LIMIT, Action, Mode, Standing
from proratio_tradehub.risk import (
    EntryIntent,
    PortfolioState,
    Refusal,
    RiskEngine,
    ScoredHistory,
    Side,
    Verdict,
)

__all__ = ["Entry", "RiskDesk"]

_ROUNDING_FRAC: Final = 1e-6
"""By how much an exchange's rounding may make a stake larger than what was allowed."""

_FAILURES_IN_A_ROW: Final = 3


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as Freqtrade asks about it.

    Parameters
    ----------
    pair, side
        What would be entered, in ccxt's notation.
    now
        The time it is, UTC.
    rate
        Price it would be entered at.
    leverage
        Notional value over own money.
    stop_frac, target_frac
        How far the price may move against it before its stop, and how far it is hoped to move in
        its favour, as fractions of the rate; no target when None.
    confidence, is_degraded
        How sure the consensus is, 0 to 1, and whether it lacks a voter.
    spread_frac
        Best ask less best bid over the mid price; None where nobody measured it.
    history
        What entries like it came to, after costs; None when nothing was scored.
    tag
        Its signal id, for the record.
    """

    pair: str
    side: Side
    now: datetime
    rate: float
    leverage: float
    stop_frac: float
    target_frac: float | None
    confidence: float = 1.0
    is_degraded: bool = False
    spread_frac: float | None = None
    history: ScoredHistory | None = None
    tag: str | None = None

    def is_about(
        self, pair: str, now: datetime, rate: float, *, side: str, tag: str | None
    ) -> bool:
        """Return whether this is what is asked about, in the same moment and at the same price."""
        mine = (self.pair, self.now, self.rate, self.side, self.tag)
        return mine == (pair, now, rate, side, tag)


class RiskDesk:
    """Asks the risk engine for one trading process.

    Parameters
    ----------
    engine
        The rules of a profile.
    account
        Whose money it is.
    candles
        What is known of the markets.
    costs
        What one side of a trade costs.
    restraint
        Who may hold entries back.
    on_refusal
        Told of every refused entry, once a candle.
    on_allowed
        Told of every verdict that allows one, and whether it was about the `stake` or the `entry`.
    """

    def __init__(
        self,
        engine: RiskEngine,
        account: Account,
        candles: CandleBook,
        *,
        costs: Costs,
        restraint: Restraint,
        on_refusal: Callable[[RefusedEntry], None] = lambda _: None,
        on_allowed: Callable[[Entry, Verdict, str], None] | None = None,
    ) -> None:
        self.engine = engine
        self.book = EquityBook()
        self.refused = RefusalTally()
        self._account = account
        self._candles = candles
        self._costs = costs
        self._restraint = restraint
        self._on_refusal = on_refusal
        self._on_allowed = on_allowed
        self._forgiven_at: datetime | None = None
        self._failures = 0
        self._settled: tuple[Entry | None, float] = (None, 0.0)

    def observe(self, now: datetime) -> None:
        """Take note of equity at `now`, and halt when it has fallen as far as the profile allows.

        Raises
        ------
        RiskError
            Equity is not a number above zero.
        """
        equity = equity_quote(self._account, now)
        if not 0.0 < equity < math.inf:
            raise RiskError(f"equity is {equity!r}; expected a finite number above zero")
        standing = self._restraint.standing()
        if standing.forgiven_at != self._forgiven_at:
            self._forgiven_at = standing.forgiven_at
            self.book.begin(now, equity)
        self.book.observe(now, equity)
        limit = self.engine.profile.max_drawdown_frac
        fallen = 1.0 - equity / self.book.peak_quote
        if fallen >= limit * (1.0 - _ROUNDING_FRAC) and standing.mode is not Mode.HALTED:
            self._halt(
                "drawdown", f"equity fell {fallen:.2%} below its peak; the limit is {limit:.2%}"
            )

    def recall(
        self, marks: Iterable[tuple[datetime, float]], *, forgiven_at: datetime | None
    ) -> None:
        """Begin with the equity that was recorded before this process, oldest first."""
        book = EquityBook()
        for moment, equity in marks:
            book.observe(moment, equity)
        self.book, self._forgiven_at = book, forgiven_at

    def stake(
        self,
        entry: Entry,
        *,
        min_stake_quote: float,
        max_stake_quote: float,
        proposed_quote: float | None = None,
    ) -> float:
        """Return the stake an entry may have, quote currency; 0 refuses it.

        Parameters
        ----------
        entry
            The entry.
        min_stake_quote, max_stake_quote
            What the exchange and the free money allow.
        proposed_quote
            The stake that is wished for; None wishes for as much as the profile's sizing allows.

        Raises
        ------
        RiskError
            A figure is not one a decision may rest on; the entry is refused and counted.
        """
        wanted = max_stake_quote if proposed_quote is None else proposed_quote
        try:
            return self._stake(
                entry, min(wanted, max_stake_quote), max_stake_quote, min_stake_quote
            )
        except Exception as error:
            self._undecided(entry, error)
            raise

    def _stake(self, entry: Entry, proposed: float, free: float, least: float) -> float:
        state = self._state(entry)
        if state is None:
            return 0.0
        if not proposed > 0.0:
            self._refuse(entry, Refusal("free balance", f"{free:.2f} is free"))
            return 0.0
        verdict = self._assess(state, entry, proposed, min_stake_quote=least)
        self._settled = (entry, verdict.stake_quote)
        self._tell(entry, verdict, "stake")
        return verdict.stake_quote

    def allows(self, entry: Entry, *, stake_quote: float) -> bool:
        """Return whether an entry of exactly this stake may be made now.

        Raises
        ------
        RiskError
            A figure is not one a decision may rest on; the entry is refused and counted.
        """
        if self._is_settled(entry, stake_quote):
            return True
        try:
            return self._allows(entry, stake_quote)
        except Exception as error:
            self._undecided(entry, error)
            raise

    def _allows(self, entry: Entry, stake_quote: float) -> bool:
        state = self._state(entry)
        if state is None:
            return False
        verdict = self._assess(state, entry, stake_quote)
        if verdict.is_allowed and verdict.stake_quote < stake_quote * (1.0 - _ROUNDING_FRAC):
            tightest = min(verdict.caps, key=lambda cap: cap.stake_quote)
            self._refuse(entry, Refusal(tightest.rule, tightest.message))
            return False
        self._tell(entry, verdict, "entry")
        return verdict.is_allowed

    def _is_settled(self, entry: Entry, stake_quote: float) -> bool:
        """Return whether exactly this was allowed in this very moment, for at least this stake.

        So it is in a backtest, where Freqtrade asks for the stake and for the entry in one breath;
        in trading the moment is another, and the spread was looked at in between.
        """
        settled, allowed_quote = self._settled
        self._settled = (None, 0.0)
        return (
            (entry is settled or entry == settled)
            and 0.0 < stake_quote <= allowed_quote
            and self._restraint.standing().allows_entries
        )

    def max_leverage(self, now: datetime) -> float:
        """Return the leverage an entry may have now, at least 1.

        Raises
        ------
        RiskError
            A figure is not one a decision may rest on.
        """
        self.observe(now)
        return self.engine.max_leverage(self._portfolio(now))

    def survey(self, now: datetime) -> tuple[float, tuple[Headroom, ...], tuple[HeldPosition, ...]]:
        """Return equity, what is used of each limit, and what is held, as last observed.

        Raises
        ------
        RiskError
            A figure is not one a decision may rest on.
        """
        state = self._portfolio(now)
        room = tuple(headroom_of(state, self.engine.profile))
        return state.equity_quote, room, positions_of(state)

    def standing(self) -> Standing:
        """Return whether anything holds entries back."""
        return self._restraint.standing()

    def failed(self, error: Exception) -> None:
        """Take note that nothing could be decided; the third time in a row orders safe mode."""
        self._failures += 1
        if self._failures == _FAILURES_IN_A_ROW:
            self._restraint.order(
                Action.SAFE_MODE,
                reason=f"{_FAILURES_IN_A_ROW} risk checks failed in a row; the last one: {error}",
                by="the risk desk",
            )

    def _undecided(self, entry: Entry, error: Exception) -> None:
        """Count what was raised as a refusal and as a failure of the desk's own."""
        self._refuse(entry, Refusal("risk check", f"{type(error).__name__}: {error}"))
        self.failed(error)

    def _state(self, entry: Entry) -> PortfolioState | None:
        """Return the account at this moment; None when entries are held back."""
        if self._restraint.standing().allows_entries:
            self.observe(entry.now)  # which may halt
        standing = self._restraint.standing()
        if not standing.allows_entries:
            self._refuse(entry, Refusal(_rule_behind(standing), standing.why))
            return None
        return self._portfolio(entry.now)

    def _portfolio(self, now: datetime) -> PortfolioState:
        return portfolio_state(self._account, self.book, self._candles, now=now, costs=self._costs)

    def _assess(
        self,
        state: PortfolioState,
        entry: Entry,
        stake_quote: float,
        *,
        min_stake_quote: float = 0.0,
    ) -> Verdict:
        intent = self._intent(entry, stake_quote, min_stake_quote)
        verdict = self.engine.assess(state, intent)
        if not verdict.is_allowed:
            self._refuse(entry, *verdict.refusals)
        if verdict.halt is not None:
            self._halt(verdict.halt.rule, verdict.halt.message)
        failure = next((one for one in verdict.refusals if one.is_failure), None)
        if failure is not None:
            raise RiskError(f"rule {failure.rule}: {failure.message}")
        self._failures = 0
        return verdict

    def _intent(self, entry: Entry, stake_quote: float, min_stake_quote: float) -> EntryIntent:
        now_ms, sign = to_ms(entry.now), entry.side.sign
        closed_ms = self._candles.last_close_ms(entry.pair, now_ms)
        target = entry.target_frac
        spread = entry.spread_frac
        return EntryIntent(
            pair=pair_of(entry.pair),
            side=entry.side,
            price=entry.rate,
            stop_price=entry.rate * (1.0 - sign * entry.stop_frac),
            target_price=None if target is None else entry.rate * (1.0 + sign * target),
            stake_quote=stake_quote,
            leverage=entry.leverage,
            confidence=entry.confidence,
            fee_frac=self._costs.fee_frac,
            slippage_frac=self._costs.slippage_frac,
            spread_frac=self._costs.spread_frac if spread is None else spread,
            day_volume_quote=self._candles.day_volume_quote(entry.pair, now_ms),
            data_age_s=(now_ms - closed_ms) / 1000.0,
            candle_s=self._candles.candle_ms / 1000.0,
            is_degraded=entry.is_degraded,
            history=entry.history,
            min_stake_quote=min_stake_quote,
        )

    def _tell(self, entry: Entry, verdict: Verdict, step: str) -> None:
        if self._on_allowed is not None and verdict.is_allowed:
            self._on_allowed(entry, verdict, step)

    def _halt(self, limit: str, reason: str) -> None:
        self._restraint.order(Action.HALT, reason=reason, by=f"{LIMIT}{limit}")

    def _refuse(self, entry: Entry, *refusals: Refusal) -> None:
        now_ms = to_ms(entry.now)
        candle_open_ms = now_ms - now_ms % self._candles.candle_ms
        refused = RefusedEntry(entry.pair, candle_open_ms, refusals, entry.now, entry.tag)
        if self.refused.count(refused):
            self._on_refusal(refused)


def _rule_behind(standing: Standing) -> str:
    """Return what a refusal is counted under: the limit that halted, where one did."""
    strictest = standing.restraints[0] if standing.restraints else None
    if strictest is None or not strictest.is_of_a_limit:
        return "trading state"
    return f"{strictest.by.removeprefix(LIMIT)} halt"
