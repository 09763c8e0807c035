from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_signals.models import Model, load_models
from proratio_signals.opinions import Usage
from proratio_signals.profile import load_profile

ENTRY = """
[[models]]
provider = "openai"
id = "my-model"
aliases = ["mine"]
prices = [
  { since = 2024-01-01, input_usd = 1.0, output_usd = 4.0, source = "s", read_on = 2024-01-02 },
  { since = 2025-01-01, input_usd = 2.0, output_usd = 8.0, source = "s", read_on = 2024-01-02 },
]
"""


@pytest.fixture
def user_file(tmp_path: Path) -> Path:
    path = tmp_path / "models.toml"
    path.write_text(ENTRY)
    return path


def test_every_built_in_figure_says_where_and_when_it_was_read() -> None:
    for model in load_models():
        assert model.cutoff is not None
        figures = (model.cutoff, *model.prices)
        assert all(figure.source and figure.read_on >= date(2026, 11, 1) for figure in figures)


def test_the_consensus_profile_uses_only_known_models() -> None:
    models = load_models()
    for voter in load_profile("consensus").voters:
        assert models.find(voter.provider, voter.model).id == voter.model


@pytest.mark.parametrize(
    ("day", "cost_usd"),
    [
        (date(2023, 6, 1), 0.0018),  # before the first price, the first holds
        (date(2024, 12, 31), 0.0018),
        (date(2025, 1, 1), 0.0036),
    ],
)
def test_cost_follows_the_price_of_the_day(user_file: Path, day: date, cost_usd: float) -> None:
    model = load_models(user_file).find("openai", "my-model")
    assert model.cost_usd(Usage(1_000, 200), on=day) == pytest.approx(cost_usd)


def test_cost_is_unknown_when_tokens_are(user_file: Path) -> None:
    model = load_models(user_file).find("openai", "my-model")
    assert model.cost_usd(Usage(1_000, None), on=date(2025, 1, 1)) is None


@pytest.mark.parametrize("model", list(load_models()), ids=lambda model: model.id)
@pytest.mark.parametrize("day", [date(2026, 11, 27), date(2026, 12, 31), date(2027, 6, 1)])
def test_a_batch_costs_half_on_every_day(model: Model, day: date) -> None:
    usage = Usage(123_456, 7_890)

    batch_usd = model.batch_cost_usd(usage, on=day)

    assert batch_usd == pytest.approx((model.cost_usd(usage, on=day) or 0) / 2)


def test_without_a_batch_price_it_says_what_to_add(user_file: Path) -> None:
    model = load_models(user_file).find("openai", "my-model")

    with pytest.raises(ConfigurationError, match=r"'my-model' .* no batch price .*batch_prices = "):
        model.batch_cost_usd(Usage(1, 1), on=date(2026, 1, 1))


def test_an_alias_names_the_same_model(user_file: Path) -> None:
    models = load_models(user_file)
    assert models.find("openai", "mine") is models.find("openai", "my-model")
    assert ("openai", "mine") in models


def test_a_user_file_replaces_a_built_in_model(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(ENTRY.replace("my-model", "gpt-6.1-terra"))
    assert load_models(path).find("openai", "gpt-6.1-terra").prices[-1].input_usd == 2.0
    assert len(list(load_models(path))) == len(list(load_models()))


def test_an_unknown_model_says_what_to_add() -> None:
    with pytest.raises(ConfigurationError, match=r"did you mean gpt-6\.1-terra.*\[\[models\]\]"):
        load_models().find("openai", "gpt-6.1-tera")


def test_a_model_of_another_provider_is_unknown() -> None:
    with pytest.raises(ConfigurationError, match="known: none"):
        load_models().find("elsewhere", "gpt-6.1-terra")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("prices = [", "other = [", "prices"),
        ("input_usd = 1.0", "input_usd = -1.0", "input_usd"),
        ("input_usd = 1.0", "input_usd = nan", "input_usd"),
        ("since = 2025", "since = 2023", "ascending"),
        ("aliases", "alias", "alias"),
        ("[[models]]", "[[models", "TOML"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place(
    user_file: Path, old: str, new: str, problem: str
) -> None:
    user_file.write_text(ENTRY.replace(old, new))
    with pytest.raises(ConfigurationError, match=problem) as caught:
        load_models(user_file)
    assert str(user_file) in str(caught.value)


def test_a_missing_user_file_is_no_error(tmp_path: Path) -> None:
    assert list(load_models(tmp_path / "none.toml"))
