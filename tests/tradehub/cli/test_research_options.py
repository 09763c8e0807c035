from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import DataError
from proratio_quantlab.objectives import Objective
from proratio_tradehub.cli.research_options import (
    objective_named,
    plain,
    search_space,
    workforce,
)


def test_a_space_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "space.toml"
    file.write_text('fast_candles = [10, 20]\nslow_candles = "40:60:10"\nstrict = [true, false]\n')

    space = search_space(["rsi_low=30"], file)

    assert [(axis.name, axis.values) for axis in space.axes] == [
        ("rsi_low", (30,)),
        ("fast_candles", (10, 20)),
        ("slow_candles", (40, 50, 60)),
        ("strict", (True, False)),
    ]


def test_a_file_that_is_no_space_is_named(tmp_path: Path) -> None:
    (tmp_path / "space.toml").write_text("fast_candles = [")
    with pytest.raises(DataError, match=r"space\.toml is not readable TOML"):
        search_space(None, tmp_path / "space.toml")


def test_an_objective_is_one_of_those_there_are() -> None:
    assert objective_named("sharpe") is Objective("sharpe")
    with pytest.raises(DataError, match=r"objective 'luck' is not known; use one of: .*sharpe"):
        objective_named("luck")


def test_without_a_cluster_this_machine_works() -> None:
    with workforce(3, None) as hands:
        assert hands.workers == 3


def test_lines_on_a_page_have_neither_markup_nor_bullets() -> None:
    assert plain(["• [bold]Score[/]: 1", "as it is"]) == ["Score: 1", "as it is"]
