from __future__ import annotations

import re
from importlib.resources import files

from proratio_quantlab.report.colours import COLOURS


def test_the_page_and_the_figures_share_their_colours() -> None:
    style = (files("proratio_quantlab.report") / "page.css").read_text("utf-8")
    variables = dict(re.findall(r"--(\w+): (#\w{6})", style))

    shared = COLOURS.keys() & variables.keys()
    assert shared == {"paper", "grid", "text", "muted", "up", "down", "warning"}
    assert {name: COLOURS[name] for name in shared} == {name: variables[name] for name in shared}
