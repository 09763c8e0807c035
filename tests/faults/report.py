"""What a campaign found: injected faults by kind, and whatever must never happen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Breach(StrEnum):
    """What must never happen."""

    ENTRY = "unintended entries"
    SIZE = "stakes that were not the vote's"
    BALLOT = "opinions out of failed calls, or changed ones"
    NON_FINITE = "non-finite values stored"
    BUDGET = "calls past the budget"
    SECRET = "secrets leaked"  # a heading
    CONTROL = "sound votes that did not enter"


@dataclass
class Report:
    """Everything of one campaign.

    Parameters
    ----------
    seed
        Of the campaign.
    """

    seed: int
    rounds: int = 0
    questions: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    entered: int = 0
    due: int = 0
    breaches: list[tuple[int, Breach, str]] = field(default_factory=list)

    def breach(self, number: int, what: Breach, details: list[str]) -> None:
        """Note what happened in a round, once for each detail."""
        self.breaches += [(number, what, detail) for detail in details]

    def count(self, what: Breach) -> int:
        """Return how often something happened."""
        return sum(breach is what for _, breach, _ in self.breaches)

    @property
    def faults(self) -> int:
        """How many faults were injected."""
        return self.injected.total()

    @property
    def is_clean(self) -> bool:
        """Whether nothing happened that must not, and everything that must."""
        return not self.breaches and self.entered == self.due

    def __str__(self) -> str:
        groups: Counter[str] = Counter()
        for kind, count in self.injected.items():
            groups[kind.split()[0]] += count
        lines = [
            f"seed {self.seed}: {self.faults} faults in {self.rounds} rounds, "
            f"{self.questions} questions",
            *(f"  {count:6,}  {kind}" for kind, count in sorted(self.injected.items())),
            "by layer: " + ", ".join(f"{name} {count}" for name, count in groups.most_common()),
            f"entries of sound votes: {self.entered} of {self.due}",
            *(f"{self.count(what)} {what.value}" for what in Breach),
        ]
        for number, what, detail in self.breaches[:40]:
            lines.append(f"  round {number}: {what.value}: {detail}")
        numbers = sorted({number for number, _, _ in self.breaches if number >= 0})
        lines += [f"replay: make faults SEED={self.seed} ONLY={number}" for number in numbers[:10]]
        return "\n".join(lines)
