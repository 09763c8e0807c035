from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from tests.quantlab.report.test_page import chart_of


def test_what_is_drawn_cannot_be_changed_on_the_way() -> None:
    with pytest.raises(FrozenInstanceError):
        chart_of().threshold = 0.1  # type: ignore[misc]
