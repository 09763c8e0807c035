"""Any sequence of fills, prices, errors and restarts around the engine, as a state machine.

After each entry the machine asks its own book, and not the engine, whether a limit was passed.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from proratio_core.errors import RiskError
from proratio_core.values import Market, Pair
from proratio_tradehub.risk.engine import RiskEngine
from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.positions import asset_of
from proratio_tradehub.risk.profile import RiskProfile
from proratio_tradehub.risk.profile_files import load_risk_profile, risk_profile_names
from proratio_tradehub.risk.returns import RecentReturns
from proratio_tradehub.risk.rulebook import rules_of
from proratio_tradehub.risk.rules import RiskRule
from proratio_tradehub.risk.scored import ScoredHistory
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Verdict
from tests.tradehub.risk.book import COST_FRAC, Book, Holding

BASES = ("BTC", "ETH", "SOL", "XRP", "ADA", "DOGE")
PRICE = 100.0
SLACK = 1.0 + 1e-9

moves = st.one_of(st.floats(-0.04, 0.04), st.floats(-0.6, 0.6))
histories = st.one_of(
    st.none(),
    st.builds(
        ScoredHistory,
        wins=st.integers(0, 200),
        losses=st.integers(0, 200),
        mean_win_frac=st.floats(0, 0.1),
        mean_loss_frac=st.floats(0, 0.1),
    ),
)
entries = st.fixed_dictionaries(
    {
        "side": st.sampled_from(Side),
        "away": st.one_of(st.floats(0.002, 0.08), st.floats(-0.05, 0.3), st.none()),
        "reward": st.one_of(st.floats(0.05, 0.4), st.floats(-0.1, 0.4), st.none()),
        "stake": st.one_of(st.floats(50, 1e5), st.floats(-10, 1e7)),
        "leverage": st.sampled_from((1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 25.0)),
        "confidence": st.one_of(st.floats(0.6, 1.0), st.floats(0.0, 1.0)),
        "volume": st.sampled_from((1e9, 1e9, 5e7, 1e4)),
        "spread": st.sampled_from((0.0005, 0.0005, 0.004)),
        "age": st.sampled_from((5.0, 5.0, 3_000.0, 9_000.0, -60.0)),
        "degraded": st.sampled_from((False, False, False, True)),
        "skew": st.sampled_from((0.0, 0.0, 0.0, -4.0, 30.0)),
        "minimum": st.sampled_from((0.0, 10.0, 500.0)),
        "history": histories,
        "filled": st.floats(0.01, 1.0),
    }
)


@dataclass(frozen=True)
class Broken:
    """A rule that fails."""

    name: str

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        raise RuntimeError(f"{self.name} is broken while {intent.pair} is asked for")


class AnySequence(RuleBasedStateMachine):
    """An account under one profile, and whatever may happen to it."""

    seen: ClassVar[Counter[str]] = Counter()
    profiles: ClassVar[tuple[str, ...]] = risk_profile_names()

    @initialize(
        which=st.integers(0, 4),
        seed=st.integers(0, 2**32 - 1),
        alike=st.sampled_from((0.0, 0.3, 3.0)),
        hole=st.booleans(),
    )
    def begin(self, which: int, seed: int, alike: float, hole: bool) -> None:
        self.seen["accounts"] += 1
        self.profile: RiskProfile = load_risk_profile(self.profiles[which % len(self.profiles)])
        self.engine = self.engine_of(self.profile)
        self.pairs = [
            f"{base}/USDT:USDT" if number % 2 and Market.PERPETUAL in self.profile.markets else
            f"{base}/USDT"
            for number, base in enumerate(BASES)
        ]  # fmt: skip
        if Market.SPOT not in self.profile.markets:
            self.pairs = [f"{base}/USDT:USDT" for base in BASES]
        self.book = Book(prices=dict.fromkeys(self.pairs, PRICE))
        self.returns = _market(self.pairs, seed, alike=alike, hole=hole)
        self.must_resume = False
        self.equity_seen = self.book.equity

    def engine_of(self, profile: RiskProfile) -> RiskEngine:
        """Return the engine under test; the test of the machine itself leaves out a rule."""
        return RiskEngine(profile)

    @rule(index=st.integers(0, 5), move=moves)
    def price_moves(self, index: int, move: float) -> None:
        self._step("price")
        pair = self.pairs[index]
        price = self.book.prices[pair]
        self.book.prices[pair] = (price if price > 0 else PRICE) * (1.0 + move)
        self.book.marked()

    @rule(move=st.floats(-0.3, 0.05))
    def everything_falls(self, move: float) -> None:
        self._step("crash" if move < -0.1 else "price")
        for pair, price in self.book.prices.items():
            self.book.prices[pair] = (price if price > 0 else PRICE) * (1.0 + move)
        self.book.marked()

    @rule(index=st.integers(0, 5), price=st.sampled_from((math.nan, 0.0, -1.0, math.inf)))
    def price_is_nonsense(self, index: int, price: float) -> None:
        """Ask with an impossible price in the books: nothing may come of it."""
        self._step("nonsense price")
        pair, before = self.pairs[index], self.book.prices[self.pairs[index]]
        self.book.prices[pair] = price
        verdict, _ = self._asked(pair, {**_SOUND, "skew": 0.0}, engine=self.engine)
        assert not verdict.is_allowed
        self.book.prices[pair] = before

    @rule(gain=st.one_of(st.floats(-0.03, 0.03), st.sampled_from((-0.3, -0.11, 0.1, 0.4))))
    def money_comes_and_goes(self, gain: float) -> None:
        """Book a profit or a loss that no stop planned: funding, an outage, trades long ago."""
        self._step("money")
        booked = max(gain * self.book.equity, -0.9 * self.book.cash)
        self.book.cash += booked
        self.book.realised += booked
        self.book.marked()

    @rule(part=st.floats(0.0, 1.0))
    def money_is_lent(self, part: float) -> None:
        """Leave only a part of the money free; it is still worth what it was."""
        self._step("money lent")
        money = self.book.cash + self.book.locked
        self.book.cash, self.book.locked = money * part, money * (1.0 - part)

    @rule(entries=st.integers(1, 12))
    def day_is_busy(self, entries: int) -> None:
        """Count entries that were made and left again since the last look."""
        self._step("busy day")
        self.book.entries_today += entries

    @rule(minutes=st.integers(0, 3 * 1_440))
    def time_passes(self, minutes: int) -> None:
        self._step("time")
        self.book.passed(minutes)

    @rule(index=st.integers(0, 9), through=st.floats(0.0, 0.2))
    def stop_is_filled(self, index: int, through: float) -> None:
        """Fill a stop at its price or, as in a gap, far beyond it."""
        if index < len(self.book.holdings):
            self._step("stop")
            held = self.book.holdings[index]
            stop = held.entry if held.stop is None else held.stop
            price = stop * (1.0 - held.sign * through)
            self.book.prices[held.pair] = price
            self.book.left(index, price)

    @rule(index=st.integers(0, 9))
    def position_is_closed(self, index: int) -> None:
        if index < len(self.book.holdings):
            self._step("exit")
            self.book.left(index, self.book.prices[self.book.holdings[index].pair])

    @rule()
    def process_restarts(self) -> None:
        self._step("restart")
        self.book = self.book.restarted()
        self.engine = self.engine_of(load_risk_profile(self.profile.name))
        assert self.engine.profile.hash == self.profile.hash

    @precondition(lambda self: self.book.entries_today > 1)
    @rule(state=st.sampled_from(("halted", "reduce-only")))
    def somebody_halts(self, state: str) -> None:
        self._step("halt by hand")
        self.book.trading, self.must_resume = state, True

    @precondition(lambda self: self.must_resume)
    @rule(forgive=st.booleans())
    def somebody_resumes(self, forgive: bool) -> None:
        self._step("resume")
        self.book.trading, self.must_resume = "running", False
        if forgive:
            self.book.peak = self.book.day = self.book.week = self.book.month = self.book.equity

    @rule(index=st.integers(0, 5), entry=entries)
    def entry_is_asked_for(self, index: int, entry: dict[str, Any]) -> None:
        self._step("asked")
        self._enter(self.pairs[index], entry, engine=self.engine)

    @rule(
        indexes=st.permutations(range(6)),
        confidence=st.floats(0.6, 1.0),
        leverage=st.sampled_from((1.0, 2.0)),
        away=st.sampled_from((0.01, 0.04, 0.08, 0.12)),
    )
    def sound_entries_are_asked_for(
        self, indexes: list[int], confidence: float, leverage: float, away: float
    ) -> None:
        """Ask for what a healthy account grants, hours apart, so that accounts fill up."""
        for pair in (self.pairs[index] for index in indexes):
            self._step("asked")
            self.book.passed(90)
            wanted = {"confidence": confidence, "away": away, "reward": 3.0 * away}
            lent = {"leverage": leverage if pair.endswith(":USDT") else 1.0}
            self._enter(pair, {**_SOUND, **wanted, **lent}, engine=self.engine)

    @rule(index=st.integers(0, 5), entry=entries, broken=st.integers(0, 40))
    def rule_breaks(self, index: int, entry: dict[str, Any], broken: int) -> None:
        """Break one rule of the profile, whichever: nothing may be entered."""
        self._step("broken rule")
        rules: list[RiskRule] = list(rules_of(self.profile))
        broken %= len(rules)
        rules[broken] = Broken(rules[broken].name)
        engine = RiskEngine(self.profile, rules=rules)
        verdict, _ = self._asked(self.pairs[index], entry, engine=engine)
        assert not verdict.is_allowed

    @rule(seconds=st.integers(1, 90_000))
    def clock_runs_backwards(self, seconds: int) -> None:
        """Ask while the clock says a time before the last entry: nothing may be entered."""
        if self.book.last_entry is not None:
            self._step("clock backwards")
            before = self.book.now
            last = Book(now=self.book.last_entry).time
            self.book.now = (last - timedelta(seconds=seconds)).isoformat()
            verdict, _ = self._asked(self.pairs[0], _SOUND, engine=self.engine)
            assert not verdict.is_allowed
            self.book.now = before

    @invariant()
    def a_halt_is_sticky(self) -> None:
        if hasattr(self, "book"):
            assert (self.book.trading != "running") is self.must_resume

    def _enter(self, pair: str, entry: dict[str, Any], *, engine: RiskEngine) -> None:
        verdict, intent = self._asked(pair, entry, engine=engine)
        if verdict.halt is not None:
            self._count("halt")
            self.book.trading, self.must_resume = "halted", True
        if not verdict.is_allowed:
            self._count(f"refused: {verdict.refusals[0].rule}")
            assert verdict.stake_quote == 0.0
            assert verdict.refusals
            return
        self._count("entry")
        assert intent is not None
        self._check_against_the_book(verdict, intent)
        stake = verdict.stake_quote * entry["filled"]
        self.book.entered(
            Holding(
                pair=pair,
                sign=intent.side.sign,
                amount=stake * intent.leverage / intent.price,
                entry=intent.price,
                stop=intent.stop_price,
                stake=stake,
                leverage=intent.leverage,
                opened=self.book.now,
            )
        )

    def _asked(
        self, pair: str, entry: dict[str, Any], *, engine: RiskEngine
    ) -> tuple[Verdict, EntryIntent | None]:
        """Ask as the host's adapter does: what cannot be built is refused."""
        try:
            intent = self._intent(pair, entry)
            state = self.book.state(self.returns, clock_skew_s=entry["skew"])
        except RiskError as error:
            return Verdict.refused("input", str(error)), None
        return engine.assess(state, intent), intent

    def _intent(self, pair: str, entry: dict[str, Any]) -> EntryIntent:
        price, sign = self.book.prices[pair], entry["side"].sign
        away, reward = entry["away"], entry["reward"]
        return EntryIntent(
            pair=Pair.parse(pair),
            side=entry["side"],
            price=price,
            stop_price=None if away is None else price * (1.0 - sign * away),
            target_price=None if reward is None else price * (1.0 + sign * reward),
            stake_quote=entry["stake"],
            leverage=entry["leverage"],
            confidence=entry["confidence"],
            fee_frac=COST_FRAC / 2,
            slippage_frac=COST_FRAC / 2,
            spread_frac=entry["spread"],
            day_volume_quote=entry["volume"],
            data_age_s=entry["age"],
            candle_s=3_600.0,
            is_degraded=entry["degraded"],
            history=entry["history"],
            min_stake_quote=entry["minimum"],
        )

    def _check_against_the_book(self, verdict: Verdict, intent: EntryIntent) -> None:
        """Assert that no limit is passed by the whole stake, by the book's own arithmetic."""
        book, profile, stake = self.book, self.profile, verdict.stake_quote
        assert not self.must_resume
        assert book.trading == "running"
        assert intent.stop_price is not None
        amount = stake * intent.leverage / intent.price
        moved = intent.side.sign * (intent.price - intent.stop_price) * amount
        loss = moved + COST_FRAC * amount * (intent.price + intent.stop_price)
        assert moved > 0
        assert math.isclose(loss, verdict.planned_loss_quote, rel_tol=1e-9)
        same = [held for held in book.holdings if held.pair == str(intent.pair)]
        held_loss = sum(held.loss_at_stop(book.prices[held.pair]) for held in same)
        heat = sum(held.loss_at_stop(book.prices[held.pair]) for held in book.holdings)
        assert loss + held_loss <= profile.max_planned_loss_frac * book.equity * SLACK
        assert loss + heat <= profile.max_heat_frac * book.equity * SLACK
        assert book.equity > book.peak * (1.0 - profile.max_drawdown_frac)
        self._check_periods()
        self._check_size(stake, intent)

    def _check_periods(self) -> None:
        book, profile = self.book, self.profile
        for start, limit in (
            (book.day, profile.max_daily_loss_frac),
            (book.week, profile.max_weekly_loss_frac),
            (book.month, profile.max_monthly_loss_frac),
        ):
            assert limit is None or book.equity > start * (1.0 - limit)
        if profile.max_entries_per_day is not None:
            assert book.entries_today < profile.max_entries_per_day
        if profile.min_seconds_between_entries is not None and book.last_entry is not None:
            waited = book.time - Book(now=book.last_entry).time
            assert waited.total_seconds() >= profile.min_seconds_between_entries

    def _check_size(self, stake: float, intent: EntryIntent) -> None:
        book, profile = self.book, self.profile
        pairs = {held.pair for held in book.holdings}
        assert str(intent.pair) in pairs or len(pairs) < profile.max_positions
        exposed = sum(
            held.amount * book.prices[held.pair]
            for held in book.holdings
            if asset_of(Pair.parse(held.pair)) == intent.asset
        )
        bought = stake * intent.leverage
        assert exposed + bought <= profile.max_asset_exposure_frac * book.equity * SLACK
        assert stake <= profile.sizing.stake_frac * intent.confidence * book.equity * SLACK
        assert intent.min_stake_quote <= stake <= intent.stake_quote
        assert stake <= book.cash
        assert 1.0 <= intent.leverage <= profile.max_leverage
        if profile.ladder is not None and intent.leverage > 1.0:
            lent = sum(held.stake for held in book.holdings if held.leverage > 1.0)
            assert stake + lent <= profile.ladder.profit_staked_frac * book.realised * SLACK

    def _step(self, what: str) -> None:
        self.seen["steps"] += 1
        self._count(what)

    def _count(self, what: str) -> None:
        self.seen[what] += 1


_SOUND: dict[str, Any] = {
    "side": Side.LONG,
    "away": 0.04,
    "reward": 0.12,
    "stake": 20_000.0,
    "leverage": 1.0,
    "confidence": 0.8,
    "volume": 1e9,
    "spread": 0.0005,
    "age": 5.0,
    "degraded": False,
    "skew": 0.0,
    "minimum": 10.0,
    "history": None,
    "filled": 1.0,
}


def _market(pairs: list[str], seed: int, *, alike: float, hole: bool) -> RecentReturns:
    """Return returns that share a common part `alike` times as large as their own."""
    random = np.random.default_rng(seed)
    own = random.normal(0.0, 0.01, (len(pairs), 200))
    values = own + alike * random.normal(0.0, 0.01, 200)
    if hole:
        values[-1, 7] = math.nan
    return RecentReturns(tuple(Pair.parse(pair) for pair in pairs), values)
