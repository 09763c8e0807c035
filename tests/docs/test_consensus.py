"""What docs/consensus.md says is what the program does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from proratio_signals.models import load_models
from proratio_signals.opinions import AbstentionKind, Opinion

PAGE = (Path(__file__).parents[2] / "docs" / "consensus.md").read_text(encoding="utf-8")


def test_every_kind_of_abstention_is_explained() -> None:
    assert set(AbstentionKind) <= set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE))


def test_every_field_of_an_answer_is_listed() -> None:
    assert all(f"`{field}`" in PAGE for field in Opinion.__match_args__)


def test_models_and_prices_are_those_of_the_registry() -> None:
    rows = re.findall(r"^\| (\w+) \| `([\w.-]+)` \| ([\d.]+) / ([\d.]+)", PAGE, re.MULTILINE)
    models = load_models()
    assert {(provider, name) for provider, name, *_ in rows} == {
        (model.provider, model.id) for model in models
    }
    for provider, name, input_usd, output_usd in rows:
        price = models.find(provider, name).prices[0]
        assert (price.input_usd, price.output_usd) == (float(input_usd), float(output_usd))


def test_the_example_of_a_model_is_a_valid_registry(tmp_path: Path) -> None:
    (example,) = (
        block for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "models" in block
    )
    assert tomllib.loads(example)
    path = tmp_path / "models.toml"
    path.write_text(example, encoding="utf-8")
    assert load_models(path).find("openai", "my-model").effort == "low"
