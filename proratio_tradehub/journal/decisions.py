"""What led to an entry, or kept it out: the candidate, the vote, the verdict, and what failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from proratio_core.clock import Clock, from_ms, to_ms
from proratio_core.errors import ProratioError
from proratio_signals.questions import Question
from proratio_signals.queue import State
from proratio_signals.records import LedgerVote
from proratio_tradehub.desk import CandleBook, Entry, RefusedEntry
from proratio_tradehub.journal.entry import Kind
from proratio_tradehub.journal.journal import Journal
from proratio_tradehub.journal.unhindered import unhindered
from proratio_tradehub.risk import Verdict

__all__ = ["Candidate", "Decisions"]

_INCIDENT_EVERY_MS: Final = 3_600_000
_SETTLED: Final = frozenset({State.ANSWERED, State.EXPIRED, State.FAILED})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candle on which a rule would enter: when it closed, at what price, and its signal id."""

    close_ms: int
    close_price: float
    tag: str | None


class Decisions:
    """Notes the decisions of one bot; nothing here raises, and nothing waits.

    Parameters
    ----------
    journal
        Where.
    candles
        What the desk knows of the markets.
    clock
        The time it is.
    """

    def __init__(self, journal: Journal, candles: CandleBook, *, clock: Clock) -> None:
        self._journal = journal
        self._candles = candles
        self._clock = clock
        self._candidates: dict[str, Candidate] = {}
        self._planned: dict[str, tuple[str | None, float]] = {}

    @unhindered
    def candidate(self, pair: str, candidate: Candidate) -> None:
        """Note that a candle closed on which the rule would enter."""
        self._candidates[pair] = candidate
        self._journal.note(
            Kind.CANDIDATE,
            *(pair, candidate.close_ms, candidate.tag),
            at=from_ms(candidate.close_ms),
            document={"close_price": candidate.close_price},
            symbol=pair,
            signal_id=candidate.tag,
        )

    @unhindered
    def reply(
        self, question: Question, state: State, detail: str, vote: LedgerVote | None, *, tag: str
    ) -> None:
        """Note what the panel said of a candidate, or why it said nothing.

        `tag` is the signal id where the candidate itself was not noted.
        """
        if state not in _SETTLED and vote is None:
            return
        document: dict[str, Any] = {"state": state.value}
        if detail:
            document["detail"] = detail
        if vote is not None:
            document |= _document_of(vote)
        self._journal.note(
            Kind.VOTE,
            *(question, vote.id if vote is not None else state),
            at=self._clock.now(),
            document=document,
            symbol=str(question.key.pair),
            signal_id=self._tag_of(question) or tag,
        )

    @unhindered
    def allowed(self, entry: Entry, verdict: Verdict, step: str) -> None:
        """Note what stake the risk profile allows; `step` is `stake`, or `entry` at its price."""
        self._planned[entry.pair] = (entry.tag, verdict.planned_loss_quote)
        document = {
            "step": step,
            "is_allowed": True,
            "stake_quote": verdict.stake_quote,
            "planned_loss_quote": verdict.planned_loss_quote,
            "caps": [asdict(cap) for cap in verdict.caps],
            "side": entry.side.value,
            "price": entry.rate,
            "stop_frac": entry.stop_frac,
            "leverage": entry.leverage,
            "spread_frac": entry.spread_frac,
            "confidence": entry.confidence,
        }
        self._verdict(entry.pair, entry.now, step, document, tag=entry.tag)

    @unhindered
    def refused(self, refused: RefusedEntry) -> None:
        """Note every reason why an entry was not made; the first decided."""
        document = {
            "is_allowed": False,
            "rule": refused.rule,
            "refusals": [asdict(refusal) for refusal in refused.refusals],
        }
        self._verdict(
            refused.pair, refused.refused_at, f"not {refused.rule}", document, tag=refused.tag
        )

    @unhindered
    def failed(self, what: str, error: BaseException) -> None:
        """Note, once an hour at most, that a part of the strategy raised."""
        now = self._clock.now()
        self._journal.note(
            Kind.INCIDENT,
            *(what, type(error).__name__, to_ms(now) // _INCIDENT_EVERY_MS),
            at=now,
            document={"what": f"{what} raised", "error": f"{type(error).__name__}: {error}"},
        )

    def entered(self, trade: Any) -> None:
        """Leave with Freqtrade's trade what its REST API should show of the decision."""
        tag, planned_loss_quote = self._planned.get(trade.pair, (None, None))
        if trade.enter_tag:
            trade.set_custom_data("signal_id", trade.enter_tag)
        if planned_loss_quote is not None and tag == trade.enter_tag:
            trade.set_custom_data("planned_loss_quote", planned_loss_quote)

    def _tag_of(self, question: Question) -> str | None:
        """Return the signal id of the candidate a question is about, where it was noted."""
        known = self._candidates.get(str(question.key.pair))
        is_it = known is not None and known.close_ms == to_ms(question.as_of)
        return known.tag if known is not None and is_it else None

    def _verdict(
        self, pair: str, now: datetime, what: str, document: Mapping[str, Any], *, tag: str | None
    ) -> None:
        now_ms = to_ms(now)
        candle_open_ms = now_ms - now_ms % self._candles.candle_ms
        self._journal.note(
            Kind.VERDICT,
            *(pair, candle_open_ms, what),
            at=self._just_now(),
            document={**document, **self._judged_candle(pair, now_ms)},
            symbol=pair,
            signal_id=tag,
        )

    def _just_now(self) -> datetime:
        """Return the time, later than the loop's own and the vote's, in the exchange's whole ms.

        So an order placed in the same millisecond is not told before its verdict.
        """
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def _judged_candle(self, pair: str, now_ms: int) -> dict[str, Any]:
        """Return when the last candle closed and at what price; nothing where none is known."""
        try:
            closed_at = from_ms(self._candles.last_close_ms(pair, now_ms))
            return {
                "candle_closed_at": closed_at,
                "candle_close_price": self._candles.close_price(pair, now_ms),
            }
        except ProratioError:
            return {}


def _document_of(vote: LedgerVote) -> dict[str, Any]:
    return {
        "vote_id": vote.id,
        "attempt": vote.attempt,
        "action": vote.action.value,
        "score": vote.score,
        "dissent": vote.dissent,
        "participation": vote.participation,
        "degraded": vote.degraded,
        "available_at": vote.available_at,
    }
