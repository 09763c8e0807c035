# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Data tour
#
# Every candle lives in PostgreSQL; Freqtrade's files are exported from there and never edited. This
# page makes a **SIMULATED** market in a throw-away installation, damages copies of it, and shows
# what is refused and what is reported.

# %%
from contextlib import ExitStack
from datetime import UTC, datetime

from proratio_core.candles import (
    CandleStore,
    GapLedger,
    Severity,
    check_frame,
    export_series,
    resample,
    store_scenario,
)
from proratio_core.candles.health import check_health
from proratio_core.settings import load_settings
from proratio_core.values import Pair, SeriesKey, Timeframe, Timerange
from proratio_tradehub.isolation import isolated

installation = ExitStack()
settings, database = installation.enter_context(isolated(load_settings(env_file=None)))
store = CandleStore(database)

# %% [markdown]
# ## Candles in
#
# The same seed gives the same market. It has no drift: the expected return over any span is zero,
# so no strategy is flattered.

# %%
btc, eth = Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")
keys = store_scenario(
    store, [btc, eth], [Timeframe.H1], timerange=Timerange.parse("20240101-20240401"), seed=7
)
for stored in store.series():
    print(stored.key, f"{len(store.read(stored.key)):,} candles, version {stored.version}")

# %%
hourly = store.read(keys[0])
print(hourly.tail(3).to_string(index=False))

# %% [markdown]
# A candle carries its *open* time; nobody may know it before it has closed. Longer candles are made
# of shorter ones, and an incomplete one at the end is left out.

# %%
daily = resample(hourly, Timeframe.H1, Timeframe.D1)
print(f"{len(hourly):,} hours are {len(daily)} days")

# %% [markdown]
# ## What is refused
#
# A high below the low is no price. Downloads and imports check every frame by these rules, and a
# frame that breaks one is refused whole.

# %%
now = datetime.now(UTC)
broken = hourly.copy()
broken.loc[10, "high"] = broken.loc[10, "low"] / 2
findings = check_frame(broken, keys[0], now=now)
for finding in findings:
    print(finding.severity, finding)
assert any(finding.severity is Severity.ERROR for finding in findings)

# %% [markdown]
# ## What is reported
#
# A gap is no contradiction: exchanges stand still. It is stored as it is, never filled with made-up
# prices, and listed until somebody knows the reason.

# %%
with_hole = SeriesKey("simulated", Pair.parse("HOLE/USDT"), Timeframe.H1)
store.write(with_hole, hourly.drop(index=range(100, 106)))
for health in check_health(store, GapLedger(database), now=now):
    print(health.key, f"errors {len(health.errors)}, missing candles {health.missing_candles}")

# %% [markdown]
# ## Candles out
#
# An export writes what changed since the last one, and nothing when nothing did.

# %%
for attempt in ("first", "second"):
    report = export_series(store, keys, settings.data_dir)
    print(attempt, [str(file.status) for file in report.files])

# %%
installation.close()
