"""Candles in and out against the usual ways: `python -m tests.bench.bench_candles`.

Every figure is the median of at least five runs; only ratios travel between machines. The slow
ways run on a part of the rows and are scaled up by the row count, which is said in the table.
Anything written to disk by either side is synced only as each does by itself.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg2.extras

from proratio_core.candles import CandleStore, export_series
from proratio_core.candles.frame import make_frame
from proratio_core.database import Database
from proratio_core.database.connection import ensure_schema
from proratio_core.database.server import embedded_server
from proratio_core.values import Pair, SeriesKey, Timeframe

SERIES, ROWS, RUNS = 10, 100_000, 5
SLOW_ROWS = 20_000
STEP_MS = Timeframe.M5.ms
START_MS = 1_577_836_800_000 // STEP_MS * STEP_MS
COLUMNS = "series_id, open_time, open, high, low, close, volume"
KEYS = [SeriesKey("binance", Pair(f"COIN{i}", "USDT"), Timeframe.M5) for i in range(SERIES)]


def make_candles(seed: int, rows: int = ROWS, first: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(random.standard_normal(rows) * 0.001)), 2)
    open_ = np.concatenate(([100.0], close[:-1]))
    spread = np.abs(random.standard_normal((2, rows))) * 0.0005
    values = {
        "open": open_,
        "high": np.round(np.maximum(open_, close) * (1 + spread[0]), 2),
        "low": np.round(np.minimum(open_, close) * (1 - spread[1]), 2),
        "close": close,
        "volume": np.round(random.lognormal(3, 1, rows), 3),
    }
    return make_frame(START_MS + (first + np.arange(rows, dtype=np.int64)) * STEP_MS, values)


def seconds_of(action: Callable[[], object], before: Callable[[], object] | None = None) -> float:
    """Return the seconds of `action`; `before` prepares it outside the clock."""
    if before is not None:
        before()
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def measure(
    action: Callable[[], object], *, before: Callable[[], object] | None = None, runs: int = RUNS
) -> float:
    """Return the median seconds of `action`."""
    return statistics.median(seconds_of(action, before) for _ in range(runs))


def in_turn(
    ours: Callable[[], float], usual: Callable[[], float], runs: int = RUNS
) -> tuple[float, float]:
    """Return both medians, measured in turn so that a noisy machine troubles both alike."""
    pairs = [(ours(), usual()) for _ in range(runs)]
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def execute_values(database: Database, frame: pd.DataFrame, series_id: int) -> None:
    """Upsert the usual way, into the same table, with the same conflict rule."""
    rows = [(series_id, *row) for row in frame.itertuples(index=False, name=None)]
    columns = ("open", "high", "low", "close", "volume")
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    stored = ", ".join(f"candle.{column}" for column in columns)
    came = ", ".join(f"excluded.{column}" for column in columns)
    with database.transaction() as cursor:
        psycopg2.extras.execute_values(
            cursor,
            f"INSERT INTO candle ({COLUMNS}) VALUES %s ON CONFLICT (series_id, open_time) "
            f"DO UPDATE SET {changes} WHERE ({stored}) IS DISTINCT FROM ({came})",
            rows,
            page_size=5000,
        )


def truncate(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("TRUNCATE candle")
        cursor.execute("UPDATE series SET version = 0, rewritten_version = 0")


def bench_in(database: Database, table: Table) -> None:
    store = CandleStore(database)
    frames = [make_candles(i) for i in range(SERIES)]
    changed = [frame.assign(volume=frame["volume"] + 0.5) for frame in frames]
    sentinel = [make_candles(i, 1, ROWS + 10) for i in range(SERIES)]
    first_id, *_ = [store.ensure(key) for key in KEYS]
    scale = SERIES * ROWS / SLOW_ROWS
    part = frames[0].iloc[:SLOW_ROWS]

    def write(what: list[pd.DataFrame]) -> None:
        for key, frame in zip(KEYS, what, strict=True):
            store.write(key, frame)

    def only_newest() -> None:
        truncate(database)
        write(sentinel)

    def slow() -> None:
        execute_values(database, part, first_id)

    def slow_insert() -> float:
        return seconds_of(slow, lambda: truncate(database)) * scale

    def fast(before: Callable[[], object]) -> Callable[[], float]:
        return lambda: seconds_of(lambda: write(frames), before)

    table.row("append 1M rows", *in_turn(fast(lambda: truncate(database)), slow_insert), 20)
    table.row("upsert by merge 1M rows, all new", *in_turn(fast(only_newest), slow_insert), 8)
    truncate(database)
    write(changed)
    flip, slow_flip = Flip(frames, changed), Flip([changed[0]], [frames[0]])
    update = in_turn(
        lambda: seconds_of(lambda: write(flip.next())),
        lambda: seconds_of(lambda: execute_values(database, slow_flip.part(), first_id)) * scale,
    )
    table.row("upsert by merge 1M rows, all changed", *update, None)
    truncate(database)
    write(frames)
    same = in_turn(lambda: seconds_of(lambda: write(frames)), lambda: seconds_of(slow) * scale)
    table.row("re-import 1M unchanged rows", *same, 12)


class Flip:
    """Two versions of the same rows, in turn."""

    def __init__(self, *versions: list[pd.DataFrame]) -> None:
        self._versions = versions
        self._turn = -1

    def next(self) -> list[pd.DataFrame]:
        self._turn += 1
        return self._versions[self._turn % len(self._versions)]

    def part(self) -> pd.DataFrame:
        """Return as many rows of the next version's first series as the slow way gets."""
        return self.next()[0].iloc[:SLOW_ROWS]


