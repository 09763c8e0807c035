"""A finding is a plain value that becomes a document as it is."""

from __future__ import annotations

import json
from dataclasses import asdict

from proratio_tradehub.findings import Finding, Verdict


def test_a_finding_is_a_document() -> None:
    finding = Finding("disk", Verdict.NOTE, "1.0 GB free", "free some")
    assert json.loads(json.dumps(asdict(finding))) == {
        "name": "disk",
        "verdict": "note",
        "detail": "1.0 GB free",
        "remedy": "free some",
    }
    assert Finding("disk", Verdict.OK, "").remedy == ""
