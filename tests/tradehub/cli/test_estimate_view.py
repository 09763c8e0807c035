from __future__ import annotations

import io
import json

from rich.console import Console

from proratio_signals.estimate import Estimate, VoterEstimate
from proratio_tradehub.cli.estimate_view import estimate_document, estimate_table

ESTIMATE = Estimate(
    (
        VoterEstimate("chatgpt", "gpt-[x]", 10, 25_000, 12_000, 0.08, 0.52, measured_answers=0),
        VoterEstimate("claude", "c-1", 10, 20_000, 3_000, 0.07, 0.9, measured_answers=40),
    )
)


def test_table_shows_each_voter_and_all_with_where_the_figures_are_from() -> None:
    out = io.StringIO()
    Console(file=out, width=140).print(estimate_table(ESTIMATE))
    text = out.getvalue()

    for part in (
        *("Nothing is asked yet", "gpt-[x]", "25,000", "0.52", "prompt size"),
        *("40 answers", "all", "45,000", "15,000", "0.15", "1.42"),
    ):
        assert part in text


def test_document_is_plain_json_to_the_hundredth_of_a_cent() -> None:
    document = json.loads(json.dumps(estimate_document(ESTIMATE)))

    assert (document["expected_usd"], document["worst_usd"]) == (0.15, 1.42)
    assert document["voters"][1]["measured_answers"] == 40
    assert document["input_tokens"] == 45_000
