"""From a line of a batch's results to what its call is charged and what was said; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from proratio_signals.calls import (
    UNANSWERED,
    Settlement,
    answer_document,
    charge_usd,
    outcome_of,
)
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Usage
from proratio_signals.providers.batching import Batching, BatchLine

__all__ = ["settlements_of"]


def settlements_of(
    lines: Iterable[BatchLine],
    unsettled: Mapping[str, tuple[int, float]],
    provider: Batching,
    *,
    on: date,
    latency_s: float,
) -> Iterator[Settlement]:
    """Yield what settles the calls of a batch, each at most once.

    Parameters
    ----------
    lines
        Results; lines of other calls and repeated ones are passed over.
    unsettled
        The batch's calls without a result, by their key: id and reserved US dollars.
    provider
        Reads a body by the same rules as a live one.
    on
        The day whose prices hold.
    latency_s
        Taken as the time an answer needed, which no batch tells.
    """
    left = dict(unsettled)
    for line in lines:
        call = left.pop(line.key, None)
        if call is None:
            continue
        number, reserved_usd = call
        answer = _answer(line, provider, on=on, latency_s=latency_s)
        if answer is None:
            yield Settlement(number, 0.0, UNANSWERED, None, None, None)
            continue
        yield Settlement(
            number,
            charge_usd(answer, reserved_usd=reserved_usd),
            outcome_of(answer),
            answer.usage.input_tokens,
            answer.usage.output_tokens,
            answer_document(answer),
        )


def _answer(line: BatchLine, provider: Batching, *, on: date, latency_s: float) -> Answer | None:
    if line.body is not None:
        return provider.batch_answer(line.body, on=on, latency_s=latency_s)
    if line.failure is None or line.failure.kind is AbstentionKind.AUTHENTICATION:
        return None  # a key can be corrected; what is said about this one is no answer
    refusal = Abstention(line.failure.kind, line.failure.detail, billable=False)
    return Answer(refusal, "", Usage(), latency_s=latency_s, cost_usd=None)
