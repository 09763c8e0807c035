"""The fast copy of the latest votes: Redis when there is one, this process's memory always.

The ledger is the truth; the cache may lose everything at any time. What comes back from Redis is
believed only if it carries our signature for exactly this key, decodes as a vote, answers this
question for this profile, and was available by now. Anything else is a miss.

Redis never holds up a decision: connecting and reading may take 0.25 s each, and after a failure it
is left alone for a few seconds while memory serves.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

import msgspec
import structlog
from cachetools import TTLCache

from proratio_core.clock import Clock, to_ms
from proratio_core.errors import ConfigurationError, DataError, TransientError
from proratio_core.settings import Settings
from proratio_signals.questions import Question
from proratio_signals.records import LedgerVote

__all__ = ["RedisValues", "Values", "VoteCache", "open_cache"]

_TIMEOUT_S: Final = 0.25
_REST_S: Final = 5.0
"""How long a Redis that failed is not asked again."""
_KEPT_S: Final = 24 * 3600
_KEPT_VOTES: Final = 4_096
_SCHEMA: Final = b"proratio vote 1\n"
"""Signed along with each value: another program's, or another version's, does not verify."""
_SIGNATURE_BYTES: Final = hashlib.sha256().digest_size

_log = structlog.get_logger(__name__)


class Values(Protocol):
    """A store of bytes that forgets, in another process."""

    def get(self, name: str) -> bytes | None:
        """Return what is kept under `name`; None when nothing is. Raises TransientError."""
        ...

    def put(self, name: str, value: bytes, *, kept_s: int) -> None:
        """Keep `value` for `kept_s` seconds. Raises TransientError."""
        ...


class RedisValues:
    """Redis, asked once and with short time limits.

    Parameters
    ----------
    url
        A `redis://`, `rediss://` or `unix://` URL.
    timeout_s
        How long connecting, and reading, may take.

    Raises
    ------
    ConfigurationError
        The URL is not Redis's.
    """

    def __init__(self, url: str, *, timeout_s: float = _TIMEOUT_S) -> None:
        import redis  # noqa: PLC0415  # 0.1 s, only where there is a Redis
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        self._failure = redis.RedisError
        try:
            self._client = redis.Redis.from_url(
                url,
                socket_connect_timeout=timeout_s,
                socket_timeout=timeout_s,
                retry=Retry(NoBackoff(), 0),
            )
        except ValueError as error:
            raise ConfigurationError(
                "REDIS_URL is not a Redis URL; write redis://host:6379/0, or unset it to cache in "
                "memory"
            ) from error

    def get(self, name: str) -> bytes | None:
        """Return the bytes under `name`; None when there are none."""
        try:
            value = self._client.get(name)
        except (self._failure, OSError) as error:
            raise TransientError(f"Redis did not answer: {error}") from error
        return value if isinstance(value, bytes) else None

    def put(self, name: str, value: bytes, *, kept_s: int) -> None:
        """Keep `value` under `name` for `kept_s` seconds."""
        try:
            self._client.set(name, value, ex=kept_s)
        except (self._failure, OSError) as error:
            raise TransientError(f"Redis did not answer: {error}") from error


class VoteCache:
    """Votes by question and profile.

    Parameters
    ----------
    values
        Where they are shared with other processes; None for memory alone.
    secret
        The installation's signing key, at least 32 bytes.
    clock
        Tells what is available by now, and how long a failed store is left alone.
    """

    def __init__(self, values: Values | None, *, secret: bytes, clock: Clock) -> None:
        self._values = values
        self._secret = secret
        self._clock = clock
        self._asked_again_at = float("-inf")
        self._memory: TTLCache[str, LedgerVote] = TTLCache(
            _KEPT_VOTES, _KEPT_S, timer=clock.monotonic
        )
        self._decoder = msgspec.msgpack.Decoder(LedgerVote)

    @property
    def is_shared(self) -> bool:
        """Whether the shared store is in use: configured, and not resting after a failure."""
        return self._values is not None and self._clock.monotonic() >= self._asked_again_at

    def get(self, question: Question, profile_hash: str) -> LedgerVote | None:
        """Return the cached answer of a profile to a question; None on any doubt."""
        name = _name(question, profile_hash)
        for vote in (self._shared(name), self._memory.get(name)):
            if vote is not None and self._answers(vote, question, profile_hash):
                return vote
        return None

    def put(self, vote: LedgerVote) -> None:
        """Keep a vote that is in the ledger."""
        name = _name(vote.question, vote.profile_hash)
        self._memory[name] = vote
        if self._values is None or not self.is_shared:
            return
        payload = msgspec.msgpack.encode(vote)
        try:
            self._values.put(name, self._sign(name, payload) + payload, kept_s=_KEPT_S)
        except TransientError as error:
            self._rest(error)

    def _shared(self, name: str) -> LedgerVote | None:
        if self._values is None or not self.is_shared:
            return None
        try:
            sealed = self._values.get(name)
        except TransientError as error:
            self._rest(error)
            return None
        return None if sealed is None else self._opened(name, sealed)

    def _opened(self, name: str, sealed: bytes) -> LedgerVote | None:
        signature, payload = sealed[:_SIGNATURE_BYTES], sealed[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(name, payload)):
            _log.warning("cached vote refused", name=name, reason="the signature is not ours")
            return None
        try:
            return self._decoder.decode(payload)
        except (msgspec.DecodeError, DataError) as error:
            _log.warning("cached vote refused", name=name, reason=str(error))
            return None

    def _answers(self, vote: LedgerVote, question: Question, profile_hash: str) -> bool:
        return (
            vote.question == question
            and vote.profile_hash == profile_hash
            and vote.available_at <= self._clock.now()
        )

    def _sign(self, name: str, payload: bytes) -> bytes:
        message = _SCHEMA + name.encode() + b"\n" + payload
        return hmac.digest(self._secret, message, "sha256")

    def _rest(self, error: TransientError) -> None:
        self._asked_again_at = self._clock.monotonic() + _REST_S
        _log.warning("cache bypassed", reason=str(error), rest_s=_REST_S)


def open_cache(settings: Settings, clock: Clock, *, timeout_s: float = _TIMEOUT_S) -> VoteCache:
    """Return the installation's cache; nothing is connected before it is used.

    Raises
    ------
    ConfigurationError
        `REDIS_URL` is malformed, or the signing key can neither be read nor written.
    """
    url = settings.redis_url
    values = None if url is None else RedisValues(url.get_secret_value(), timeout_s=timeout_s)
    return VoteCache(values, secret=_secret(settings.state_dir / "cache.key"), clock=clock)


def _secret(path: Path) -> bytes:
    """Return the signing key, made on first use; two processes that race end with the same."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
            beside.touch(mode=0o600)
            beside.write_bytes(secrets.token_bytes(32))
            with suppress(FileExistsError):
                path.hardlink_to(beside)
            beside.unlink()
        secret = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the cache's signing key {path} cannot be read or made ({error}); make its folder "
            "writable"
        ) from error
    if len(secret) < 32:
        raise ConfigurationError(f"the cache's signing key {path} is damaged; remove the file")
    return secret


def _name(question: Question, profile_hash: str) -> str:
    key = question.key
    return (
        f"proratio:vote:{profile_hash}:{key.exchange}:{key.pair}:{key.timeframe}:{key.kind}:"
        f"{to_ms(question.as_of)}"
    )
