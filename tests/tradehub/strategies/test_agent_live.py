"""The agent from candle to position: a real Freqtrade in dry-run, and everything it depends on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freqtrade.persistence import Trade

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import SystemClock, to_ms
from proratio_core.database import Database
from proratio_core.replay import RecordedMarket
from proratio_core.values import REPLAY, Timeframe
from proratio_signals.opinions import Action
from proratio_signals.profile import load_profile
from proratio_tradehub.halts import Action as Order
from proratio_tradehub.halts import HaltLedger, Halts, halt_file
from proratio_tradehub.journal import Kind, read_entries, read_trades
from tests.agent_session import (
    BASES,
    CANDLE,
    STRATEGY,
    AgentSession,
    Prompt,
    ScriptedPanel,
    eventually,
    perpetuals,
    serving,
)
from tests.live_session import live_session
from tests.wire.fake_providers import FakeProviders
from tests.wire.redis_server import RedisServer

pytestmark = pytest.mark.slow

BTC, SOL = "BTC/USDT:USDT", "SOL/USDT:USDT"
PROFILE = load_profile("perpetuals-agent")
FIRST = datetime(2026, 11, 20, 10, 3, tzinfo=UTC)
"""The close of the first candle that is judged."""
DAY = timedelta(days=1)
HOUR_MS = Timeframe.H1.ms


@contextmanager
def trading(
    folder: Path,
    database: Database,
    database_url: str,
    environment: pytest.MonkeyPatch,
    *,
    risk: str,
    strategy: str = STRATEGY,
) -> Iterator[tuple[AgentSession, ScriptedPanel]]:
    """Yield a bot that is up, a candle before the first it has judged, and its panel."""
    (folder / "redis").mkdir()
    begin = FIRST - DAY - CANDLE
    with (
        FakeProviders() as fake,
        RedisServer(folder / "redis", password="secret-8e1f") as redis,
        live_session(
            folder, perpetuals(), strategy=strategy, kind=AgentSession, begin=begin
        ) as session,
    ):
        environment.chdir(folder)
        environment.setenv("DATABASE_URL", database_url)
        environment.setenv("REDIS_URL", f"redis://:secret-8e1f@127.0.0.1:{redis.port}/0")
        environment.setenv("PRORATIO_PROFILE", PROFILE.name)
        environment.setenv("PRORATIO_RISK_PROFILE", risk)
        with serving(fake.settings(session.user_data), database, PROFILE):
            session.stream(database, begin + 6 * CANDLE)  # for the change over a day
            session.travel_to(FIRST - CANDLE)
            session.start()
            eventually(lambda: session.has_read_open_interest)  # before its first loop
            yield session, ScriptedPanel(fake)
        assert len(redis.values()) == rows(database, "SELECT count(*) FROM vote")[0][0]


def rows(database: Database, query: str, *given: object) -> list[tuple[object, ...]]:
    with database.transaction() as cursor:
        cursor.execute(query, given)
        return cursor.fetchall()


def known_of(market: RecordedMarket, as_of: datetime) -> dict[str, float]:
    """Return the figures as the record has them at a candle's close."""
    now_ms = to_ms(as_of)
    rates = market.funding.set_index(open_times_ms(market.funding))["funding_rate"]
    settled = rates[rates.index < now_ms]
    interest = market.open_interest.set_index(open_times_ms(market.open_interest))
    stated = interest["open_interest"]
    seen_ms = stated.index[stated.index <= now_ms - 30_000][-1]
    return {
        "funding_rate_frac": settled.iloc[-1],
        "funding_mean_7d_frac": settled[settled.index >= now_ms - 7 * 24 * HOUR_MS].mean(),
        "hours_to_funding": (settled.index[-1] + 8 * HOUR_MS - now_ms) / HOUR_MS,
        "open_interest_base": stated[seen_ms],
        "open_interest_change_24h_frac": stated[seen_ms] / stated[seen_ms - 24 * HOUR_MS] - 1.0,
    }


def held(session: AgentSession) -> dict[str, str]:
    sides = {True: "short", False: "long"}
    return {trade.pair: sides[trade.is_short] for trade in session.trades() if trade.is_open}


def require_stop(trade: Trade, *, away_frac: float) -> None:
    """Fail unless one stop order for all of an open trade stands so far behind its entry."""
    (stop,) = (order for order in trade.orders if order.ft_is_open)
    behind = away_frac if trade.is_short else -away_frac
    assert (stop.ft_order_side, stop.order_type) == ("stoploss", "stop_market")
    assert stop.ft_price == pytest.approx(trade.open_rate * (1 + behind), rel=1e-3)
    assert stop.amount == trade.amount


