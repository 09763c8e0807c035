from __future__ import annotations

import hashlib
import re
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import ConfigurationError
from proratio_signals.prompts import render
from proratio_signals.prompts.render import _plain
from proratio_signals.snapshot import take_snapshot
from tests.signals.samples import BTC, ROLES, candle_frame, close_of

SNAPSHOT = take_snapshot(candle_frame(400), BTC, close_of(300))

PUBLISHED = {
    "risk_v1.md": "4561028dd8ad83d2a30174d3fbf786d9180c5051ef491cbdd7c1c75f400e3f8d",
    "risk_v2.md": "610269449351e4b998775aa4f4cfcdfb548238a43e36d7572b5c09b0003941de",
    "sentiment_v1.md": "3c3067f483498b9cdd72f8bc3def9097d7ab2bdb68a4aa06a23dbd2aeba95bed",
    "sentiment_v2.md": "49484b050e7abe5658f29ae68d7eb7cbc29d681f7653764c1db6135442475c4e",
    "technical_v1.md": "3a2f68d89a7130d415974d4c3e2134e8d19043199eff4c18b354aa3b24fe72b7",
    "technical_v2.md": "f565542e4ce9feceb947679d982114f724dca942c4bba30a4a3951d6d6f14439",
}
"""Digests of published templates. Never change one: add a new version instead."""


def test_published_templates_are_never_edited() -> None:
    folder = resources.files("proratio_signals.prompts")
    found = {
        entry.name: hashlib.sha256(entry.read_bytes()).hexdigest()
        for entry in folder.iterdir()
        if entry.name.endswith(".md")
    }

    assert found == PUBLISHED


@pytest.mark.parametrize("role", ROLES)
def test_every_number_of_a_prompt_is_in_its_snapshot(role: str) -> None:
    prompt = render(role, "v1", SNAPSHOT)
    known = set(SNAPSHOT.facts.values())
    known |= {value for row in SNAPSHOT.recent for value in row}
    facts = "\n".join(line.rpartition(":")[2] for line in prompt.user.splitlines() if "- " in line)
    table = prompt.user.rpartition("volume\n")[2]

    numbers = re.findall(r"-?\d+\.\d+", facts + "\n" + table)

    assert len(numbers) > 100
    assert {float(number) for number in numbers} <= known


@pytest.mark.parametrize("role", ROLES)
def test_prompt_names_market_moment_and_role(role: str) -> None:
    prompt = render(role, "v1", SNAPSHOT)

    assert (prompt.role, prompt.version, prompt.snapshot) == (role, "v1", SNAPSHOT)
    assert "BTC/USDT (spot), candles of 1h" in prompt.user
    assert f"closed at {SNAPSHOT.as_of:%Y-%m-%d %H:%M} UTC" in prompt.user
    assert "{" not in prompt.system + prompt.user


def test_hash_covers_role_and_text_and_is_reproducible() -> None:
    other = take_snapshot(candle_frame(400), BTC, close_of(301))
    hashes = {render(role, "v1", at).hash for role in ROLES for at in (SNAPSHOT, other)}

    assert len(hashes) == 6
    assert render("risk", "v1", SNAPSHOT).hash in hashes


def test_unknown_version_lists_what_there_is() -> None:
    with pytest.raises(ConfigurationError, match=r"no prompt 'v9'.*risk_v1, risk_v2, sentiment_v1"):
        render("risk", "v9", SNAPSHOT)


@given(st.floats() | st.floats(-1e6, 1e6).map(lambda value: round(value, 4)))
def test_numbers_are_written_as_numpy_writes_them_without_an_exponent(value: float) -> None:
    expected = np.format_float_positional(value, trim="-")

    assert _plain(value) == _plain(np.float64(value)) == expected
