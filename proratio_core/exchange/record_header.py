"""How the replay exchange says, in each answer, whose candles it replays."""

from __future__ import annotations

from typing import Final

__all__ = ["RECORD_HEADER"]

RECORD_HEADER: Final = "X-Proratio-Record"
"""HTTP header; its value is an exchange's name, `simulated`, or a name followed by `moved`."""
