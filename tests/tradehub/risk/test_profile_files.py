from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_core.values import Market
from proratio_tradehub.risk import profile_files
from proratio_tradehub.risk.profile_files import load_risk_profile, risk_profile_names

BUILT_IN = ("autonomous", "conservative-spot", "perpetuals", "proratio", "tradingbot-v2")
TIGHTER = 'base = "proratio"\nmax_positions = 2\n'


def _written(folder: Path, text: str, *, name: str = "mine") -> Path:
    (folder / f"{name}.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    return folder


def test_built_in_profiles_are_those_of_the_plan() -> None:
    assert risk_profile_names() == BUILT_IN
    assert len({load_risk_profile(name).hash for name in BUILT_IN}) == len(BUILT_IN)


def test_proratio_is_the_plan_of_the_project() -> None:
    profile = load_risk_profile("proratio")

    assert profile.max_planned_loss_frac == 0.02
    assert profile.max_drawdown_frac == 0.10
    assert profile.max_positions == 3
    assert profile.min_reward_risk == 2.0
    assert profile.sizing.stake_frac == 0.05
    assert profile.max_leverage == 1.0
    assert not profile.allow_degraded


def test_tradingbot_v2_earns_its_leverage() -> None:
    profile = load_risk_profile("tradingbot-v2")

    assert profile.max_planned_loss_frac == 0.03
    assert profile.max_daily_loss_frac == 0.10
    assert profile.max_drawdown_frac == 0.25
    assert profile.ladder is not None
    assert [step.leverage for step in profile.ladder.steps] == [2.0, 3.0, 4.0]
    assert (profile.ladder.profit_staked_frac, profile.ladder.profit_at_risk_frac) == (0.5, 0.3)


def test_autonomous_cuts_its_size_before_it_halts() -> None:
    profile = load_risk_profile("autonomous")

    assert profile.max_planned_loss_frac == 0.02
    assert profile.max_heat_frac == 0.06
    assert (profile.reduced_drawdown_frac, profile.reduced_size_frac) == (0.15, 0.5)
    assert profile.max_drawdown_frac == 0.25
    assert profile.max_daily_loss_frac == 0.05
    assert profile.max_weekly_loss_frac == 0.10
    assert profile.max_monthly_loss_frac == 0.20
    assert profile.max_asset_exposure_frac == 0.40
    assert profile.sizing.kelly_frac == 0.25


def test_perpetuals_cap_leverage_and_conservative_spot_has_none() -> None:
    perpetuals, spot = load_risk_profile("perpetuals"), load_risk_profile("conservative-spot")

    assert perpetuals.markets == frozenset({Market.PERPETUAL})
    assert (perpetuals.max_positions, perpetuals.max_drawdown_frac) == (3, 0.20)
    assert perpetuals.max_leverage == 5.0
    assert spot.markets == frozenset({Market.SPOT})
    assert spot.max_leverage == 1.0


def test_built_in_file_that_is_wrong_is_named_with_its_problem(tmp_path: Path) -> None:
    _written(tmp_path, "max_positions = 0")

    with pytest.raises(ConfigurationError, match=r"^risk profile file .*mine\.toml: .*positions: "):
        profile_files._validated(tmp_path / "mine.toml", name="mine")


def test_user_file_tightens_its_base(tmp_path: Path) -> None:
    profile = load_risk_profile("mine", _written(tmp_path, TIGHTER))

    assert profile.name == "mine"
    assert profile.max_positions == 2
    assert profile.max_drawdown_frac == 0.10
    assert risk_profile_names(tmp_path) == tuple(sorted((*BUILT_IN, "mine")))


def test_user_file_may_be_what_the_name_of_its_base_means(tmp_path: Path) -> None:
    folder = _written(tmp_path, TIGHTER, name="proratio")

    assert load_risk_profile("proratio", folder).max_positions == 2
    assert load_risk_profile("proratio").max_positions == 3
    assert risk_profile_names(folder) == BUILT_IN


def test_missing_folder_and_other_files_are_no_profiles(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")

    assert risk_profile_names(tmp_path / "absent") == BUILT_IN
    assert risk_profile_names(tmp_path) == BUILT_IN
    assert load_risk_profile("proratio", tmp_path / "absent").name == "proratio"


def test_unknown_name_suggests_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"^risk profile 'prorato' is unknown; did you mean proratio\? there are: autonomous, "
        r"conservative-spot, mine, perpetuals, proratio, tradingbot-v2\. "
        r"Add your own as user_data/risk/NAME\.toml$",
    ):
        load_risk_profile("prorato", _written(tmp_path, TIGHTER))
    with pytest.raises(ConfigurationError, match="is unknown; there are: autonomous"):
        load_risk_profile("zzz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('base = "prorati"', r"mine\.toml: base is 'prorati'; did you mean proratio\? there are: "),
        ("max_positions = 2", r"mine\.toml: base is None; there are: autonomous"),
        ('base = "mine"', r"mine\.toml: base is 'mine'; "),
        (
            f'{TIGHTER}name = "other"',
            r"mine\.toml sets a name; the name is the file's own, remove the line$",
        ),
        (f"{TIGHTER}max_heat = 0.01", r"mine\.toml: max_heat is not a limit; did you mean"),
        (
            f"{TIGHTER}max_drawdown_frac = 0.2",
            r"mine\.toml: max_drawdown_frac = 0.2 is not below 0.1\. A file may tighten",
        ),
        (
            f"{TIGHTER}max_heat_frac = 0.01",
            r"mine\.toml: max_planned_loss_frac \(0.02\) is above max_heat_frac \(0.01\)",
        ),
        (
            f'{TIGHTER}max_spread_frac = "x"\n[sizing]\nstake_frac = nan',
            r"mine\.toml: max_spread_frac: Input should be .*; sizing\.stake_frac: Input should be",
        ),
        ("base = [", r"mine\.toml is not readable TOML: "),
        ("\udcff", r"mine\.toml is not readable TOML: "),
    ],
)
def test_wrong_file_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^risk profile file .*{message}"):
        load_risk_profile("mine", _written(tmp_path, text))
