from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import DataError, TransientError
from proratio_core.values import Pair, Timerange
from proratio_signals.archive import export_ledger, import_ledger
from proratio_signals.history import read_votes
from proratio_signals.ledger import Ledger
from tests.signals.archives import AGREED, NOW, OTHER, PROFILE, decision, fill, rewritten
from tests.signals.samples import BTC, ETH, close_of

Rows = list[dict[str, Any]]


@pytest.fixture
def path(database: Database, tmp_path: Path) -> Iterator[Path]:
    """Return an archive of the sample ledger."""
    fill(database)
    export_ledger(database, tmp_path / "ledger.parquet")
    yield tmp_path / "ledger.parquet"
    assert [entry.name for entry in tmp_path.iterdir()] == ["ledger.parquet"]


def _counts(database: Database) -> dict[str, int]:
    tables = ("vote", "opinion", "snapshot", "profile", "series")
    with database.transaction() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = (cursor.fetchone() or (0,))[0]
    return counts


def test_empty_database_holds_exactly_the_exported_ledger_after_an_import(
    database: Database, elsewhere: Database, path: Path
) -> None:
    report = import_ledger(elsewhere, path, now=NOW)
    again = path.with_name("again.parquet")
    export_ledger(elsewhere, again)

    assert (report.added, report.present) == (12, 0)
    assert _counts(elsewhere) == _counts(database)
    assert again.read_bytes() == path.read_bytes()
    again.unlink()
    for key in (BTC, ETH):
        here, there = (Ledger(one).votes(key, PROFILE.hash) for one in (database, elsewhere))
        assert [v.recorded_at for v in here] == [v.recorded_at for v in there]
        for mine, theirs in zip(here, there, strict=True):
            assert Ledger(database).ballots(mine.id) == Ledger(elsewhere).ballots(theirs.id)
        frames = [
            read_votes(one, key, profile_hash=PROFILE.hash, until=NOW)
            for one in (database, elsewhere)
        ]
        assert frames[0].drop(columns="vote_id").equals(frames[1].drop(columns="vote_id"))


def test_import_may_be_repeated_and_adds_only_what_is_new(
    database: Database, elsewhere: Database, path: Path
) -> None:
    import_ledger(elsewhere, path, now=NOW)
    before = _counts(elsewhere)

    repeated = import_ledger(elsewhere, path, now=NOW)
    Ledger(database).record([decision(320)], PROFILE)
    export_ledger(database, path)
    grown = import_ledger(elsewhere, path, now=NOW)

    assert (repeated.added, repeated.present) == (0, 12)
    assert (grown.added, grown.present) == (1, 12)
    assert _counts(elsewhere)["vote"] == before["vote"] + 1


def test_import_into_the_ledger_it_came_from_changes_nothing(
    database: Database, path: Path
) -> None:
    before = _counts(database)

    assert import_ledger(database, path, now=NOW).added == 0
    assert _counts(database) == before


def test_votes_recorded_after_an_import_count_on_from_its_attempts(
    elsewhere: Database, path: Path
) -> None:
    import_ledger(elsewhere, path, now=NOW)

    (vote,) = Ledger(elsewhere).record([decision(300)], PROFILE)

    assert vote.attempt == 3


def test_export_can_be_narrowed_to_profile_pairs_and_timerange(
    database: Database, path: Path
) -> None:
    Ledger(database).record([decision(310)], OTHER)

    everything = export_ledger(database, path)
    one_profile = export_ledger(database, path, profile_hash=OTHER.hash)
    one_pair = export_ledger(database, path, pairs=[Pair.parse("ETH/USDT")])
    span = export_ledger(database, path, timerange=Timerange(close_of(301), close_of(303)))

    assert (everything.votes, everything.ballots, len(everything.profiles)) == (13, 39, 2)
    assert (one_profile.votes, list(one_profile.profiles)) == (1, [OTHER.hash])
    assert (one_pair.votes, one_pair.series) == (5, ("binance ETH/USDT 1h candle",))
    assert (span.votes, span.snapshots) == (4, 4)


def test_export_of_nothing_is_refused_and_writes_no_file(
    database: Database, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="no vote matches"):
        export_ledger(database, tmp_path / "none.parquet")
    assert not list(tmp_path.iterdir())


def test_export_to_a_place_that_cannot_be_written_keeps_the_older_file(
    database: Database, path: Path
) -> None:
    with pytest.raises(TransientError, match="cannot be written"):
        export_ledger(database, path / "below" / "a-file.parquet")


def test_progress_is_told_of_every_page(database: Database, path: Path) -> None:
    told: list[tuple[int, int]] = []

    import_ledger(database, path, now=NOW, progress=lambda *step: told.append(step))

    assert told == [(12, 12)]


def _future_candle(rows: Rows) -> Rows:
    return [{**row, "as_of": row["as_of"] + timedelta(days=40_000)} for row in rows]


def _future_answer(rows: Rows) -> None:
    rows[3]["available_at"] = NOW + timedelta(seconds=1)


def _future_record(rows: Rows) -> None:
    rows[3]["recorded_at"] = NOW + timedelta(days=400 * 365)


def _too_early(rows: Rows) -> None:
    rows[3]["available_at"] = rows[3]["as_of"] - timedelta(seconds=1)


def _other_action(rows: Rows) -> None:
    rows[3]["action"] = -rows[3]["action"]


