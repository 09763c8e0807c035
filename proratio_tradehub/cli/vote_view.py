"""Votes and ballots for people (tables) and for programs (plain documents)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from proratio_signals.evidence import Evidence, Exhibit
    from proratio_signals.opinions import Ballot
    from proratio_signals.profile import Profile
    from proratio_signals.records import LedgerVote

__all__ = ["ballots_table", "profile_label", "vote_document", "votes_table"]

_COLOURS = {"BUY": "green", "SELL": "red", "HOLD": "yellow"}


def profile_label(profile: Profile) -> str:
    """Return the profile's name, saying so when no language model takes part."""
    return f"{profile.name} (rules, no language model)" if profile.is_rules else profile.name


def vote_document(
    vote: LedgerVote, ballots: Iterable[Ballot] = (), evidence: Evidence | None = None
) -> dict[str, Any]:
    """Return a vote as plain values; times in ISO 8601, fractions as fractions."""
    key = vote.question.key
    document: dict[str, Any] = {
        "vote_id": vote.id,
        "exchange": key.exchange,
        "pair": str(key.pair),
        "timeframe": str(key.timeframe),
        "as_of": vote.question.as_of.isoformat(),
        "action": str(vote.action),
        "score": vote.score,
        "dissent_frac": vote.dissent,
        "participation_frac": vote.participation,
        "degraded": vote.degraded,
        "origin": str(vote.origin),
        "attempt": vote.attempt,
        "available_at": vote.available_at.isoformat(),
        "profile_hash": vote.profile_hash,
        "snapshot_hash": vote.snapshot_hash,
    }
    if evidence is not None and evidence.mask is not None:
        document["blind_price_unit"] = evidence.mask.price_unit
    exhibits = {} if evidence is None else evidence.exhibits
    said = [_ballot_document(ballot, exhibits.get(ballot.voter.name)) for ballot in ballots]
    return {**document, "ballots": said} if said else document


def _ballot_document(ballot: Ballot, exhibit: Exhibit | None) -> dict[str, Any]:
    from dataclasses import asdict

    cited = None if exhibit is None or exhibit.citations is None else asdict(exhibit.citations)
    return {
        **ballot.voter.model_dump(mode="json"),
        **asdict(ballot.answer),
        "result": _result_document(ballot),
        "prompt_hash": ballot.prompt_hash,
        "prompt_rebuilt": exhibit is not None and exhibit.prompt is not None,
        "citations": cited,
        "is_rules": ballot.voter.provider == "rules",
    }


def _result_document(ballot: Ballot) -> dict[str, Any]:
    """Return the opinion, or why there is none; what only matters while asking is left out."""
    from dataclasses import asdict, fields

    result = ballot.answer.result
    kept = {field.name for field in fields(result) if field.compare}
    return {name: value for name, value in asdict(result).items() if name in kept}


def votes_table(votes: Iterable[LedgerVote], *, title: str) -> Table:
    """Return one line a vote."""
    table = Table(title=escape(title), title_justify="left")
    for heading in ("vote", "candle close (UTC)", "action"):
        table.add_column(heading)
    for heading in ("score", "dissent", "answered"):
        table.add_column(heading, justify="right")
    table.add_column("origin")
    for vote in votes:
        degraded = " [bold red]degraded[/]" if vote.degraded else ""
        table.add_row(
            str(vote.id),
            f"{vote.question.as_of:%Y-%m-%d %H:%M}",
            _coloured(vote.action) + degraded,
            f"{vote.score:.3f}",
            f"{vote.dissent:.0%}",
            f"{vote.participation:.0%}",
            str(vote.origin),
        )
    return table


def ballots_table(ballots: Sequence[Ballot], evidence: Evidence | None = None) -> Table:
    """Return what each voter said and which of its numbers it made up, or why it said nothing."""
    table = Table(show_lines=True, caption=_mask_line(evidence), caption_justify="left")
    for heading in ("voter", "role", "answer", "why"):
        table.add_column(heading, overflow="fold")
    for ballot in ballots:
        voter = ballot.voter
        answer, why = _answer(ballot)
        exhibit = None if evidence is None else evidence.exhibits.get(voter.name)
        why += _citation_line(exhibit)
        name = f"{voter.name}\n[dim]{escape(ballot.answer.served_model or voter.model)}[/]"
        table.add_row(name, f"{voter.role}\n[dim]weight {voter.weight:.2f}[/]", answer, why)
    return table


def _answer(ballot: Ballot) -> tuple[str, str]:
    from proratio_signals.opinions import Abstention
    from proratio_signals.shown_text import shown

    result = ballot.answer.result
    if isinstance(result, Abstention):
        return f"[bold red]abstained[/]\n{result.kind}", escape(shown(result.detail))
    lines = [result.reasoning, *(f"+ {text}" for text in result.factors)]
    lines += [f"- {text}" for text in result.risks]
    return f"{_coloured(result.action)}\n{result.confidence:.2f}", escape(shown("\n".join(lines)))


def _citation_line(exhibit: Exhibit | None) -> str:
    if exhibit is None or exhibit.citations is None:
        return ""
    cited, unfounded = exhibit.citations.cited, exhibit.citations.unfounded
    if not unfounded:
        return f"\n[dim]numbers cited: {len(cited)}, all of them shown[/]"
    listed = escape(", ".join(unfounded))
    return f"\n[yellow]numbers cited: {len(cited)}, never shown: {len(unfounded)} ({listed})[/]"


def _mask_line(evidence: Evidence | None) -> str | None:
    mask = None if evidence is None else evidence.mask
    if mask is None:
        return None
    base, quote = mask.pair.base, mask.pair.quote
    unit = f"{mask.price_unit:.6g} {quote}"
    return f"asked blind: ASSET is {base}, CASH is {quote}, a price of 1 is {unit}"


def _coloured(action: str) -> str:
    return f"[{_COLOURS[action]}]{action}[/]"
