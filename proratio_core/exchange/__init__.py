"""The exchange: what it accepts, what it answers, and what its errors mean to us."""

from proratio_core.exchange.access import RECORD_HEADER, open_client, reachable
from proratio_core.exchange.ccxt_source import CcxtSource
from proratio_core.exchange.market_rules import MarketRules, assumed_rules, to_ccxt_market
from proratio_core.exchange.rule_store import find_rules, load_rules, save_rules

__all__ = [
    "RECORD_HEADER",
    "CcxtSource",
    "MarketRules",
    "assumed_rules",
    "find_rules",
    "load_rules",
    "open_client",
    "reachable",
    "save_rules",
    "to_ccxt_market",
]