def _other_score(rows: Rows) -> None:
    rows[3]["score"] = 0.99


def _other_confidence(rows: Rows) -> None:
    rows[3]["ballots"][0]["confidence"] = 0.95


def _impossible_confidence(rows: Rows) -> None:
    rows[3]["ballots"][0]["confidence"] = 1.5


def _unknown_abstention(rows: Rows) -> None:
    rows[3]["ballots"][0] |= {"abstention": "BORED", "action": None}


def _missing_ballot(rows: Rows) -> None:
    rows[3]["ballots"] = rows[3]["ballots"][1:]


def _other_weight(rows: Rows) -> None:
    rows[3]["ballots"][0]["weight"] = 0.5


def _other_origin(rows: Rows) -> None:
    rows[3]["origin"] = "dreamt"


def _attempt_zero(rows: Rows) -> Rows:
    return [{**row, "attempt": row["attempt"] - 1} for row in rows]


def _off_the_grid(rows: Rows) -> None:
    rows[3]["as_of"] -= timedelta(minutes=1)


def _unknown_timeframe(rows: Rows) -> Rows:
    return [{**row, "timeframe": "7m"} for row in rows]


def _other_snapshot(rows: Rows) -> None:
    rows[3]["snapshot"] = rows[3]["snapshot"].replace("BTC", "ETH")


def _no_snapshot(rows: Rows) -> None:
    rows[3]["snapshot"] = "{}"


def _unknown_profile(rows: Rows) -> Rows:
    return [{**row, "profile_hash": "f" * 64} for row in rows]


@pytest.mark.parametrize(
    ("forge", "message"),
    [
        (_future_candle, "as_of is .* a vote from the future"),
        (_future_answer, "available_at is .* a vote from the future"),
        (_future_record, "recorded_at is .* a vote from the future"),
        (_too_early, "before its candle had closed"),
        (_other_action, "do not come to this vote"),
        (_other_score, "do not come to this vote"),
        (_other_confidence, "do not come to this vote"),
        (_impossible_confidence, "confidence is 1.5"),
        (_unknown_abstention, "the ballot of voter-risk is not valid"),
        (_missing_ballot, "has the voters"),
        (_other_weight, "the weight of voter-risk is 0.5"),
        (_other_origin, "'dreamt' is not a valid Origin"),
        (_attempt_zero, "they count from 1"),
        (_off_the_grid, "no 1h candle closes"),
        (_unknown_timeframe, "timeframe '7m' is not supported"),
        (_other_snapshot, "its snapshot is about binance ETH/USDT 1h at 2024"),
        (_no_snapshot, "series"),
        (_unknown_profile, "its profile is not in the file"),
    ],
)
def test_forged_archive_is_refused_whole_though_all_its_hashes_fit(
    elsewhere: Database, path: Path, forge: Callable[[Rows], Rows | None], message: str
) -> None:
    rewritten(path, forge)

    with pytest.raises(DataError, match=message):
        import_ledger(elsewhere, path, now=NOW)
    assert set(_counts(elsewhere).values()) == {0}


def test_profile_that_was_edited_is_refused(elsewhere: Database, path: Path) -> None:
    document = json.loads(PROFILE.model_dump_json())
    for change, message in (
        ({"threshold": 0.1}, "it was edited"),
        ({"threshold": 7}, "is not valid"),
    ):
        rewritten(path, lambda rows: None, profiles={PROFILE.hash: {**document, **change}})
        with pytest.raises(DataError, match=message):
            import_ledger(elsewhere, path, now=NOW)
    assert set(_counts(elsewhere).values()) == {0}


def test_another_vote_on_the_same_question_is_refused_and_nothing_else_taken(
    elsewhere: Database, path: Path
) -> None:
    Ledger(elsewhere).record([decision(304, seconds=7.0)], PROFILE)
    before = _counts(elsewhere)

    with pytest.raises(DataError, match="hold different votes"):
        import_ledger(elsewhere, path, now=NOW)
    assert _counts(elsewhere) == before


def test_another_snapshot_under_a_stored_hash_is_refused(elsewhere: Database, path: Path) -> None:
    Ledger(elsewhere).record([decision(304, answers=AGREED)], OTHER)
    before = _counts(elsewhere)

    def other_facts(rows: Rows) -> None:
        for row in rows:
            row["snapshot"] = row["snapshot"].replace('"rsi_14":', '"rsi_14":1')

    rewritten(path, other_facts)
    with pytest.raises(DataError, match="says otherwise"):
        import_ledger(elsewhere, path, now=NOW)
    assert _counts(elsewhere) == before


def test_import_fails_whole_when_the_last_page_is_bad(
    database: Database, elsewhere: Database, path: Path
) -> None:
    Ledger(database).record([decision(n) for n in range(305, 399)], PROFILE)
    export_ledger(database, path)

    def spoil_the_last(rows: Rows) -> None:
        rows[-1]["score"] = 0.123

    rewritten(path, spoil_the_last)
    with pytest.raises(DataError, match="do not come to this vote"):
        import_ledger(elsewhere, path, now=NOW)
    assert set(_counts(elsewhere).values()) == {0}


def test_import_needs_no_candles_and_leaves_those_there_are(
    elsewhere: Database, path: Path
) -> None:
    import_ledger(elsewhere, path, now=NOW)

    assert CandleStore(elsewhere).span(BTC) is None
