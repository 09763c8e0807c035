"""How much of a limit is left for a stake; the arithmetic that several rules share."""

from __future__ import annotations

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.verdict import Cap, Finding, Refusal

__all__ = ["stake_within"]


def stake_within(
    intent: EntryIntent,
    *,
    rule: str,
    used_quote: float,
    limit_quote: float,
    per_stake_frac: float | None,
) -> Finding:
    """Return a cap on the stake that keeps `used + stake x per_stake` within the limit.

    Parameters
    ----------
    intent
        The entry.
    rule
        Whose finding it is.
    used_quote, limit_quote
        What is taken of the limit and the limit, in quote currency.
    per_stake_frac
        What one unit of stake adds; None when it is not known, which refuses.

    Returns
    -------
    Cap or Refusal or None
        None when the proposed stake fits; a refusal when nothing is left.
    """
    if per_stake_frac is None:
        return Refusal(rule, f"what {intent.pair} would lose is unknown; give the entry a stop")
    left_quote = limit_quote - used_quote
    if left_quote <= 0.0:
        return Refusal(
            rule,
            f"{used_quote:.2f} of {limit_quote:.2f} is used; nothing is left",
            observed=used_quote,
            limit=limit_quote,
        )
    if intent.stake_quote * per_stake_frac <= left_quote:
        return None
    return Cap(
        rule,
        left_quote / per_stake_frac,
        f"{used_quote:.2f} of {limit_quote:.2f} is used; the stake may take the rest",
    )
