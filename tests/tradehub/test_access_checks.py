"""Keys, asked of a replay exchange that checks signatures and of providers that know their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.clock import SystemClock
from proratio_core.replay.trading import Credentials
from proratio_core.settings import Settings
from proratio_tradehub.access_checks import check_key, check_models
from proratio_tradehub.findings import Finding, Verdict
from tests.core.exchange.test_key_rights import exchange_with
from tests.tradehub.strategies.panels import write_profile
from tests.wire.fake_providers import CANARIES, FakeProviders

CLOCK = SystemClock()


def _key(url: str | None, *, key: str = "canary-k", secret: str = "canary-s") -> Finding:
    settings = Settings(
        PRORATIO_EXCHANGE_URL=url,
        FREQTRADE__EXCHANGE__KEY=key,
        FREQTRADE__EXCHANGE__SECRET=secret,
    )
    return check_key(settings, CLOCK)


def test_a_key_that_trades_and_nothing_more_is_well() -> None:
    with exchange_with(Credentials("canary-k", "canary-s")) as url:
        finding = _key(url)
    assert finding.verdict is Verdict.OK
    assert finding.detail.startswith("the binance key may trade spot, trade perpetuals")


def test_a_key_that_may_withdraw_fails_with_the_remedy() -> None:
    with exchange_with(Credentials("canary-k", "canary-s", can_withdraw=True)) as url:
        finding = _key(url)
    assert finding.verdict is Verdict.FAILED
    assert "make one that may only read and trade" in finding.detail


@pytest.mark.parametrize(("key", "secret"), [("canary-x", "canary-s"), ("canary-k", "canary-x")])
def test_a_wrong_key_or_secret_fails_and_is_not_shown(key: str, secret: str) -> None:
    with exchange_with(Credentials("canary-k", "canary-s")) as url:
        finding = _key(url, key=key, secret=secret)
    assert finding.verdict is Verdict.FAILED
    assert "canary" not in str(finding)


def test_half_a_key_fails_and_none_is_a_choice() -> None:
    half = check_key(Settings(FREQTRADE__EXCHANGE__KEY="canary"), CLOCK)
    assert half.verdict is Verdict.FAILED
    assert half.detail == "FREQTRADE__EXCHANGE__SECRET is not set"
    none = check_key(Settings(), CLOCK)
    assert (none.verdict, none.detail[:15]) == (Verdict.OK, "no exchange key")


def test_an_exchange_that_is_away_leaves_it_unknown() -> None:
    finding = _key("http://127.0.0.1:1")
    assert finding.verdict is Verdict.NOTE
    assert "is not known" in finding.detail


def test_each_provider_is_asked_about_its_model_and_nothing_is_charged(tmp_path: Path) -> None:
    with FakeProviders() as fake:
        settings = fake.settings(tmp_path, PRORATIO_PROFILE="panel")
        write_profile(tmp_path, "panel", gemini="fault-400")
        openai, anthropic, gemini = check_models(settings)
        assert fake.calls == []
    assert openai.verdict is anthropic.verdict is Verdict.OK, (openai, anthropic)
    assert openai.detail.endswith("can be asked")
    assert gemini.verdict is Verdict.FAILED
    assert "there is no model" in gemini.detail


def test_a_key_a_provider_does_not_know_fails_and_is_not_shown(tmp_path: Path) -> None:
    with FakeProviders() as fake:
        settings = fake.settings(
            tmp_path, PRORATIO_PROFILE="panel", ANTHROPIC_API_KEY="canary-unknown"
        )
        write_profile(tmp_path, "panel")
        _, anthropic, _ = check_models(settings)
    assert anthropic.verdict is Verdict.FAILED
    assert "AUTHENTICATION" in anthropic.detail
    assert "canary" not in anthropic.detail
    assert not [key for key in CANARIES.values() if key in anthropic.detail]


def test_missing_keys_are_notes_and_rules_need_none(tmp_path: Path) -> None:
    notes = list(check_models(Settings(PRORATIO_PROFILE="consensus")))
    assert [note.verdict for note in notes] == [Verdict.NOTE] * 3
    rules = list(check_models(Settings(PRORATIO_PROFILE="offline")))
    assert {rule.verdict for rule in rules} <= {Verdict.OK}
    assert list(check_models(Settings(PRORATIO_PROFILE="nobody"))) == []
