"""What the database says after a round, read without the program's own code."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import psycopg2
import psycopg2.extras

_ROUNDING_USD = 1e-9


@dataclass(frozen=True)
class Ballot:
    """What the ledger holds of one voter on one pair."""

    abstention: str | None
    action: int | None
    confidence: float | None


class Auditor:
    """Reads the database of the campaign.

    Parameters
    ----------
    url
        Where it is.
    """

    def __init__(self, url: str) -> None:
        self._connection = psycopg2.connect(url, application_name="auditor")
        self._connection.autocommit = True

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with self._connection.cursor() as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall()

    def questions(self, profile_hash: str) -> Counter[str]:
        """Return how many questions of a profile are in each state."""
        found = self.rows(
            "SELECT state, count(*) FROM question JOIN profile ON profile.id = profile_id "
            "WHERE hash = %s GROUP BY state",
            profile_hash,
        )
        return Counter(dict(found))

    def ballots(self, profile_hash: str) -> dict[tuple[str, str], Ballot]:
        """Return the latest ballot by pair and provider."""
        found = self.rows(
            "SELECT symbol, provider, abstention, opinion.action, confidence FROM opinion "
            "JOIN vote ON vote.id = vote_id JOIN series ON series.id = series_id "
            "JOIN profile ON profile.id = profile_id WHERE hash = %s ORDER BY attempt",
            profile_hash,
        )
        return {(pair, provider): Ballot(*rest) for pair, provider, *rest in found}

    def said(self, profile_hash: str) -> str:
        """Return every word of others that was recorded for a profile."""
        rows = self.rows(
            "SELECT opinion::text FROM opinion JOIN vote ON vote.id = vote_id "
            "JOIN profile ON profile.id = profile_id WHERE hash = %s "
            "UNION ALL SELECT spending::text FROM spending WHERE profile_hash = %s "
            "UNION ALL SELECT detail FROM question JOIN profile ON profile.id = profile_id "
            "WHERE hash = %s AND detail IS NOT NULL",
            *[profile_hash] * 3,
        )
        return "\n".join(text for (text,) in rows)

    def non_finite(self) -> list[str]:
        """Return every column of the database that holds a number which is none, with how many."""
        found = []
        for table, columns in self._columns("double precision").items():
            tests = " OR ".join(f"{name} IN ('NaN', 'Infinity', '-Infinity')" for name in columns)
            ((count,),) = self.rows(f"SELECT count(*) FROM {table} WHERE {tests}")
            if count:
                found.append(f"{count} in {table}")
        return found

    def containing(self, words: Collection[str]) -> list[str]:
        """Return the tables in which a word stands, in any column but the candles'."""
        found = []
        for kind in ("text", "jsonb"):
            for table, columns in self._columns(kind).items():
                patterns = [f"%{word}%" for word in words]
                tests = " OR ".join(f"{name}::text LIKE ANY(%s)" for name in columns)
                query = f"SELECT count(*) FROM {table} WHERE {tests}"
                ((count,),) = self.rows(query, *[patterns] * len(columns))
                if count:
                    found.append(f"{count} rows of {table}")
        return found

    def overspent(self, profile_hash: str, *, cap_usd: float) -> list[str]:
        """Return the reservations of a profile that its cap did not cover when they were made."""
        rows = self.rows(
            "SELECT id, reserved_usd, settled_usd, reserved_at, settled_at FROM spending "
            "WHERE profile_hash = %s ORDER BY id",
            profile_hash,
        )
        found = []
        for place, (number, reserved_usd, _, reserved_at, _) in enumerate(rows):
            charged_usd = sum(
                settled if settled_at is not None and settled_at <= reserved_at else reserved
                for _, reserved, settled, _, settled_at in rows[:place]
            )
            if charged_usd + reserved_usd > cap_usd + _ROUNDING_USD:
                found.append(f"reservation {number} at {charged_usd:.4f} of {cap_usd:.4f} USD")
        return found

    def unpaid(self, profile_hash: str, asked: Iterable[tuple[str, str]]) -> list[str]:
        """Return the providers that were asked more different things than money was set aside for.

        `asked` holds provider and body of every request.
        """
        requests = Counter(provider for provider, _ in set(asked))
        rows = self.rows(
            "SELECT provider, count(DISTINCT call_key) FROM spending WHERE profile_hash = %s "
            "GROUP BY provider",
            profile_hash,
        )
        reserved = dict(rows)
        return [
            f"{provider}: {count} asked, {reserved.get(provider, 0)} reserved"
            for provider, count in requests.items()
            if count > reserved.get(provider, 0)
        ]

    def _columns(self, kind: str) -> dict[str, list[str]]:
        tables: dict[str, list[str]] = defaultdict(list)
        rows = self.rows(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type = %s",
            kind,
        )
        for table, column in rows:
            tables[table].append(column)
        return tables
