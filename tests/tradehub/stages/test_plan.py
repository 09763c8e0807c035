from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.stages import load_plan
from tests.tradehub.stages.made import built_in


def test_the_built_in_plan_begins_on_paper_and_each_stage_allows_more() -> None:
    plan = built_in()
    allowed = [stage.most_of(1_000_000.0) for stage in plan.stages]
    assert allowed[0] == 0.0
    assert allowed == sorted(set(allowed))
    assert allowed[-1] == 1_000_000.0
    assert all(stage.days >= 20 for stage in plan.stages[:-1])  # fewer define no interval


def test_a_stage_says_what_it_allows() -> None:
    plan = built_in()
    assert str(plan.stage(0)) == "paper, no real money"
    assert str(plan.stage(1)) == "first money, at most 250.00 in positions at once"
    assert str(plan.stage(2)) == "a twentieth, at most 5% of the capital in positions"
    assert plan.stage(99) is plan.stage(-1) is None


def _changed(folder: Path, old: str, new: str) -> None:
    content = (Path(load_plan.__code__.co_filename).parent / "plan.toml").read_text()
    assert old in content
    (folder / "going-live.toml").write_text(content.replace(old, new))


def test_a_plan_of_ones_own_replaces_it_and_has_a_hash_of_its_own(tmp_path: Path) -> None:
    _changed(tmp_path, "most_quote = 250.0", "most_quote = 50.0")
    plan = load_plan(tmp_path)
    assert (plan.stage(1) or plan.stages[0]).most_quote == 50.0
    assert plan.hash != built_in().hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("most_quote = 0.0", "most_quote = 5.0"),
        ("most_quote = 250.0", "most_quote = -1.0"),
        ("most_quote = 250.0", "most_quote = inf"),
        ("most_quote = 250.0", "most_quote = nan"),
        ("most_quote = 250.0", ""),
        ("most_frac = 0.05", "most_frac = 1.5"),
        ("most_frac = 0.05", "most_frac = 0.05\nmost_quote = 5.0"),
        ("sharpe_low = 0.0", "sharpe_low = nan"),
        ("sharpe_low = 0.0", "sharp_low = 0.0"),
        ("[needed]", "[["),
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused_with_the_remedy(
    tmp_path: Path, old: str, new: str
) -> None:
    _changed(tmp_path, old, new)
    with pytest.raises(ConfigurationError, match="remove it"):
        load_plan(tmp_path)
