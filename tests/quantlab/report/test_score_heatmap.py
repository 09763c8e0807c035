"""The map shows what was tried, marks the optimum and leaves out what failed."""

from __future__ import annotations

import itertools
from dataclasses import replace

from proratio_quantlab.objectives import WORST
from proratio_quantlab.report.score_heatmap import score_heatmap
from proratio_quantlab.search_space import SearchSpace

_SPACE = SearchSpace.parse(["fast=8,12,16", "slow=30,40"])
_ROWS, _COLUMNS = _SPACE.axes


def test_scores_stand_where_their_values_cross() -> None:
    scores = {
        (("fast", fast), ("slow", slow)): fast + slow / 100
        for fast, slow in itertools.product((8, 12, 16), (30, 40))
    }
    best = (("fast", 16), ("slow", 40))
    scores[("fast", 8), ("slow", 30)] = WORST  # raised
    figure = score_heatmap(_ROWS, _COLUMNS, scores, through=best, simulated=True)
    heat, mark = figure.data
    assert [list(row) for row in heat.z] == [[None, 8.4], [12.3, 12.4], [16.3, 16.4]]
    assert (mark.x, mark.y) == (("40",), ("16",))
    assert [note.text for note in figure.layout.annotations] == ["SIMULATED"]


def test_names_and_values_are_text() -> None:
    rows, columns = (replace(axis, name=f"<b>{axis.name}") for axis in _SPACE.axes)
    best = (("<b>fast", 8), ("<b>slow", 30))
    figure = score_heatmap(rows, columns, {best: 1.0}, through=best, simulated=False)
    told = (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text)
    assert told == ("&lt;b&gt;slow", "&lt;b&gt;fast")
    assert "<b>" not in figure.data[0].hovertemplate
