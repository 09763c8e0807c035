"""A strategy whose entries need the consensus's approval of exactly the candidate candle."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from freqtrade.enums import TRADE_MODES

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import from_ms, to_ms
from proratio_core.database import Database, open_database
from proratio_core.errors import ConfigurationError, DataError, TransientError
from proratio_core.settings import Settings, load_settings
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_quantlab.specification import UNGATED
from proratio_signals.client import SignalClient
from proratio_signals.derivatives import DerivativesHistory
from proratio_signals.history import read_votes
from proratio_signals.opinions import Action
from proratio_signals.profile import Profile, load_profile
from proratio_signals.questions import Question
from proratio_signals.repeats import read_steadiness
from proratio_signals.scoring.allowed import read_allowed
from proratio_signals.steadiness import NOTHING_REPEATED, Steadiness
from proratio_tradehub.risk import ScoredHistory, ScoredRecord, Side
from proratio_tradehub.strategies.asking import inquiry_about_last
from proratio_tradehub.strategies.base import RuleStrategy
from proratio_tradehub.strategies.gate import (
    approvals,
    availability,
    degraded_closes,
    judged_close_ms,
    signal_id,
)
from proratio_tradehub.strategies.recorded import record_of
from proratio_tradehub.strategies.replies import reply_noter
from proratio_tradehub.strategies.risk_layer import costs_of
from proratio_tradehub.strategies.risk_opening import VIRTUAL_TIME
from proratio_tradehub.strategies.scored_entries import ScoredEntries, scored

__all__ = ["ConsensusStrategy"]

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


class ConsensusStrategy(RuleStrategy):
    """A rule's candidates, entered only where the consensus said BUY.

    The profile comes from the configuration (`"proratio": {"profile": "offline"}`) or from
    `PRORATIO_PROFILE`. In a backtest all votes are read once and merged on the candle's close.
    Trading, a candidate's candle is submitted as it closes, and the votes are polled from the start
    of each loop; until the vote is in, the entry is refused and Freqtrade asks again some seconds
    later. The loop waits for neither; an entry waits for the poll, 250 ms after its beginning at
    most. `proratio signals serve` does the rest.
    """

    acts_on: ClassVar[frozenset[Action]] = frozenset({Action.BUY})
    _profile: Profile | None = None
    _approvals: Mapping[str, Mapping[int, float]] | None = None
    _degraded: Mapping[str, frozenset[int]] = MappingProxyType({})
    _available_ms: Mapping[str, Mapping[int, int]] = MappingProxyType({})
    _steadiness: Steadiness = NOTHING_REPEATED
    _client: SignalClient | None = None
    _scored: ScoredEntries | ScoredRecord | None = None

    def bot_start(self, **given: Any) -> None:
        """Load the profile; then read every vote, or, trading, prepare to ask."""
        self._scored = None  # until this one is read, whatever an earlier start left
        super().bot_start(**given)
        if self._is_ungated:
            return
        name = self._option("profile") or self._settings().profile
        self._profile = load_profile(name, self._user_data / "profiles")
        if self._is_live:
            noter = reply_noter(record_of(self), name)
            self._client = SignalClient(self._settings(), self._profile, on_reply=noter)
            weakref.finalize(self, self._client.close)
            if self._sizes_by_history():
                self._scored = ScoredEntries(self._settings(), self._profile, costs_of(self.config))
                weakref.finalize(self, self._scored.close)
        else:
            with open_database(self._settings()) as database:
                until = self._read_for()
                self._read(database, until)
                self._steadiness = self._repeats(database, until)
                if self._sizes_by_history():
                    found = read_allowed(database, self._profile, self._keys(), until=until)
                    self._scored = scored(found, costs_of(self.config))

    def bot_loop_start(self, **given: Any) -> None:
        """Trading, begin to look for votes that came in since the last loop."""
        super().bot_loop_start(**given)
        if self._is_live and not self._is_ungated:
            self._asked().poll()
            if isinstance(self._scored, ScoredEntries):
                self._scored.refresh(self._keys())

    def populate_entry_trend(self, frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Mark candidates whose candle the consensus approved; trading, it is asked at entry."""
        entries = self.rule.candidates(frame)
        if self._is_ungated:
            return frame.assign(enter_long=entries.astype("int8"))
        close_ms = open_times_ms(frame) + Timeframe(self.timeframe).ms
        if not self._is_live:
            approved = self._approvals_on(metadata["pair"])
            entries &= np.fromiter((close in approved for close in close_ms.tolist()), np.bool_)
        elif len(entries) and entries[-1]:
            self._submit(frame, metadata["pair"])
        tags = np.full(len(frame), None, dtype=object)
        tags[entries] = [
            signal_id(self._gate().name, close) for close in close_ms[entries].tolist()
        ]
        return frame.assign(enter_long=entries.astype("int8"), enter_tag=tags)

    def is_approved(self, pair: str, current_time: datetime, entry_tag: str | None) -> bool:
        """Return whether the vote on the tagged candle approves and is still valid."""
        if self._is_ungated:
            return True
        closed_at = from_ms(judged_close_ms(entry_tag or ""))
        in_time = closed_at <= current_time < closed_at + self._candle
        known = self._is_known(pair, closed_at, current_time)
        return in_time and known and self.confidence(pair, entry_tag) > 0.0

    def limit_entry(
        self, wish: bool, *, pair: str, entry_tag: str | None, side: str, **asked: Any
    ) -> bool:
        """Return whether an entry may be made, and is on the side that the vote is for."""
        is_for = self._is_ungated or self._favours(side, pair, entry_tag)
        return super().limit_entry(
            wish and is_for, pair=pair, entry_tag=entry_tag, side=side, **asked
        )

    def confidence(self, pair: str, entry_tag: str | None) -> float:
        """Return the score of the vote that approves this entry, or 0.

        Where the profile says so, it is shrunk by what repeats had shown when the candle closed.
        """
        if self._is_ungated:
            return 1.0
        close_ms = judged_close_ms(entry_tag or "")
        if self._is_live:
            question = Question(self._key(pair), from_ms(close_ms))
            return self._asked().approval(question, self.acts_on) * self._asked().stake_frac(
                question
            )
        stake_frac = self._steadiness.stake_frac(self._gate().stability, close_ms)
        return self._approvals_on(pair).get(close_ms, 0.0) * stake_frac

    def is_degraded(self, pair: str, entry_tag: str | None) -> bool:
        """Return whether the vote behind this entry lacks a voter; the risk profile decides."""
        if self._is_ungated:
            return False
        close_ms = judged_close_ms(entry_tag or "")
        if self._is_live:
            return self._asked().is_degraded(Question(self._key(pair), from_ms(close_ms)))
        return close_ms in self._degraded.get(pair, frozenset())

    def scored_history(
        self,
        pair: str,  # noqa: ARG002  # all pairs are one history: one alone is too short for long
        entry_tag: str | None,  # noqa: ARG002
        current_time: datetime,
    ) -> ScoredHistory | None:
        """Return what every entry the panel allowed had come to by now, where Kelly needs it."""
        if self._scored is not None:
            return self._scored.by(to_ms(current_time))
        if self._is_ungated or not self._sizes_by_history():
            return None
        raise TransientError("no scored history could be read; see the errors before this one")

    def _favours(self, side: str, pair: str, entry_tag: str | None) -> bool:  # noqa: ARG002  # for subclasses
        """Return whether the vote behind an entry is for this side; BUY is for being long."""
        return side == Side.LONG

    def _submit(self, frame: pd.DataFrame, pair: str) -> None:
        """Put the last candle to the panel; whatever prevents it leaves the entry refused."""
        limit_s = self.ignore_buying_expired_candle_after
        valid_for = min(self._candle, timedelta(seconds=limit_s)) if limit_s else self._candle
        try:
            inquiry = inquiry_about_last(
                frame,
                self._key(pair),
                valid_for=valid_for,
                now=datetime.now(UTC),
                derivatives=self._derivatives(pair),
            )
            if inquiry is not None:
                self._asked().submit(inquiry)
        except DataError as error:
            _log.warning("no entry into %s yet: %s", pair, error)

    def _derivatives(self, pair: str) -> DerivativesHistory | None:  # noqa: ARG002  # for subclasses
        """Return what is known of a perpetual besides its candles, for a panel that is shown it."""
        return None

    @property
    def _is_ungated(self) -> bool:
        """Whether this is the twin; only an explicit word in the configuration makes it one."""
        return bool(self._option("profile") == UNGATED)

    @property
    def _is_live(self) -> bool:
        """Whether somebody is asked; about a time that is virtual only the ledger can answer."""
        return self.config["runmode"] in TRADE_MODES and not self._is_virtual

    @property
    def _is_virtual(self) -> bool:
        return bool(self._option(VIRTUAL_TIME))

    def _is_known(self, pair: str, closed_at: datetime, now: datetime) -> bool:
        """Return whether a vote had been given by `now`; a backtest has no time in the candle."""
        if not self._is_virtual:
            return True
        available_ms = self._available_ms.get(pair, {}).get(to_ms(closed_at))
        return available_ms is not None and available_ms <= to_ms(now)

    def _sizes_by_history(self) -> bool:  # no property: Freqtrade reads those before the start
        return self._risk_layer().desk.engine.profile.sizing.kelly_frac is not None

    def _gate(self) -> Profile:
        if self._profile is None:
            raise ConfigurationError("no profile is loaded; see the error at the bot's start")
        return self._profile

    def _asked(self) -> SignalClient:
        if self._client is None:
            raise ConfigurationError("nobody can be asked; see the error at the bot's start")
        return self._client

    def _key(self, pair: str) -> SeriesKey:
        return SeriesKey(self._source, Pair.parse(pair), Timeframe(self.timeframe))

    def _keys(self) -> tuple[SeriesKey, ...]:
        return tuple(self._key(pair) for pair in self.dp.current_whitelist())

    @property
    def _candle(self) -> timedelta:
        return timedelta(milliseconds=Timeframe(self.timeframe).ms)

    @property
    def _source(self) -> str:
        """Whose candles these are: a backtest's data folder says it, live the configuration.

        Trading on a replayed market names it there, so that its votes never mix with real ones.
        """
        if self._is_live:
            return str(self._option("source") or self.config["exchange"]["name"])
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

    def _read_for(self) -> datetime:
        """Return the moment a backtest reads votes for; the leak test sets an earlier one."""
        until_ms = self._option("votes_until_ms")
        return datetime.now(UTC) if until_ms is None else from_ms(until_ms)

    def _read(self, database: Database, until: datetime) -> None:
        """Read every vote: what it approves, and whether a voter was missing."""
        profile_hash = self._gate().hash
        self._take_votes(
            {
                pair: read_votes(database, self._key(pair), profile_hash=profile_hash, until=until)
                for pair in self.dp.current_whitelist()
            }
        )

    def _take_votes(self, votes: Mapping[str, pd.DataFrame]) -> None:
        timeframe = Timeframe(self.timeframe)
        self._degraded = {pair: degraded_closes(frame) for pair, frame in votes.items()}
        self._approvals = {
            pair: approvals(frame, timeframe, self.acts_on) for pair, frame in votes.items()
        }
        self._available_ms = {pair: availability(frame) for pair, frame in votes.items()}

    def _repeats(self, database: Database, until: datetime) -> Steadiness:
        if self._gate().stability is None:
            return NOTHING_REPEATED
        return read_steadiness(
            database,
            self._gate(),
            exchange=self._source,
            timeframe=Timeframe(self.timeframe),
            until=until,
        )
