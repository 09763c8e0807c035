"""What the panel replied to a trading process, on its way into the record."""

from __future__ import annotations

from proratio_core.clock import to_ms
from proratio_signals.client import OnReply
from proratio_signals.questions import Question
from proratio_signals.queue import State
from proratio_signals.records import LedgerVote
from proratio_tradehub.journal import TradingRecord
from proratio_tradehub.strategies.gate import signal_id

__all__ = ["reply_noter"]


def reply_noter(record: TradingRecord | None, profile: str) -> OnReply | None:
    """Return what notes the replies of a profile; None where there is no record.

    It holds on to the record alone: a strategy it held on to would never end.
    """
    if record is None:
        return None
    decisions = record.decisions

    def note(question: Question, state: State, detail: str, vote: LedgerVote | None) -> None:
        tag = signal_id(profile, to_ms(question.as_of))
        decisions.reply(question, state, detail, vote, tag=tag)

    return note
