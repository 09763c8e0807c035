"""Messages are counted over all ways they go."""

from __future__ import annotations

from dataclasses import dataclass

from proratio_tradehub.metrics.sending import sent_samples


@dataclass
class Watch:
    sent: int


def test_messages_of_all_watches_are_summed() -> None:
    told = list(sent_samples([Watch(2), Watch(3)]))
    assert told == [("proratio_alerts_sent_total", (), 5.0)]
