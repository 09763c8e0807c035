from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_signals.blinding import BLIND_CLOSE, blind, mask_of
from proratio_signals.cache import VoteCache
from proratio_signals.consult import Advisor
from proratio_signals.derivatives import Derivatives
from proratio_signals.ledger import Ledger, LedgerVote, Origin
from proratio_signals.opinions import Action
from proratio_signals.panel import Panel
from proratio_signals.profile import Profile, load_profile
from proratio_signals.prompts import render
from proratio_signals.providers.rules import judge
from proratio_signals.questions import Question
from proratio_signals.snapshot import Snapshot, take_snapshot
from tests.signals.samples import (
    BTC,
    ROLES,
    CountingProvider,
    candle_frame,
    close_of,
    panel_profile,
    said,
)

FRAME = candle_frame(400)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LAST_DIGIT = 1.1e-5
"""One unit of the last of six digits: prices among the facts are rounded before they are scaled."""
PERPETUAL = SeriesKey("binance", Pair.parse("DOGE/USDC:USDC"), Timeframe.H1)


def _snapshot(
    *,
    key: SeriesKey = BTC,
    price: float = 1.0,
    volume: float = 1.0,
    later: timedelta = timedelta(),
) -> Snapshot:
    """Return the sample's snapshot as another market would have shown it."""
    scales = {"open": price, "high": price, "low": price, "close": price, "volume": volume}
    frame = FRAME.assign(**{name: FRAME[name] * scale for name, scale in scales.items()})
    frame["date"] += later
    return take_snapshot(frame, key, close_of(300) + later)


def _texts(snapshot: Snapshot) -> list[tuple[str, str]]:
    prompts = [render(role, "v1", blind(snapshot)) for role in ROLES]
    return [(prompt.system, prompt.user) for prompt in prompts]


@pytest.mark.parametrize("role", ROLES)
def test_no_symbol_date_or_price_of_the_snapshot_is_in_a_blind_prompt(role: str) -> None:
    snapshot = _snapshot(price=431.7)
    opened, blinded = render(role, "v1", snapshot), render(role, "v1", blind(snapshot))
    text = blinded.system + blinded.user
    absolute = {value for row in snapshot.recent for value in row}
    absolute |= {snapshot.facts[name] for name in ("close", "ema_20", "ema_50", "sma_200")}

    assert {"BTC", "2024"} <= set(re.findall(r"[A-Z]{3}|20\d\d", opened.user))
    assert not re.search(r"BTC|USDT|binance|20\d\d-\d\d|\d\d:\d\d", text, re.IGNORECASE)
    assert len(absolute & _numbers(opened.user)) >= 90
    assert not absolute & _numbers(text)
    assert "Market: ASSET/CASH (spot), candles of 1h" in text
    assert "close: 100\n" in text


@given(
    scale=st.floats(1e-6, 1e6),
    volume_scale=st.floats(1e-3, 1e6),
    days=st.integers(0, 900),
    base=st.from_regex(r"[A-Z]{3,6}", fullmatch=True),
)
@settings(max_examples=20, deadline=None)
def test_markets_that_differ_by_name_time_and_scale_are_asked_the_same(
    scale: float, volume_scale: float, days: int, base: str
) -> None:
    key = SeriesKey("kraken", Pair(base, "EUR"), Timeframe.H1)
    other = _snapshot(key=key, price=scale, volume=volume_scale, later=timedelta(days=days))

    for (system, user), (known_system, known_user) in zip(_texts(other), _SAMPLE, strict=True):
        assert system == known_system
        assert _NUMBER.sub("#", user) == _NUMBER.sub("#", known_user)
        assert _series(user) == pytest.approx(_series(known_user), rel=_LAST_DIGIT, abs=1e-9)


def test_perpetual_stays_a_perpetual() -> None:
    assert str(blind(_snapshot(key=PERPETUAL)).key.pair) == "ASSET/CASH:CASH"
    coin_margined = SeriesKey("okx", Pair.parse("BTC/USD:BTC"), Timeframe.H1)
    assert str(blind(_snapshot(key=coin_margined)).key.pair) == "ASSET/CASH:ASSET"


