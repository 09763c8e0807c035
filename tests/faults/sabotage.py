"""What is done to Redis and PostgreSQL in the middle of a round."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import msgspec
import psycopg2

from proratio_signals.opinions import Action
from proratio_signals.records import LedgerVote
from tests.faults.rounds import RedisFault
from tests.wire.redis_server import RedisServer
from tests.wire.toxic_proxy import Toxic, ToxicProxy

_SEAL_BYTES = 32
_PAUSE_MS = 400


class Saboteur:
    """Breaks things and says how often.

    Parameters
    ----------
    server, proxy
        Redis, and what stands before it.
    database_url
        PostgreSQL's.
    """

    def __init__(self, server: RedisServer, proxy: ToxicProxy, *, database_url: str) -> None:
        self._server = server
        self._proxy = proxy
        self._url = database_url
        self.injected: Counter[str] = Counter()

    def break_redis(self, fault: RedisFault | Toxic) -> None:
        """Let it happen; it lasts until `mend_redis`."""
        self.injected[f"Redis {fault.value}"] += 1
        if isinstance(fault, Toxic):
            self._proxy.toxic = fault
            return
        if fault is RedisFault.KILLED:
            self._server.kill()
            return
        with self._server.client as client:
            match fault:
                case RedisFault.FLUSHED:
                    client.flushall()
                case RedisFault.PAUSED:
                    client.client_pause(_PAUSE_MS)
                case RedisFault.PASSWORD:
                    client.config_set("requirepass", secrets.token_hex())
                    client.client_kill_filter(_type="normal", skipme=True)

    def mend_redis(self, *, empty: bool = True) -> None:
        """Make Redis one without faults, and empty; else with what is left in it."""
        self._proxy.toxic = None
        if empty or not self._server.answers():
            self._server.kill()
            self._server.start()

    def forge(self, profile_hash: str, rng: Random) -> None:
        """Replace every vote of a profile in Redis by something that no key of ours signed."""
        prefix = f"proratio:vote:{profile_hash}:".encode()
        found = {
            name: value for name, value in self._server.values().items() if name.startswith(prefix)
        }
        with self._server.client as client:
            names = sorted(found)
            for number, name in enumerate(names):
                value, other = found[name], found[names[number - 1]]
                forgery, make = _FORGERIES[number % len(_FORGERIES)]
                forged = make(value, other, rng)
                if forged is None:
                    client.delete(name)
                    client.lpush(name, value)
                elif forged == value:
                    continue  # there is no other
                else:
                    client.set(name, forged)
                self.injected[f"Redis forged: {forgery}"] += 1

    def cut_connections(self) -> None:
        """Terminate every connection of the program's to its database."""
        with _administering(self._url) as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = 'proratio'"
            )
            (cut,) = cursor.fetchone() or (0,)
        self.injected["database connection cut"] += int(cut)

    @contextmanager
    def locked_questions(self) -> Iterator[None]:
        """Lock the table of questions against everybody."""
        with _administering(self._url) as cursor:
            cursor.execute("BEGIN; LOCK TABLE question IN ACCESS EXCLUSIVE MODE")
            self.injected["database table locked"] += 1
            yield
            cursor.execute("ROLLBACK")


@contextmanager
def _administering(url: str) -> Iterator[psycopg2.extensions.cursor]:
    connection = psycopg2.connect(url, application_name="saboteur")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _tempting(value: bytes) -> bytes:
    """Return the payload of a sealed vote, turned into a certain BUY."""
    vote = msgspec.msgpack.decode(value[_SEAL_BYTES:], type=LedgerVote)
    return msgspec.msgpack.encode(
        replace(vote, action=Action.BUY, score=0.99, degraded=False, participation=1.0)
    )


def _flipped(value: bytes, _: bytes, rng: Random) -> bytes:
    place = rng.randrange(len(value))
    return value[:place] + bytes([value[place] ^ rng.randint(1, 255)]) + value[place + 1 :]


_Forgery = Callable[[bytes, bytes, Random], bytes | None]
_FORGERIES: tuple[tuple[str, _Forgery], ...] = (
    ("BUY under the seal of what it was", lambda own, _, __: own[:_SEAL_BYTES] + _tempting(own)),
    ("BUY under a seal of chance", lambda own, _, rng: rng.randbytes(_SEAL_BYTES) + _tempting(own)),
    ("BUY without a seal", lambda own, _, __: _tempting(own)),
    ("another question's", lambda _, other, __: other),
    ("one byte changed", _flipped),
    ("cut off", lambda own, _, rng: own[: rng.randrange(len(own))]),
    ("random bytes", lambda _, __, rng: rng.randbytes(rng.randrange(200))),
    ("another type", lambda _, __, ___: None),
)
