"""The exchange: what it accepts, what it answers, and what its errors mean to us."""

from proratio_core.exchange.access import RECORD_HEADER, open_client, reachable
from proratio_core.exchange.ccxt_source import CcxtSource
from proratio_core.exchange.key_rights import (
    KeyRights,
    key_rights,
    open_account_client,
    require_trade_only,
)
from proratio_core.exchange.market_rules import MarketRules, assumed_rules, to_ccxt_market
from proratio_core.exchange.placing import (
    OpenQuestion,
    acceptance_window_s,
    as_invalid_order,
    find_order,
    is_outcome_open,
    refusal,
)
from proratio_core.exchange.request_gate import RequestGate
from proratio_core.exchange.rule_store import find_rules, load_rules, save_rules
from proratio_core.exchange.testnet import is_testnet

__all__ = [
    "RECORD_HEADER",
    "CcxtSource",
    "KeyRights",
    "MarketRules",
    "OpenQuestion",
    "RequestGate",
    "acceptance_window_s",
    "as_invalid_order",
    "assumed_rules",
    "find_order",
    "find_rules",
    "is_outcome_open",
    "is_testnet",
    "key_rights",
    "load_rules",
    "open_account_client",
    "open_client",
    "reachable",
    "refusal",
    "require_trade_only",
    "save_rules",
    "to_ccxt_market",
]
