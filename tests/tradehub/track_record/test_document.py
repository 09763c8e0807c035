from __future__ import annotations

import json
from dataclasses import replace

from proratio_signals.scoring.intervals import Estimate
from proratio_tradehub.track_record import scorecard_document
from tests.tradehub.track_record.made import empty, scorecard


def test_document_holds_every_figure_and_survives_json() -> None:
    whole = scorecard()

    document = json.loads(json.dumps(scorecard_document(whole), allow_nan=False))

    skilled, remembering, _ = document["voters"]
    assert skilled["verdict"] == "better than placebo"
    assert remembering["is_contaminated"] is True
    assert skilled["after"]["accuracy"]["value"] == whole.voters[0].after.accuracy.value
    assert [p["name"] for p in skilled["after"]["placebos"]] == ["random", "shuffled", "rules"]
    assert document["after"]["agreement"]["n"] == 600
    assert document["cutoff"]["clean_from"] == "2025-01-01T00:00:00+00:00"


def test_what_could_not_be_computed_is_null() -> None:
    document = scorecard_document(
        scorecard(memorisation=(), stability=(), served=(), after=None, before=None)
    )
    unknown = Estimate(float("nan"), None, None, 0)

    assert document["after"] is None
    assert json.dumps(scorecard_document(empty()), allow_nan=False)
    first, *rest = scorecard().voters
    first = replace(first, after=replace(first.after, return_error_frac=unknown))
    changed = scorecard_document(scorecard(voters=(first, *rest)))
    error = changed["voters"][0]["after"]["return_error_frac"]
    assert error == {"value": None, "low": None, "high": None, "n": 0}
