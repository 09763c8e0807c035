"""A strategy whose entries need the consensus's approval of exactly the candidate candle."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from freqtrade.enums import TRADE_MODES

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import from_ms
from proratio_core.database import Database, open_database
from proratio_core.errors import ConfigurationError, TransientError
from proratio_core.settings import Settings, load_settings
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_quantlab.specification import UNGATED
from proratio_signals.history import read_votes
from proratio_signals.profile import Profile, load_profile
from proratio_tradehub.strategies.base import RuleStrategy
from proratio_tradehub.strategies.gate import approvals, judged_close_ms, signal_id

__all__ = ["ConsensusStrategy"]

_POLL_TIMEOUT_MS = 250
"""How long a read of the ledger may hold up the trading loop."""


class ConsensusStrategy(RuleStrategy):
    """A rule's candidates, entered only where the consensus said BUY.

    The profile comes from the configuration (`"proratio": {"profile": "offline"}`) or from
    `PRORATIO_PROFILE`. In a backtest all votes are read once and merged on the candle's close.
    Trading, the ledger is polled between candles; until the vote is in, the entry is refused and
    Freqtrade asks again some seconds later. No candle is waited for, no network is called here.
    """

    _profile: Profile | None = None
    _approvals: Mapping[str, Mapping[int, float]] | None = None
    _live_database: Database | None = None

    def bot_start(self, **_: Any) -> None:
        """Load the profile and, in a backtest, every vote."""
        if self._is_ungated:
            return
        name = self._option("profile") or self._settings().profile
        self._profile = load_profile(name, self._user_data / "profiles")
        if not self._is_live:
            with open_database(self._settings()) as database:
                self._approvals = self._read(database)

    def bot_loop_start(self, **_: Any) -> None:
        """Trading, look for votes that came in since the last loop; bounded in time."""
        if not self._is_live or self._is_ungated:
            return
        self._approvals = None  # a failing read must not leave old votes standing
        if self._live_database is None:
            self._live_resources = ExitStack()
            self._live_database = self._live_resources.enter_context(
                open_database(self._settings(), statement_timeout_ms=_POLL_TIMEOUT_MS)
            )
        self._approvals = self._read(self._live_database)

    def populate_entry_trend(self, frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Mark candidates whose candle the consensus approved; trading, it is asked at entry."""
        entries = self.rule.candidates(frame)
        if self._is_ungated:
            return frame.assign(enter_long=entries.astype("int8"))
        close_ms = open_times_ms(frame) + Timeframe(self.timeframe).ms
        if not self._is_live:
            approved = self._approvals_on(metadata["pair"])
            entries &= np.fromiter((close in approved for close in close_ms.tolist()), np.bool_)
        tags = np.full(len(frame), None, dtype=object)
        tags[entries] = [
            signal_id(self._gate().name, close) for close in close_ms[entries].tolist()
        ]
        return frame.assign(enter_long=entries.astype("int8"), enter_tag=tags)

    def confirm_trade_entry(
        self, *, pair: str, current_time: datetime, entry_tag: str | None, **_: Any
    ) -> bool:
        """Return whether the vote on the tagged candle approves and is still valid."""
        if self._is_ungated:
            return True
        closed_at = from_ms(judged_close_ms(entry_tag or ""))
        valid_for = timedelta(milliseconds=Timeframe(self.timeframe).ms)
        in_time = closed_at <= current_time < closed_at + valid_for
        return in_time and self.confidence(pair, entry_tag) > 0.0

    def confidence(self, pair: str, entry_tag: str | None) -> float:
        """Return the score of the vote that approves this entry, or 0."""
        if self._is_ungated:
            return 1.0
        return self._approvals_on(pair).get(judged_close_ms(entry_tag or ""), 0.0)

    @property
    def _is_ungated(self) -> bool:
        """Whether this is the twin; only an explicit word in the configuration makes it one."""
        return bool(self._option("profile") == UNGATED)

    @property
    def _is_live(self) -> bool:
        return self.config["runmode"] in TRADE_MODES

    def _gate(self) -> Profile:
        if self._profile is None:
            raise ConfigurationError("no profile is loaded; see the error at the bot's start")
        return self._profile

    @property
    def _source(self) -> str:
        """Whose candles these are: live the exchange's, else the data folder's name says it."""
        if self._is_live:
            return str(self.config["exchange"]["name"])
        return Path(self.config["datadir"]).name

    @property
    def _user_data(self) -> Path:
        return Path(self.config["user_data_dir"])

    def _settings(self) -> Settings:
        return load_settings().model_copy(update={"user_data": self._user_data})

    def _option(self, name: str) -> Any:
        return self.config.get("proratio", {}).get(name)

    def _approvals_on(self, pair: str) -> Mapping[int, float]:
        if self._approvals is None:
            raise TransientError("the votes could not be read; see the errors before this one")
        return self._approvals[pair]

    def _read(self, database: Database) -> dict[str, Mapping[int, float]]:
        until_ms = self._option("votes_until_ms")  # set by the leak test
        timeframe = Timeframe(self.timeframe)
        return {
            pair: approvals(
                read_votes(
                    database,
                    SeriesKey(self._source, Pair.parse(pair), timeframe),
                    profile_hash=self._gate().hash,
                    until=datetime.now(UTC) if until_ms is None else from_ms(until_ms),
                ),
                timeframe,
            )
            for pair in self.dp.current_whitelist()
        }
