from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub import strategies as adapters
from proratio_tradehub.backtesting.gating import asks_consensus, profile_for
from proratio_tradehub.strategies.rules import CATALOGUE

SHIPPED = Path(__file__).parents[3] / "user_data"
INDIRECT = """
from proratio_tradehub import strategies

class Base(strategies.ConsensusStrategy):
    pass

class Mine(Base):
    pass

class Plain(Other):
    pass
"""


def settings_of(user_data: Path, **changes: str) -> Settings:
    return Settings(PRORATIO_USER_DATA=user_data, **changes)  # type: ignore[arg-type]


@pytest.fixture
def user_data(tmp_path: Path) -> Path:
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "Mine.py").write_text(INDIRECT)
    return tmp_path


def test_the_shipped_strategies_are_told_apart() -> None:
    asking = {name for name in CATALOGUE if asks_consensus(name, SHIPPED)}
    assert set(CATALOGUE) - asking == {"SimpleTestStrategy"}


def test_every_adapter_that_is_a_consensus_strategy_is_known_as_one(user_data: Path) -> None:
    for name in set(adapters.__all__) - {"RuleStrategy"}:
        assert issubclass(getattr(adapters, name), adapters.ConsensusStrategy)
        (user_data / "strategies" / "Ours.py").write_text(f"class Ours({name}): ...\n")
        assert asks_consensus("Ours", user_data), name


def test_a_base_in_the_same_file_counts(user_data: Path) -> None:
    assert asks_consensus("Mine", user_data)
    assert not asks_consensus("Plain", user_data)


def test_a_file_that_is_not_python_is_named_with_its_line(user_data: Path) -> None:
    (user_data / "strategies" / "Torn.py").write_text("class Torn(Base):\n    def (\n")

    with pytest.raises(ConfigurationError, match=r"Torn\.py:2 is not Python"):
        asks_consensus("Torn", user_data)


def test_a_strategy_that_does_not_exist_is_refused(user_data: Path) -> None:
    with pytest.raises(ConfigurationError, match="there are: Mine"):
        asks_consensus("Yours", user_data)


def test_the_default_profile_is_the_installations(user_data: Path) -> None:
    profile = profile_for("Mine", None, settings_of(user_data, PRORATIO_PROFILE="consensus"))

    assert profile is not None
    assert profile.name == "consensus"


def test_a_named_profile_is_taken_and_none_means_nobody(user_data: Path) -> None:
    settings = settings_of(user_data)

    named = profile_for("Mine", "offline", settings)
    assert named is not None
    assert named.is_rules
    assert profile_for("Mine", "none", settings) is None


def test_a_strategy_that_asks_nobody_has_no_profile(user_data: Path) -> None:
    settings = settings_of(user_data)

    assert profile_for("Plain", None, settings) is None
    assert profile_for("Plain", "none", settings) is None
    with pytest.raises(ConfigurationError, match="leave out --profile"):
        profile_for("Plain", "offline", settings)
