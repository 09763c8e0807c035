"""3,000 responses, 750 of every wire format, damaged: an opinion within its ranges, or none."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from proratio_core.errors import ProviderError
from proratio_signals.opinions import Abstention, Opinion
from proratio_signals.providers import find_provider
from tests.signals.providers.test_answer_schema import assert_never_outside_its_ranges
from tests.wire.asking import voter
from tests.wire.fake_providers import CANARIES, DIALECTS, FakeProviders, opinion_text

BODIES = 750
PIECES = (
    *("", "}", "{", "]", "[", '"', ",", ":", "1e999", "-1", "NaN", "true", "null", "9"),
    *("\x00", "\\u0000", "\\ud800", "\\", "STOP", "end_turn", "completed", "BUY", "\ufeff"),
)


def damage(body: str, rng: random.Random) -> str:
    """Return `body` with one to four small pieces replaced."""
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(body))
        body = body[:start] + rng.choice(PIECES) + body[start + rng.randint(0, 6) :]
    return body


@pytest.mark.parametrize("provider", CANARIES)
def test_750_damaged_responses_yield_opinions_within_their_ranges_or_none(
    fake: FakeProviders, tmp_path: Path, provider: str
) -> None:
    wire = find_provider(provider)(voter(provider, "fault-odd"), fake.settings(tmp_path))._wire
    rng = random.Random(f"{provider} 20240601")
    whole = json.dumps(DIALECTS[provider].answer("m", opinion_text()))
    assert isinstance(wire.read(whole).result, Opinion)
    opinions = 0
    for _ in range(BODIES):
        try:
            reply = wire.read(damage(whole, rng))
        except ProviderError:
            continue
        assert reply.usage.input_tokens is None or reply.usage.input_tokens >= 0
        assert reply.served_model.isprintable()
        if reply.ended is None:
            assert_never_outside_its_ranges(reply.result)
        opinions += not isinstance(reply.result, Abstention)
    assert 0 < opinions < BODIES
