"""Passwords: guessed ones are refused, and so is a hash that is none."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from proratio_core.errors import ConfigurationError
from proratio_tradehub.dashboard.access.passwords import checked_hash, hash_of, is_right

GOOD = "canal-otter-violet-61"


def test_hash_knows_its_password_and_no_other() -> None:
    known = hash_of(GOOD)
    assert known.startswith("$argon2id$")
    assert GOOD not in known
    assert is_right(GOOD, known)
    assert not is_right(GOOD + " ", known)
    assert checked_hash(known, name="X") == known


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaaaa", "password1234", "proratio2024!"])
def test_password_that_would_be_guessed_is_refused(weak: str) -> None:
    with pytest.raises(ConfigurationError, match="four words"):
        hash_of(weak)


def test_password_in_the_place_of_a_hash_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="X is not an argon2 hash") as caught:
        checked_hash(GOOD, name="X")
    assert GOOD not in str(caught.value)


def test_hash_that_is_quickly_searched_is_refused() -> None:
    cheap = PasswordHasher(memory_cost=64, time_cost=1, parallelism=1).hash(GOOD)
    with pytest.raises(ConfigurationError, match="64 KiB"):
        checked_hash(cheap, name="X")


def test_hash_of_a_default_is_refused() -> None:
    usual = PasswordHasher(memory_cost=8_192, time_cost=1, parallelism=1).hash("changeme")
    with pytest.raises(ConfigurationError, match="anybody tries first"):
        checked_hash(usual, name="X")


def test_damaged_hash_opens_nothing() -> None:
    assert not is_right(GOOD, "$argon2id$damaged")
