"""Makes a world as large as the limits are stated for, by copying what is there in bulk."""

from __future__ import annotations

from proratio_core.database import Database

__all__ = ["swell"]

_VOTES = (
    "INSERT INTO vote (series_id, profile_id, as_of, available_at, origin, action, score, dissent, "
    "participation, degraded, snapshot_hash) "
    "SELECT series_id, profile_id, as_of + step * interval '1 hour', "
    "available_at + step * interval '1 hour', origin, action, score, dissent, participation, "
    "degraded, snapshot_hash FROM vote, generate_series(1, 23) AS step "
    "WHERE as_of + step * interval '1 hour' <= (SELECT max(as_of) FROM vote) "
    "ORDER BY as_of DESC LIMIT greatest(0, %s - (SELECT count(*) FROM vote)) "
    "ON CONFLICT DO NOTHING"
)
_OPINIONS = (
    "INSERT INTO opinion SELECT fresh.id, voter, provider, role, weight, model, served_model, "
    "prompt_hash, said.action, confidence, expected_return_frac, horizon_candles, reasoning, "
    "factors, risks, abstention, detail, input_tokens, output_tokens, cost_usd, latency_s "
    "FROM vote AS fresh JOIN LATERAL (SELECT opinion.* FROM vote AS source JOIN opinion "
    "ON vote_id = source.id WHERE source.snapshot_hash = fresh.snapshot_hash "
    "AND source.id < %s) AS said ON true WHERE fresh.id >= %s"
)
_TRADES = (
    "INSERT INTO account_trade SELECT (jsonb_populate_record(trade, jsonb_build_object("
    "'entry_order_id', trade.entry_order_id || '-' || step, "
    "'trade_id', trade.trade_id + step * 100000, "
    "'opened_at', trade.opened_at - step * interval '1 minute', "
    "'closed_at', trade.closed_at - step * interval '1 minute'))).* "
    "FROM account_trade AS trade, generate_series(1, 200) AS step WHERE NOT trade.is_open "
    "LIMIT greatest(0, %s - (SELECT count(*) FROM account_trade))"
)


def swell(database: Database, *, votes: int, trades: int) -> None:
    """Add votes between the votes and trades beside the trades until there are so many."""
    with database.transaction() as cursor:
        cursor.execute("CREATE INDEX swelling ON vote (snapshot_hash)")
        cursor.execute("SELECT max(id) + 1 FROM vote")
        (first,) = cursor.fetchone() or (1,)
        cursor.execute(_VOTES, (votes,))
        cursor.execute(_OPINIONS, (first, first))
        cursor.execute("DROP INDEX swelling")
        cursor.execute(_TRADES, (trades,))
    with database.statement() as cursor:
        cursor.execute("VACUUM ANALYZE")
