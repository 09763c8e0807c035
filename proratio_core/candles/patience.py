"""Waiting out a source's failures: as long as it asks, or ever longer, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from proratio_core.clock import Clock
from proratio_core.errors import RateLimitError, TransientError

__all__ = ["Patience"]

_Answer = TypeVar("_Answer")

_log = structlog.get_logger(__name__)

_MARGIN_S: Final = 1.0
"""Added to every wait that was asked for: sources count in whole seconds."""

_backoff: Final = wait_random_exponential(multiplier=1, max=60)


@dataclass(frozen=True)
class Patience:
    """Repeats calls that fail with a `TransientError`.

    Parameters
    ----------
    clock
        Waits between the attempts.
    attempts
        How often a call is made before its error is let through.
    longest_wait_s
        A source that asks to be left alone for longer is not waited for.
    """

    clock: Clock
    attempts: int = 8
    longest_wait_s: float = 900.0

    def call(self, function: Callable[[], _Answer]) -> _Answer:
        """Return the answer of `function`, called until it succeeds.

        Raises
        ------
        TransientError
            The last attempt failed too.
        RateLimitError
            The source asked for a wait beyond `longest_wait_s`.
        """
        retrying = Retrying(
            stop=stop_after_attempt(self.attempts),
            retry=retry_if_exception(self._is_worth_waiting_for),
            wait=_wait_s,
            sleep=self.clock.sleep,
            before_sleep=_tell,
            reraise=True,
        )
        return retrying(function)

    def _is_worth_waiting_for(self, error: BaseException) -> bool:
        wait_s = _asked_wait_s(error) or 0.0
        return isinstance(error, TransientError) and wait_s <= self.longest_wait_s


def _asked_wait_s(error: BaseException | None) -> float | None:
    return error.retry_after_s if isinstance(error, RateLimitError) else None


def _error(state: RetryCallState) -> BaseException | None:
    return None if state.outcome is None else state.outcome.exception()


def _wait_s(state: RetryCallState) -> float:
    asked_s = _asked_wait_s(_error(state))
    return _backoff(state) if asked_s is None else asked_s + _MARGIN_S


def _tell(state: RetryCallState) -> None:
    _log.warning("waiting", seconds=round(state.upcoming_sleep, 1), reason=str(_error(state)))
