"""Several rules as one: who may enter where, who goes first, and whose exit counts. Pure.

On a candle that more than one member would enter, the one that stands first in the list does; the
others' candidates are dropped, not queued, because the vote is about this candle. Which member
proposed a position is part of its tag, and only that member's exits close it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.rules.base import BoolArray, Rule

__all__ = ["NOBODY", "EnsembleRule", "Member"]

NOBODY = -1
"""In place of a member's index where none enters."""


@dataclass(frozen=True, slots=True)
class Member:
    """One strategy of an ensemble.

    Parameters
    ----------
    name
        The strategy's name; it stands in the tags of its entries.
    rule
        Its rule, kept to its regimes or not.
    share_frac
        The part of the wallet its open positions may hold together, 0 to 1.
    """

    name: str
    rule: Rule
    share_frac: float


@dataclass(frozen=True, slots=True)
class EnsembleRule:
    """The members' rules as one rule, in order of precedence.

    Parameters
    ----------
    members
        The strategies; the first in the list wins where several would enter.

    Raises
    ------
    ConfigurationError
        There is no member, two have one name, a share is not within 0 to 1, or they add up to more
        than the wallet.
    """

    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        names = [member.name for member in self.members]
        if not names or len(set(names)) != len(names):
            raise ConfigurationError(
                f"an ensemble needs strategies, each once; it has: {', '.join(names) or 'none'}"
            )
        shares = [member.share_frac for member in self.members]
        if not all(0 < share <= 1 for share in shares) or sum(shares) > 1 + 1e-9:
            raise ConfigurationError(
                f"shares of the wallet are {', '.join(f'{share:g}' for share in shares)}; expected "
                "each above 0, and together at most 1"
            )

    @property
    def startup_candles(self) -> int:
        """What the slowest member needs."""
        return max(member.rule.startup_candles for member in self.members)

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `entering` (a member's index or -1) and a column `exit:NAME` for each member."""
        columns: dict[str, npt.NDArray[np.generic]] = {}
        entering = np.full(len(frame), NOBODY, np.int16)
        for place, member in enumerate(self.members):
            judged = member.rule.indicators(frame)
            wanted = member.rule.candidates(judged) & (entering == NOBODY)
            entering[wanted] = place
            columns[_exit_column(member.name)] = member.rule.exits(judged)
        return frame.assign(entering=entering, **columns)

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where any member would enter."""
        return np.asarray(frame["entering"].to_numpy() != NOBODY, np.bool_)

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return no exit: a position is closed by its own member, see `exits_of`."""
        return np.zeros(len(frame), np.bool_)

    def exits_of(self, name: str, frame: pd.DataFrame) -> BoolArray:
        """Return where the positions of the member `name` should be closed, shape (n,)."""
        return frame[_exit_column(name)].to_numpy(np.bool_)

    def names(self, frame: pd.DataFrame) -> npt.NDArray[np.object_]:
        """Return whose candidate each candle is, shape (n,); None where nobody enters."""
        names = np.array([*(member.name for member in self.members), None], np.object_)
        return np.asarray(names[frame["entering"].to_numpy()], np.object_)

    def share_of(self, name: str) -> float:
        """Return the share of the wallet of a member; 0 for a name that is not one."""
        return next((m.share_frac for m in self.members if m.name == name), 0.0)


def _exit_column(name: str) -> str:
    return f"exit:{name}"
