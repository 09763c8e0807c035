"""What the risk engine says of an entry: a stake, or every reason against it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cap", "Finding", "Refusal", "Scaling", "Verdict"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule's veto.

    Parameters
    ----------
    rule
        Name of the rule, as counted in reports.
    message
        What it found, what was expected and, where there is one, the remedy.
    observed, limit
        The two numbers compared, in the rule's unit; None where it is not about numbers.
    asks_halt
        Whether trading has to halt, and not only this entry.
    is_failure
        Whether the rule could not decide, which refuses, and is a fault of the program.
    """

    rule: str
    message: str
    observed: float | None = None
    limit: float | None = None
    asks_halt: bool = False
    is_failure: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """The largest stake a rule allows, in quote currency."""

    rule: str
    stake_quote: float
    message: str


@dataclass(frozen=True, slots=True)
class Scaling:
    """A factor, 0 to 1, by which a rule shrinks whatever stake the caps leave."""

    rule: str
    factor_frac: float
    message: str


Finding = Refusal | Cap | Scaling | None
"""What one rule says; None when it has nothing against the entry."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on one entry.

    Parameters
    ----------
    stake_quote
        Own money the entry may use; 0 when it is refused.
    refusals
        Every veto, in the order of the rules; the first one decides and is what reports count.
    caps
        What shrank the stake, and to what, in the order of the rules.
    planned_loss_quote
        What that stake loses at its stop, costs included; 0 when refused.
    """

    stake_quote: float
    refusals: tuple[Refusal, ...] = ()
    caps: tuple[Cap, ...] = ()
    planned_loss_quote: float = 0.0

    @classmethod
    def refused(cls, rule: str, message: str) -> Verdict:
        """Return the refusal of an entry that could not even be put to the rules."""
        return cls(0.0, (Refusal(rule, message),))

    @property
    def is_allowed(self) -> bool:
        """Whether the entry may happen."""
        return not self.refusals and self.stake_quote > 0.0

    @property
    def reason(self) -> Refusal | None:
        """The veto that decided; None when the entry is allowed."""
        return self.refusals[0] if self.refusals else None

    @property
    def halt(self) -> Refusal | None:
        """The veto that asks for trading to halt; None when none does."""
        return next((refusal for refusal in self.refusals if refusal.asks_halt), None)
