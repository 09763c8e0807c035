"""Which votes open the gate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from proratio_signals.opinions import Action
from proratio_tradehub.strategies.gate import (
    approvals,
    availability,
    degraded_closes,
    judged_close_ms,
    signal_id,
    standing_calls,
    strategy_of,
)

_HOUR = Timeframe.H1.ms


def votes(*rows: tuple[int, int, int, float]) -> pd.DataFrame:
    """Return votes from (close in hours, ms until available, action code, score)."""
    close = [hours * _HOUR for hours, *_ in rows]
    available = [hours * _HOUR + late for hours, late, *_ in rows]
    return pd.DataFrame(
        {
            "date": pd.to_datetime(close, unit="ms", utc=True).as_unit("ms"),
            "available_at": pd.to_datetime(available, unit="ms", utc=True).as_unit("ms"),
            "action": np.array([action for *_, action, _ in rows], np.int8),
            "score": np.array([score for *_, score in rows], np.float64),
        }
    )


def test_only_buys_open_the_gate() -> None:
    given_votes = votes((1, 0, 1, 0.7), (2, 0, 0, 0.9), (3, 0, -1, 0.9))
    assert approvals(given_votes, Timeframe.H1) == {_HOUR: 0.7}


def test_vote_that_came_after_its_candles_validity_does_not_count() -> None:
    given_votes = votes((1, _HOUR - 1, 1, 0.7), (2, _HOUR, 1, 0.8))
    assert list(approvals(given_votes, Timeframe.H1)) == [_HOUR]


def test_whoever_acts_on_sells_is_let_in_by_them_and_by_no_hold() -> None:
    given_votes = votes((1, 0, 1, 0.7), (2, 0, 0, 0.9), (3, 0, -1, 0.8), (4, _HOUR, -1, 0.9))
    both = approvals(given_votes, Timeframe.H1, {Action.BUY, Action.SELL})
    assert both == {_HOUR: 0.7, 3 * _HOUR: 0.8}


def test_calls_are_what_was_said_in_time_and_a_hold_of_the_silent_is_none() -> None:
    given_votes = votes((1, 0, 1, 0.7), (2, 0, 0, 0.9), (3, 0, 0, 0.9), (4, _HOUR, -1, 0.9))
    degraded = given_votes.assign(degraded=[True, False, True, False])
    assert standing_calls(degraded, Timeframe.H1) == {_HOUR: Action.BUY, 2 * _HOUR: Action.HOLD}


def test_no_votes_open_nothing() -> None:
    assert approvals(votes(), Timeframe.H1) == {}


@given(minutes=st.integers(0, 4_000_000_000 // 60), name=st.sampled_from(["offline", "my-panel"]))
def test_signal_id_names_its_candle(minutes: int, name: str) -> None:
    assert judged_close_ms(signal_id(name, minutes * 60_000)) == minutes * 60_000


@pytest.mark.parametrize("strategy", ["", "Momentum"])
def test_signal_id_names_the_strategy_of_an_orchestrator_and_the_same_candle(
    strategy: str,
) -> None:
    tag = signal_id("offline", 1_704_110_400_000, strategy=strategy)
    assert strategy_of(tag) == strategy
    assert judged_close_ms(tag) == 1_704_110_400_000


@pytest.mark.parametrize("tag", ["", "force_entry", "offline@2024-01-01T12:00Z", "@a/b"])
def test_other_tags_name_no_strategy(tag: str) -> None:
    assert strategy_of(tag) == ""


@pytest.mark.parametrize("tag", ["", "force_entry", "offline@", "offline@tomorrow", "@NaT"])
def test_foreign_tag_is_an_error_and_never_an_approval(tag: str) -> None:
    with pytest.raises(DataError):
        judged_close_ms(tag)


def test_votes_that_lack_a_voter_are_known_by_their_candle() -> None:
    judged = votes((1, 0, 1, 0.9), (2, 0, 1, 0.8), (3, 0, 0, 0.1))
    judged["degraded"] = [False, True, True]
    assert degraded_closes(judged) == {2 * _HOUR, 3 * _HOUR}
    assert degraded_closes(judged[:0]) == frozenset()


def test_a_vote_is_there_from_its_answer_on() -> None:
    assert availability(votes((1, 250, 1, 0.7), (2, 0, 0, 0.1))) == {
        _HOUR: _HOUR + 250,
        2 * _HOUR: 2 * _HOUR,
    }
