from __future__ import annotations

import plotly.graph_objects as go

from proratio_quantlab.report.colours import COLOURS
from proratio_quantlab.report.theme import dress, figure_text


def test_only_a_figure_of_invented_candles_has_the_watermark() -> None:
    invented = dress(go.Figure(), height_px=100, simulated=True)
    real = dress(go.Figure(), height_px=100, simulated=False)

    assert [note.text for note in invented.layout.annotations] == ["SIMULATED"]
    assert not real.layout.annotations
    assert real.layout.paper_bgcolor == COLOURS["paper"]


def test_text_of_somebody_else_is_no_markup_of_a_figure() -> None:
    assert figure_text("<b>1 & 2</b> %{x}\x1b") == "&lt;b&gt;1 &amp; 2&lt;/b&gt; %&#123;x}\\x1b"
    assert figure_text(0.5) == "0.5"
