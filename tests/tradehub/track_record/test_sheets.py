from __future__ import annotations

from dataclasses import replace

import pytest

from proratio_signals.scoring.contamination import Cutoff
from proratio_signals.scoring.intervals import Estimate
from proratio_signals.scoring.track import Unresolved
from proratio_tradehub.track_record import Sheet, caveats_of, sheets_of
from proratio_tradehub.track_record.sheets import drift_sheet, spelled
from tests.tradehub.track_record.made import empty, scorecard


def _sheet(title: str, sheets: tuple[Sheet, ...]) -> Sheet:
    return next(sheet for sheet in sheets if sheet.title.startswith(title))


def test_headline_shows_what_exceeds_every_placebo() -> None:
    headline = sheets_of(scorecard())[0]

    assert headline.title == "Evidence: after the training cutoff"
    rows = {row[0]: row for row in headline.rows}
    assert rows["skilled"][-1] == "better than placebo"
    assert rows["remembering"][-1] == "no better than placebo"
    assert rows["skilled"][3].startswith("+1")


def test_every_table_is_rectangular_and_none_is_empty() -> None:
    sheets = sheets_of(scorecard())

    assert len(sheets) == 14
    for sheet in sheets:
        assert sheet.rows
        assert {len(row) for row in sheet.rows} == {len(sheet.columns)}


def test_what_may_be_remembered_stands_apart_and_is_named() -> None:
    whole = scorecard()

    sides = _sheet("No evidence", sheets_of(whole))

    assert [row[-1] for row in sides.rows][:2] == ["no memory seen", "contaminated"]
    assert any("remembering is contaminated" in caveat for caveat in caveats_of(whole))


def test_without_a_cutoff_nothing_counts_and_the_remedy_is_said() -> None:
    never = Cutoff(None, "no training cutoff is known of m; add it")
    voters = tuple(replace(v, after=None, contamination=None) for v in scorecard().voters)
    whole = scorecard(cutoff=never, voters=voters, after=None)

    assert "Evidence counts from: never (no training cutoff is known of m" in caveats_of(whole)[0]
    headline = sheets_of(whole)[0]
    assert {row[-1] for row in headline.rows} == {"too few to say"}
    assert {row[2] for row in headline.rows} == {"–"}


def test_rules_and_simulated_candles_are_said_to_be_such() -> None:
    caveats = caveats_of(scorecard(is_rules=True, is_simulated=True))

    assert caveats[0].startswith("SIMULATED")
    assert "no language model takes part" in caveats[1]
    assert sheets_of(scorecard(is_rules=True))[0].title == "Evidence"


def test_abstentions_and_gaps_are_counted() -> None:
    first, *rest = scorecard().voters
    voters = (replace(first, unresolved=Unresolved(7, 0, 2)), *rest)

    caveats = caveats_of(scorecard(voters=voters))

    assert any("7 abstentions, 2 opinions without an outcome" in caveat for caveat in caveats)


def test_nothing_recorded_has_no_tables() -> None:
    assert sheets_of(empty()) == ()


@pytest.mark.parametrize(
    ("estimate", "words", "text"),
    [
        (Estimate(0.5964, 0.5777, 0.6141, 9), {}, "59.6 [57.8, 61.4]"),
        (Estimate(0.0966, 0.0777, 0.1145, 9), {"signed": True}, "+9.7 [+7.8, +11.5]"),
        (Estimate(0.25, 0.24, 0.26, 9), {"scale": 1}, "0.250 [0.240, 0.260]"),
        (Estimate(0.6, None, None, 9), {}, "60.0 [n too small]"),
        (Estimate(float("nan"), None, None, 0), {}, "–"),
        (None, {}, "–"),
    ],
)
def test_figures_are_spelled_with_their_interval(
    estimate: Estimate | None, words: dict, text: str
) -> None:
    assert spelled(estimate, **words) == text


def test_drift_is_a_table_and_a_warning() -> None:
    sheet = drift_sheet(scorecard().drift)

    assert sheet.rows == (
        ("skilled", "64", "56", "90", "40", "-0.120", "0.0002", "answers have changed"),
    )
    assert any("m-2 answers instead of m-1" in caveat for caveat in caveats_of(scorecard()))
    assert drift_sheet(()).rows == ()


def test_the_gate_stands_with_the_panels_that_were_tried() -> None:
    (row,) = _sheet("The gate", sheets_of(scorecard(), trials=50)).rows

    assert row[:2] == ("900", "4000")
    assert row[6] == "50"
    assert float(row[7]) < float(row[5])  # the luck of fifty is more than none
