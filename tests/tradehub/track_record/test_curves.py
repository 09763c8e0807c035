from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from proratio_tradehub.track_record.curves import (
    accuracy_figure,
    agreement_figure,
    cost_figure,
    figures_by_name,
    reliability_figure,
)
from tests.tradehub.track_record.made import empty, scorecard


def test_reliability_draws_each_bin_with_its_interval_and_number() -> None:
    whole = scorecard()
    figure = reliability_figure(whole)

    skilled = next(trace for trace in figure.data if trace.name == "skilled")
    bins = whole.voters[0].after.reliability
    assert list(skilled.x) == pytest.approx([one.confidence * 100 for one in bins])
    assert list(skilled.y) == pytest.approx([one.hit_frac.value * 100 for one in bins])
    assert list(skilled.customdata) == [one.hit_frac.n for one in bins]
    assert list(skilled.error_y.array) == pytest.approx(
        [(one.hit_frac.high - one.hit_frac.value) * 100 for one in bins]
    )


def test_reliability_from_before_the_cutoff_says_so() -> None:
    voters = tuple(replace(v, after=None) for v in scorecard().voters)

    names = [trace.name for trace in reliability_figure(scorecard(voters=voters)).data]

    assert "skilled (before the cutoff)" in names


def test_accuracy_shows_both_sides_of_the_cutoff_by_shape_too() -> None:
    before, after = accuracy_figure(scorecard()).data

    assert list(before.y) == list(after.y) == ["skilled", "remembering", "the vote"]
    assert (before.marker.symbol, after.marker.symbol) == ("circle-open", "circle")
    assert before.x[1] > 80 > after.x[1]


def test_agreement_is_the_matrix_in_percent() -> None:
    whole = scorecard()

    (heat,) = agreement_figure(whole).data

    assert heat.z[0][0] == 100
    assert heat.z[0][1] == pytest.approx(whole.after.agreement.same_frac[0][1] * 100)


def test_simulated_candles_are_marked_in_every_figure() -> None:
    for figure in figures_by_name(scorecard(is_simulated=True)).values():
        assert "SIMULATED" in [note.text for note in figure.layout.annotations]


def test_without_data_nothing_is_drawn() -> None:
    assert figures_by_name(empty()) == {}


def test_cost_is_stacked_by_voter_and_by_day_or_week() -> None:
    daily = cost_figure(scorecard())
    first = scorecard().costs[0]
    later = tuple(replace(first, day=first.day + timedelta(days=day)) for day in range(0, 200, 2))
    weekly = cost_figure(scorecard(costs=later))

    assert [(bar.name, len(bar.x)) for bar in daily.data] == [("skilled", 10), ("remembering", 10)]
    assert sum(daily.data[0].y) == pytest.approx(sum(0.01 * (day % 3 + 1) for day in range(10)))
    assert daily.layout.yaxis.title.text == "USD a day"
    assert weekly.layout.yaxis.title.text == "USD a week"
    assert {day.weekday() for day in weekly.data[0].x} == {0}
    assert sum(weekly.data[0].y) == pytest.approx(100 * first.usd)
    assert "cost" not in figures_by_name(scorecard(costs=()))
