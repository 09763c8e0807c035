"""Halts: in PostgreSQL and in a file, either of which keeps entries out until a person lifts it."""

from proratio_tradehub.halts.bot import BotTrade, TradingBot
from proratio_tradehub.halts.events import LIMIT, Action, HaltEvent, Mode, Standing, standing_of
from proratio_tradehub.halts.halt_file import HaltFile
from proratio_tradehub.halts.halts import Halts, Recorded, halt_file
from proratio_tradehub.halts.ledger import HaltLedger
from proratio_tradehub.halts.liquidation import Closing, Liquidation, WarrantFile
from proratio_tradehub.halts.rounds import Rounds
from proratio_tradehub.halts.watch import HaltWatch

__all__ = [
    "LIMIT",
    "Action",
    "BotTrade",
    "Closing",
    "HaltEvent",
    "HaltFile",
    "HaltLedger",
    "HaltWatch",
    "Halts",
    "Liquidation",
    "Mode",
    "Recorded",
    "Rounds",
    "Standing",
    "TradingBot",
    "WarrantFile",
    "halt_file",
    "standing_of",
]