def test_blind_answers_are_mapped_back() -> None:
    snapshot = _snapshot(price=431.7)
    shown = blind(snapshot)

    assert shown.facts["close"] == BLIND_CLOSE
    assert shown.mask.price(BLIND_CLOSE) == pytest.approx(snapshot.facts["close"])
    assert shown.mask.price(shown.facts["ema_50"]) == pytest.approx(
        snapshot.facts["ema_50"], rel=1e-5
    )
    assert shown.mask.reveal("ASSET rises in CASH; ASSETS do not") == (
        "BTC rises in USDT; ASSETS do not"
    )
    assert shown.mask.as_of == close_of(300)


def test_market_without_volume_has_a_unit_of_volume_all_the_same() -> None:
    silent = take_snapshot(FRAME.assign(volume=0.0), BTC, close_of(300))

    assert mask_of(silent).volume_unit == 1.0
    assert {row[-1] for row in blind(silent).recent} == {0.0}


def test_order_of_prices_inside_a_candle_survives() -> None:
    for opened, high, low, close, volume in blind(_snapshot(price=0.000123)).recent:
        assert low <= min(opened, close) <= max(opened, close) <= high
        assert volume >= 0


def test_rules_judge_blind_as_they_judge_open() -> None:
    snapshot = _snapshot()

    for role in ROLES:
        assert judge(role, blind(snapshot).facts) == judge(role, snapshot.facts)


def test_same_question_is_asked_open_and_blind_and_kept_apart(database: Database) -> None:
    CandleStore(database).write(BTC, FRAME)
    ledger = Ledger(database)
    opened, blinded = panel_profile(), panel_profile(blinding=True)
    seat = CountingProvider(said(Action.BUY, 0.9))

    async def decide(profile: Profile) -> LedgerVote:
        clock = FixedClock(close_of(400))
        panel = Panel(profile, {voter.name: seat for voter in profile.voters})
        cache = VoteCache(None, secret=b"k" * 32, clock=clock)
        store = CandleStore(database)
        advisor = Advisor(profile, panel, store=store, ledger=ledger, cache=cache, clock=clock)
        return await advisor.decide(Question(BTC, close_of(300)), origin=Origin.BACKFILL)

    votes = [asyncio.run(decide(profile)) for profile in (opened, blinded)]

    assert votes[0].snapshot_hash == votes[1].snapshot_hash
    assert votes[0].profile_hash != votes[1].profile_hash
    open_prompts, blind_prompts = seat.asked[:3], seat.asked[3:]
    assert all("BTC" in prompt.user for prompt in open_prompts)
    assert not any("BTC" in prompt.system + prompt.user for prompt in blind_prompts)
    hashes = [[b.prompt_hash for b in ledger.ballots(vote.id)] for vote in votes]
    assert hashes == [[p.hash for p in open_prompts], [p.hash for p in blind_prompts]]


def test_recorded_market_is_not_recognisable(market_data: object) -> None:
    frame = pd.read_feather(f"{market_data}/binance/BTC_USDT-1h.feather").head(400)
    as_of = frame["date"].iloc[350].to_pydatetime() + timedelta(hours=1)
    snapshot = take_snapshot(frame.astype({"date": "datetime64[ms, UTC]"}), BTC, as_of)
    prices = {value for *row, _ in snapshot.recent for value in row}

    for system, user in _texts(snapshot):
        assert not prices & _numbers(system + user)


def test_blind_profile_is_built_in() -> None:
    assert load_profile("consensus-blind").blinding


def _numbers(text: str) -> set[float]:
    return set(_series(text))


def _series(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


_SAMPLE = _texts(_snapshot())


def test_open_interest_is_scaled_as_volumes_are_and_funding_stays() -> None:
    known = Derivatives(0.0001, 0.0002, 4.95, 80_000.0, -0.03)
    shown = replace(take_snapshot(FRAME, BTC, close_of(300)), derivatives=known)
    facts, unit = blind(shown).facts, mask_of(shown).volume_unit
    assert facts["open_interest_base"] == pytest.approx(80_000.0 / unit, rel=1e-5)
    for name in set(known.facts) - {"open_interest_base"}:
        assert facts[name] == known.facts[name]
