"""Has a panel judged by what happened, and its bill written, in a process of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from proratio_core.database import Database
from proratio_core.values import Timeframe
from proratio_signals.models import USER_FILE, load_models
from proratio_signals.profile import Profile
from proratio_signals.scoring import Judge, Scorecard
from proratio_signals.scoring.reading import judged_series
from proratio_tradehub.account_costs import account_trade_costs
from proratio_tradehub.dashboard.reading import Access, rows
from proratio_tradehub.trade_costs import TradeCost

__all__ = ["PanelEntry", "Record", "judge", "read_panels"]

_STATEMENT_LIMIT_MS: Final = 120_000
_PANELS: Final = (
    "SELECT profile.name, timeframe, profile.document "
    "FROM series, profile, LATERAL (SELECT as_of FROM vote WHERE series_id = series.id "
    "AND profile_id = profile.id ORDER BY as_of DESC, attempt DESC LIMIT 1) AS newest "
    "WHERE exchange = %s GROUP BY profile.id, profile.name, timeframe, profile.document "
    "ORDER BY max(newest.as_of) DESC, profile.id DESC LIMIT 50"
)


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """A panel that was asked: its document, and on which candles."""

    name: str
    timeframe: str
    document: str

    @property
    def profile(self) -> Profile:
        """The panel."""
        return Profile.model_validate_json(self.document)

    @property
    def title(self) -> str:
        """Its name for people; two panels of one name differ by their hash."""
        return f"{self.name} · {self.timeframe} · {self.profile.hash[:8]}"


@dataclass(frozen=True, slots=True)
class Record:
    """What a panel was worth, and what it cost each trade of an account, by opening time."""

    scorecard: Scorecard
    trades: tuple[TradeCost, ...]


def read_panels(database: Database, exchange: str) -> tuple[PanelEntry, ...]:
    """Return every panel that was asked about an exchange, the last heard of first."""
    found = rows(database, _PANELS, (exchange,))
    return tuple(PanelEntry(name, length, _text(said)) for name, length, said in found)


def judge(
    access: Access,
    panel: PanelEntry,
    exchange: str,
    account: str | None,
    *,
    models_folder: Path,
    until: datetime,
) -> Record:
    """Return the track record of a panel on all it was asked about an exchange, and its bill.

    Parameters
    ----------
    access
        How the database is reached.
    panel, exchange
        Whose record, on whose candles.
    account
        Whose trades have paid for it; None for nobody's.
    models_folder
        Where the user's own models are.
    until
        The moment it is computed for.

    Raises
    ------
    TransientError
        The database is away.
    """
    timeframe, profile = Timeframe.parse(panel.timeframe), panel.profile
    with access.opened(statement_timeout_ms=_STATEMENT_LIMIT_MS) as database:
        judged = judged_series(database, profile.hash)
        keys = tuple(
            key for key in judged if (key.exchange, key.timeframe) == (exchange, timeframe)
        )
        models = load_models(models_folder / USER_FILE)
        scorecard = Judge(database, models, until=until).scorecard(profile, keys)
        if account is None:
            return Record(scorecard, ())
        named = (panel.name, profile.hash)
        trades = account_trade_costs(
            database, account, named, exchange=exchange, timeframe=timeframe, until=until
        )
        return Record(scorecard, trades)


def _text(document: Any) -> str:
    return json.dumps(document)
