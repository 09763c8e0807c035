"""Stages of capital: how much real money an account may use, as data, on record, and enforced."""

from proratio_tradehub.stages.gate import StageGate
from proratio_tradehub.stages.ledger import StageLedger, StageStep
from proratio_tradehub.stages.plan import Needed, Plan, Stage, load_plan
from proratio_tradehub.stages.pot import StagedAccount, StageRule
from proratio_tradehub.stages.real_money import is_real_money

__all__ = [
    "Needed",
    "Plan",
    "Stage",
    "StageGate",
    "StageLedger",
    "StageRule",
    "StageStep",
    "StagedAccount",
    "is_real_money",
    "load_plan",
]
