"""Halts: in PostgreSQL and in a file, either of which keeps entries out until a person lifts it."""

from proratio_tradehub.halts.events import Action, HaltEvent, Mode, Standing
from proratio_tradehub.halts.halt_file import HaltFile
from proratio_tradehub.halts.halts import Halts, Recorded, halt_file
from proratio_tradehub.halts.ledger import HaltLedger
from proratio_tradehub.halts.rounds import Rounds
from proratio_tradehub.halts.watch import HaltWatch

__all__ = [
    "Action",
    "HaltEvent",
    "HaltFile",
    "HaltLedger",
    "HaltWatch",
    "Halts",
    "Mode",
    "Recorded",
    "Rounds",
    "Standing",
    "halt_file",
]
