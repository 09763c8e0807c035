"""Passwords for the dashboard: stored as argon2 hashes, weak ones refused when they are made."""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from proratio_core.errors import ConfigurationError

__all__ = ["checked_hash", "hash_of", "is_right"]

_FEWEST_CHARACTERS: Final = 12
_FEWEST_DIFFERENT: Final = 6
_GUESSED_FIRST: Final = (
    *("password", "proratio", "freqtrade", "dashboard", "operator", "bitcoin", "changeme"),
    *("qwerty", "letmein", "welcome", "trading", "123456", "abcdef", "secret"),
)
_LEAST_MEMORY_KIB: Final = 8_192

_hasher: Final = PasswordHasher()


def hash_of(password: str) -> str:
    """Return the hash to keep of a password.

    Raises
    ------
    ConfigurationError
        It would be guessed.
    """
    problem = _weakness(password)
    if problem:
        raise ConfigurationError(
            f"the password {problem}; take four words that do not belong together"
        )
    return _hasher.hash(password)


def checked_hash(text: str, *, name: str) -> str:
    """Return a configured hash.

    Parameters
    ----------
    text
        As the settings have it.
    name
        The variable, for the message.

    Raises
    ------
    ConfigurationError
        It is no argon2 hash (somebody wrote the password itself, say), or a weak one.
    """
    try:
        parameters = extract_parameters(text)
    except InvalidHashError:
        raise ConfigurationError(
            f"{name} is not an argon2 hash; `proratio dashboard password` makes one. The password "
            "itself must not stand there"
        ) from None
    if parameters.memory_cost < _LEAST_MEMORY_KIB:
        raise ConfigurationError(
            f"{name} was hashed with {parameters.memory_cost} KiB, which is quickly searched; "
            "`proratio dashboard password` makes a better one"
        )
    if any(is_right(guess, text) for guess in ("", "password", "proratio", "changeme", "admin")):
        raise ConfigurationError(f"{name} is the hash of a password anybody tries first")
    return text


def is_right(password: str, known_hash: str) -> bool:
    """Return whether `password` is the one behind `known_hash`; takes some 50 ms either way."""
    try:
        return _hasher.verify(known_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _weakness(password: str) -> str:
    plain = password.casefold()
    if len(password) < _FEWEST_CHARACTERS:
        return f"has {len(password)} characters, {_FEWEST_CHARACTERS} are needed"
    if len(set(plain)) < _FEWEST_DIFFERENT:
        return f"has {len(set(plain))} different characters, {_FEWEST_DIFFERENT} are needed"
    guessed = next((word for word in _GUESSED_FIRST if word in plain), None)
    if guessed is not None and len(plain.replace(guessed, "")) < _FEWEST_CHARACTERS:
        return f"is little more than '{guessed}', which is guessed first"
    return ""
