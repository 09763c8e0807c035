"""Whether a day's money covers one more call. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Book", "Caps", "Entry", "Refused"]

_ROUNDING_USD: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent on one UTC day, in US dollars.

    Parameters
    ----------
    total_usd
        By the whole installation, whoever asks.
    profile_usd
        By this profile; None is as much as the total.
    providers_usd
        By this profile with one provider, by the provider's name.
    """

    total_usd: float
    profile_usd: float | None = None
    providers_usd: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one profile was charged for one provider today, in US dollars.

    Parameters
    ----------
    provider, profile_hash
        Whose money, for whom.
    charged_usd
        Settled amounts, and reservations of calls that are not settled.
    returnable_usd
        The part of it that is reserved for calls under way, most of which will come back.
    """

    provider: str
    profile_hash: str
    charged_usd: float
    returnable_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that the money does not cover; `may_fit_later` when calls under way may free enough.

    Parameters
    ----------
    detail
        Which cap, what was charged, what the call could cost.
    """

    detail: str
    may_fit_later: bool


class Book:
    """The charges of one day.

    Parameters
    ----------
    entries
        What was charged so far, by everybody.

    Examples
    --------
    >>> book = Book([Entry("openai", "p", 4.95)])
    >>> refused = book.take(0.10, provider="openai", profile_hash="p", caps=Caps(5.0))
    >>> refused.detail
    'the daily budget of 5.00 USD has 0.05 left, the call could cost 0.1000'
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)

    def take(
        self, amount_usd: float, *, provider: str, profile_hash: str, caps: Caps
    ) -> Refused | None:
        """Charge `amount_usd` if every cap covers it; else return why not and charge nothing."""
        ours = [entry for entry in self._entries if entry.profile_hash == profile_hash]
        theirs = [entry for entry in ours if entry.provider == provider]
        limits = (
            ("the daily budget", caps.total_usd, self._entries),
            ("the profile's daily budget", caps.profile_usd, ours),
            (f"the daily budget for {provider}", caps.providers_usd.get(provider), theirs),
        )
        for name, cap_usd, entries in limits:
            if cap_usd is None:
                continue
            charged_usd = sum(entry.charged_usd for entry in entries)
            if charged_usd + amount_usd <= cap_usd + _ROUNDING_USD:
                continue
            settled_usd = charged_usd - sum(entry.returnable_usd for entry in entries)
            return Refused(
                f"{name} of {cap_usd:.2f} USD has {max(0.0, cap_usd - charged_usd):.2f} left, "
                f"the call could cost {amount_usd:.4f}",
                may_fit_later=settled_usd + amount_usd <= cap_usd + _ROUNDING_USD,
            )
        self._entries.append(Entry(provider, profile_hash, amount_usd, amount_usd))
        return None
