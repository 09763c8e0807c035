"""The fakes themselves: the same seed is the same fault, and every text is really no opinion."""

from __future__ import annotations

import socket
import time
from random import Random

import pytest

from proratio_signals.opinions import Abstention, AbstentionKind
from proratio_signals.providers.answer_schema import parse_opinion
from tests.wire.fake_providers import DIALECTS
from tests.wire.provider_bodies import opinion_text
from tests.wire.provider_endings import ended_badly
from tests.wire.redis_server import RedisServer
from tests.wire.seeded_texts import NO_OPINIONS
from tests.wire.toxic_proxy import Toxic, ToxicProxy


@pytest.mark.parametrize("family", NO_OPINIONS)
def test_no_text_of_a_family_is_an_opinion_and_a_seed_repeats_it(family: str) -> None:
    make = NO_OPINIONS[family]
    texts = [make(Random(seed)) for seed in range(100)]
    assert texts == [make(Random(seed)) for seed in range(100)]
    assert len(set(texts)) > 1
    for text in texts:
        found = parse_opinion(text)
        assert isinstance(found, Abstention), text[:200]
        assert found.kind is AbstentionKind.INVALID


@pytest.mark.parametrize("provider", DIALECTS)
def test_a_bad_ending_differs_from_the_good_one(provider: str) -> None:
    dialect, text = DIALECTS[provider], opinion_text()
    endings = [ended_badly(dialect, "m", text, Random(seed)) for seed in range(50)]
    assert dialect.answer("m", text) not in endings


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> RedisServer:
    with RedisServer(tmp_path_factory.mktemp("redis"), password="pass-word") as server:
        yield server


@pytest.mark.parametrize(
    ("toxic", "answer"),
    [
        (None, b"+PONG\r\n"),
        (Toxic.SLICED, b"+PONG\r\n"),
        (Toxic.LATE, b"+PONG\r\n"),
        (Toxic.CUT, b"+PO"),
        (Toxic.DOWN, b""),
        (Toxic.RESET, b""),
        (Toxic.SILENT, b""),
    ],
)
def test_a_toxic_does_what_its_name_says(
    redis: RedisServer, toxic: Toxic | None, answer: bytes
) -> None:
    with ToxicProxy(redis.port) as proxy:
        began = time.monotonic()
        found = _ping(proxy, toxic)
        assert found == answer or (toxic is Toxic.CUT and answer.startswith(found))
        assert (time.monotonic() - began > 0.4) is (toxic in {Toxic.LATE, Toxic.SILENT})
        assert (proxy.dealt > 0) is (toxic is not None)


def test_garbage_is_not_what_was_said(redis: RedisServer) -> None:
    with ToxicProxy(redis.port) as proxy:
        found = _ping(proxy, Toxic.GARBAGE)
    assert len(found) == 7
    assert found != b"+PONG\r\n"


def _ping(proxy: ToxicProxy, toxic: Toxic | None) -> bytes:
    found = b""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=0.8) as talk:
        try:
            if toxic is not Toxic.DOWN:
                talk.sendall(b"AUTH pass-word\r\n")
                assert talk.recv(100) == b"+OK\r\n"
            proxy.toxic = toxic
            talk.sendall(b"PING\r\n")
            while len(found) < 7 and (more := talk.recv(100)):
                found += more
        except OSError:
            return found
    return found


def test_a_killed_redis_comes_back_empty(redis: RedisServer) -> None:
    with redis.client as client:
        client.set("a", "1")
    assert redis.values() == {b"a": b"1"}
    redis.kill()
    assert not redis.answers()
    redis.start()
    assert redis.values() == {}