def require_right_prompts(
    prompts: list[Prompt], session: AgentSession, closes: list[datetime]
) -> None:
    """Fail unless each voter was asked once about each pair and candle, with the right figures."""
    markets = {str(market.pair): market for market in session.markets}
    asked = Counter((prompt.provider, prompt.pair, prompt.as_of) for prompt in prompts)
    seats = ("openai", "anthropic", "gemini")
    assert asked == Counter((seat, pair, at) for seat in seats for pair in markets for at in closes)
    for prompt in prompts:
        expected = known_of(markets[prompt.pair], prompt.as_of)
        assert dict(prompt.derivatives) == pytest.approx(expected, rel=1e-4), prompt.pair


def require_vote_behind(database: Database, trade: Trade) -> None:
    """Fail unless the ledger holds the vote that the trade's signal names, for its own side."""
    told = read_entries(
        database, kinds=[Kind.VOTE], symbol=trade.pair, signal_id=str(trade.enter_tag)
    )
    (vote,) = rows(
        database,
        "SELECT exchange, symbol, timeframe, origin, action, as_of, degraded, "
        "(SELECT count(*) FROM opinion WHERE vote_id = vote.id AND action = vote.action) "
        "FROM vote JOIN series ON series.id = series_id WHERE vote.id = %s",
        told[-1].document["vote_id"],
    )
    sides = (Action.SELL if trade.is_short else Action.BUY).code
    judged = datetime.fromisoformat(str(trade.enter_tag).partition("@")[2])
    assert vote == (REPLAY, trade.pair, "3m", "live", sides, judged, False, 3)


def test_agent_does_what_the_panel_says_on_six_perpetuals_and_nothing_new_under_a_halt(
    tmp_path: Path, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    closes = [FIRST + n * CANDLE for n in range(5)]
    with trading(tmp_path, database, database_url, monkeypatch, risk="perpetuals") as up:
        session, panel = up
        panel.says = {BTC: Action.BUY, SOL: Action.SELL}
        session.judge(database, closes[0])
        assert held(session) == {BTC: "long"}  # the profile leaves 180 s between two entries
        session.stop()
        session.start()
        eventually(lambda: session.has_read_open_interest)
        session.loop(2)  # asks the same again, which is the same question
        session.judge(database, closes[1])
        assert held(session) == {BTC: "long", SOL: "short"}
        for trade in session.trades():
            assert trade.leverage == 3.0
            require_stop(trade, away_frac=0.06 / 3.0)

        panel.says = {}
        session.judge(database, closes[2])
        assert held(session) == {}
        assert [trade.exit_reason for trade in session.trades()] == ["exit_signal"] * 2
        assert not any(order.ft_is_open for trade in session.trades() for order in trade.orders)

        halts = Halts(halt_file(session.settings), HaltLedger(database), clock=SystemClock())
        halts.order(Order.HALT, reason="a look at the books", by="me")
        panel.says = {BTC: Action.SELL}
        session.judge(database, closes[3])
        assert len(session.trades()) == 2
        halts.resume(reason="looked", by="me")
        session.judge(database, closes[4])  # nothing else had kept it out
        assert held(session) == {BTC: "short"}

        require_right_prompts(panel.prompts, session, closes)
        eventually(lambda: len(read_trades(database)) == 3)
        for trade in session.trades():
            require_vote_behind(database, trade)
    assert rows(database, "SELECT count(*) FROM vote") == [(len(BASES) * len(closes),)]


@pytest.mark.parametrize(
    ("risk", "wanted", "leverage"), [("perpetuals", "10.0", 5.0), ("proratio", "3.0", 1.0)]
)
def test_leverage_is_what_the_risk_profile_allows_and_the_stop_moves_with_it(
    tmp_path: Path,
    database: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    risk: str,
    wanted: str,
    leverage: float,
) -> None:
    strategy = STRATEGY.replace("wanted_leverage = 3.0", f"wanted_leverage = {wanted}")
    with trading(tmp_path, database, database_url, monkeypatch, risk=risk, strategy=strategy) as up:
        session, panel = up
        panel.says = {BTC: Action.BUY}
        session.judge(database, FIRST)
        (trade,) = session.trades()
        assert trade.leverage == leverage
        require_stop(trade, away_frac=0.06 / leverage)
