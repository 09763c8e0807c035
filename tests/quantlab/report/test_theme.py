from __future__ import annotations

import plotly.graph_objects as go

from proratio_quantlab.report.colours import COLOURS
from proratio_quantlab.report.theme import dress


def test_only_a_figure_of_invented_candles_has_the_watermark() -> None:
    invented = dress(go.Figure(), height_px=100, simulated=True)
    real = dress(go.Figure(), height_px=100, simulated=False)

    assert [note.text for note in invented.layout.annotations] == ["SIMULATED"]
    assert not real.layout.annotations
    assert real.layout.paper_bgcolor == COLOURS["paper"]
