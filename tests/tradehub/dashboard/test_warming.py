"""Before the first visitor: every page is loaded, and no later search for garbage meets it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from proratio_tradehub.dashboard.pages import PAGES
from proratio_tradehub.dashboard.warming import warm


@pytest.fixture
def warmed() -> Iterator[None]:
    warm()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("warmed")
def test_every_page_is_loaded() -> None:
    assert {entry.module for entry in PAGES} <= set(sys.modules)


@pytest.mark.usefixtures("warmed")
def test_what_is_loaded_is_not_searched_for_garbage() -> None:
    page = sys.modules[PAGES[0].module]
    assert not any(one is page.__dict__ or one is page for one in gc.get_objects())
    assert gc.get_freeze_count() > len(gc.get_objects())
