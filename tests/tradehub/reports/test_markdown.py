from __future__ import annotations

from proratio_tradehub.marks import Mark
from proratio_tradehub.reports.document import Document, Section
from proratio_tradehub.reports.markdown import escaped, markdown_of
from tests.tradehub.reports.made import NOON

DOCUMENT = Document(
    Mark.PAPER,
    "Daily report, 2024-03-14",
    "a *bot* | dry_run",
    (("Profit, USDT", "+5.79", "2 closed"),),
    (
        Section("Lines", ("first", "<script>second</script>")),
        Section("Table", (), ("When", "What"), (("noon", "a|b"),)),
    ),
)


def test_a_report_is_marked_and_has_its_tables() -> None:
    text = markdown_of(DOCUMENT, generated_at=NOON)
    assert text.splitlines()[:7] == [
        "# Daily report, 2024-03-14",
        "",
        r"**PAPER**: no real money. a \*bot\* \| dry\_run",
        "",
        "| Figure | Value |  |",
        "|---|---:|---:|",
        "| Profit, USDT | +5.79 | 2 closed |",
    ]
    assert r"| noon | a\|b |" in text
    assert text.endswith("Made by Proratio on 2024-03-14 12:00 UTC.\n")


def test_somebody_elses_words_stay_words() -> None:
    text = markdown_of(DOCUMENT, generated_at=NOON)
    assert "- &lt;script&gt;second&lt;/script&gt;" in text
    assert escaped("one\n# two [x](http://y) \u202e").count("\n") == 0
    assert "\u202e" not in escaped("\u202e")
