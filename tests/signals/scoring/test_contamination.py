from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from proratio_core.clock import to_ms
from proratio_signals.models import Cutoff as ModelCutoff
from proratio_signals.models import Model, Models, Price, load_models
from proratio_signals.profile import Fallback, Profile, Quorum, Voter, load_profile
from proratio_signals.scoring.contamination import contamination, cutoff_of
from tests.signals.scoring.made import make_calls

DAY = date(2025, 3, 31)


def _model(name: str, day: date | None) -> Model:
    cutoff = None if day is None else ModelCutoff(day=day, source="s", read_on=DAY)
    price = Price(since=DAY, input_usd=0, output_usd=0, source="s", read_on=DAY)
    return Model(provider="p", id=name, aliases=(f"{name}-x",), cutoff=cutoff, prices=(price,))


def _profile(*models: str, provider: str = "p") -> Profile:
    voters = [
        Voter(name=f"v{n}", provider=provider, role="risk", weight=1 / len(models), model=model)
        for n, model in enumerate(models)
    ]
    return Profile(name="t", voters=tuple(voters), quorum=Quorum(minimum_voters=1))


def test_latest_cutoff_of_the_panel_counts_to_the_end_of_its_day() -> None:
    models = Models([_model("old", date(2024, 1, 31)), _model("new", DAY)])

    found = cutoff_of(_profile("old", "new-x"), models)

    assert found.clean_from == datetime(2025, 4, 1, tzinfo=UTC)
    assert "new-x" in found.reason


def test_a_fallback_that_has_read_more_moves_the_cutoff() -> None:
    models = Models([_model("old", date(2024, 1, 31)), _model("new", DAY)])
    (voter,) = _profile("old").voters
    other = Fallback(provider="q", model="new")
    seat = Voter(**{**voter.model_dump(), "fallback": other.model_dump()})
    profile = Profile(name="t", voters=(seat,), quorum=Quorum(minimum_voters=1))

    assert cutoff_of(profile, models).clean_from is None  # q's new is not in the registry
    known = Models([*models, _model("new", DAY).model_copy(update={"provider": "q"})])
    assert cutoff_of(profile, known).clean_from == datetime(2025, 4, 1, tzinfo=UTC)


def test_candle_that_closes_the_cutoff_day_is_not_clean() -> None:
    found = cutoff_of(_profile("new"), Models([_model("new", DAY)]))
    midnight = to_ms(datetime(2025, 4, 1, tzinfo=UTC))

    assert found.is_clean(np.array([midnight - 1, midnight, midnight + 1])).tolist() == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("models", [[], [_model("m", None)]])
def test_a_model_nobody_knows_the_cutoff_of_has_read_everything(models: list[Model]) -> None:
    found = cutoff_of(_profile("m"), Models(models))

    assert found.clean_from is None
    assert not found.is_clean(np.array([to_ms(datetime(2099, 1, 1, tzinfo=UTC))])).any()
    assert "user_data/models.toml" in found.reason


def test_rules_have_read_nothing() -> None:
    found = cutoff_of(load_profile("offline"), Models([]))

    assert found.is_clean(np.array([to_ms(datetime(2017, 1, 1, tzinfo=UTC))])).all()


def test_documented_panel_is_clean_only_after_its_latest_model() -> None:
    found = cutoff_of(load_profile("consensus"), load_models())

    assert found.clean_from is not None
    assert found.clean_from.year == 2026


def test_better_before_than_after_is_contamination() -> None:
    generator = np.random.default_rng(1)
    moved = generator.normal(size=2_000)
    knows = make_calls(np.sign(moved) * np.where(generator.random(2_000) < 0.9, 1, -1), moved)
    guesses = make_calls(generator.choice([-1, 1], 2_000), moved)

    gap = contamination(knows, guesses)

    assert gap.is_above_zero
    assert gap.value == pytest.approx(0.4, abs=0.03)
    assert not contamination(guesses, guesses).is_above_zero
    assert contamination(guesses, knows).is_below_zero
