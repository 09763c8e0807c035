"""Entries that were not made: counted by the rule that decided, each candle once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec

from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_tradehub.desk.waiting_rows import WaitingRows
from proratio_tradehub.risk import Refusal

__all__ = ["RefusalLedger", "RefusalTally", "RefusedEntry"]


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """One entry that was not made.

    Parameters
    ----------
    pair
        What would have been entered.
    candle_open_ms
        Open time of the candle in which it would have been entered.
    refusals
        Every reason; the first decided.
    refused_at
        When, UTC.
    tag
        Its signal id; None where nobody votes.
    """

    pair: str
    candle_open_ms: int
    refusals: tuple[Refusal, ...]
    refused_at: datetime
    tag: str | None = None

    @property
    def rule(self) -> str:
        """The rule that decided."""
        return self.refusals[0].rule

    @property
    def key(self) -> tuple[str, int, str]:
        """What makes it one and the same refusal, however often Freqtrade asks again."""
        return self.pair, self.candle_open_ms, self.rule


class RefusalTally:
    """How many entries each rule refused; asked for again in the same candle it is the same one."""

    def __init__(self) -> None:
        self._last: dict[str, set[tuple[int, str]]] = {}
        self._counts: Counter[str] = Counter()

    def count(self, refused: RefusedEntry) -> bool:
        """Count a refusal; return whether it is a new one."""
        seen = self._last.get(refused.pair, set())
        mark = (refused.candle_open_ms, refused.rule)
        if mark in seen:
            return False
        # only the newest candle can be asked about again
        current = {known for known in seen if known[0] == refused.candle_open_ms}
        self._last[refused.pair] = current | {mark}
        self._counts[refused.rule] += 1
        return True

    @property
    def counts(self) -> Mapping[str, int]:
        """Rule -> entries it refused, the most frequent first."""
        return dict(self._counts.most_common())


class RefusalLedger:
    """Refusals on their way to the table `refusal`; whoever reports one never waits.

    Parameters
    ----------
    account, strategy
        Whose they are.
    """

    def __init__(self, account: str, strategy: str) -> None:
        self._account = account
        self._strategy = strategy
        self._waiting: WaitingRows[RefusedEntry] = WaitingRows()

    def add(self, refused: RefusedEntry) -> None:
        """Put a refusal on its way."""
        self._waiting.add(refused)

    def flush(self, database: Database) -> None:
        """Write what is waiting; what cannot be written waits on.

        Raises
        ------
        TransientError
            The database is away.
        """
        self._waiting.flush(partial(self._write, database))

    def _write(self, database: Database, refusals: Sequence[RefusedEntry]) -> None:
        with database.transaction() as cursor:
            for refused in refusals:
                cursor.execute(
                    "INSERT INTO refusal (account, strategy, symbol, candle_open_time, rule, "
                    "reasons, refused_at) VALUES (%s, %s, %s, %s, %s, %s, %s) "
                    "ON CONFLICT DO NOTHING",
                    (
                        *(self._account, self._strategy, refused.pair),
                        *(from_ms(refused.candle_open_ms), refused.rule),
                        *(_document(refused.refusals), refused.refused_at),
                    ),
                )


def _document(refusals: Sequence[Refusal]) -> str:
    return msgspec.json.encode(refusals).decode()
