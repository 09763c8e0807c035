"""Trading on paper: on the exchange as it is, kept alive, or on a recorded one in virtual time."""

from proratio_tradehub.paper.bot_command import PaperBot
from proratio_tradehub.paper.comparison import Agreement, compare_with_backtest
from proratio_tradehub.paper.health import Health, State, read_health
from proratio_tradehub.paper.keeping import keep_alive
from proratio_tradehub.paper.outcome import Outcome, trade_table
from proratio_tradehub.paper.plan import ReplayPlan, parse_window
from proratio_tradehub.paper.progress import Progress
from proratio_tradehub.paper.session import run_session

__all__ = [
    "Agreement",
    "Health",
    "Outcome",
    "PaperBot",
    "Progress",
    "ReplayPlan",
    "State",
    "compare_with_backtest",
    "keep_alive",
    "parse_window",
    "read_health",
    "run_session",
    "trade_table",
]
