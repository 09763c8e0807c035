"""Which of the answered questions are asked again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from proratio_core.values import SeriesKey, Timerange
from proratio_signals.backfill import Asker, plan
from proratio_signals.ledger import Ledger
from proratio_signals.questions import Question

__all__ = ["draw_sample"]


def draw_sample(
    keys: Iterable[SeriesKey],
    asker: Asker,
    ledger: Ledger,
    *,
    timerange: Timerange,
    size: int,
) -> tuple[Question, ...]:
    """Return at most `size` questions that all voters answered on the candles stored now.

    Parameters
    ----------
    keys, timerange
        What the questions are about; `timerange` is of close times.
    asker, ledger
        Who was asked, and what they said.
    size
        A larger sample holds every smaller one, and the order is random but always the same: by the
        hash of the question, which says nothing about the answer.
    """
    answered = {
        vote.question
        for key in keys
        for vote in ledger.votes(key, asker.profile.hash, timerange=timerange)
        if not vote.degraded
    }
    planned = plan(answered, asker, ledger)
    answered -= set(planned.open) | {refusal.question for refusal in planned.refused}
    return tuple(sorted(answered, key=_place)[:size])


def _place(question: Question) -> str:
    return hashlib.sha256(str(question).encode()).hexdigest()
