"""What a risk profile did to a run, in one sentence. Pure."""

from __future__ import annotations

from proratio_quantlab.results import BacktestResult

__all__ = ["risk_statement"]


def risk_statement(run: BacktestResult) -> str:
    """Return how many entries were refused and why, and the worst loss planned and realised.

    Parameters
    ----------
    run
        One run.
    """
    asked, worst = run.specification, run.worst_losses
    kind = "Gated" if asked.is_gated else "Ungated"
    profile = f"risk profile {asked.risk_profile}" if asked.risk_profile else "no risk profile"
    lost = ""
    if worst.realised_frac is not None:
        planned = "unknown" if worst.planned_frac is None else f"{worst.planned_frac:.2%}"
        lost = (
            f" Worst loss of a trade: {planned} of equity planned, {worst.realised_frac:.2%} "
            "realised."
        )
    return f"{kind}, {profile}: {_refused(run)}.{lost}"


def _refused(run: BacktestResult) -> str:
    total = sum(run.refusals.values())
    if not total:
        return "no entry refused"
    parts = ", ".join(f"{count:,} {rule}" for rule, count in run.refusals.items())
    return f"{total:,} {'entry' if total == 1 else 'entries'} refused: {parts}"
