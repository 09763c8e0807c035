"""How long to wait before a dead bot is started again. Pure."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BackOff"]


@dataclass(slots=True)
class BackOff:
    """Waits that double, up to a cap, and begin anew after a stretch of health.

    Parameters
    ----------
    first_s, longest_s
        The first wait and the longest.
    healthy_s
        A bot that lived so long has shown that it can.

    Examples
    --------
    >>> back_off = BackOff(first_s=5, longest_s=12)
    >>> [back_off.after(lived_s=1) for _ in range(3)], back_off.after(lived_s=3_600)
    ([5, 10, 12], 5)
    """

    first_s: float = 5.0
    longest_s: float = 300.0
    healthy_s: float = 600.0
    _next_s: float = 0.0

    def after(self, lived_s: float) -> float:
        """Return how long to wait after a bot died that had lived for `lived_s`."""
        if self._next_s == 0.0 or lived_s >= self.healthy_s:
            self._next_s = self.first_s
        wait_s = min(self._next_s, self.longest_s)
        self._next_s = min(wait_s * 2, self.longest_s)
        return wait_s
