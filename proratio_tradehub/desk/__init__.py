"""The risk desk: between whoever trades and the risk engine, in backtests as in earnest."""

from proratio_tradehub.desk.account import Account, Costs
from proratio_tradehub.desk.candles import CandleBook
from proratio_tradehub.desk.clock_gauge import ClockGauge
from proratio_tradehub.desk.desk import Entry, RiskDesk
from proratio_tradehub.desk.equity import EquityBook
from proratio_tradehub.desk.equity_marks import EquityMarks
from proratio_tradehub.desk.positions import OpenTrade
from proratio_tradehub.desk.refusals import RefusalLedger, RefusalTally, RefusedEntry
from proratio_tradehub.desk.report import Headroom, RiskReport, read_reports, report_path
from proratio_tradehub.desk.restraint import LiveRestraint, Restraint, SimulatedHalts

__all__ = [
    "Account",
    "CandleBook",
    "ClockGauge",
    "Costs",
    "Entry",
    "EquityBook",
    "EquityMarks",
    "Headroom",
    "LiveRestraint",
    "OpenTrade",
    "RefusalLedger",
    "RefusalTally",
    "RefusedEntry",
    "Restraint",
    "RiskDesk",
    "RiskReport",
    "SimulatedHalts",
    "read_reports",
    "report_path",
]
