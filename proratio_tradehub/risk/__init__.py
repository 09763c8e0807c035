"""The risk engine: pure rules over the account and an entry, limits as data, stakes and stops."""

from proratio_tradehub.risk.engine import RiskEngine
from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.positions import Position
from proratio_tradehub.risk.profile import RiskProfile
from proratio_tradehub.risk.profile_files import load_risk_profile, risk_profile_names
from proratio_tradehub.risk.returns import RecentReturns
from proratio_tradehub.risk.scored import ScoredHistory, ScoredRecord
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.state import PortfolioState, TradingState
from proratio_tradehub.risk.verdict import Cap, Refusal, Verdict

__all__ = [
    "Cap",
    "EntryIntent",
    "PortfolioState",
    "Position",
    "RecentReturns",
    "Refusal",
    "RiskEngine",
    "RiskProfile",
    "ScoredHistory",
    "ScoredRecord",
    "Side",
    "TradingState",
    "Verdict",
    "load_risk_profile",
    "risk_profile_names",
]
