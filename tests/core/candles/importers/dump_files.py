"""Files as Binance and Freqtrade publish them."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pandas as pd

from proratio_core.candles.frame import open_times_ms

HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,"
    "taker_buy_volume,taker_buy_quote_volume,ignore"
)


def kline_text(
    frame: pd.DataFrame, *, minutes: int = 60, unit: str = "ms", header: bool = False
) -> str:
    """Return candles as the text of a kline dump."""
    scale = {"ms": 1, "us": 1000}[unit]
    lines = [HEADER] if header else []
    for opened, row in zip(open_times_ms(frame), frame.itertuples(index=False), strict=True):
        closed = (int(opened) + minutes * 60_000) * scale - 1
        prices = ",".join(f"{value:.8f}" for value in row[1:])
        lines.append(f"{int(opened) * scale},{prices},{closed},1000.5,42,0.5,500.1,0")
    return "\n".join(lines) + "\n"


def funding_text(frame: pd.DataFrame, *, late_ms: int = 0) -> str:
    """Return funding rates as the text of a dump; real ones are some ms late."""
    lines = ["calc_time,funding_interval_hours,last_funding_rate"]
    rows = zip(open_times_ms(frame), frame["funding_rate"], strict=True)
    lines += [f"{int(time) + late_ms},8,{rate:.8f}" for time, rate in rows]
    return "\n".join(lines) + "\n"


def write_dump(path: Path, text: str, *, checksum: bool = False) -> Path:
    """Write a dump as CSV or, by its suffix, as a zip of one CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{path.stem}.csv", text)
    else:
        path.write_text(text)
    if checksum:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        path.with_name(f"{path.name}.CHECKSUM").write_text(f"{digest}  {path.name}\n")
    return path
