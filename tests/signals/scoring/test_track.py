from __future__ import annotations

import numpy as np
import pandas as pd

from proratio_core.clock import to_ms
from proratio_core.values import SeriesKey
from proratio_signals.providers.rules import judge
from proratio_signals.scoring.regimes import regime_of
from proratio_signals.scoring.statements import THE_VOTE, Statements
from proratio_signals.scoring.track import Track, make_track
from proratio_signals.snapshot import take_snapshot
from tests.signals.samples import BTC, ETH, ROLES, candle_frame, close_of, panel_profile
from tests.signals.scoring.made import make_statements

FRAMES = {BTC: candle_frame(300), ETH: candle_frame(300, seed=2)}
INDICES = (250, 250, 260, 298)
SERIES = (0, 1, 0, 1)
PROFILE = panel_profile()
SNAPSHOTS = [
    take_snapshot(FRAMES[(BTC, ETH)[place]], (BTC, ETH)[place], close_of(index))
    for place, index in zip(SERIES, INDICES, strict=True)
]
FACTS = {snapshot.hash: snapshot.facts for snapshot in SNAPSHOTS}


def _said() -> Statements:
    return make_statements(
        [[1, -1, 0], [1, 1, 0], [-1, -1, -1], [1, 1, 1]],
        times_ms=[to_ms(close_of(index)) for index in INDICES],
        series=SERIES,
        snapshots=np.array([snapshot.hash for snapshot in SNAPSHOTS], object),
        horizon_candles=[[4, 8, 0], [4, 8, 24], [4, 8, 24], [4, 8, 24]],
        vote_action=[0, 1, -1, 1],
        vote_score=[0.3, 0.7, 0.7, 0.7],
    )


def _track(frames: dict[SeriesKey, pd.DataFrame]) -> Track:
    until_ms = to_ms(close_of(299))
    return make_track(_said(), frames, FACTS, profile=PROFILE, until_ms=until_ms)


def test_each_opinion_meets_its_own_series_at_its_own_horizon() -> None:
    calls = _track(FRAMES).calls

    btc, eth = FRAMES[BTC]["close"], FRAMES[ETH]["close"]
    assert np.allclose(
        calls["a"].return_frac,
        [btc[254] / btc[250] - 1, eth[254] / eth[250] - 1, btc[264] / btc[260] - 1],
    )
    assert np.allclose(calls["b"].return_frac[1], eth[258] / eth[250] - 1)
    assert calls[THE_VOTE].action.tolist() == [0, 1, -1]
    assert calls[THE_VOTE].confidence.tolist() == [0.3, 0.7, 0.7]
    assert np.allclose(calls[THE_VOTE].return_frac[0], btc[256] / btc[250] - 1)  # median of 4, 8


def test_what_has_no_outcome_is_counted_by_its_reason() -> None:
    gappy = {**FRAMES, BTC: FRAMES[BTC].drop(index=264)}

    unresolved = _track(gappy).unresolved

    assert (unresolved["a"].abstained, unresolved["a"].pending, unresolved["a"].missing) == (
        0,
        1,
        1,
    )
    assert (unresolved["c"].abstained, unresolved["c"].pending, unresolved["c"].missing) == (
        1,
        1,
        0,
    )


def test_rules_of_the_same_role_stand_beside_each_opinion() -> None:
    track = _track(FRAMES)

    for name, role in zip("abc", ROLES, strict=True):
        calls = track.calls[name]
        offset = len(_said()) - 1 - len(calls)
        expected = [judge(role, snapshot.facts).action.code for snapshot in SNAPSHOTS]
        assert calls.rules_action.tolist() == expected[offset : len(calls) + offset]
    assert track.calls["a"].regime.tolist() == [regime_of(s.facts) for s in SNAPSHOTS[:3]]


def test_panel_rows_are_the_resolved_questions() -> None:
    track = _track(FRAMES)

    assert len(track.statements) == len(track.returns) == len(track.resolved_ms) == 3
