from __future__ import annotations

from datetime import UTC, datetime

from proratio_tradehub.paper.progress import Progress


def test_equity_may_be_unknown() -> None:
    progress = Progress(datetime(2025, 3, 1, tzinfo=UTC), closed=0, open=0, equity_quote=None)

    assert progress.equity_quote is None
