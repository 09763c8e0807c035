"""Every metric there is: its name, kind, labels, meaning, and which process tells it. Pure.

Names follow Prometheus' conventions: `proratio_`, base units, `_total` on counters. Labels take few
values: accounts, providers, series and limits of this installation, never an order or a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["CATALOGUE", "Kind", "Metric", "Role", "metric"]


class Role(StrEnum):
    """A process that can be scraped; `offset` is added to `PRORATIO_METRICS_PORT`."""

    BOT = "bot"
    STREAM = "stream"
    SIGNALS = "signals"
    ALERTS = "alerts"
    INSTALLATION = "installation"

    @property
    def offset(self) -> int:
        """Its place in this order, 0 for the bot."""
        return tuple(Role).index(self)


class Kind(StrEnum):
    """What a metric's values are."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Parameters
    ----------
    name
        As it is scraped; a histogram's without `_bucket`, `_sum` and `_count`.
    kind, meaning, labels
        What it is.
    roles
        Whose processes tell it.
    """

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...]
    roles: tuple[Role, ...]


def metric(name: str) -> Metric:
    """Return the metric of a name.

    Raises
    ------
    KeyError
        There is none.
    """
    return CATALOGUE[name]


_EVERY: Final = tuple(Role)
_GAUGE, _COUNTER, _HISTOGRAM = Kind
_ROWS: Final[tuple[tuple[str, Kind, str, tuple[str, ...], tuple[Role, ...]], ...]] = (
    (
        "proratio_build_info",
        _GAUGE,
        "1; the labels say which version runs, and as what",
        ("version", "role"),
        _EVERY,
    ),
    (
        "proratio_collector_up",
        _GAUGE,
        "Whether this part of the scrape could be read: 1, or 0 after an error",
        ("collector",),
        _EVERY,
    ),
    (
        "proratio_log_messages_total",
        _COUNTER,
        "Warnings and errors in the process's log",
        ("level", "area"),
        _EVERY,
    ),
    (
        "proratio_account_info",
        _GAUGE,
        "1; the labels say whose money it is: LIVE, PAPER or SIMULATED",
        ("account", "mark", "strategy", "profile"),
        (Role.BOT,),
    ),
    (
        "proratio_account_equity_quote",
        _GAUGE,
        "Equity with open positions at market value, in quote currency",
        ("account",),
        (Role.BOT,),
    ),
    (
        "proratio_account_drawdown_ratio",
        _GAUGE,
        "How far equity is below its peak, 0 to 1",
        ("account",),
        (Role.BOT,),
    ),
    (
        "proratio_account_limit_used_ratio",
        _GAUGE,
        "How much of a limit of the risk profile is used: 1 is all of it",
        ("account", "limit"),
        (Role.BOT,),
    ),
    (
        "proratio_account_headroom_ratio",
        _GAUGE,
        "How much of a limit of the risk profile is left, 0 to 1",
        ("account", "limit"),
        (Role.BOT,),
    ),
    ("proratio_account_positions", _GAUGE, "Open positions", ("account",), (Role.BOT,)),
    (
        "proratio_account_position_value_quote",
        _GAUGE,
        "What an open position is worth, in quote currency",
        ("account", "pair", "side"),
        (Role.BOT,),
    ),
    (
        "proratio_account_positions_without_stop",
        _GAUGE,
        "Open positions that have no stop",
        ("account",),
        (Role.BOT,),
    ),
    (
        "proratio_account_entries_held_back",
        _GAUGE,
        "Whether anything keeps the bot from entering: 1 or 0",
        ("account",),
        (Role.BOT,),
    ),
    (
        "proratio_account_entries_refused_total",
        _COUNTER,
        "Entries a rule of the risk profile refused since the bot began",
        ("account", "rule"),
        (Role.BOT,),
    ),
    (
        "proratio_account_report_timestamp_seconds",
        _GAUGE,
        "When the bot last judged its account",
        ("account",),
        (Role.BOT,),
    ),
    (
        "proratio_bot_loop_interval_seconds",
        _HISTOGRAM,
        "Time from the beginning of one trading loop to that of the next",
        (),
        (Role.BOT,),
    ),
    (
        "proratio_bot_loop_timestamp_seconds",
        _GAUGE,
        "When the last trading loop began",
        (),
        (Role.BOT,),
    ),
    (
        "proratio_trading_mode",
        _GAUGE,
        "1 for the mode the halts leave trading in, 0 for the others",
        ("mode",),
        (Role.BOT, Role.INSTALLATION),
    ),
    (
        "proratio_halts",
        _GAUGE,
        "Orders of a person or a limit that hold entries back",
        (),
        (Role.BOT, Role.INSTALLATION),
    ),
    (
        "proratio_stream_report_timestamp_seconds",
        _GAUGE,
        "When the stream of real-time data last reported",
        ("exchange",),
        (Role.STREAM,),
    ),
    (
        "proratio_stream_connected",
        _GAUGE,
        "Whether a series has been heard since its line was last lost: 1 or 0",
        ("series",),
        (Role.STREAM,),
    ),
    (
        "proratio_stream_lines_lost_total",
        _COUNTER,
        "How often a line to the exchange was lost",
        ("exchange",),
        (Role.STREAM,),
    ),
    (
        "proratio_stream_candles_corrected_total",
        _COUNTER,
        "Candles that the exchange later gave otherwise than its stream had",
        ("series",),
        (Role.STREAM,),
    ),
    (
        "proratio_candle_newest_open_timestamp_seconds",
        _GAUGE,
        "Open time of the newest candle behind which nothing is missing",
        ("series",),
        (Role.STREAM,),
    ),
    (
        "proratio_candle_lateness_seconds",
        _GAUGE,
        "How long a candle that has closed has not been stored; 0 when nothing is late",
        ("series",),
        (Role.STREAM,),
    ),
    (
        "proratio_candle_delay_seconds",
        _GAUGE,
        "How long after its close the last candle from the stream was stored",
        ("series",),
        (Role.STREAM,),
    ),
    (
        "proratio_votes_total",
        _COUNTER,
        "Votes of the panel",
        ("profile", "action", "degraded"),
        (Role.SIGNALS,),
    ),
    (
        "proratio_opinions_total",
        _COUNTER,
        "Opinions of voters",
        ("provider", "action"),
        (Role.SIGNALS,),
    ),
    (
        "proratio_abstentions_total",
        _COUNTER,
        "Voters that had no opinion, by why",
        ("provider", "kind"),
        (Role.SIGNALS,),
    ),
    (
        "proratio_call_duration_seconds",
        _HISTOGRAM,
        "How long a voter took to answer or to fail",
        ("provider",),
        (Role.SIGNALS,),
    ),
    (
        "proratio_call_cost_usd_total",
        _COUNTER,
        "What the voters' calls cost, in US dollars",
        ("provider",),
        (Role.SIGNALS,),
    ),
    (
        "proratio_service_condition",
        _GAUGE,
        "1 for the condition the signal service is in, 0 for the others",
        ("profile", "condition"),
        (Role.SIGNALS,),
    ),
    (
        "proratio_service_report_timestamp_seconds",
        _GAUGE,
        "When the signal service last looked for questions",
        ("profile",),
        (Role.SIGNALS,),
    ),
    (
        "proratio_questions_settled_total",
        _COUNTER,
        "Questions of trading bots that were answered, or were not",
        ("profile", "outcome"),
        (Role.SIGNALS,),
    ),
    (
        "proratio_questions_under_way",
        _GAUGE,
        "Questions the service is at now",
        ("profile",),
        (Role.SIGNALS,),
    ),
    (
        "proratio_questions_waiting",
        _GAUGE,
        "Questions nobody has taken yet",
        ("profile",),
        (Role.SIGNALS,),
    ),
    (
        "proratio_spending_today_usd",
        _GAUGE,
        "Charged and set aside for calls on this day (UTC), in US dollars",
        (),
        (Role.SIGNALS,),
    ),
    (
        "proratio_spending_limit_usd",
        _GAUGE,
        "The most that may be charged on one day, in US dollars",
        (),
        (Role.SIGNALS,),
    ),
    (
        "proratio_provider_breaker_state",
        _GAUGE,
        "1 for the state a provider's breaker is in, 0 for the others",
        ("provider", "state"),
        (Role.SIGNALS,),
    ),
    (
        "proratio_provider_failures_in_a_row",
        _GAUGE,
        "Calls in a row that found a provider not there",
        ("provider",),
        (Role.SIGNALS,),
    ),
    (
        "proratio_alerts_sent_total",
        _COUNTER,
        "Messages a person was sent",
        (),
        (Role.ALERTS,),
    ),
    (
        "proratio_database_up",
        _GAUGE,
        "Whether PostgreSQL answers: 1 or 0",
        (),
        (Role.INSTALLATION,),
    ),
    (
        "proratio_database_size_bytes",
        _GAUGE,
        "Size of the database",
        (),
        (Role.INSTALLATION,),
    ),
    (
        "proratio_disk_free_bytes",
        _GAUGE,
        "Free space where user_data is",
        (),
        (Role.INSTALLATION,),
    ),
    (
        "proratio_trades_open",
        _GAUGE,
        "Open trades on record",
        ("account",),
        (Role.INSTALLATION,),
    ),
    (
        "proratio_trades_closed",
        _GAUGE,
        "Closed trades on record, by whether they won",
        ("account", "result"),
        (Role.INSTALLATION,),
    ),
    (
        "proratio_trades_profit_quote",
        _GAUGE,
        "Profit of all closed trades on record, in quote currency",
        ("account",),
        (Role.INSTALLATION,),
    ),
    (
        "proratio_backup_timestamp_seconds",
        _GAUGE,
        "When a backup was last made; absent when none ever was",
        (),
        (Role.INSTALLATION,),
    ),
    (
        "proratio_backup_size_bytes",
        _GAUGE,
        "Size of the last backup",
        (),
        (Role.INSTALLATION,),
    ),
    (
        "proratio_rehearsal_success_timestamp_seconds",
        _GAUGE,
        "When a backup was last restored and found the same; absent when none ever was",
        (),
        (Role.INSTALLATION,),
    ),
)

CATALOGUE: Final = {row[0]: Metric(*row) for row in _ROWS}
"""Name -> metric."""
