"""The user's own candles are out of reach of a trial."""

from __future__ import annotations

from pathlib import Path

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_tradehub.isolation import isolated
from tests.signals.samples import BTC, candle_frame


def test_it_has_strategies_and_configuration_and_nothing_else(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    CandleStore(database).write(BTC, candle_frame(10))
    (tmp_path / "strategies" / "__pycache__").mkdir(parents=True)
    (tmp_path / "strategies" / "Mine.py").write_text("")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "data").mkdir()
    settings = Settings(PRORATIO_USER_DATA=tmp_path, DATABASE_URL=database_url)

    with isolated(settings) as (alone, elsewhere):
        assert sorted(p.name for p in alone.user_data.iterdir()) == [
            ".proratio", "config.json", "strategies",
        ]  # fmt: skip
        assert [p.name for p in (alone.user_data / "strategies").iterdir()] == ["Mine.py"]
        assert not CandleStore(elsewhere).series()
        CandleStore(elsewhere).write(BTC, candle_frame(3))
        folder = alone.user_data

    assert not folder.exists()
    (kept,) = CandleStore(database).extents().values()
    assert kept.rows == 10
