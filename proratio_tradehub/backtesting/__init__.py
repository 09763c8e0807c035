"""Backtests from start to end: export, backfill, run or reuse, compare."""

from proratio_tradehub.backtesting.attribution import Attribution, attribute
from proratio_tradehub.backtesting.backtester import Backtester, Outcome, Prepared
from proratio_tradehub.backtesting.causality import CausalityReport, check_causality
from proratio_tradehub.backtesting.charts import pair_charts
from proratio_tradehub.backtesting.request import BacktestRequest
from proratio_tradehub.backtesting.survey import SurveyRow, survey_row, survey_table
from proratio_tradehub.backtesting.tear_sheets import market_days, tear_sheet_of

__all__ = [
    "Attribution",
    "BacktestRequest",
    "Backtester",
    "CausalityReport",
    "Outcome",
    "Prepared",
    "SurveyRow",
    "attribute",
    "check_causality",
    "market_days",
    "pair_charts",
    "survey_row",
    "survey_table",
    "tear_sheet_of",
]
