from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from proratio_core.errors import ConfigurationError
from proratio_signals.profile import Profile, Stability, load_profile, profile_names
from tests.signals.samples import panel_profile

VALID = """
quorum = { minimum_voters = 1 }
[[voters]]
name = "one"
provider = "rules"
role = "risk"
weight = 1.0
model = "rules-risk-1"
"""


def _written(folder: Path, text: str, *, name: str = "mine") -> Path:
    (folder / f"{name}.toml").write_text(text)
    return folder


def test_built_in_profiles_are_offline_consensus_open_and_blind_and_local() -> None:
    assert profile_names() == (
        *("consensus", "consensus-blind", "local", "offline", "perpetuals-agent"),
    )


@pytest.mark.parametrize("name", profile_names())
def test_built_in_profile_weighs_technical_risk_and_sentiment(name: str) -> None:
    profile = load_profile(name)

    assert [voter.role for voter in profile.voters] == ["technical", "risk", "sentiment"]
    assert [voter.weight for voter in profile.voters] == [0.40, 0.35, 0.25]
    assert profile.threshold == 0.6
    assert profile.quorum.minimum_voters == 3


def test_only_the_offline_profile_is_rules() -> None:
    assert load_profile("offline").is_rules
    assert not load_profile("consensus").is_rules
    assert all(voter.name.startswith("rules-") for voter in load_profile("offline").voters)


def test_hash_is_stable_for_equal_documents_and_differs_for_any_change() -> None:
    profile = load_profile("consensus")
    changed = profile.model_copy(update={"threshold": 0.7})

    assert profile.hash == Profile.model_validate_json(profile.model_dump_json()).hash
    assert Profile.model_validate(changed.model_dump()).hash != profile.hash


def test_blind_profile_is_the_open_one_but_for_the_blinding() -> None:
    opened, blinded = load_profile("consensus"), load_profile("consensus-blind")

    assert (opened.blinding, blinded.blinding) == (False, True)
    assert blinded.model_copy(update={"name": "consensus", "blinding": False}) == opened
    assert opened.hash != Profile(**{**opened.model_dump(), "blinding": True}).hash


def test_plain_profile_keeps_the_hash_it_had_before_blinding_and_stability_existed() -> None:
    profile = load_profile("offline")
    unsaid = dict.fromkeys(("blinding", "stability", "daily_usd", "limits"), True)
    seats = {"voters": {"__all__": {"fallback"}}}
    before = profile.model_dump(mode="json", exclude={**unsaid, **seats})
    canonical = json.dumps(before, sort_keys=True, separators=(",", ":"))

    assert profile.hash == hashlib.sha256(canonical.encode()).hexdigest()


def test_user_profile_replaces_the_built_in_one_of_its_name(tmp_path: Path) -> None:
    folder = _written(tmp_path, VALID, name="offline")

    assert len(load_profile("offline", folder).voters) == 1
    assert len(load_profile("offline").voters) == 3


def test_missing_user_folder_leaves_the_built_in_ones(tmp_path: Path) -> None:
    assert profile_names(tmp_path / "absent") == profile_names()


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="did you mean consensus"):
        load_profile("concensus")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (VALID.replace("weight = 1.0", "weight = 0.9"), "weights must sum to 1, got 0.9"),
        (VALID.replace("weight = 1.0", "weight = 0"), "voters.0.weight"),
        (VALID.replace('role = "risk"', 'role = "vibes"'), "voters.0.role"),
        (VALID.replace("minimum_voters = 1", "minimum_voters = 2"), "can never be reached"),
        (VALID.replace("[[voters]]", "treshold = 0.5\n[[voters]]"), "treshold: Extra inputs"),
        (VALID.replace("[[voters]]", "threshold = nan\n[[voters]]"), "threshold"),
        (VALID.replace("[[voters]]", 'name = "x"\n[[voters]]'), "the name is the file's own"),
        (VALID + VALID.partition("}")[2], "unique"),
        ("voters = [", "not readable TOML"),
        ("\udcff", "not readable TOML"),
    ],
)
def test_wrong_file_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mine.toml").write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(ConfigurationError, match=message):
        load_profile("mine", tmp_path)


def test_money_and_turns_do_not_change_the_hash(tmp_path: Path) -> None:
    limits = 'daily_usd = 2.0\nlimits = [{ provider = "rules", daily_usd = 1.5, at_once = 4 }]\n'
    plain = load_profile("mine", _written(tmp_path, VALID))
    limited = load_profile("limited", _written(tmp_path, limits + VALID, name="limited"))

    assert limited.model_copy(update={"name": "mine"}).hash == plain.hash
    assert limited.daily_usd == 2.0
    assert (limited.limit_of("rules").daily_usd, limited.limit_of("rules").at_once) == (1.5, 4)
    assert (plain.limit_of("rules").daily_usd, plain.limit_of("rules").at_once) == (None, 32)


@pytest.mark.parametrize(
    "limits",
    [
        'limits = [{ provider = "openai" }]',
        'limits = [{ provider = "rules" }, { provider = "rules" }]',
        'limits = [{ provider = "rules", daily_usd = -1 }]',
        'limits = [{ provider = "rules", at_once = 0 }]',
        "daily_usd = nan",
    ],
)
def test_limits_that_make_no_sense_are_refused(tmp_path: Path, limits: str) -> None:
    with pytest.raises(ConfigurationError, match=r"limits|daily_usd"):
        load_profile("mine", _written(tmp_path, f"{limits}\n{VALID}"))


def test_stability_is_validated_and_part_of_the_hash_only_where_it_is_said() -> None:
    plain = panel_profile()
    steady = panel_profile(stability=Stability())

    assert plain.hash != steady.hash
    assert steady.hash != panel_profile(stability=Stability(assumed_questions=31)).hash
    for wrong in ({"no_stake_at_frac": 0.0}, {"assumed_flip_frac": 1.1}, {"halve_at": 0.1}):
        with pytest.raises(ValidationError):
            Stability(**wrong)


def test_the_panel_for_perpetuals_is_that_of_consensus_with_its_own_prompts_and_a_cap() -> None:
    agent, consensus = load_profile("perpetuals-agent"), load_profile("consensus")
    assert agent.reads_derivatives
    assert not consensus.reads_derivatives
    assert agent.daily_usd == 5.0
    plain = [voter.model_copy(update={"prompt_version": "v1"}) for voter in agent.voters]
    assert tuple(plain) == consensus.voters
    assert agent.hash != consensus.hash