def bench_out(url: str, database: Database, table: Table) -> None:
    store = CandleStore(database)
    with tempfile.TemporaryDirectory() as folder:
        runs = [
            [_child(way, url, Path(folder) / way) for way in ("export", "freqtrade")]
            for _ in range(RUNS)
        ]
        ours, theirs = zip(*runs, strict=True)
        seconds = [statistics.median(run["seconds"] for run in side) for side in (ours, theirs)]
        memory = [statistics.median(run["peak_mb"] for run in side) for side in (ours, theirs)]
        table.row("export 1M rows to 10 feather files", seconds[0], seconds[1], 10)
        table.text(
            "  peak memory beyond imports",
            f"{memory[0]:.0f} MB",
            f"{memory[1]:.0f} MB",
            f"{memory[0] / memory[1]:.2f}x",
            "<= 0.6x",
        )
        data_dir = Path(folder) / "steady"
        export_series(store, KEYS, data_dir)
        nothing = measure(lambda: export_series(store, KEYS, data_dir), runs=31)
        table.row("nothing-changed export", nothing, seconds[1], 5000)
        newest = iter(range(ROWS, ROWS + RUNS))

        def one_candle_more() -> None:
            at = next(newest)
            for i, key in enumerate(KEYS):
                store.write(key, make_candles(i, 1, at))

        one = measure(lambda: export_series(store, KEYS, data_dir), before=one_candle_more)
        table.row("export one new candle on ten series", one, seconds[1], 30)


def _child(way: str, url: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-W", "ignore", "-m", __spec__.name, way, url, str(folder)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(output.splitlines()[-1]))


def export_in_child(url: str, folder: Path) -> None:
    store = CandleStore(Database(url))
    export_series(store, KEYS[:0], folder)
    _report(lambda: export_series(store, KEYS, folder, full=True))


def freqtrade_in_child(url: str, folder: Path) -> None:
    import sqlalchemy  # noqa: PLC0415  # only this child pays for it
    from freqtrade.data.history.datahandlers.featherdatahandler import (  # noqa: PLC0415
        FeatherDataHandler,
    )
    from freqtrade.enums import CandleType  # noqa: PLC0415

    folder.mkdir(exist_ok=True)
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
    handler = FeatherDataHandler(folder)
    ids = [stored.id for stored in CandleStore(Database(url)).find(KEYS).values()]

    def run() -> None:
        for series_id, key in zip(ids, KEYS, strict=True):
            frame = pd.read_sql(
                "SELECT open_time AS date, open, high, low, close, volume FROM candle "
                f"WHERE series_id = {series_id} ORDER BY open_time",
                engine,
            )
            handler.ohlcv_store(str(key.pair), key.timeframe.value, frame, CandleType.SPOT)

    _report(run)


def _report(action: Callable[[], object]) -> None:
    """Print the seconds of `action` and how far the resident memory rose above its start."""
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the imports
    base_kb = _memory_kb("VmRSS")
    began = time.perf_counter()
    action()
    seconds = time.perf_counter() - began
    peak_mb = (_memory_kb("VmHWM") - base_kb) / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_mb": peak_mb}))


def _memory_kb(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


class Table:
    """Prints a row as soon as it is known."""

    def __init__(self) -> None:
        self.missed: list[str] = []
        self.text("candles", "proratio", "usual way", "ratio", "goal")

    def row(self, name: str, ours_s: float, usual_s: float, goal: float | None) -> None:
        ratio = usual_s / ours_s
        if goal is not None and ratio < goal:
            self.missed.append(name)
        shown = f"{ours_s * 1000:.2f} ms" if ours_s < 0.01 else f"{ours_s:.3f} s"
        self.text(
            name,
            shown,
            f"{usual_s:.2f} s",
            f"{ratio:,.1f}x",
            "" if goal is None else f">= {goal:,}x",
        )

    def text(self, name: str, *cells: str) -> None:
        numbers = " ".join(f"{cell:>11}" for cell in cells[:3])
        self.line(f"{name:38} {numbers}  {cells[3]}")

    def line(self, text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


@contextmanager
def fresh_database() -> Iterator[tuple[str, Database]]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # run as root, the server is another user
        with embedded_server(Path(folder) / "postgres") as url:
            database = Database(url)
            ensure_schema(database)
            yield url, database
            database.close()


def main() -> None:
    """Print the table of one run."""
    with fresh_database() as (url, database):
        table = Table()
        bench_in(database, table)
        bench_out(url, database, table)
        table.line(f"execute_values ran on {SLOW_ROWS:,} rows, scaled to {SERIES * ROWS:,}")
        table.line(f"goals missed: {', '.join(table.missed) or 'none'}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        {"export": export_in_child, "freqtrade": freqtrade_in_child}[sys.argv[1]](
            sys.argv[2], Path(sys.argv[3])
        )
    else:
        main()
